"""What is installed: versions of traitconf, Python and the dependencies, and which extras are complete."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any, Final

from traitconf import __version__

DISTRIBUTION: Final = "traitconf"
_REQUIREMENT: Final = re.compile(r"""([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?[^;]*(?:;.*\bextra\s*==\s*['"]([^'"]+)['"])?""")


def installation() -> dict[str, Any]:
    """Return what is installed, as JSON knows it."""
    requirements = list(_requirements())
    core = [name for name, _, extra in requirements if not extra]
    # Extras for testing traitconf itself say nothing to those who use it.
    extras = sorted({extra for _, _, extra in requirements if extra and not extra.startswith("test")})
    return {
        "traitconf": __version__,
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": platform.platform(aliased=True, terse=True),
        },
        "dependencies": {name: version_of(name) for name in sorted(core)},
        "extras": {extra: _missing(extra, requirements) for extra in extras},
    }


def version_of(distribution: str) -> str | None:
    """Return the version of an installed distribution, or nothing.

    Args:
        distribution: its name.
    """
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _requirements() -> Iterator[tuple[str, str, str]]:
    """Yield (distribution, its extras, extra of traitconf that needs it) from the installed metadata."""
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match is not None:
            yield match[1], match[2] or "", match[3] or ""


def _missing(extra: str, requirements: list[tuple[str, str, str]]) -> list[str]:
    """Return the distributions that an extra needs and that are not installed, those of extras in it included."""
    missing = []
    for name, inner, needed_by in requirements:
        if needed_by != extra:
            continue
        if name == DISTRIBUTION:
            missing += [one for part in inner.split(",") for one in _missing(part.strip(), requirements)]
        elif version_of(name) is None:
            missing.append(name)
    return sorted(set(missing))
