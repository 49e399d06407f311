from __future__ import annotations

import importlib
import itertools
import sys

import pytest

import traitconf as tc
from traitconf.bind.survey import asked_by, survey

_numbers = itertools.count()
MIXINS = '''
import enum
from typing import Protocol

class StampMixin:
    stamp = "now"
    __hidden__ = 1
    made = object()
    def touch(self): ...

class Named:
    prefix = "x"

class Base:
    """Nobody has it beside another base."""
    size = 1

class Page(StampMixin, Named):
    stamp = "later"

class Leaf(Base): ...

class LikeMixin(Protocol):
    size: int

class FaultMixin(Exception): ...

class KindMixin(enum.Enum):
    A = 1
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A function that writes a package of modules and returns its name."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def write(modules):
        name = f"surveyed_{next(_numbers)}"
        names.append(name)
        for path, text in {"__init__.py": "", **modules}.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return name

    yield write
    for module in [module for module in sys.modules if module.partition(".")[0] in names]:
        del sys.modules[module]


def looked_at(name):
    return survey(name, asked_by(name))


def test_mixins_are_found_by_name_and_by_use(package):
    """A class is a mixin that is called so, or that another class has beside other bases; the rest is not."""
    found = looked_at(package({"parts.py": MIXINS}))
    assert [one.cls.__name__ for one in found.candidates] == ["StampMixin", "Named"]
    assert [one.trait for one in found.candidates] == ["stamp", "named"]
    assert found.problems == ()


def test_what_a_mixin_offers_is_sorted(package):
    """A candidate tells apart what is adopted, what must be named, what stays, and what hosts have themselves."""
    stamp = looked_at(package({"parts.py": MIXINS})).candidates[0]
    assert (set(stamp.attributes()), set(stamp.methods())) == ({"stamp"}, {"touch"})
    assert set(stamp.attributes(also=["__hidden__"])) == {"stamp", "__hidden__"}
    assert (set(stamp.private()), set(stamp.left())) == ({"__hidden__"}, {"made"})
    assert [host.__name__ for host in stamp.hosts] == ["Page"]
    assert stamp.kept() == {"stamp": ["Page"]}
    assert not stamp.adopted


def test_an_adopted_one_says_so(package):
    """A mixin that is a trait already has that trait's name, and offers what it offered before."""
    name = package({"parts.py": MIXINS})
    first = looked_at(name).candidates[0]
    tc.adopt(first.cls, name)
    again = looked_at(name).candidates[0]
    assert (again.adopted, again.trait) == (True, name)
    assert set(again.attributes()) == {"stamp"}


def test_every_module_is_looked_at_but_programs_and_tests(package):
    """Modules of subpackages are imported, `__main__` and tests are not."""
    one = "class {}Mixin:\n    size = 1\n"
    bad = "raise SystemExit('must not run')\n"
    name = package(
        {
            "a.py": one.format("A"),
            "deep/__init__.py": one.format("Deep"),
            "deep/b.py": one.format("B"),
            "__main__.py": bad,
            "tests/__init__.py": bad,
            "deep/test_b.py": bad,
        }
    )
    found = looked_at(name)
    assert [one.cls.__name__ for one in found.candidates] == ["AMixin", "DeepMixin", "BMixin"]
    assert found.problems == ()


def test_a_module_that_fails_is_a_warning(package, capsys):
    """A module that raises, exits or misses something is named; the others are looked at all the same, in silence."""
    name = package(
        {
            "a.py": "print('hello')\nclass AMixin:\n    size = 1\n",
            "b.py": "raise ValueError('broken')\n",
            "c.py": "raise SystemExit(3)\n",
            "d.py": "import never_written_anywhere\n",
        }
    )
    found = looked_at(name)
    assert [one.cls.__name__ for one in found.candidates] == ["AMixin"]
    assert [(problem.code, problem.is_error) for problem in found.problems] == [("TC614", False)] * 3
    assert "importing 'surveyed" in found.problems[0].message
    assert "ValueError: broken" in found.problems[0].message
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["never_written_anywhere", "no package", "traitconf.nothing"])
def test_a_package_that_is_not_there_is_an_error(name):
    """What cannot be imported at all is refused."""
    with pytest.raises(tc.ConfigError) as caught:
        looked_at(name)
    assert [problem.code for problem in caught.value.problems] == ["TC614"]
