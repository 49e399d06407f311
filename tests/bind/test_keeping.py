"""Traits that keep values about objects, and classes about whose objects nothing can be kept."""

from __future__ import annotations

import dataclasses
import typing

import attrs
import pytest

import traitconf as tc
from traitconf.bind.keeping import keeps_state
from traitconf.traits import Auditable, Sluggable, SoftDeletes


def helper(trait, host):
    """Keep something, for a trait of this module."""
    trait.state(host)["seen"] = True


@pytest.fixture
def traits(tc_runtime):
    """Traits by what they do with state."""

    @tc.trait
    class Direct(tc.TraitBase):
        """Keep it in a hook."""

        @tc.after("save")
        def note(self, host, result, /):
            self.state(host)["seen"] = True

    @tc.trait
    class Helped(tc.TraitBase):
        """Keep it by a helper, in a member."""

        @tc.provides
        def note(self, host) -> list:
            return [helper(self, one) for one in (host,)]

    @tc.trait
    class Reading(tc.TraitBase):
        """Look at an attribute of the host that is called so."""

        @tc.after("save")
        def note(self, host, result, /):
            return host.state

    return {"direct": Direct, "helped": Helped, "reading": Reading}


@pytest.mark.parametrize(("name", "keeps"), [("direct", True), ("helped", True), ("reading", False)])
def test_traits_that_keep_state_are_known_by_their_code(traits, name, keeps):
    """A call of `state()` counts, in the trait or in a helper of its package; an attribute of that name does not."""
    assert keeps_state(traits[name]) is keeps


@pytest.mark.parametrize("trait", [Auditable, Sluggable, SoftDeletes])
def test_the_built_in_traits_keep_state(trait):
    """All three built-in traits keep something beside objects."""
    assert keeps_state(trait)


class Plain:
    __slots__ = ("title",)

    def save(self): ...


@dataclasses.dataclass(slots=True)
class Data:
    title: str = ""

    def save(self): ...


@attrs.define(weakref_slot=False)
class Defined:
    title: str = ""

    def save(self): ...


class Pair(typing.NamedTuple):
    title: str = ""

    def save(self): ...


@pytest.mark.parametrize(
    ("cls", "way_out"),
    [
        (Plain, 'add "__weakref__" to the __slots__ of Plain'),
        (Data, "write @dataclass(slots=True, weakref_slot=True) above Data"),
        (Defined, "write weakref_slot=True in the attrs decorator of Defined"),
        (Pair, "objects of Pair cannot be followed: bind the trait to a class that holds one"),
    ],
)
def test_each_kind_has_its_way_out(traits, cls, way_out):
    """Without `__weakref__` a trait that keeps state is reported with what to write for this kind of class."""
    bound = type(cls.__name__, (cls,), {"__slots__": ()}) if cls is Plain else cls
    tc.bind(bound, traits["direct"])
    (problem,) = tc.verify(bound)
    assert (problem.code, problem.severity.value, problem.hint) == ("TC643", "warning", way_out)
    assert problem.related[0][0] == tc.binding_of(bound, traits["direct"]).origin
    with pytest.raises(TypeError, match="no __weakref__"):
        bound().save()
    tc.unbind(bound)


def test_a_trait_without_state_is_welcome_everywhere(traits):
    """Where nothing has to be kept, a class without `__weakref__` is well."""
    tc.bind(Data, traits["reading"])
    assert tc.verify(Data) == ()
    tc.unbind(Data)


def test_the_way_out_works(traits):
    """With the slot, the class is well and the trait keeps its values."""

    @dataclasses.dataclass(slots=True, weakref_slot=True)
    @tc.use(traits["direct"])
    class Followed:
        title: str = ""

        def save(self): ...

    assert tc.verify(Followed) == ()
    Followed().save()
