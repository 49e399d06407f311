from __future__ import annotations

import itertools
import sys
import threading

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime

_numbers = itertools.count()


def test_it_is_false_before_the_start(badge, tmp_path):
    """Nothing is published, so the gate is closed; nobody is kept waiting longer than asked."""
    runtime = Runtime((tmp_path,), environ={})
    assert not runtime.ready
    assert not runtime.ready.wait(0)
    assert runtime.ready.pending == ()
    assert runtime.start().ready
    assert runtime.ready.wait(0)


def test_unknown_names_keep_it_closed(tc_config):
    """A trait and a model that nobody has defined yet are named, and open the gate when they are there."""
    text = "[late_badge]\nsize = 2\n[models.LateCard.late_badge]\nsize = 3\n"
    runtime = tc_config({"a.toml": text}, complete=False)
    assert not runtime.ready
    assert runtime.ready.pending == ("models.LateCard", "traits.late_badge")

    @tc.trait(name="late_badge")
    class LateBadge(tc.TraitBase):
        """A late one."""

        size: int = tc.option(1, doc="A size.")

    assert runtime.ready.pending == ("models.LateCard",)

    @tc.use(LateBadge)
    class LateCard: ...

    assert runtime.ready
    assert runtime.check() == []


def test_a_binding_keeps_it_closed_until_its_module_is_imported(badge, tc_config, tmp_path, monkeypatch):
    """A class that a table binds is pending as long as nobody has imported it."""
    name = f"ready_pages_{next(_numbers)}"
    (tmp_path / f"{name}.py").write_text("class Page:\n    def save(self): ...\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    runtime = tc_config({"a.toml": f'[models.Page]\nclass = "{name}:Page"\nuse = ["badge"]\n'})
    assert runtime.ready.pending == ("models.Page",)
    __import__(name)
    try:
        assert runtime.ready
    finally:
        del sys.modules[name]


@pytest.mark.parametrize("how", ["start", "define"])
def test_it_can_be_waited_for(how, tmp_path, tc_runtime):
    """A waiting thread goes on when a configuration is published, and when the last name is known."""
    (tmp_path / "a.toml").write_text("[awaited_badge]\nsize = 2\n" if how == "define" else "", encoding="utf-8")
    runtime = Runtime((tmp_path,), environ={})
    if how == "define":
        runtime.start()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(runtime.ready.wait(30)))
    thread.start()
    if how == "start":
        runtime.start()
    else:
        tc.trait(name="awaited_badge")(type("AwaitedBadge", (tc.TraitBase,), {"__doc__": "Late."}))
    thread.join()
    assert answers == [True]
