from __future__ import annotations

import inspect

import pytest

import traitconf as tc
from matrix_table import fact


@pytest.fixture
def giving(tc_runtime, log):
    """A trait that gives a member of every shape."""

    @tc.trait
    class Giving(tc.TraitBase):
        """Give."""

        word: str = tc.option("hey", doc="What is said.")

        @tc.provides
        def say(self, host, mark: str = "!") -> str:
            """Say it."""
            return f"{host.title} {self.word}{mark}"

        @tc.provides
        async def say_later(self, host, mark: str = "!") -> str:
            """Say it when awaited."""
            return f"{host.title} {self.word}{mark}"

        @tc.provides
        @classmethod
        def spoken_by(cls, model, mark: str = "") -> str:
            """Who says it."""
            return f"{model.__name__} {cls.word}{mark}"

        @tc.provides
        @staticmethod
        def spoken(trait, mark: str = "!") -> str:
            """What is said."""
            return trait.word + mark

        @tc.provides(shape="property")
        def loud(self, host) -> str:
            """The word in capitals."""
            return f"{host.title} {self.word.upper()}"

    return Giving


@pytest.fixture
def remembering(tc_runtime, log):
    """A trait that gives a cached property."""

    @tc.trait
    class Remembering(tc.TraitBase):
        """Remember."""

        word: str = tc.option("hey", doc="What is remembered.")

        @tc.provides(shape="cached_property")
        def memory(self, host) -> list[str]:
            """What is remembered."""
            log.append("computed")
            return [host.title, self.word]

    return Remembering


@fact()
def test_provided_method(kind, make, giving):
    """A class gets a method, with the signature that its callers see."""
    module = make(giving(word="ho"))
    assert kind.one(module).say("?") == kind.one(module).say(mark="?") == "Hello ho?"
    assert str(inspect.signature(module.Article.say)) in (
        "(self, mark: str = '!') -> str",
        "(self, mark: 'str' = '!') -> 'str'",
    )
    assert giving.of(kind.one(module)).say() == "Hello ho!"


@fact()
def test_provided_async_method(kind, make, giving):
    """A class gets a method that is awaited."""
    import asyncio

    module = make(giving)
    assert inspect.iscoroutinefunction(module.Article.say_later)
    assert asyncio.run(kind.one(module).say_later()) == "Hello hey!"


@fact()
def test_provided_classmethod(kind, make, giving):
    """A class gets a classmethod, which is called on it or on an object."""
    module = make(giving)
    assert module.Article.spoken_by("?") == kind.one(module).spoken_by("?") == "Article hey?"


@fact()
def test_provided_staticmethod(kind, make, giving):
    """A class gets a staticmethod, which knows the options and no object."""
    module = make(giving(word="ho"))
    assert module.Article.spoken("?") == kind.one(module).spoken("?") == giving.of(module.Article).spoken("?") == "ho?"
    assert list(inspect.signature(module.Article.spoken).parameters) == ["mark"]
    assert isinstance(vars(module.Article)["spoken"], staticmethod)


@fact()
def test_provided_property(kind, make, giving):
    """A class gets a property that cannot be assigned."""
    one = kind.one(make(giving))
    assert one.loud == giving.of(one).loud == "Hello HEY"
    with pytest.raises((AttributeError, ValueError, TypeError)):
        one.loud = "x"
    assert one.loud == "Hello HEY"


@fact("weakref")
def test_provided_cached_property(kind, make, remembering, log):
    """A class gets a property that is computed once for each object and configuration, and kept beside the object."""
    module = make(remembering)
    one, before = kind.one(module), dict(getattr(kind.one(module), "__dict__", {})).keys()
    assert one.memory is one.memory is remembering.of(one).memory
    assert log == ["computed"]
    assert getattr(one, "__dict__", {}).keys() == before
    with tc.override({"remembering.word": "ho"}):
        assert one.memory == ["Hello", "ho"]
    assert one.memory == ["Hello", "hey"]


@fact()
def test_provided_members_while_off(kind, make, giving):
    """While the trait is off, every member it gives says so."""
    module = make(giving(enabled=False))
    for use in (
        lambda: kind.one(module).say(),
        module.Article.spoken_by,
        module.Article.spoken,
        lambda: kind.one(module).loud,
    ):
        with pytest.raises(tc.TraitDisabled):
            use()
