"""Properties of the linearisation of groups and tenants."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from traitconf.layers.grammar import parse
from traitconf.layers.layer import CodeDocument
from traitconf.layers.read import assemble
from traitconf.resolve.order import Lineages
from traitconf.types import Origin, Source

PLACE = CodeDocument(Origin(Source.FILE, name="here"))


@st.composite
def hierarchies(draw):
    """Return what each group extends: an ordered choice of the groups before it, so that there is no cycle."""
    names = "abcdefg"[: draw(st.integers(1, 7))]
    return {
        name: draw(st.permutations(names[:index]))[: draw(st.integers(0, min(index, 3)))]
        for index, name in enumerate(names)
    }


def classes_of(parents):
    """Return a class for every group, `None` where Python refuses its bases or those of one that it extends."""
    made: dict[str, type | None] = {}
    for name, above in parents.items():
        bases = [made[parent] for parent in above]
        try:
            made[name] = None if None in bases else type(name, tuple(bases), {})
        except TypeError:
            made[name] = None
    return made


def lineages_of(parents, tenant=()):
    """Return the linearisations of groups and of one tenant."""
    document = {
        "groups": {name: {"extends": list(above)} for name, above in parents.items()},
        "tenants": {"tenant": {"extends": list(tenant)}},
    }
    return Lineages(assemble([parse(PLACE, document)]))


def test_groups_are_linearised_as_python_does():
    """For generated groups the order is Python's MRO of classes with these bases, and refused where Python refuses."""
    refused = []

    @given(hierarchies())
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(parents):
        lineages, classes = lineages_of(parents), classes_of(parents)
        for name, cls in classes.items():
            before = len(lineages.problems)
            found = [other for _, other in lineages.of(("group", name))]
            new = [problem.code for problem in lineages.problems[before:]]
            if cls is not None:
                assert found == [base.__name__ for base in cls.__mro__[:-1]]
                assert new == []
            elif all(classes[parent] is not None for parent in parents[name]):
                refused.append(name)
                assert new == ["TC112"]

    check()
    assert refused


@given(hierarchies(), st.data())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_tenant_is_linearised_like_a_group(parents, data):
    """A tenant stands before everything that it extends, in the order that a group with these parents has."""
    extends = data.draw(st.lists(st.sampled_from(sorted(parents)), unique=True, max_size=3))
    as_tenant = lineages_of(parents, extends).of(("tenant", "tenant"))
    as_group = lineages_of(parents | {"tenant": extends}).of(("group", "tenant"))
    assert as_tenant[0] == ("tenant", "tenant")
    assert as_tenant[1:] == as_group[1:]


@given(hierarchies(), st.permutations("abcdefg"))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_order_of_asking_does_not_matter(parents, order):
    """Linearisations are the same in whatever order they are asked for."""
    one, other = lineages_of(parents), lineages_of(parents)
    asked = {name: one.of(("group", name)) for name in parents}
    assert {name: other.of(("group", name)) for name in order if name in parents} == asked
