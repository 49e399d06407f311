"""The pytest plugin: an isolated runtime for each test, and short ways to configure it.

Everything is undone at the end of the test: the process-wide runtime, the running context, and what test functions
defined. Tests therefore may run in any order, and beside each other in the processes of pytest-xdist.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from traitconf.runtime.context import Context
    from traitconf.runtime.directory import TenantDirectory
    from traitconf.runtime.runtime import Runtime
    from traitconf.testing.clock import ManualClock
    from traitconf.testing.events import EventRecorder

MARKER = "traitconf"
INI = "traitconf_config"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option that names the configuration of every test."""
    parser.addini(INI, "configuration that tc_runtime reads: a directory or file below the rootdir", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    text = (
        f"{MARKER}(*paths, environ={{}}, complete=True): the configuration that tc_runtime reads for this test, "
        "relative to the rootdir"
    )
    config.addinivalue_line("markers", text)


@pytest.fixture
def tc_runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """The process-wide runtime of this test, started, and isolated from every other.

    It reads what the marker `@pytest.mark.traitconf("config/")` names, else the ini option `traitconf_config`, else no
    file; environment variables are those of the marker's `environ`, never those of the process.
    """
    from traitconf.runtime.runtime import Runtime
    from traitconf.runtime.verbs import isolated
    from traitconf.schema.catalog import catalog

    paths, options = _wanted(request)
    if "tc_clock" in request.fixturenames:
        options["clock"] = request.getfixturevalue("tc_clock")
    with catalog.scratch(), isolated(Runtime(paths, **options)) as runtime:
        yield runtime


@pytest.fixture
def tc_clock() -> ManualClock:
    """The clock of this test's runtimes: it stands still until the test moves it, `tc_clock.advance(hours=1)`.

    What is due then is done before `advance` returns.
    """
    from traitconf.testing.clock import ManualClock

    return ManualClock()


@pytest.fixture
def tc_config(tc_runtime: Runtime, tmp_path: Path) -> Callable[..., Runtime]:
    """A function that writes configuration files and configures with them; call it again to replace all of them.

    Its arguments: the files by their path below the configuration's directory, then `environ`, `complete` and
    `directory` as in `tc.configure`. It returns the runtime; `runtime.paths[0]` is the directory.
    """
    from traitconf.runtime.verbs import configure

    def write_and_configure(
        files: Mapping[str, str],
        environ: Mapping[str, str] | None = None,
        *,
        complete: bool = True,
        directory: TenantDirectory | None = None,
    ) -> Runtime:
        place = tmp_path / "config"
        for old in sorted(place.rglob("*")) if place.exists() else ():
            if old.is_file():
                old.unlink()
        for name, text in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        place.mkdir(exist_ok=True)
        return configure(place, environ=environ or {}, complete=complete, clock=tc_runtime.clock, directory=directory)

    return write_and_configure


@pytest.fixture
def tc_tenant(tc_runtime: Runtime) -> Iterator[Callable[[str | None], Context]]:  # noqa: ARG001 -- isolates
    """A function that lets the rest of the test run for a tenant."""
    from traitconf.runtime.verbs import tenant

    with contextlib.ExitStack() as entered:
        yield lambda id: entered.enter_context(tenant(id))  # noqa: A006 -- as in tc.tenant


@pytest.fixture
def tc_events(tc_runtime: Runtime) -> Iterator[EventRecorder]:  # noqa: ARG001 -- isolates
    """The events of this test, in order: `tc_events.names`, `tc_events.of("auditable.**")`, `tc_events.wait_for(…)`."""
    from traitconf.runtime.verbs import off, on
    from traitconf.testing.events import EventRecorder

    recorder = EventRecorder()
    on("**")(recorder)
    yield recorder
    off(recorder)


@pytest.fixture
def tc_override(tc_runtime: Runtime) -> Iterator[Callable[[Mapping[str, Any]], Context]]:  # noqa: ARG001 -- isolates
    """A function that lets options have other values for the rest of the test, as `tc.override` does."""
    from traitconf.runtime.override import override

    with contextlib.ExitStack() as entered:
        yield lambda values: entered.enter_context(override(values))


def _wanted(request: pytest.FixtureRequest) -> tuple[tuple[Path, ...], dict[str, Any]]:
    marker = request.node.get_closest_marker(MARKER)
    named = marker.args if marker is not None and marker.args else (request.config.getini(INI),)
    options = {"environ": {}, "complete": True} | (dict(marker.kwargs) if marker is not None else {})
    return tuple(request.config.rootpath / name for name in named if name), options
