"""`python -m traitconf`: the command line, the same as the program `traitconf`."""

from __future__ import annotations

from traitconf.cli.main import main

if __name__ == "__main__":
    main()
