from __future__ import annotations

from dataclasses import replace

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
    assert problem.origin.file == __file__
    assert "defined here" in problem.related[0][1]
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


@fact("metaclass")
def test_a_vetoing_metaclass_is_told(kind, watching):
    """TC612 where the metaclass of a class refuses attributes; nothing is changed, and the ways out are named."""
    metaclass = type(kind.module().Article)
    sealed = (
        f"import {metaclass.__module__} as home\n"
        f"class Sealed(home.{metaclass.__qualname__}):\n"
        "    armed = False\n"
        "    def __setattr__(cls, name, value):\n"
        "        if Sealed.armed:\n"
        "            raise TypeError('sealed')\n"
        "        super().__setattr__(name, value)\n"
    )
    bases = f"{kind.bases}, metaclass=Sealed"
    module = replace(kind, bases=bases, imports=f"{kind.imports}\n{sealed}").module()
    module.Sealed.armed = True
    assert refusal(kind, module, watching).code == "TC612"
    assert kind.one(module).publish() == "published"


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


def test_built_in_types_are_refused(watching):
    """TC604 for types that nobody can change, and for what is no class; the trait's place and a way out are named."""
    for target in (int, dict, 3):
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(target, watching)
        (problem,) = error.value.problems
        assert problem.code == "TC604"
        assert problem.hint
        assert problem.related[0][1] == "Watching is defined here"
