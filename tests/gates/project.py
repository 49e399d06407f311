"""What pyproject.toml says, for the gates: the one place they learn names and versions from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"

_REQUIREMENT = re.compile(r"^\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?(?P<specifier>[^;]*)")
_LOWER_BOUND = re.compile(r">=\s*(?P<version>[0-9][^,\s]*)")
_MINOR = re.compile(r"^Programming Language :: Python :: (?P<minor>3\.\d+)$")


def project() -> dict[str, Any]:
    """Return the `[project]` table."""
    table: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return table


def distribution(requirement: str) -> str:
    """Return the normalised name of the distribution that a requirement asks for."""
    match = _REQUIREMENT.match(requirement)
    if match is None:
        message = f"not a requirement: {requirement!r}"
        raise ValueError(message)
    return re.sub(r"[-_.]+", "-", match["name"]).lower()


def lower_bounds() -> dict[str, str]:
    """Return distribution → lowest supported version of every core dependency.

    Raises:
        ValueError: a dependency has no lower bound, or there is no dependency at all.
    """
    bounds: dict[str, str] = {}
    for requirement in project()["dependencies"]:
        match = _LOWER_BOUND.search(requirement)
        if match is None:
            message = f"dependency without a lower bound: {requirement!r}"
            raise ValueError(message)
        bounds[distribution(requirement)] = match["version"]
    if not bounds:
        message = "project.dependencies is empty: there is no minimum to test"
        raise ValueError(message)
    return bounds


def products() -> set[str]:
    """Return the distributions that only the users' extras bring: absent where no extra is installed."""
    table = project()
    extras = table["optional-dependencies"]
    named = {distribution(line) for extra in ("standard", "all") for line in extras[extra]}
    core = {distribution(line) for line in table["dependencies"]}
    return named - core - {distribution(table["name"])}


def minors() -> list[str]:
    """Return the minor versions of Python that the classifiers promise, such as `3.11`."""
    found = [match["minor"] for line in project()["classifiers"] if (match := _MINOR.match(line))]
    if not found:
        message = "no 'Programming Language :: Python :: 3.x' classifier names a supported version"
        raise ValueError(message)
    return found
