"""Members that objects have something else for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.bind.shadowed import assigned_at


def found(cls):
    """Return the messages of what hides members."""
    return [problem.message for problem in tc.verify(cls) if problem.code == "TC642"]


@pytest.mark.parametrize(
    "decorate", [lambda cls: cls, dataclasses.dataclass, attrs.define], ids=["plain", "dc", "attrs"]
)
def test_a_field_of_a_subclass_is_found(speaking, decorate):
    """A field of a subclass hides the member of its base, whatever kind of class it is."""

    @decorate
    @tc.use(speaking)
    class Article:
        title: str = ""

    @decorate
    class Special(Article):
        say: str = ""

    (message,) = found(Article)
    assert message.startswith("the field ")
    assert ".Special.say hides the member 'say' that Speaking gives " in message


def test_an_attribute_that_a_method_sets_is_found_with_its_line(speaking):
    """`self.say = …` in a method hides the member; the report has the line of the assignment and the way out."""

    @tc.use(speaking)
    class Article:
        def __init__(self, say):
            self.title = ""
            self.say = say

    (problem,) = tc.verify(Article)
    assert problem.code == "TC642"
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[problem.origin.line - 1]
    assert line.strip() == "self.say = say"
    assert "exclude={'say'}, alias={'say': …}" in problem.hint


def test_the_way_out_works(speaking):
    """With the member excluded and under another name nothing is hidden."""

    @tc.use(speaking, exclude={"say"}, alias={"say": "tell"})
    class Article:
        def __init__(self):
            self.say = ""

    assert tc.verify(Article) == ()
    assert Article().tell() == "hey!"


def test_what_is_set_on_others_or_under_other_names_is_nothing(speaking):
    """Assigning the name on another object, reading it, or overriding the member in a subclass hides nothing."""

    @tc.use(speaking)
    class Article:
        def pass_on(self, other):
            other.say = self.say
            self.said = other

    class Special(Article):
        def say(self):
            return "special"

    assert tc.verify(Article) == ()
    assert Special().say() == "special"


def test_assignments_are_told_from_their_look_alikes():
    """Only an assignment to an attribute of the first parameter counts."""

    def sets(self, say):
        self.other, self.say = 1, say

    def annotated(self):
        self.say: int = 1

    def deletes(self):
        del self.say

    def nothing(): ...

    assert assigned_at(sets.__code__, "say") == sets.__code__.co_firstlineno + 1
    assert assigned_at(annotated.__code__, "say") == annotated.__code__.co_firstlineno + 1
    assert assigned_at(deletes.__code__, "say") is None
    assert assigned_at(nothing.__code__, "say") is None
