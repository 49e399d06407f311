"""A real Redis, started by the tests on a free port of the loopback interface, and stopped with them."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess

import pytest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One redis-server."""

    def __init__(self, directory) -> None:
        self.port = _free_port()
        self._directory = directory
        self._process = None

    @property
    def client(self):
        """A client that speaks text."""
        from redis import StrictRedis

        return StrictRedis(host="127.0.0.1", port=self.port, decode_responses=True)

    def start(self) -> None:
        """Start, and wait until it answers or has ended."""
        import redis

        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._directory)]
        self._process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        while self._process.poll() is None:
            with self.client as client:
                try:
                    client.ping()
                except redis.ConnectionError:
                    continue
                return
        raise RuntimeError("redis-server ended at once")

    @contextlib.contextmanager
    def paused(self):
        """Return a block in which it does not answer, and keeps what it has."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop, and wait for the end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path):
    """A running server without data."""
    pytest.importorskip("redis", reason="the client comes with the extra [all]")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed; tests/gates/programs.py installs it where it can")
    made = Server(tmp_path)
    made.start()
    yield made
    made.stop()
