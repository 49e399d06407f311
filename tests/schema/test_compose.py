from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traitconf as tc
from traitconf.schema.catalog import catalog
from traitconf.schema.compose import hook_order, relation_problems
from traitconf.schema.spec import TraitSpec, spec_of
from traitconf.types import Origin, Source


def bare(name, before=(), after=()):
    """A spec with an order and nothing else."""
    place = Origin(Source.DECORATOR, f"/nowhere/{name}.py", 1)
    return TraitSpec(
        name=name, cls=tc.TraitBase, doc="", origin=place, options={}, members={}, hooks=(), signals={},
        before=tuple(before), after=tuple(after),
    )  # fmt: skip


def names(specs):
    return [spec.name for spec in specs]


@pytest.fixture
def trait(scratch) -> Callable[..., type[tc.TraitBase]]:
    """A function that defines a trait with relations."""

    def make(name, **relations):
        cls = type(name.title(), (tc.TraitBase,), {"__qualname__": f"trait.<locals>.{name.title()}"})
        return tc.trait(name=name, **relations)(cls)

    return make


class TestOrder:
    def test_before_and_after(self):
        """`before` puts a trait outside of another, `after` inside, whatever the order of the arguments."""
        specs = [bare("a", after=["c"]), bare("b"), bare("c", before=["b"])]
        for order in itertools.permutations(specs):
            assert names(hook_order(order)[0]) == ["c", "a", "b"]

    def test_ties_go_by_name(self):
        """Traits without relations stand in the order of their names."""
        assert names(hook_order([bare("b"), bare("c"), bare("a")])[0]) == ["a", "b", "c"]

    def test_absent_traits_say_nothing(self):
        """A relation to a trait that is not there orders nothing."""
        ordered, problems = hook_order([bare("a", after=["z"]), bare("b", before=["y"])])
        assert (names(ordered), problems) == (["a", "b"], [])

    @given(st.permutations("abcdef"), st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))))
    def test_every_wish_is_kept(self, hidden, wishes):
        """For wishes that can be kept together, the order keeps each of them, and each trait stands in it once."""
        pairs = {(hidden[i], hidden[j]) for i, j in wishes if i < j}
        specs = [bare(name, before=[inner for outer, inner in pairs if outer == name]) for name in sorted(hidden)]
        ordered, problems = hook_order(specs)
        place = {name: at for at, name in enumerate(names(ordered))}
        assert (sorted(place), problems) == (sorted(hidden), [])
        assert all(place[outer] < place[inner] for outer, inner in pairs)

    def test_a_cycle(self):
        """A cycle is an error that names it with the place of every trait in it, and of no other."""
        specs = [bare("a", before=["b"]), bare("b", before=["c"]), bare("c", before=["a"]), bare("d", after=["a"])]
        ordered, (problem,) = hook_order(specs)
        assert sorted(names(ordered)) == ["a", "b", "c", "d"]
        assert problem.code == "TC606"
        text = problem.message.removeprefix("the order of hooks is a cycle: ")
        assert text in ("a before b before c before a", "b before c before a before b", "c before a before b before c")
        assert [message for _, message in problem.related] == [f"{name} is defined here" for name in "abc"]
        assert [origin.file for origin, _ in problem.related] == [f"/nowhere/{name}.py" for name in "abc"]

    def test_a_trait_before_itself(self):
        """The shortest cycle is found as well."""
        _, (problem,) = hook_order([bare("a", before=["a"])])
        assert problem.message == "the order of hooks is a cycle: a before a"


class TestRelations:
    def test_required_traits(self, trait):
        """A trait without what it requires is a problem that names both, and none once the other is there."""
        needed = trait("needed")
        needing = trait("needing", requires=needed)
        (problem,) = relation_problems([spec_of(needing)], "Article")
        assert (problem.code, problem.message) == ("TC607", "Needing on Article requires the trait Needed")
        assert (problem.hint, problem.origin) == ("bind Needed too", spec_of(needing).origin)
        assert not relation_problems([spec_of(needing), spec_of(needed)], "Article")

    def test_incompatible_traits(self, trait):
        """Traits that exclude each other are a problem that shows where both are defined."""
        one, other = trait("one", incompatible="other"), trait("other")
        (problem,) = relation_problems([spec_of(one), spec_of(other)], "Article")
        assert (problem.code, problem.message) == ("TC605", "One and Other cannot both be bound to Article")
        assert problem.related == ((spec_of(other).origin, "Other is defined here"),)
        assert not relation_problems([spec_of(one)], "Article")

    def test_all_at_once(self, trait):
        """Every broken relation of one class is told."""
        needed = trait("needed")
        one = trait("one", requires=needed, incompatible="other")
        specs = [spec_of(one), spec_of(trait("other", incompatible="one"))]
        assert [problem.code for problem in relation_problems(specs, "Article")] == ["TC607", "TC605", "TC605"]
        assert catalog.find("one")
