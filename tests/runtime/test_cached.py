"""The decorator `tc.cached`: functions of modules and classes, sync and async, for the running tenant."""

from __future__ import annotations

import asyncio
import inspect

import pytest

import traitconf as tc
from traitconf.runtime.caches import Caches
from traitconf.traits import Auditable


@pytest.fixture
def computed(tc_runtime):
    """What the functions of a test have computed."""
    return []


def test_a_function_looks_as_it_did(computed):
    """Name, documentation, signature, defaults and flavour are those of the function."""

    @tc.cached(ttl="1h")
    def plain(number: int, *, mark: str = "!") -> str:
        """Say it."""
        return f"{number}{mark}"

    @tc.cached
    async def later(number): ...

    assert (plain.__name__, plain.__doc__) == ("plain", "Say it.")
    assert str(inspect.signature(plain)) == "(number: 'int', *, mark: 'str' = '!') -> 'str'"
    assert inspect.iscoroutinefunction(later)
    assert not inspect.iscoroutinefunction(plain)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'number'"):
        plain()


def test_call_shapes_share_a_result(computed):
    """However the arguments of a call are written, it is one call; types tell calls apart."""

    @tc.cached
    def add(one, two=2, *more, mark="", **named):
        computed.append(1)
        return one, two, more, mark, named

    assert add(1) == add(one=1) == add(1, 2) == add(1, mark="") == (1, 2, (), "", {})
    assert add(True) == (True, 2, (), "", {})
    assert add(1, 2, 3) != add(1, 2, 3.5)
    assert add(1, extra=1) == add(extra=1, one=1)
    assert len(computed) == 5


def test_results_belong_to_the_tenant(computed):
    """One function, three results: without tenant and for each of two."""

    @tc.cached
    def who():
        computed.append(1)
        return str(tc.current_context().tenant)

    for _ in range(3):
        assert who() == "None"
        for tenant in ("acme", "globex"):
            with tc.tenant(tenant):
                assert who() == tenant
    assert len(computed) == 3


def test_methods_name_what_they_depend_on(computed):
    """With `key` an object is known by attributes, and by its class; an edit is another call."""

    class Page:
        title = "a"

        @tc.cached(key=("title",))
        def shout(self, mark="!"):
            computed.append(type(self).__name__)
            return self.title.upper() + mark

    class Sub(Page): ...

    page = Page()
    assert [page.shout(), page.shout("!"), Page().shout(), Page.shout(page)] == ["A!"] * 4
    assert Sub().shout() == "A!"
    page.title = "b"
    assert page.shout() == "B!"
    assert computed == ["Page", "Sub", "Page"]


def test_below_other_decorators(computed):
    """It stands below classmethod, staticmethod and property, and a trait's hooks run around it."""

    class Page:
        title = "a"

        @classmethod
        @tc.cached
        def named(cls):
            computed.append(1)
            return cls.__name__

        @staticmethod
        @tc.cached
        def double(number):
            computed.append(1)
            return 2 * number

        @property
        @tc.cached(key=("title",))
        def big(self):
            computed.append(1)
            return self.title.upper()

        @tc.cached(key=())
        def save(self):
            computed.append(1)

    tc.bind(Page, Auditable)
    assert [Page.named(), Page.named(), Page.double(2), Page.double(2), Page().big, Page().big] == [
        *["Page"] * 2,
        4,
        4,
        "A",
        "A",
    ]
    assert len(computed) == 3
    page = Page()
    page.save()
    assert len(page.audit_trail()) == 1


def test_awaited_functions(computed):
    """An async function is computed once for all tasks of a loop, and answered in the next loop."""

    @tc.cached
    async def later(number):
        computed.append(number)
        await asyncio.sleep(0)
        return number

    async def main():
        return await asyncio.gather(*(later(1) for _ in range(40)))

    assert asyncio.run(main()) == asyncio.run(main()) == [1] * 40
    assert computed == [1]


def test_a_new_runtime_begins_with_nothing(computed, tc_config):
    """What was kept under one runtime is not served under the next one."""

    @tc.cached
    def answer():
        computed.append(1)
        return 1

    answer()
    tc_config({})
    answer()
    answer()
    assert len(computed) == 2


def test_tags_are_filled_and_invalidated(computed):
    """A tag with the value of an argument retires the results of that argument only."""

    @tc.cached(tags=("pages", "page:{number}"))
    def page(number):
        computed.append(number)
        return number

    for number in (1, 2):
        page(number)
    tc.invalidate("page:1")
    for number in (1, 2):
        page(number)
    assert computed == [1, 2, 1]
    tc.invalidate("pages")
    asyncio.run(tc.ainvalidate("page:2"))
    for number in (1, 2):
        page(number)
    assert computed == [1, 2, 1, 1, 2]
    assert tc.process_runtime().services.metrics.counter("traitconf.cache.invalidations") == 3


def test_everything_of_a_tenant_is_retired(computed):
    """Without tags everything of the running tenant goes, and nothing of others."""

    @tc.cached
    def who():
        computed.append(tc.current_context().tenant)
        return 1

    for tenant in ("acme", "globex"):
        with tc.tenant(tenant):
            who()
    with tc.tenant("acme"):
        tc.invalidate()
    for tenant in ("acme", "globex"):
        with tc.tenant(tenant):
            who()
    assert computed == ["acme", "globex", "acme"]


def test_a_removed_tenant_leaves_nothing(computed):
    """`runtime.forget` retires what is cached for the tenant, too."""

    @tc.cached
    def who():
        computed.append(1)
        return 1

    with tc.tenant("acme"):
        who()
    tc.process_runtime().forget("acme")
    with tc.tenant("acme"):
        who()
    assert len(computed) == 2


def test_an_empty_tag_is_refused(computed):
    """A tag without a text would mean everything by accident."""
    with pytest.raises(ValueError, match="a tag is a text that is not empty"):
        tc.invalidate("")


def test_the_memory_is_bounded_by_the_configuration(computed, tc_config):
    """`runtime.cache.size` says how many results a process keeps; calls go on beyond."""
    runtime = tc_config({"runtime.toml": "cache.size = 10\n"})

    @tc.cached
    def answer(number):
        return number

    assert [answer(number) for number in range(100)] == list(range(100))
    (store,) = runtime.services.shared(Caches).stores()
    assert len(store.entries()) == 10


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"key": "title"}, r"key='title': give a tuple of names, key=\(\"title\",\)"),
        ({"key": "identity"}, "nobody would say that the object was saved"),
        ({"ttl": "soon"}, "expected a duration such as 90s, 5m"),
        ({"jitter": 2}, "must be between 0 and 1"),
        ({"store": "disk"}, "must be 'default', 'memory' or 'redis'"),
        ({"vary": "colour"}, "vary names colour; known are actor and request_id"),
        ({"tags": "page:{numbr}"}, "has no numbr"),
        ({"ignore": "numbr"}, "has no numbr"),
    ],
)
def test_what_makes_no_sense_is_refused(options, text):
    """A wrong argument of the decorator is refused where it is written."""
    with pytest.raises((TypeError, ValueError), match=text):
        tc.cached(**options)(lambda number: number)


@pytest.mark.parametrize("target", [len, classmethod(lambda cls: 1), property(lambda self: 1)], ids=["c", "cm", "p"])
def test_what_is_no_function_is_refused(target):
    """Something else than a function is refused with the way out."""
    with pytest.raises(TypeError, match="stand below @classmethod"):
        tc.cached(target)


def test_generators_are_refused():
    """A generator is used up by who reads it first."""

    def numbers():
        yield 1

    with pytest.raises(TypeError, match="cannot be cached: it is generator; let it return what it makes"):
        tc.cached(numbers)


def test_an_object_without_a_key_is_refused(computed):
    """Without `key` a method's own object is an argument, of which no key can be made."""

    class Page:
        @tc.cached
        def title(self):
            return 1

    with pytest.raises(tc.CacheKeyError, match=r"TC760: .*title.* 'self' is a .*Page"):
        Page().title()
