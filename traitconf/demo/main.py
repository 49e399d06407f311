"""Runs the demonstration: finds the configuration, works on a copy of it, tells the story."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

import traitconf as tc
from traitconf.demo.screen import open_screen
from traitconf.demo.shelf import Shelf


def run(data: Path | None = None, *, plain: bool = False) -> int:
    """Run the demonstration.

    Args:
        data: a directory that keeps its state for the next run: the configuration that it edits, the articles, the
            audit trail; a temporary one when not given.
        plain: no colours, no progress bar.

    Returns:
        the exit code, 0 when every act ended as it should.
    """
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        return _run_in(data, plain=plain, config_flag=f" --config {data / 'config'}")
    with tempfile.TemporaryDirectory(prefix="traitconf-demo-") as directory:
        own = Path("config").resolve() == shipped_config().resolve()
        return _run_in(Path(directory), plain=plain, config_flag="" if own else f" --config {shipped_config()}")


def shipped_config() -> Path:
    """Return the configuration that the demonstration starts from.

    In a checkout it is the repository's own `config/`, in an installed wheel the copy beside this module.
    """
    beside = Path(__file__).with_name("config")
    return beside if beside.is_dir() else Path(__file__).parents[2] / "config"


def _run_in(data: Path, *, plain: bool, config_flag: str) -> int:
    """Work below `data`, so that every path reads as it does in a project."""
    from traitconf.demo.story import Story

    config = data / "config"
    if not config.exists():
        shutil.copytree(shipped_config(), config)
    shelf = Shelf()
    with contextlib.chdir(data):
        shelf.read(Path("articles.jsonl"))
        succeeded = Story(open_screen(plain=plain), Path("config"), shelf, config_flag).tell()
        shelf.write(Path("articles.jsonl"))
        _write_audit(Path("audit.jsonl"))
    return 0 if succeeded else 1


def _write_audit(path: Path) -> None:
    from traitconf.demo.article import Article
    from traitconf.demo.handbook import TENANTS
    from traitconf.schema.describe import plain as plain_value
    from traitconf.traits import Auditable

    with path.open("a", encoding="utf-8") as file:
        for tenant in TENANTS:
            with tc.tenant(tenant):
                for entry in Auditable.of(Article).audit_log():
                    file.write(json.dumps(plain_value(entry), ensure_ascii=False) + "\n")
