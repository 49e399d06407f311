from __future__ import annotations

import importlib.metadata
import threading

import pytest

from traitconf.runtime.listening import GROUP, listener

pytest.importorskip("watchfiles")


def test_it_is_found_by_its_entry_point():
    """The runtime finds the adapter without importing it by name."""
    from traitconf.adapters.watchfiles import listen

    assert [entry.value for entry in importlib.metadata.entry_points(group=GROUP, name="watchfiles")]
    assert listener() is listen


@pytest.mark.parametrize("single", [False, True])
def test_it_tells_of_changes(tmp_path, single):
    """It yields something true when a file changes, of a directory or a single one that is replaced, until stopped."""
    from traitconf.adapters.watchfiles import listen

    file, stop = tmp_path / "a.toml", threading.Event()
    file.write_text("", encoding="utf-8")
    told, ended = threading.Event(), threading.Event()

    def hear():
        for changes in listen([file if single else tmp_path], stop):
            if changes:
                told.set()
        ended.set()

    threading.Thread(target=hear, daemon=True).start()
    number = 0
    while not told.wait(0.2) and number < 300:  # the watch begins some time after the thread does
        number += 1
        other = tmp_path / "other"
        other.write_text(str(number), encoding="utf-8")
        other.replace(file)
    assert told.is_set()
    stop.set()
    assert ended.wait(60)
