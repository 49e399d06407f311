from __future__ import annotations

import pytest

import traitconf as tc
from kinds import KINDS
from matrix_table import fact


@pytest.fixture
def writing(tc_runtime):
    """A trait that writes into the field that its option names."""

    @tc.trait(writes=("field",))
    class Writing(tc.TraitBase):
        """Write a field."""

        field: str = tc.option("title", doc="What is written.")

        @tc.provides
        def rename(self, host, title: str) -> None:
            """Write the field."""
            setattr(host, self.field, title)

    return Writing


@pytest.fixture
def keeping(tc_runtime):
    """A trait that keeps a value beside the object."""

    @tc.trait(state="always")
    class Keeping(tc.TraitBase):
        """Keep a value."""

        @tc.provides
        def keep(self, host, value: int) -> int:
            """Keep it."""
            return self.state(host).setdefault("value", value)

    return Keeping


def refusal(kind, module, trait):
    """Return the problem with which a binding is refused, above or below what makes the class; nothing is changed."""
    before = dict(vars(module.Article))
    with pytest.raises(tc.ConfigError) as error:
        tc.bind(module.Article, trait)
    assert {name: id(value) for name, value in vars(module.Article).items()} == {
        name: id(value) for name, value in before.items()
    }
    (problem,) = error.value.problems
    assert "Article" in problem.message
    assert problem.hint
    assert (problem.origin.file, problem.related[0][0].file) == (__file__, __file__)
    return problem


@fact()
def test_fields_are_written_or_refused(kind, bare, writing):
    """A trait that writes a field is bound where it can, and is TC631 on every frozen kind."""
    if "writable" in kind.lacks:
        assert refusal(kind, bare, writing).code == "TC631"
    elif kind.name == "Enum":
        return  # the title of a member is a property of ours
    else:
        tc.bind(bare.Article, writing)
        one = kind.one(bare)
        one.rename("Moved")
        assert one.title == "Moved"


@fact()
def test_state_is_kept_or_refused(kind, bare, keeping):
    """A trait that keeps values beside objects is bound where it can, and is TC630 without `__weakref__`."""
    if "weakref" in kind.lacks:
        problem = refusal(kind, bare, keeping)
        assert problem.code == "TC630"
        assert "__weakref__" in problem.hint
    else:
        tc.bind(bare.Article, keeping)
        one = kind.one(bare)
        assert (one.keep(1), one.keep(2)) == (1, 1)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if "weakref" in kind.lacks])
def test_a_cached_property_needs_weak_references(name, tc_runtime):
    """A trait that gives a cached property is TC630 on kinds without `__weakref__`."""

    @tc.trait
    class Remembering(tc.TraitBase):
        """Remember."""

        @tc.provides(shape="cached_property")
        def memory(self, host) -> str:
            """Something."""
            return "it"

    assert refusal(KINDS[name], KINDS[name].module(), Remembering).code == "TC630"


def test_below_what_makes_the_class(keeping):
    """Where the class that is made anew does not allow what the trait needs, its decorator fails."""
    kind = KINDS["dataclass(frozen, slots), @use below"]
    with pytest.raises((tc.ConfigError, RuntimeError)) as error:  # CPython 3.11 wraps what __set_name__ raises
        kind.module(tc.use(keeping))
    found = error.value if isinstance(error.value, tc.ConfigError) else error.value.__cause__
    assert [problem.code for problem in found.problems] == ["TC630"]
