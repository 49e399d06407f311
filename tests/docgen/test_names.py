"""Where the names of annotations come from, and what a stub calls them."""

from __future__ import annotations

import ast
import sys

import pytest

from traitconf.docgen.names import Imports, defined, place_of_name, source_of

SOURCE = """\
import collections.abc
import datetime as dt
from typing import TYPE_CHECKING, Any
from . import near
from .near import Thing as Other
from ..far import Farther

if TYPE_CHECKING:
    from fractions import Fraction
try:
    import tomllib
except ImportError:
    tomllib = None
with open(__file__):
    Inside = int

class Here: ...
def function(): ...
Alias = int
annotated: int = 3
"""


@pytest.fixture
def module(package):
    """A module in a package, with every kind of import."""
    empty = dict.fromkeys(("named_top/__init__.py", "named_top/sub/__init__.py"), "")
    things = {"named_top/far.py": "class Farther: ...\n", "named_top/sub/near.py": "class Thing: ...\n"}
    return package(empty | things | {"named_top/sub/mod.py": SOURCE}, "named_top.sub.mod")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("collections", ("collections", "")),
        ("dt", ("datetime", "")),
        ("Any", ("typing", "Any")),
        ("near", ("named_top.sub", "near")),
        ("Other", ("named_top.sub.near", "Thing")),
        ("Farther", ("named_top.far", "Farther")),
        ("Fraction", ("fractions", "Fraction")),
        ("tomllib", ("named_top.sub.mod", "tomllib")),
        ("Inside", ("named_top.sub.mod", "Inside")),
        ("Here", ("named_top.sub.mod", "Here")),
        ("function", ("named_top.sub.mod", "function")),
        ("Alias", ("named_top.sub.mod", "Alias")),
        ("annotated", ("named_top.sub.mod", "annotated")),
        ("int", ("", "")),
        ("nowhere", None),
    ],
)
def test_every_name_has_its_place(module, name, place):
    """Imports are followed one step, conditions are looked into, builtins need none, the unknown is unknown."""
    assert place_of_name(module, name) == place


def test_relative_imports_of_a_package_itself(package):
    """One dot in a package's `__init__` means the package."""
    package({"dotted_top/__init__.py": "from .part import Thing\n", "dotted_top/part.py": "Thing = 1\n"}, "dotted_top")
    assert place_of_name(sys.modules["dotted_top"], "Thing") == ("dotted_top.part", "Thing")


def test_a_module_without_source_knows_its_live_names():
    """Of a module in C, the names that it has are taken from it."""
    import math

    assert place_of_name(math, "pi") == ("math", "pi")
    with pytest.raises(OSError, match="math has no source"):
        source_of(math)


def test_an_empty_module_has_an_empty_source(package):
    """An empty file is a source."""
    assert source_of(package({"empty_module.py": ""}, "empty_module")) == ""


def test_aliases_are_private_and_unique():
    """What is imported begins with an underscore and collides with nothing; what is the module's own needs none."""
    imports = Imports("shop", frozenset({"_Any", "_Any_"}))
    assert imports.name("typing", "Any") == imports.name("typing", "Any") == "_Any__"
    assert imports.name("money", "Money") == "_Money"
    assert imports.name("other", "Money") == "_Money_"
    assert imports.name("a.b") == "_a_b"
    assert imports.name("shop", "Own") == "Own"
    assert [ast.unparse(one) for one in imports.statements()] == [
        "import a.b as _a_b",
        "from money import Money as _Money",
        "from other import Money as _Money_",
        "from typing import Any as _Any__",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = b, c = 1, 2", {"a", "b", "c"}),
        ("a: int", {"a"}),
        ("a += 1", {"a"}),
        ("def a(): ...", {"a"}),
        ("class a: ...", {"a"}),
        ("print(a)", set()),
    ],
)
def test_what_a_statement_defines(text, names):
    """Targets and names of definitions, nothing else."""
    (statement,) = ast.parse(text).body
    assert defined(statement) == names
