"""A private PostgreSQL server on a free port, for tests: started where it is installed, stopped with them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

_OWNERS = ("postgres", "nobody")
"""Who owns the server where the tests run as root, which PostgreSQL refuses."""


def programs() -> Path | None:
    """Return the directory of the server's programs, if it is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    there = shutil.which("initdb")
    return found[-1].parent if found else Path(there).parent if there else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Return a block in which a server runs; it gives the URL of an empty database, without driver."""
    place = programs()
    assert place is not None
    with tempfile.TemporaryDirectory(prefix="tcpg") as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        data = Path(name) / "data"
        owner = _owner()
        if owner:
            os.chown(name, *owner)
        who = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": name, **who}
        subprocess.run([place / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8"], check=True, **quiet)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        subprocess.run(
            [place / "pg_ctl", "-D", data, "-w", "-l", f"{name}/log", "-o", options, "start"], check=True, **quiet
        )
        try:
            yield f"postgresql://tests@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([place / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], check=True, **quiet)


def _owner() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    for name in _OWNERS:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise RuntimeError("there is no user that could own the server")
