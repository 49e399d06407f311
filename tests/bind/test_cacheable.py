"""What cannot be cached of a class is refused when it is bound, with its code and the place where it is written."""

from __future__ import annotations

import attrs
import pytest

import traitconf as tc
from traitconf.bind.identity import Identity


def bound(member, fields="title"):
    """Bind a trait with one member to a class with some fields, and return the problems."""

    @tc.trait(name="sampled")
    class Sampled(tc.TraitBase):
        """Have one member."""

        work = member

    with pytest.raises(tc.ConfigError) as caught:
        tc.bind(attrs.make_class("Page", fields.split()), Sampled)
    return caught.value.problems


def nothing(self, host, kind=1):
    """Take one argument."""


def test_a_host_that_nothing_identifies(tc_runtime):
    """Without `key` a class needs a primary key: TC685 at the line that binds, beside the line of the operation."""
    for options in ({}, {"key": "identity"}):
        (problem,) = bound(tc.operation(cache=True, **options)(nothing))
        assert problem.code == "TC685"
        assert problem.origin.file == __file__
        assert "nothing says what identifies a Page" in problem.message
        assert problem.related[0][0].line == nothing.__code__.co_firstlineno


def test_a_key_of_something_that_is_not_there(tc_runtime):
    """A key names attributes of the class: TC686, with a suggestion."""
    (problem,) = bound(tc.operation(cache=True, key=("titel",))(nothing))
    assert (problem.code, problem.hint) == ("TC686", "did you mean 'title'?")


def test_what_has_no_single_result(tc_runtime):
    """Generators of both flavours cannot be cached: TC687."""

    def generator(self, host):
        yield 1

    async def stream(self, host):
        yield 1

    for function in (generator, stream):
        (problem,) = bound(tc.operation(cache=True, key=())(function))
        assert problem.code == "TC687"


def test_tags_and_ignored_parameters(tc_runtime):
    """A placeholder of a tag is an argument or a part of the key, an ignored parameter is one: else TC688."""
    (tag,) = bound(tc.operation(cache=True, key=("title",), tags="of:{kint}")(nothing))
    (ignored,) = bound(tc.operation(cache=True, key=("title",), ignore="kint")(nothing))
    assert (tag.code, tag.hint) == ("TC688", "did you mean 'kind'?")
    assert (ignored.code, ignored.hint) == ("TC688", "did you mean 'kind'?")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("class Page:\n    id: int = 1", ("id",)),
        ("class Page:\n    pk = 1\n    id = 2", ("pk",)),
        ("class Page:\n    def __init__(self): self.uuid = 1", ("uuid",)),
        ("class Page:\n    __slots__ = ('id',)", ("id",)),
        ("class Page:\n    key_of = ('country', 'number')", ("country", "number")),
        ("class Page:\n    key_of = 'number'", ("number",)),
        ("class Page:\n    def show(self): return id(self)", ()),
        ("class Page: ...", ()),
    ],
)
def test_the_primary_key_of_a_plain_class(source, names):
    """It is named by `key_of`, or by custom, wherever the class shows it; a call of `id()` is none."""
    space = {}
    exec(source, space)  # noqa: S102 -- our own sources
    assert Identity.of(space["Page"]).names == names


def test_the_key_of_an_object():
    """An object has a key once every part of it is there; its other public fields are what it is told by."""

    @attrs.define
    class Page:
        id: int | None = None
        title: str = "a"
        _hidden: int = 1

    identity = Identity.of(Page)
    assert identity.key(Page()) is None
    assert identity.key(Page(3)) == (3,)
    assert identity.values(Page(3)) == (("title", "a"),)
