"""Runs the examples of the rules that are files only, in a process where nobody else has defined anything.

From the shell: `python rule_examples.py` prints, for each example, what is reported, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import traitconf as tc
from traitconf.bind.view import traits_of
from traitconf.errors.rule import Example, Listing
from traitconf.errors.rules import RULES
from traitconf.resolve.lint import Surroundings, lint
from traitconf.runtime.runtime import Runtime
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of

Reported = list[tuple[str, str]]


def write(example: Iterable[Listing]) -> None:
    """Write files below the working directory."""
    for listing in example:
        path = Path(listing.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(listing.text, encoding="utf-8")


def reported(example: Example) -> Reported:
    """Return code and severity of everything that the files of an example make traitconf report."""
    with tempfile.TemporaryDirectory() as directory, contextlib.chdir(directory), catalog.scratch():
        write(listing for listing in example if not listing.later)
        try:
            modules = [_executed(listing) for listing in example if listing.language == "python"]
            return _read(modules, [listing for listing in example if listing.later])
        except tc.ModelError as error:
            return [(error.problem.code, error.problem.severity.value)]
        except tc.ConfigError as error:
            return [(problem.code, problem.severity.value) for problem in error.problems]


def _executed(listing: Listing) -> Any:
    """Execute a module inside a function, so that what it defines is forgotten afterwards."""
    names: dict[str, Any] = {}
    body = f"{listing.text}\nreturn locals()\n"
    exec(f"def example():\n{textwrap.indent(body, '    ')}", names)  # noqa: S102 -- our own example
    return names["example"]()


def _read(modules: Iterable[Mapping[str, Any]], later: Iterable[Listing]) -> Reported:
    if not Path("config").exists():
        return []
    runtime = Runtime((Path("config"),), {}, complete=bool(modules)).start()
    if later:
        for value in (value for module in modules for value in module.values()):
            if isinstance(value, type) and issubclass(value, tc.TraitBase):
                runtime.resolve(value)
        write(later)
        runtime.reload()
    around = Surroundings(bound=lambda cls: [spec_of(trait).name for trait in traits_of(cls)])
    found = [*runtime.warnings, *lint(runtime.snapshot.resolver, catalog, around)]
    runtime.stop()
    return [(problem.code, problem.severity.value) for problem in found]


def main() -> None:
    """Run every example that has no command."""
    for name in [name for name in os.environ if name.startswith("TRAITCONF_")]:
        del os.environ[name]
    found = {
        f"{code}-{kind}": reported(example)
        for code, rule in RULES.items()
        for kind, example in (("wrong", rule.wrong), ("right", rule.right))
        if example and all(listing.file for listing in example)
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
