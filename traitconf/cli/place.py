"""`Place`: where the configuration is, and how it was found."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from traitconf.errors import ConfigError, Problem, did_you_mean
from traitconf.layers.positions import toml_positions
from traitconf.layers.syntax import encoding_problem, syntax_problem
from traitconf.types import Origin, Source, shown_path

VARIABLE: Final = "TRAITCONF_CONFIG"
SETTINGS: Final = ("config",)


@attrs.frozen
class Place:
    """Where the configuration is.

    Attributes:
        paths: directories or files, weakest first.
        how: how they were found, for people.
        is_guess: whether nobody named them.
    """

    paths: tuple[Path, ...]
    how: str
    is_guess: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether nobody named a configuration and there is none where it usually is."""
        return self.is_guess and not any(path.exists() for path in self.paths)


def find_place(given: Sequence[str], environ: Mapping[str, str]) -> Place:
    """Find the configuration.

    Args:
        given: what the command line names.
        environ: environment variables.

    Raises:
        ConfigError: when the pyproject.toml that should name it cannot be understood.
    """
    if given:
        return Place(tuple(map(Path, given)), "--config")
    if environ.get(VARIABLE):
        return Place(tuple(Path(part) for part in environ[VARIABLE].split(os.pathsep) if part), VARIABLE)
    project = _nearest_project()
    named = _named_in(project) if project else ()
    if project and named:
        return Place(named, f"[tool.traitconf] in {shown_path(str(project))}")
    return Place((Path("config"),), "in the working directory", is_guess=True)


def _nearest_project() -> Path | None:
    """Return the pyproject.toml of the project that the working directory belongs to."""
    directory = Path.cwd()
    return next((file for top in (directory, *directory.parents) if (file := top / "pyproject.toml").is_file()), None)


def _named_in(project: Path) -> tuple[Path, ...]:
    text = _read(project)
    if "traitconf" not in text:
        return ()
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([syntax_problem(str(project), text, error)]) from None
    settings = tool.get("traitconf", {}) if isinstance(tool, dict) else {}
    problems = _problems(settings, project, text)
    if problems:
        raise ConfigError(problems)
    named = settings.get("config", [])
    base = Path() if project.parent == Path.cwd() else project.parent
    return tuple(base / name for name in ([named] if isinstance(named, str) else named))


def _read(project: Path) -> str:
    file = str(project)
    try:
        return project.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        problem = encoding_problem(file, error)
    except OSError as error:
        text = f"cannot read {project.name}: {error.strerror or error}"
        problem = Problem("TC002", text, Origin(Source.FILE, file))
    raise ConfigError([problem])


def _problems(settings: Any, project: Path, text: str) -> list[Problem]:
    if not isinstance(settings, dict):
        return [Problem("TC103", "'tool.traitconf' must be a table", _origin(project, text))]
    found = []
    for name in settings:
        if name not in SETTINGS:
            hint = did_you_mean(name, SETTINGS) or f"known are {', '.join(SETTINGS)}"
            found.append(
                Problem("TC101", f"unknown setting 'tool.traitconf.{name}'", _origin(project, text, name), hint=hint)
            )
    named = settings.get("config", "")
    if not isinstance(named, str) and not (isinstance(named, list) and all(isinstance(one, str) for one in named)):
        message = "'tool.traitconf.config' must be a path or a list of paths"
        found.append(Problem("TC103", message, _origin(project, text, "config"), hint='write config = "config/"'))
    return found


def _origin(project: Path, text: str, *names: str) -> Origin:
    position = toml_positions(text).get(("tool", "traitconf", *names))
    if position is None:
        return Origin(Source.FILE, str(project))
    excerpt = text.splitlines()[position.line - 1]
    return Origin(Source.FILE, str(project), position.line, position.column, position.end_column, excerpt=excerpt)
