"""The directory grammar: which files make a configuration, in which order, and which address each is rooted at."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.files import SUFFIXES
from traitconf.types import Origin, Source, shown_path

FOLDERS: Final = ("models", "groups", "tenants")
ENVIRONMENTS: Final = "environments"
SECRETS: Final = ".secrets."
MOST_FOLDERS: Final = 10_000
"""How many directories are looked into: links can make a few of them look like endlessly many."""


@attrs.frozen
class SourceFile:
    """One file of a configuration.

    Attributes:
        path: where it is.
        root: the address of its first level; empty for a whole document.
        source: FILE, ENVIRONMENT_FILE or LOCAL.
    """

    path: Path
    root: tuple[str, ...]
    source: Source


def source_files(config: Path, environment: str = "") -> tuple[list[SourceFile], list[Problem]]:
    """List the files of a configuration in reading order.

    Args:
        config: a directory, or a single file, which is a whole document unless its name gives it a root.
        environment: name of the tree below `environments/` that is read after the base.

    Returns:
        the files, and a problem for a path that does not exist.
    """
    kind, problem = _kind(config)
    if problem is not None:
        return [], [problem]
    if kind == "file":
        return [SourceFile(config, _root(Path(config.name)), _source(config, Source.FILE))], []
    problems: list[Problem] = []
    found = list(_tree(config, Source.FILE, problems))
    if environment:
        tree = config / ENVIRONMENTS / environment
        if os.path.isdir(tree):  # noqa: PTH112 -- Path.is_dir raises for a name that is too long
            found += _tree(tree, Source.ENVIRONMENT_FILE, problems)
        else:
            text = f"the environment {environment!r} has no directory"
            hint = "create it, or change TRAITCONF_ENV"
            problems.append(Problem("TC001", text, Origin(Source.FILE, str(tree)), hint=hint))
    return sorted(found, key=lambda file: file.source), problems


def _kind(config: Path) -> tuple[str, Problem | None]:
    """Return whether a path is a file or a directory, or why it is neither."""
    origin = Origin(Source.FILE, str(config))
    try:
        mode = config.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        hint = "create it, or name another with --config or TRAITCONF_CONFIG"
        return "", Problem("TC001", f"the configuration {shown_path(str(config))} does not exist", origin, hint=hint)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return "", Problem("TC002", f"cannot read the configuration: {reason}", origin)
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return "file" if stat.S_ISREG(mode) else "directory", None
    return "", Problem("TC002", "the configuration is neither a file nor a directory", origin)


def _tree(top: Path, source: Source, problems: list[Problem]) -> Iterator[SourceFile]:
    for path in sorted(_walk(top, problems), key=lambda path: path.relative_to(top).as_posix()):
        yield SourceFile(path, _root(path.relative_to(top)), _source(path, source))


def _walk(top: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield what is named like a configuration file, links to directories followed, circles of links not."""
    pending: list[tuple[Path, tuple[tuple[int, int], ...]]] = [(top, ())]
    for _ in range(MOST_FOLDERS):
        if not pending:
            return
        folder, above = pending.pop()
        real = _identity(folder)
        if real in above:
            continue
        for path in _entries(folder, problems):
            # A directory that is named like a file is no mistake to be silent about: reading it says what is wrong.
            if path.name.endswith(SUFFIXES):
                if not path.name.startswith(".") or path.name.startswith(SECRETS):
                    yield path
            elif path.is_dir() and not path.name.startswith(".") and path != top / ENVIRONMENTS:
                pending.append((path, (*above, real)))
    text = f"there are more than {MOST_FOLDERS} directories below this one, links followed"
    problems.append(Problem("TC002", text, Origin(Source.FILE, str(top)), hint="look for links that lead upwards"))


def _identity(folder: Path) -> tuple[int, int]:
    """Return what a directory has in common with every link to it."""
    try:
        status = folder.stat()
    except OSError:  # listing it says why
        return 0, 0
    return status.st_dev, status.st_ino


def _entries(folder: Path, problems: list[Problem]) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        text = f"cannot list this directory: {error.strerror or error}"
        problems.append(Problem("TC002", text, Origin(Source.FILE, str(folder))))
        return []


def _source(path: Path, source: Source) -> Source:
    return Source.LOCAL if path.name.startswith(SECRETS) or ".local." in path.name else source


def _root(relative: Path) -> tuple[str, ...]:
    stem = relative.name[: -len(relative.suffix)].removesuffix(".local")
    if relative.name.startswith(SECRETS):
        stem = stem.removeprefix(".secrets").removeprefix(".")
        if not stem:
            return ()
    parts = (*relative.parts[:-1], stem)
    if parts in (("runtime",), ("traits",)):
        return parts
    if len(parts) == 1 and (head := stem.partition("."))[0] in FOLDERS and head[2]:
        return head[0], head[2]
    return parts if len(parts) == 2 and parts[0] in FOLDERS else ()
