from __future__ import annotations

import inspect

import pytest

import traitconf as tc
from traitconf.schema.members import (
    Hook,
    Member,
    PropertyMember,
    after,
    around,
    before,
    flavour_of,
    operation,
    provides,
)


def sync():
    """Return."""


def generator():
    """Yield."""
    yield


async def coroutine():
    """Await."""


async def async_generator():
    """Yield and await."""
    yield


FLAVOURS = {sync: "sync", generator: "generator", coroutine: "async", async_generator: "async generator"}


class TestFlavours:
    @pytest.mark.parametrize("function", FLAVOURS)
    def test_four(self, function):
        """A function is told by what calling it gives."""
        assert flavour_of(function) == FLAVOURS[function]


class TestProvides:
    def test_a_method(self):
        """A function becomes a method; name, doc and signature are the function's."""

        @provides
        def shout(self, host, mark="!"):
            """Shout."""

        assert (shout.shape, shout.when_off, shout.operation) == ("method", "raise", False)
        assert (shout.__name__, shout.__doc__) == ("shout", "Shout.")
        assert str(inspect.signature(shout.function)) == "(self, host, mark='!')"

    def test_other_shapes(self):
        """A classmethod and a property are told by their decorator, or by `shape=`."""

        @provides
        @classmethod
        def make(self, host): ...

        @provides(shape="property")
        def title(self, host): ...

        @provides
        @property
        def other(self, host): ...  # noqa: PLR0206 -- of the host

        assert (make.shape, title.shape, other.shape) == ("classmethod", "property", "property")
        assert isinstance(title, PropertyMember)
        assert not isinstance(make, PropertyMember)
        assert make.function.__name__ == "make"

    @pytest.mark.parametrize("target", [3, "name", len, staticmethod(len), Member])
    def test_what_cannot_be_given(self, target):
        """Something that is no function of the trait is refused."""
        with pytest.raises(TypeError, match="cannot be given to a host: give a function, a classmethod or a property"):
            provides(target)

    def test_when_off(self):
        """`skip` is for functions that promise nothing, `run` for all, anything else for none."""

        def nothing(self, host) -> None: ...

        def number(self, host) -> int: ...

        def unknown(self, host): ...

        assert provides(when_off="skip")(nothing).when_off == "skip"
        assert provides(when_off="run")(number).when_off == "run"
        for function in (number, unknown):
            with pytest.raises(TypeError, match=r"when_off='skip' is only for '-> None', .* promises a result"):
                provides(when_off="skip")(function)
        with pytest.raises(TypeError, match="when_off='maybe': must be 'raise', 'skip' or 'run'"):
            provides(when_off="maybe")(nothing)

    def test_access(self):
        """On the trait's class a member is its declaration; on an instance it still wants the host."""

        class Sample:
            @provides
            def shout(self, host):
                return self, host

        assert isinstance(Sample.shout, Member)
        assert Sample.shout.name == "shout"
        sample = Sample()
        assert sample.shout("host") == (sample, "host")


class TestOperation:
    def test_pipeline(self):
        """An operation is a member that knows how it is cached and queued."""

        @operation(cache=True, key=("body",), queue=True, when_off="run")
        def summary(self, host): ...

        assert (summary.operation, summary.cache, summary.caching.key, summary.queue) == (True, True, ("body",), True)
        assert (summary.shape, summary.when_off) == ("method", "run")

    def test_plain(self):
        """Without arguments it is neither cached nor queued, and raises while its trait is off."""
        plain = operation(lambda self, host: None)
        assert (plain.cache, plain.caching.key, plain.queue, plain.when_off) == (False, None, False, "raise")


class TestHooks:
    @pytest.mark.parametrize("declare", [around, before, after])
    def test_targets(self, declare):
        """A hook has one target, several, or globs; without a name of a method it is refused."""

        @declare("save", "pub*", optional=True)
        def hook(self, host, third, /, *args): ...

        assert (hook.targets, hook.optional, hook.kind) == (("save", "pub*"), True, declare.__name__)
        for wrong in ((), (sync,), ("save", 3)):
            with pytest.raises(TypeError, match=rf"^{declare.__name__}\(\) needs the name of at least one method$"):
                declare(*wrong)

    @pytest.mark.parametrize(
        ("declare", "function", "wanted"),
        [
            (around, lambda self, host: None, "self, host, proceed"),
            (before, lambda self: None, "self, host"),
            (after, lambda self, host, *, result: None, "self, host, result"),
        ],
    )
    def test_too_few_parameters(self, declare, function, wanted):
        """A hook that could not take what it is called with is refused when it is declared."""
        with pytest.raises(TypeError, match=rf"{declare.__name__} hook .* must take \({wanted}, /, …\)"):
            declare("save")(function)
        assert declare("save")(lambda *args: None).kind == declare.__name__

    def test_twins(self):
        """The same hook can be written again for another flavour of methods."""

        @around("save")
        def timed(self, host, proceed, /): ...

        @timed.twin
        async def timed_async(self, host, proceed, /): ...

        assert {flavour: function.__name__ for flavour, function in timed.twins.items()} == {
            "sync": "timed",
            "async": "timed_async",
        }
        assert inspect.iscoroutinefunction(timed_async)

    def test_access(self):
        """On the class a hook is its declaration, on a trait it is the bound function."""

        class Sample:
            @before("save")
            def check(self, host, /):
                return self, host

        assert isinstance(Sample.check, Hook)
        assert Sample.check.name == "check"
        sample = Sample()
        assert sample.check("host") == (sample, "host")

    def test_super_in_members_and_hooks(self):
        """Zero-argument `super()` works in members and hooks although attrs makes the class anew."""

        @tc.trait
        class Below(tc.TraitBase):
            """Below."""

            @tc.provides
            def shout(self, host):
                return super().__repr__()

            @tc.before("save")
            def check(self, host, /):
                return super().__repr__()

        assert Below().shout(None) == Below().check(None) == "Below()"
