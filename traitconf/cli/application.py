"""`Application`: the module that defines traits and models; importing it makes their names known."""

from __future__ import annotations

import contextlib
import importlib
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from traitconf.errors import ConfigError, Problem
from traitconf.layers.directory import source_files
from traitconf.layers.read import read_config
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import catalog
from traitconf.schema.settings import RUNTIME, SETTINGS_SPECS
from traitconf.types import Origin, Source


@attrs.frozen
class Application:
    """The application's module.

    Attributes:
        module: its dotted name, empty for none.
        named: where it is named.
    """

    module: str
    named: Origin

    def load(self, *, with_traceback: bool = False) -> list[Problem]:
        """Import the module, found as `python -m` would; what it prints goes to stderr.

        Args:
            with_traceback: whether a failing import shows where.

        Returns:
            why it cannot be imported; nothing when it is.
        """
        if not all(part.isidentifier() for part in self.module.split(".")):
            text = f"{self.module!r} is not the name of a module"
            return [Problem("TC614", text, self.named, hint=f"name it as Python imports it: {self._dotted()}")]
        directory = str(Path.cwd())
        if directory not in sys.path:
            sys.path.insert(0, directory)
        try:
            with contextlib.redirect_stdout(sys.stderr):
                importlib.import_module(self.module)
        except ConfigError as error:
            return list(error.problems)
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- the application's code may raise anything
            if with_traceback:
                traceback.print_exception(error)
            return [self._problem(error)]
        return []

    def _problem(self, error: BaseException) -> Problem:
        if isinstance(error, ModuleNotFoundError) and f"{self.module}.".startswith(f"{error.name}."):
            return Problem("TC614", f"there is no module {error.name!r}", self.named, hint=self._hint())
        told = error.msg if isinstance(error, SyntaxError) else error
        text = f"importing {self.module!r} failed: {type(error).__name__}: {told}"
        place = _place_of(error)
        related = ((self.named, "the application is named here"),) if place else ()
        return Problem("TC614", text, place or self.named, hint="--traceback shows more", related=related)

    def _hint(self) -> str:
        if self.module.endswith(".py"):
            return f"name it as Python imports it: {self._dotted()}"
        return "it is looked for in the working directory and among the installed packages"

    def _dotted(self) -> str:
        path = self.module.partition(":")[0].removesuffix(".py")
        return path.strip("./").replace("/", ".").replace("-", "_")


def find_application(said: str | None, paths: Iterable[Path], environ: Mapping[str, str]) -> Application:
    """Find out which module is the application.

    Args:
        said: what the command line says; empty for none, `None` for nothing.
        paths: of the configuration.
        environ: environment variables.
    """
    if said is not None:
        return Application(said, Origin(Source.OVERRIDE, name=f"--app {said}"))
    if variable := environ.get("TRAITCONF_APP"):
        return Application(variable, Origin(Source.VARIABLE, name="TRAITCONF_APP"))
    return _configured(paths, environ)


def _configured(paths: Iterable[Path], environ: Mapping[str, str]) -> Application:
    """Read `runtime.app`; of all files only those that may hold it are read, and faults are left for later."""
    files = [
        file.path
        for path in paths
        for file in source_files(path, environ.get("TRAITCONF_ENV", ""))[0]
        if file.root in ((), ("runtime",))
    ]
    reading = read_config(files, environ, catalog, SETTINGS_SPECS)
    chain = Resolver(reading.graph).resolve(RUNTIME).chain(("app",))
    step = next((step for step in reversed(chain.steps) if step.counts), None)
    return Application(str(chain.value), step.definition.origin if step else chain.option.meta.origin)


def _place_of(error: BaseException) -> Origin | None:
    """Return the line of the application that failed, not one of the import system."""
    if isinstance(error, SyntaxError) and error.filename:
        return Origin(Source.DECORATOR, error.filename, error.lineno or 0, error.offset or 0)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_application(frame.filename)]
    return Origin(Source.DECORATOR, frames[-1].filename, frames[-1].lineno or 0) if frames else None


def _is_application(file: str) -> bool:
    return not file.startswith("<frozen ") and file not in (__file__, importlib.__file__)
