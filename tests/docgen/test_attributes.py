"""Attributes that methods set, as declarations."""

from __future__ import annotations

import ast
import textwrap

import pytest

from traitconf.docgen.attributes import attribute_stubs


def declared(text, inherited=()):
    """Return the declarations for a class, by name."""
    (node,) = ast.parse(textwrap.dedent(text)).body
    found = {}
    for one in attribute_stubs(node, "Any", inherited):
        name = one.target.id if isinstance(one, ast.AnnAssign) else one.name
        found.setdefault(name, ast.unparse(one))
    return found


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("self.x = title", "str"),
        ("self.x: list[int] = []", "list[int]"),
        ("self.x = 3", "int"),
        ("self.x = None", "Any"),
        ("self.x = f'{title}'", "str"),
        ("self.x = []", "list[Any]"),
        ("self.x = dict()", "dict[Any, Any]"),
        ("self.x = Path(title)", "Path"),
        ("self.x = pathlib.Path(title)", "pathlib.Path"),
        ("self.x = make()", "Any"),
        ("self.x = title == 'a'", "bool"),
        ("self.y, self.x = 1, title", "str"),
        ("self.y, self.x = title", "Any"),
        ("with open(title) as self.x: ...", "Any"),
        ("if title:\n            self.x = 1.5", "float"),
        ("self.x = other", "Any"),
    ],
)
def test_the_text_tells_the_type(statement, kind):
    """Annotations, parameters, constants, displays and constructors tell; where nothing does, it is `Any`."""
    found = declared(f"class C:\n    def __init__(self, title: str, other, *more):\n        {statement}\n")
    assert found["x"] == f"x: {kind}"


@pytest.mark.parametrize(
    "text",
    [
        "class C:\n    x: int\n    def f(self): self.x = 1",
        "class C:\n    @property\n    def x(self): ...\n    def f(self): self.x = 1",
        "class C:\n    def f(self, other): other.x = 1",
        "class C:\n    def f(self): self.x.y = 1",
        "class C:\n    def f(self): self.__x = 1",
        "class C:\n    @staticmethod\n    def f(self): self.x = 1",
        "class C:\n    @classmethod\n    def f(cls): cls.x = 1",
        "class C:\n    def f(self): return self.x",
        "class C:\n    def f(): x = 1",
    ],
)
def test_what_is_declared_or_not_set_needs_no_declaration(text):
    """Declared names, private names, other objects, other receivers and mere reading give nothing."""
    assert "x" not in declared(text)


def test_what_a_base_declares_is_not_said_again():
    """A name that is inherited stays what the base says."""
    assert declared("class C(B):\n    def f(self): self.x = self.y = 1", {"x"}).keys() == {"y"}


def test_classes_that_make_fields_of_annotations_get_properties():
    """A decorated or derived class gets a property with a setter, which no decorator takes for a field."""
    for head in ("@dataclass\nclass C", "class C(BaseModel)", "class C(metaclass=M)"):
        assert declared(f"{head}:\n    def f(self): self.x = 1")["x"].startswith("@property\ndef x(self) -> int")


def test_the_first_type_that_is_known_counts():
    """`None` first and something later is the something."""
    assert declared("class C:\n    def f(self): self.x = None\n    def g(self): self.x = 1") == {"x": "x: int"}
