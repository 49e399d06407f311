"""`Watch`: what the files of a configuration hold now, by content. Dates of files only save reading them again."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from traitconf.layers.directory import source_files
from traitconf.layers.environ import PREFIX
from traitconf.layers.files import digest_of

Contents = dict[str, str]
"""Hash of the content of each file, or why it cannot be read."""
_Stamp = tuple[int, int, int, int, int]
_SUSPICIOUS: Final = 2_000_000_000
"""A file that changed within so many nanoseconds may change again without getting another date."""
_FILE: Final = "__FILE"


class Watch:
    """Looks at the files of a configuration: those below its paths, and those that variables point at."""

    def __init__(self, paths: Iterable[Path], environ: Mapping[str, str]) -> None:
        """Remember where to look."""
        self.paths = tuple(paths)
        self._environ = environ
        self._known: dict[str, tuple[_Stamp, str]] = {}

    def contents(self) -> Contents:
        """Return what the files hold, by path; a fault of a directory has its place as well."""
        found = self.variables()
        for path in self.paths:
            files, problems = source_files(path, self._environ.get("TRAITCONF_ENV", ""))
            found |= {str(problem.origin): problem.message for problem in problems}
            found |= {str(file.path): self._content(str(file.path)) for file in files}
        self._known = {file: known for file, known in self._known.items() if file in found}
        return found

    def variables(self) -> Contents:
        """Return what the files hold that variables point at, by the variables' names after a dollar sign."""
        names = [name for name in self._environ if name.startswith(PREFIX) and name.endswith(_FILE)]
        return {f"${name}": self._content(self._environ[name]) for name in names}

    def _content(self, file: str) -> str:
        try:
            status = os.stat(file)  # noqa: PTH116 -- one call in place of three
            if not stat.S_ISREG(status.st_mode):
                return "no file"
            stamp = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            known = self._known.get(file)
            if known is not None and known[0] == stamp:
                return known[1]
            digest = digest_of(Path(file).read_bytes())
        except (OSError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _SUSPICIOUS:
            self._known[file] = stamp, digest
        return digest
