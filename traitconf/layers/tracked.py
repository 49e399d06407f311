"""Which files of a configuration git tracks."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

PATIENCE: Final = 20
"""Seconds after which git is not waited for."""


def tracked_files(paths: Iterable[Path]) -> frozenset[str]:
    """Return the tracked files at or below some paths; none where there is no git, or no repository.

    Args:
        paths: directories or files; the names of what is found begin with them.
    """
    git = shutil.which("git")
    return frozenset(found for path in paths for found in _below(git, path)) if git else frozenset()


def _below(git: str, path: Path) -> Iterator[str]:
    is_directory = path.is_dir()
    top = path if is_directory else path.parent
    names = ["."] if is_directory else [path.name]
    command = [git, "-C", str(top), "--literal-pathspecs", "ls-files", "-z", "--", *names]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        answer = subprocess.run(  # noqa: S603 -- git, with paths behind "--"
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return
    for name in answer.stdout.split(b"\0") if answer.returncode == 0 else ():
        if name:
            yield str(top / os.fsdecode(name))
