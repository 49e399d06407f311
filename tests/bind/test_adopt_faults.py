"""What cannot be adopted: each fault has its code, names class and ways out, and leaves everything as it was."""

from __future__ import annotations

import itertools
import re

import attrs
import pytest

import traitconf as tc

_numbers = itertools.count()


def name():
    """Return a name that no other trait has."""
    return f"refused_{next(_numbers)}"


class Vetoing(type):
    """A metaclass that lets nobody set attributes."""

    def __setattr__(cls, attribute, value):
        raise TypeError("closed")


def mixin():
    """Return a mixin with one of everything that cannot be adopted."""

    class Odd:
        size = 1
        nothing = None
        mixed = (1, "a")
        made = object()
        cache = True
        of = 2
        SIZE = 3

        def save(self): ...

        def __new__(cls):
            return super().__new__(cls)

    return Odd


def refused(cls, *args, **kwargs):
    """Adopt in vain, and return the problems."""
    before = dict(vars(cls)) if isinstance(cls, type) else None
    with pytest.raises(tc.ConfigError) as caught:
        tc.adopt(cls, *args, **kwargs)
    if before is not None:
        assert dict(vars(cls)) == before
        assert not tc.traits_of(cls)
    return caught.value.problems


def told(problem):
    """Return the message without the functions that classes of these tests are defined in."""
    return re.sub(r"\w+\.<locals>\.", "", problem.message)


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ("sizes", "Odd itself has no attribute 'sizes'", "did you mean 'size'?"),
        ("save", "Odd itself has no attribute 'save'", "see what the class has of itself"),
        ("nothing", "Odd.nothing cannot be adopted: nothing says what type it has", "as_trait=YourTrait"),
        ("mixed", "Odd.mixed cannot be adopted: an option cannot be a tuple like this", "as_trait=YourTrait"),
        ("made", "Odd.made cannot be adopted: an option cannot be a object", "as_trait=YourTrait"),
        ("cache", "Odd.cache would be the option 'cache', which every trait has already", "options={'cache': …}"),
        ("of", "Odd.of would be the option 'of', which every trait has already", "options={'of': …}"),
        ({"size": "not a name"}, "which is no name for one", "options={'size': …}"),
        (["size", "SIZE"], "Odd.SIZE and Odd.size would both be the option 'size'", "options={'SIZE': …}"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_attributes_that_cannot_be_options(options, message, hint):
    """The problem names class and attribute, says why, and what to do instead."""
    (problem,) = refused(mixin(), name(), options=options, methods=())
    assert problem.code == "TC650"
    assert message in told(problem)
    assert hint in problem.hint
    assert problem.origin.file == __file__


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ("saves", "Odd itself has no method 'saves'"),
        ("__new__", "Odd.__new__ cannot be adopted: Python itself calls it"),
        ("size", "Odd itself has no method 'size'"),
    ],
)
def test_methods_that_cannot_be_switched_off(methods, message):
    """What is no method of the class itself, or one that Python calls, is refused."""
    (problem,) = refused(mixin(), name(), options=(), methods=methods)
    assert (problem.code, told(problem)) == ("TC650", message)


def test_all_faults_at_once():
    """Every fault of one call is reported together."""
    problems = refused(mixin(), name(), options=["sizes", "nothing", "cache"], methods=["saves"])
    assert [problem.code for problem in problems] == ["TC650"] * 4


def test_attributes_that_collide_must_be_named():
    """Public attributes are not left out in silence because their names are taken."""
    messages = [problem.message for problem in refused(mixin(), name())]
    assert len(messages) == 3
    assert any("'cache'" in message for message in messages)


def test_a_class_with_nothing_of_its_own():
    """A class that only inherits names the base that has something, or what must be named."""

    class Base:
        size = 1

    class Empty(Base): ...

    class Private:
        __label__ = "x"

    (problem,) = refused(Empty, name())
    assert "has no class attribute and no method to adopt" in told(problem)
    assert "Base" in problem.hint
    (problem,) = refused(Private, name())
    assert "__label__" in problem.hint


@pytest.mark.parametrize("target", [int, "text:", 5, "no.such.module:Class", "itertools:count.nothing"])
def test_targets_that_are_no_class_of_ours(target):
    """Built-in types, things that are no class and names that cannot be imported are refused."""
    (problem,) = refused(target, name())
    assert problem.code in ("TC604", "TC613")


def test_a_metaclass_that_refuses():
    """A metaclass with a veto keeps its class as it was, whatever was set before."""
    closed = Vetoing("Closed", (), {"size": 1, "save": lambda self: None})
    (problem,) = refused(closed, name())
    assert problem.code == "TC612"
    assert "Closed" in told(problem)


def test_a_host_that_refuses_undoes_the_adoption():
    """Where the metaclass of a subclass that is to be governed has a veto, nothing is adopted at all."""

    class Paged:
        size = 1

    class Mild(Paged):
        size = 2

    closed = Vetoing("Closed", (Paged,), {"size": 3})
    before = [dict(vars(one)) for one in (Paged, Mild, closed)]
    (problem,) = refused(Paged, name(), overrides="govern")
    assert (problem.code, "Closed" in problem.message) == ("TC612", True)
    assert [dict(vars(one)) for one in (Paged, Mild, closed)] == before


def test_fields_are_no_class_attributes():
    """What attrs keeps in instances cannot be governed, and is not adopted unasked."""

    @attrs.define
    class Record:
        size: int = 1

        def save(self): ...

    trait = tc.adopt(Record, name())
    assert "size" not in trait.__traitconf_spec__.options
    tc.unbind(Record, trait)
    (problem,) = refused(Record, name(), options="size")
    assert "it is a field of the instances" in told(problem)


def test_a_second_adoption_names_the_first():
    """Another adoption of the same class names what both would govern, and where the first stands."""

    class Paged:
        size = 1

        def save(self): ...

    first = tc.adopt(Paged, name())
    before = dict(vars(Paged))
    with pytest.raises(tc.ConfigError) as caught:
        tc.adopt(Paged, name())
    (problem,) = caught.value.problems
    assert problem.code == "TC651"
    assert "with save, size" in told(problem)
    ((origin, text),) = problem.related
    assert (origin.file, text) == (__file__, "adopted here first")
    assert dict(vars(Paged)) == before
    tc.unbind(Paged, first)
    assert tc.adopt(Paged, name())


def test_parts_of_a_class_may_be_different_traits():
    """Attributes and methods of one class can be adopted as several traits, as long as they do not overlap."""

    class Paged:
        size = 1
        colour = "red"

    one, other = tc.adopt(Paged, name(), options="size"), tc.adopt(Paged, name(), options="colour")
    first = one.__traitconf_spec__.name
    with tc.override({f"{first}.size": 2, f"{other.__traitconf_spec__.name}.colour": "blue"}):
        assert (Paged.size, Paged.colour) == (2, "blue")
    tc.unbind(Paged, one)
    assert (Paged.size, tc.traits_of(Paged)) == (1, (other,))


def test_a_name_that_is_taken():
    """The name of another trait, or one that configuration could not spell, is refused at the calling line."""

    class Paged:
        size = 1

    for taken, code in (("auditable", "TC126"), ("Not a name", "TC121"), ("tenants", "TC121")):
        (problem,) = refused(Paged, taken)
        assert (problem.code, problem.origin.file) == (code, __file__)


def test_a_trait_whose_options_are_others():
    """A declared trait must have the named option, and of a type that holds what the class holds."""

    @tc.trait(name=name())
    class Pages(tc.TraitBase):
        """Cut results."""

        size: str = tc.option("x", doc="Entries.")

    class Paged:
        size = 1
        colour = "red"

    (problem,) = refused(Paged, Pages)
    assert "Paged.size is a int" in told(problem)
    (problem,) = refused(Paged, Pages, options={"colour": "colours"})
    assert "Pages has no option 'colours' to stand for Paged.colour" in told(problem)


def test_words_that_mean_nothing():
    """Arguments of the wrong kind are programming errors."""

    class Paged:
        size = 1

    with pytest.raises(TypeError, match="'raise' or 'run'"):
        tc.adopt(Paged, when_off="skip")
    with pytest.raises(TypeError, match="'keep' or 'govern'"):
        tc.adopt(Paged, overrides="yes")
    with pytest.raises(TypeError, match="is not a trait"):
        tc.adopt(Paged, Paged)


def test_a_later_subclass_that_cannot_be_governed_is_not_made():
    """Where overrides are governed, a class statement whose value the option cannot hold fails at its own line."""

    class Paged:
        size = 1

    tc.adopt(Paged, name(), overrides="govern")
    with pytest.raises(tc.ConfigError) as caught:

        class Strange(Paged):
            size = "many"

    (problem,) = caught.value.problems
    assert problem.code == "TC650"
    assert "Strange.size cannot be governed" in told(problem)
    assert problem.origin.file == __file__
