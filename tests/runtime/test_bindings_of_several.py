"""Configured bindings where several runtimes, or a failing module, are involved."""

from __future__ import annotations

import importlib
import itertools
import sys

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime

_numbers = itertools.count()
PAGES = "class Page:\n    def save(self):\n        return 'saved'\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that writes a module and returns its name; nothing is imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    names = []

    def write(text):
        name = f"several_{next(_numbers)}"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        names.append(name)
        return name

    yield write
    for name in names:
        sys.modules.pop(name, None)


def table(name, pattern="*"):
    return {"a.toml": f'[models.all]\nclass = "{name}:{pattern}"\nuse = ["badge"]\n'}


@pytest.mark.parametrize("pattern", ["*", "Page"])
def test_a_second_configuration_that_wants_the_same_keeps_it(tc_config, badge, module, pattern):
    """The binding outlives the first configuration, which is stopped, and ends with the second."""
    name = module(PAGES)
    page = importlib.import_module(name).Page
    before = dict(vars(page))
    tc_config(table(name, pattern))
    second = tc_config(table(name, pattern))
    assert page().save() == ["plain:1", "saved"]
    second.stop()
    assert dict(vars(page)) == before


def test_runtimes_side_by_side_share_a_binding(tmp_path, badge, module):
    """Of two runtimes that want the same, the one that goes first takes nothing from the other."""
    name = module(PAGES)
    page = importlib.import_module(name).Page
    (tmp_path / "config").mkdir()
    (tmp_path / "config/a.toml").write_text(table(name)["a.toml"], encoding="utf-8")
    one, other = (Runtime((tmp_path / "config",), environ={}).start() for _ in range(2))
    one.stop()
    assert tc.has_trait(page, badge)
    other.stop()
    assert not tc.has_trait(page, badge)


def test_a_module_that_fails_on_the_way_leaves_nothing(tc_config, badge, module, tmp_path):
    """A module that raises behind its classes binds nothing; once it is mended, it is bound as ever."""
    name = module(PAGES + "KEPT.append(Page)\nraise ValueError('broken')\n")
    kept = []
    builtins = vars(importlib.import_module("builtins"))
    builtins["KEPT"] = kept
    try:
        tc_config(table(name))
        with pytest.raises(ValueError, match="broken"):
            importlib.import_module(name)
    finally:
        del builtins["KEPT"]
    assert name not in sys.modules
    assert not tc.has_trait(kept[0], badge)
    assert "__traitconf__" not in vars(kept[0])
    (tmp_path / f"{name}.py").write_text(PAGES, encoding="utf-8")
    importlib.invalidate_caches()
    assert importlib.import_module(name).Page().save() == ["plain:1", "saved"]


VETO = """
class Closed(type):
    def __setattr__(cls, name, value):
        raise RuntimeError("closed")

class Sealed(metaclass=Closed):
    def save(self): ...
"""


def test_a_veto_in_the_middle_of_a_pattern_undoes_the_rest(tc_config, badge, module):
    """Where one class of a pattern vetoes, the import fails with its name and the line, and no class is bound."""
    first = next(_numbers)
    holder = f"holder_{first}"
    sys.modules[holder] = type(sys)(holder)
    try:
        text = PAGES + f"import sys\nsys.modules[{holder!r}].page = Page\n" + VETO
        name = module(text)
        tc_config(table(name))
        with pytest.raises(tc.ConfigError) as caught:
            importlib.import_module(name)
        (problem,) = caught.value.problems
        assert problem.code == "TC612"
        assert "Sealed cannot be changed: closed" in problem.message
        assert (problem.origin.line, problem.hint) == (3, "its metaclass refuses attributes; bind a subclass of it")
        assert "__traitconf__" not in vars(sys.modules[holder].page)
        assert name not in sys.modules
    finally:
        del sys.modules[holder]
