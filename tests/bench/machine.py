"""What the figures were measured on."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import sys
import sysconfig
from typing import Any

PACKAGES = ("traitconf", "attrs", "cattrs", "dynaconf", "click", "wrapt")
PEERS = ("omegaconf", "pydantic-settings", "typed-settings", "traitlets")


def environment() -> dict[str, Any]:
    """Return Python, platform, processors, versions and date."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "optimised": "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or ""),
        "platform": platform.platform(),
        "processor": _processor(),
        "cpu_count": os.cpu_count(),
        "load": os.getloadavg()[0],
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES}
        | {name: _version(name) for name in PEERS},
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def described(environment: dict[str, Any]) -> str:
    """Return the environment as a line."""
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    build = "" if environment["optimised"] else " (built without optimisation)"
    return (
        f"{environment['date']} · {environment['implementation']} {environment['python']}{build} · "
        f"{environment['platform']} · {environment['cpu_count']} x {environment['processor']}, "
        f"load {environment['load']:.1f} · {versions}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 -- no file of ours
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
