"""Mutation testing of resolution: change it in every small way that mutmut knows; count the changes that tests notice.

From the shell: `python run.py [NAME ...]` tests all mutants, or those of the names (`*` stands for anything); what was
tested before is not tested again, unless it is named, until its function changes. The work lies in mutants/.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAST = 90
"""Percent of the mutants that must be killed."""
# How a process ends that tests a mutant; anything else (a timeout, a crash of the interpreter) is noticed as well.
NOT_TESTED, SURVIVED, NO_TEST = None, 0, {5, 33}


def main() -> int:
    """Run mutmut and report."""
    environ = os.environ | {"HYPOTHESIS_PROFILE": "mutants"}
    mutmut = Path(sys.executable).with_name("mutmut")
    command = [mutmut, "run", "--max-children", str(os.cpu_count() or 1), *sys.argv[1:]]
    answer = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, check=False)
    if answer.returncode:
        print(f"mutmut ended with {answer.returncode}; `mutmut run` shows why", file=sys.stderr)
        return answer.returncode
    return report()


def report() -> int:
    """Print the score of each module and the mutants that survived."""
    total: Counter[str] = Counter()
    survivors = []
    for path in sorted((ROOT / "mutants" / "traitconf" / "resolve").glob("*.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        counts = Counter(_verdict(code) for code in codes.values())
        survivors += [name for name, code in codes.items() if _verdict(code) in {"survived", "untested"}]
        total += counts
        print(f"{path.name.removesuffix('.py.meta'):14} {_line(counts)}")
    print(f"{'resolve':14} {_line(total)}")
    print("\n".join(["not killed:", *survivors]))
    return 0 if _score(total) >= LEAST else 1


def _verdict(code: int | None) -> str:
    if code is NOT_TESTED:
        return "pending"
    if code in NO_TEST:
        return "untested"
    return "survived" if code == SURVIVED else "killed"


def _line(counts: Counter[str]) -> str:
    words = ", ".join(f"{counts[word]} {word}" for word in ("killed", "survived", "untested", "pending"))
    return f"{_score(counts):5.1f} % of {counts.total()}: {words}"


def _score(counts: Counter[str]) -> float:
    """Return the percentage that was killed; what is pending has not been killed."""
    return 100 * counts["killed"] / counts.total() if counts.total() else 0.0


if __name__ == "__main__":
    sys.exit(main())
