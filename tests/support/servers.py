"""Real servers of applications, on a free port of the loopback interface, and clients that speak plain HTTP to them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

GENEROUS = 60
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes:
        status: of the response.
        body: all of it, decoded from its chunks.
    """

    status: int
    body: bytes


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(place: Path, *command: str, **variables: str) -> Iterator[int]:
    """Run a server, `{port}` in its arguments replaced; give its port once it listens.

    Args:
        place: directory of the application; what the server prints is in `server.log` there.
        *command: arguments of Python.
        **variables: of the environment.
    """
    port = free_port()
    arguments = [one.format(port=port) for one in command]
    environ = os.environ | {"HOME": str(place), "PYTHONPATH": str(place)} | variables
    with (place / "server.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, *arguments], cwd=place, env=environ, stdout=log, stderr=log)
    try:
        end = time.monotonic() + GENEROUS
        while not _listens(port):
            assert process.poll() is None, (place / "server.log").read_text(encoding="utf-8")
            assert time.monotonic() < end, "it never listened"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(GENEROUS)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def stream(port: int, path: str, headers: Headers | list[tuple[str, str]] = ()) -> AsyncIterator[Answer]:
    """Ask a server, and yield each chunk of the answer as it comes, the empty last one too, with the answer's status.

    Args:
        port: of the server.
        path: with the query.
        headers: of the request.
    """
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    if "host" not in {name.lower() for name, _ in pairs}:
        pairs.append(("Host", "localhost"))
    lines = [f"GET {path} HTTP/1.1", "Connection: close", *(f"{name}: {value}" for name, value in pairs)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split()[1])
        if "transfer-encoding: chunked" not in head:
            yield Answer(status, await reader.read())
            return
        size = None
        while size != 0:
            size = int(await reader.readline(), 16)
            yield Answer(status, (await reader.readexactly(size + 2))[:-2])
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def fetch(port: int, path: str, headers: Headers | list[tuple[str, str]] = ()) -> Answer:
    """Ask a server, and return the whole answer; arguments as those of `stream`."""
    chunks = [chunk async for chunk in stream(port, path, headers)]
    return Answer(chunks[0].status, b"".join(chunk.body for chunk in chunks))


def ask(port: int, path: str = "/", headers: Headers | list[tuple[str, str]] = ()) -> Answer:
    """Do as `fetch` where there is no event loop."""
    return asyncio.run(fetch(port, path, headers))
