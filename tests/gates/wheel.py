"""The built wheel, installed elsewhere: it must work without the work tree."""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from pathlib import Path

from environment import Environment, clean_environ
from project import ROOT, project
from suite import GateError

_WHERE = "import traitconf; print(traitconf.__file__)"


def check_wheel(tools: Environment, wheelhouse: Path) -> None:
    """Build the wheel, install it in a new environment outside the work tree, and use it there.

    Args:
        tools: the environment that can build.
        wheelhouse: a directory with the wheels of the core dependencies; filled when it is empty.
    """
    _fill(wheelhouse, tools)
    with tempfile.TemporaryDirectory(prefix="traitconf-wheel-") as name:
        directory = Path(name).resolve()
        wheel = _build(tools, directory / "dist")
        _check_content(wheel)
        elsewhere = _install(wheel, wheelhouse, directory / "venv", tools)
        _use(elsewhere, directory)


def _fill(wheelhouse: Path, tools: Environment) -> None:
    """Keep the dependencies' wheels, so that a second run needs no network."""
    wanted = "\n".join(project()["dependencies"])
    stamp = wheelhouse / "requirements.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    wheelhouse.mkdir(parents=True, exist_ok=True)
    tools.pip("wheel", "--wheel-dir", str(wheelhouse), *project()["dependencies"])
    stamp.write_text(wanted, encoding="utf-8")


def _build(tools: Environment, directory: Path) -> Path:
    _run([tools.python, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, ROOT], cwd=ROOT)
    wheels = list(directory.glob("*.whl"))
    if len(wheels) != 1:
        message = f"expected one wheel, got {[wheel.name for wheel in wheels]}"
        raise GateError(message)
    return wheels[0]


def _check_content(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {"traitconf/__init__.py", "traitconf/py.typed", *_shipped_configuration()}
    missing = sorted(wanted - names)
    stray = sorted(name for name in names if not name.startswith(("traitconf/", "traitconf-")))
    secret = sorted(name for name in names if ".local." in name or "/.secrets." in name)
    if missing or stray or secret:
        message = f"the wheel misses {missing}, has stray {stray}, leaks {secret}"
        raise GateError(message)
    print(f"   {wheel.name}: {len(names)} files")


def _shipped_configuration() -> set[str]:
    """Return where the files of config/ must lie in the wheel."""
    files = [
        path.relative_to(ROOT / "config")
        for path in (ROOT / "config").rglob("*")
        if path.is_file() and ".local." not in path.name and not path.name.startswith(".secrets.")
    ]
    if not files:
        message = "config/ holds no file that the wheel could ship"
        raise GateError(message)
    return {f"traitconf/demo/config/{path.as_posix()}" for path in files}


def _install(wheel: Path, wheelhouse: Path, directory: Path, tools: Environment) -> Environment:
    _run([tools.python, "-m", "venv", directory], cwd=directory.parent)
    elsewhere = Environment(directory)
    # --no-index: what the wheel needs must be what its metadata says, and nothing is fetched.
    elsewhere.pip("install", "--no-index", "--find-links", str(wheelhouse), str(wheel))
    return elsewhere


def _use(elsewhere: Environment, directory: Path) -> None:
    cwd = directory / "cwd"
    cwd.mkdir()
    found = Path(_run([elsewhere.python, "-c", _WHERE], cwd=cwd).strip()).resolve()
    if found.is_relative_to(ROOT) or not found.is_relative_to(elsewhere.path.resolve()):
        message = f"traitconf was imported from {found}, not from the installed wheel"
        raise GateError(message)
    for command in ("about", "demo"):
        if not _run([elsewhere.program("traitconf"), command], cwd=cwd).strip():
            message = f"`traitconf {command}` of the installed wheel prints nothing"
            raise GateError(message)
    print("   imported, `traitconf about` and `traitconf demo` run away from the work tree")


def _run(command: list[str | Path], *, cwd: Path) -> str:
    """Run a command, return its output; show all of it when it fails."""
    answer = subprocess.run(command, cwd=cwd, env=clean_environ(), capture_output=True, text=True, check=False)
    if answer.returncode:
        print(answer.stdout, answer.stderr, sep="\n")
        message = f"`{' '.join(str(part) for part in command)}` exits {answer.returncode}"
        raise GateError(message)
    return answer.stdout
