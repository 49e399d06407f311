"""Files and directories that change, vanish or close while they are read, and variables that are no text."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

import traitconf as tc
from traitconf.traits import Auditable

NOBODY = 65534


@contextlib.contextmanager
def unprivileged():
    """Run a block as a user whom permissions hold back; root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_directory():
    """A directory that every user may enter, as those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        config = Path(name, "config")
        (config / "tenants").mkdir(parents=True)
        (config / "traits.toml").write_text("[auditable]\nretention_days = 5\n", encoding="utf-8")
        (config / "tenants/acme.toml").write_text("[auditable]\nretention_days = 6\n", encoding="utf-8")
        yield config


def codes(runtime):
    """Reload, and return the codes and places of what is refused."""
    with pytest.raises(tc.ConfigError) as caught:
        runtime.reload()
    return [(problem.code, Path(problem.origin.file).name) for problem in caught.value.problems]


@pytest.mark.parametrize("closed", ["tenants", "traits.toml", "."])
def test_what_becomes_unreadable_keeps_the_old_snapshot(open_directory, closed):
    """A directory or file that is closed between two readings is TC002, and the old values hold until it is open."""
    runtime = tc.Runtime((open_directory,), environ={}).start()
    before = runtime.snapshot
    (open_directory / closed).chmod(0)
    with unprivileged():
        ((code, name),) = codes(runtime)
    assert (code, name) == ("TC002", {".": "config"}.get(closed, closed))
    assert runtime.snapshot is before
    assert runtime.resolve(Auditable, tenant="acme").retention_days == 6
    (open_directory / closed).chmod(0o755)
    assert runtime.reload().generation == 2


def test_a_file_that_was_listed_and_is_gone_is_named(tmp_path):
    """A file that the directory lists and nobody can open any more is TC002 at its path."""
    runtime = tc.Runtime((tmp_path,), environ={}).start()
    (tmp_path / "gone.toml").symlink_to("nowhere.toml")
    assert codes(runtime) == [("TC002", "gone.toml")]
    (tmp_path / "gone.toml").unlink()
    runtime.reload()


def test_a_directory_that_is_gone_keeps_the_old_snapshot(open_directory):
    """While the whole directory is away the old values hold; when it is back it is read again."""
    runtime = tc.Runtime((open_directory,), environ={}).start()
    away = open_directory.rename(open_directory.with_name("away"))
    assert codes(runtime) == [("TC001", "config")]
    assert runtime.resolve(Auditable).retention_days == 5
    away.rename(open_directory)
    assert runtime.reload().generation == 2


def test_files_may_come_and_go_while_they_are_read(open_directory):
    """Whatever another thread creates, replaces and removes, a reload gives a whole snapshot or a coded refusal."""
    runtime = tc.Runtime((open_directory,), environ={}).start()
    target, spare, stop = open_directory / "tenants/b.toml", open_directory / "spare", threading.Event()

    def disturb():
        number = 0
        while not stop.is_set():
            number = number % 9 + 1
            spare.write_text(f"[auditable]\nretention_days = {number}\n", encoding="utf-8")
            spare.replace(target)
            target.unlink()

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(200):
            with contextlib.suppress(tc.ConfigError):
                runtime.reload()
            assert 1 <= runtime.resolve(Auditable, tenant="b").retention_days <= 9
            assert runtime.resolve(Auditable, tenant="acme").retention_days == 6
    finally:
        stop.set()
        thread.join()
    runtime.reload()
    assert runtime.resolve(Auditable, tenant="b").retention_days == 5


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        (b"TRAITCONF_TRAITS__AUDITABLE__FIELDS", b"caf\xe9", "TC003"),
        (b"TRAITCONF_TRAITS__AUDITABLE__CAF\xe9", b"1", "TC003"),
        (b"TRAITCONF_TENANTS__\xff__AUDITABLE__ENABLED", b"true", "TC003"),
        (b"TRAITCONF_TRAITS__AUDITABLE__FIELDS__JSON", b'["\xff"]', "TC003"),
        (b"TRAITCONF_TRAITS__SLUGGABLE__SEPARATOR__FILE", b"/\xff", "TC003"),
        (b"TRAITCONF_CONFIG", b"\xff", "TC001"),
        (b"TRAITCONF_ENV", b"\xff", "TC001"),
        (b"TRAITCONF_APP", b"\xff", "TC614"),
    ],
)
def test_a_variable_that_is_no_text_is_refused(open_directory, name, value, code):
    """Bytes that are no UTF-8, in a variable's name or value, are a coded error that every terminal can show."""
    environ = {key: one for key, one in os.environb.items() if not key.startswith((b"TRAITCONF_", b"DYNACONF_"))}
    command = [sys.executable, "-W", "error", "-m", "traitconf", "validate"]
    done = subprocess.run(
        command, cwd=open_directory.parent, env=environ | {name: value}, capture_output=True, check=False
    )
    said = (done.stdout + done.stderr).decode("utf-8", "strict")
    assert (done.returncode, f"error[{code}]" in said) == (4, True), said
    assert "Traceback" not in said
