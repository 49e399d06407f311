"""pyright accepts right use of the front door, and reports each of the deliberate mistakes, as mypy does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RIGHT = Path("tests/typing/test_inference.py")
NARROW = Path("tests/typing/test_narrowing.py")
WRONG = Path("tests/typing_faults/mistakes.py")
_EXPECTED = re.compile(r"# E: [\w-]+(?:, [\w-]+)*$")


@pytest.fixture(scope="module")
def reported(pyright_errors: Callable[..., list[dict[str, Any]]]) -> dict[Path, set[int]]:
    """The lines of all errors that pyright reports, by file."""
    found: dict[Path, set[int]] = defaultdict(set)
    for one in pyright_errors(str(RIGHT), str(NARROW), str(WRONG)):
        found[Path(one["file"]).relative_to(ROOT)].add(one["range"]["start"]["line"] + 1)
    return found


def test_right_use_is_accepted(reported: dict[Path, set[int]]) -> None:
    """What users may write has no error for pyright either."""
    assert set(reported) == {WRONG}


def test_every_mistake_is_reported(reported: dict[Path, set[int]]) -> None:
    """Each deliberate mistake is reported on its line; no other line is."""
    lines = (ROOT / WRONG).read_text(encoding="utf-8").splitlines()
    expected = {number for number, line in enumerate(lines, start=1) if _EXPECTED.search(line)}
    assert len(expected) > 25
    assert reported[WRONG] == expected
