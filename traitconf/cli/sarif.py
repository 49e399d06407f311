"""Problems as SARIF 2.1.0, the format that code scanning understands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from traitconf import __version__
from traitconf.errors import Problem
from traitconf.errors.rule import Rule
from traitconf.errors.rules import RULES
from traitconf.types import Origin, Severity, shown_path

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT: Final = "%SRCROOT%"
"""What relative paths are relative to: the working directory, which is the repository's top in a pipeline."""
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(problems: Sequence[Problem], code: int) -> dict[str, Any]:
    """Return a SARIF log with one run.

    Args:
        problems: in the order in which they are to be shown.
        code: the exit code of the command.
    """
    codes = sorted({problem.code for problem in problems})
    driver = {"name": "traitconf", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "exitCode": code}],
        "results": [_result(problem, codes.index(problem.code)) for problem in problems],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    rule = RULES.get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "name": _name(rule),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.meaning} {rule.reason}"},
        "help": {"text": rule.text(), "markdown": rule.markdown()},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _name(rule: Rule) -> str:
    """Return the title as one word, as viewers want it."""
    return "".join(word.capitalize() for word in re.findall(r"\w+", rule.title))


def _result(problem: Problem, index: int) -> dict[str, Any]:
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    found: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": _LEVELS[problem.severity],
        "message": {"text": text},
    }
    if location := _location(problem.origin, problem.address):
        found["locations"] = [location]
    related = [
        {"id": number, **_location(origin, ""), "message": {"text": message}}
        for number, (origin, message) in enumerate(problem.related, start=1)
    ]
    return found | ({"relatedLocations": related} if related else {})


def _location(origin: Origin | None, address: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if origin is not None and origin.file:
        found["physicalLocation"] = {"artifactLocation": _artifact(origin.file), **_region(origin)}
    names = [address, origin.name if origin is not None and not origin.file else ""]
    logical = [{"fullyQualifiedName": name} for name in names if name]
    return found | ({"logicalLocations": logical} if logical else {})


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(shown_path(file))
    if path.is_absolute():
        return {"uri": "file://" + quote(path.as_posix())}
    return {"uri": quote(path.as_posix()), "uriBaseId": ROOT}


def _region(origin: Origin) -> dict[str, Any]:
    """Return the region; SARIF counts as we do: from 1, in characters, the end column behind the last one."""
    if not origin.line:
        return {}
    end = origin.end_column if origin.end_column > origin.column else 0
    region = {"startLine": origin.line, "startColumn": origin.column, "endColumn": end}
    return {"region": {name: number for name, number in region.items() if number}}
