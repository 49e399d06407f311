from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.schema.reactions import reactions_of


@pytest.mark.parametrize("function", [lambda self: None, lambda self, old: None, lambda old, new, more, most: None])
def test_another_signature_is_refused(function):
    """A hook takes the trait, the old and the new options; anything else is refused where it is declared."""
    with pytest.raises(TypeError, match=r"must be def …\(self, old, new\)"):
        tc.on_config(function)


def test_a_coroutine_is_refused():
    """Publishing waits for nobody, so a hook is no coroutine."""

    async def hook(self, old, new): ...

    with pytest.raises(TypeError, match="must be def"):
        tc.on_config(hook)


def test_hooks_are_inherited_and_replaced():
    """Hooks of bases come first; one of the same name takes the place of the base's."""

    class Base:
        @tc.on_config
        def first(self, old, new): ...

        @tc.on_config
        def second(self, old, new): ...

    class Derived(Base):
        @tc.on_config
        def second(self, old, new): ...

        @tc.on_config
        def third(self, old, new): ...

    class Silent(Base):
        first = None

    assert [hook.__qualname__.rpartition(".")[2] for hook in reactions_of(Derived)] == ["first", "second", "third"]
    assert [hook.__qualname__.split(".")[-2] for hook in reactions_of(Derived)] == ["Base", "Derived", "Derived"]
    assert [hook.__name__ for hook in reactions_of(Silent)] == ["second"]


def test_a_hook_may_use_super(tc_config):
    """Zero-argument super() works in a hook, although the trait's class is made anew."""
    seen = []

    @tc.trait(name="base_badge")
    class Base(tc.TraitBase):
        """The base."""

        size: int = tc.option(1, doc="A size.")

        def told(self, new):
            seen.append(new.size)

    @tc.trait(name="badge")
    class Badge(Base):
        """The trait."""

        @tc.on_config
        def react(self, old, new):
            super().told(new)

    runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
    (runtime.paths[0] / "traits.toml").write_text("[badge]\nsize = 3\n", encoding="utf-8")
    runtime.reload()
    assert seen == [3]
