from __future__ import annotations

import pytest

from traitconf.bind.shape import Signature, signature_of

CASES = {
    "self": (lambda self: None, "self", "self", ""),
    "positional only": (lambda self, x, /, y=1: None, "self, x, /, y", "self, x, y", ", x, y"),
    "all positional only": (lambda self, x, /: None, "self, x, /", "self, x", ", x"),
    "keyword only": (lambda self, *, x: None, "self, *, x", "self, x=x", ", x=x"),
    "star": (lambda self, *a, x, **k: None, "self, *a, x, **k", "self, *a, x=x, **k", ", *a, x=x, **k"),
    "no name": (lambda *a, **k: None, "*a, **k", "*a, **k", ", *a[1:], **k"),
}


@pytest.mark.parametrize("case", CASES)
def test_definition_and_arguments(case):
    """A signature knows how its function is defined, and how all arguments, or all but the receiver, are passed on."""
    function, definition, everything, rest = CASES[case]
    shape = signature_of(function, "work")
    assert (shape.definition, shape.everything, shape.rest) == (definition, everything, rest)


@pytest.mark.parametrize(
    ("function", "receiver"), [(lambda me, x: None, "me"), (lambda *args: None, "args[0]"), (lambda x, /: None, "x")]
)
def test_receiver(function, receiver):
    """The receiver is the first parameter, by name or by its place."""
    assert signature_of(function, "work").receiver == receiver


def test_a_static_function_has_no_receiver():
    """Every parameter of a static function is an argument like the others."""
    shape = signature_of(lambda x, y: None, "work", static=True)
    assert (shape.receiver, shape.rest, shape.everything) == ("None", ", x, y", "x, y")
    assert signature_of(lambda: None, "work").static


def test_skipping_and_renaming():
    """A trait's own parameter can be left out, and the host's be named as on a class, unless the name is taken."""
    shape = signature_of(lambda self, host, x: None, "work", skip=1, receiver="self")
    assert shape.everything == "self, x"
    shape = signature_of(lambda trait, host, self: None, "work", skip=1, receiver="self")
    assert shape.everything == "host, self"


def test_equal_shapes_are_equal():
    """Defaults and annotations are no part of a shape, so that code can be shared."""

    def one(self, x: int = 1): ...

    def other(self, x): ...

    assert signature_of(one, "work") == signature_of(other, "work") == Signature("work", (("self", 1), ("x", 1)))
    assert hash(signature_of(one, "work")) == hash(signature_of(other, "work"))
    assert signature_of(one, "work") != signature_of(one, "save")
