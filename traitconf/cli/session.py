"""`Session`: a configuration that was read for one command, with everything that was noticed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Final

import attrs

from traitconf.cli.application import Application, find_application
from traitconf.cli.asked import Asked
from traitconf.cli.place import Place, find_place
from traitconf.cli.progress import working
from traitconf.errors import ConfigError, Problem, raise_errors
from traitconf.layers.directory import source_files
from traitconf.resolve.check import unique
from traitconf.runtime.runtime import Runtime
from traitconf.runtime.snapshot import Snapshot
from traitconf.types import Source

PENDING: Final = "TC102"
"""As a warning: a trait that an application may still define."""


@attrs.frozen
class Session:
    """A configuration that was read.

    Attributes:
        place: where it is.
        application: the module that was to be imported.
        runtime: started, unless there are errors.
        problems: everything that was noticed.
    """

    place: Place
    application: Application
    runtime: Runtime
    problems: tuple[Problem, ...]

    @property
    def snapshot(self) -> Snapshot | None:
        """What was published; nothing when there are errors."""
        return None if self.is_broken else self.runtime.snapshot

    @property
    def is_broken(self) -> bool:
        """Whether there are errors."""
        return any(problem.is_error for problem in self.problems)

    @property
    def generation(self) -> int | None:
        """Number of the snapshot, if there is one."""
        return self.snapshot.generation if self.snapshot else None

    def files(self, *, only_local: bool = False) -> list[str]:
        """Return the files that make the configuration, in reading order.

        Args:
            only_local: whether only those are wanted that are meant for one machine.
        """
        environment = os.environ.get("TRAITCONF_ENV", "")
        found = (file for path in self.place.paths for file in source_files(path, environment)[0])
        return [str(file.path) for file in found if file.source is Source.LOCAL or not only_local]


@contextlib.contextmanager
def look(asked: Asked, *, may_be_absent: bool = False) -> Iterator[Session]:
    """Read a configuration, whatever is wrong with it.

    Args:
        asked: where it is, and which application it belongs to.
        may_be_absent: whether it is all right that there is none where it usually is.

    Raises:
        ConfigError: when it cannot even be said where it is.
    """
    place = find_place(asked.config, os.environ)
    paths = () if place.is_absent and may_be_absent else place.paths
    with working("reading the configuration"):
        application = find_application(asked.app, paths, os.environ)
        faults = application.load(with_traceback=asked.traceback) if application.module else []
        runtime = Runtime(paths, complete=bool(application.module) and not faults)
        try:
            found = runtime.start().warnings
        except ConfigError as error:
            found = error.problems
    if faults:  # what the application would have defined is not known: that it is missing was said already
        found = tuple(problem for problem in found if problem.code != PENDING or problem.is_error)
    try:
        yield Session(place, application, runtime, tuple(unique([*faults, *found])))
    finally:
        runtime.stop()


@contextlib.contextmanager
def opened(asked: Asked, *, may_be_absent: bool = False) -> Iterator[Session]:
    """Read a configuration that must be right.

    Args:
        asked: as in `look`.
        may_be_absent: as in `look`.

    Raises:
        ConfigError: with every fault.
    """
    with look(asked, may_be_absent=may_be_absent) as session:
        raise_errors(session.problems)
        yield session
