"""The directory grammar: which files make a configuration, in which order, and which address each is rooted at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.files import SUFFIXES
from traitconf.types import Origin, Source

FOLDERS: Final = ("models", "groups", "tenants")
ENVIRONMENTS: Final = "environments"


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
    if not config.exists():
        hint = "create it, or name another with --config or TRAITCONF_CONFIG"
        return [], [Problem("TC001", "this configuration does not exist", Origin(Source.FILE, str(config)), hint=hint)]
    if config.is_file():
        return [SourceFile(config, _root(Path(config.name)), _source(config, Source.FILE))], []
    found = list(_tree(config, Source.FILE))
    problems = []
    if environment:
        tree = config / ENVIRONMENTS / environment
        if tree.is_dir():
            found += _tree(tree, Source.ENVIRONMENT_FILE)
        else:
            origin = Origin(Source.FILE, str(tree))
            text = f"the environment {environment!r} has no directory"
            problems.append(Problem("TC001", text, origin, hint="create it, or change TRAITCONF_ENV"))
    return sorted(found, key=lambda file: file.source), problems


def _tree(top: Path, source: Source) -> Iterator[SourceFile]:
    for path in sorted(_walk(top), key=lambda path: path.relative_to(top).as_posix()):
        yield SourceFile(path, _root(path.relative_to(top)), _source(path, source))


def _walk(top: Path) -> Iterator[Path]:
    for directory, folders, files in os.walk(top):
        folders[:] = [
            name for name in folders if not name.startswith(".") and (directory, name) != (str(top), ENVIRONMENTS)
        ]
        for name in files:
            if name.endswith(SUFFIXES) and (not name.startswith(".") or name.startswith(".secrets.")):
                yield Path(directory, name)


def _source(path: Path, source: Source) -> Source:
    return Source.LOCAL if path.name.startswith(".secrets.") or ".local." in path.name else source


def _root(relative: Path) -> tuple[str, ...]:
    stem = relative.name[: -len(relative.suffix)].removesuffix(".local")
    parts = (*relative.parts[:-1], stem)
    if parts in (("runtime",), ("traits",)):
        return parts
    if len(parts) == 1 and (head := stem.partition("."))[0] in FOLDERS and head[2]:
        return head[0], head[2]
    return parts if len(parts) == 2 and parts[0] in FOLDERS else ()
