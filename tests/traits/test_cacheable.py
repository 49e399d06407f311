"""`Cacheable` and `cacheable`: methods that a class already has, cached where code or files say so."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import sys

import attrs
import pytest

import traitconf as tc
from traitconf.bind.chain import point_of
from traitconf.bind.context import current
from traitconf.traits import Cacheable, cacheable
from traitconf.traits.cacheable import CachedMethod


@pytest.fixture
def page(tc_runtime):
    """A class with two methods, and what they have computed."""

    @tc.use(Cacheable)
    class Page:
        computed: list = []  # noqa: RUF012 -- shared on purpose
        title = "a"

        def shout(self, mark="!"):
            self.computed.append("shout")
            return self.title.upper() + mark

        async def later(self):
            self.computed.append("later")
            return self.title

        def numbers(self):
            yield 1

    return Page


CACHED = {"cacheable.methods": {"shout": {"key": ["title"]}, "later": {"key": ["title"], "tags": ["pages"]}}}


def test_nothing_named_is_cached_by_itself(page):
    """A method that nobody names runs as it ever did: its chain is the method itself."""
    assert [page().shout(), page().shout()] == ["A!", "A!"]
    assert page.computed == ["shout", "shout"]
    point = point_of(page.__dict__["shout"])
    assert current().chains[point.index] is point.body


def test_files_name_what_is_cached(page):
    """What the option names is cached, sync and async, with key, tags and lifetime of its own."""
    with tc.override(CACHED):
        assert [page().shout(), page().shout(mark="!"), page().shout("?")] == ["A!", "A!", "A?"]
        assert [asyncio.run(page().later()), asyncio.run(page().later())] == ["a", "a"]
        tc.invalidate("pages")
        asyncio.run(page().later())
    assert page.computed == ["shout", "shout", "later", "later"]


def test_a_tenant_may_be_left_out(page, tc_config):
    """The same files say for whom: one tenant's calls are cached, another's are not."""
    tc_config(
        {
            "traits.toml": "[cacheable]\nmethods.shout = { key = ['title'] }\n",
            "tenants/globex.toml": "[cacheable]\nenabled = false\n",
        }
    )
    for tenant in ("acme", "globex"):
        with tc.tenant(tenant):
            page().shout()
            page().shout()
    assert page.computed == ["shout"] * 3


def test_a_generator_is_left_alone(page):
    """What cannot be cached runs as it did, although a file names it."""
    with tc.override({"cacheable.methods": {"numbers": {"key": []}}}):
        assert list(page().numbers()) == [1]


def test_an_object_that_nothing_identifies_is_refused(page):
    """Where a file names a method and no key, and the class has none, the call says so with its code."""
    with tc.override({"cacheable.methods": {"shout": {}}}), pytest.raises(tc.CacheKeyError, match="TC685"):
        page().shout()


@pytest.mark.parametrize(
    "name", ["title, __import__('builtins').print(1)", "title}", "{host}", "class", "", "a.b c", "title\n"]
)
def test_a_name_of_a_key_is_no_code(page, name, capsys):
    """What a file says is a name, or it is refused: names become code."""
    with tc.override({"cacheable.methods": {"shout": {"key": [name]}}}), pytest.raises(tc.CacheKeyError, match="TC686"):
        page().shout()
    assert (capsys.readouterr().out, page.computed) == ("", [])


@pytest.mark.parametrize(
    "tag", ["of:{title:>99999999999}", "of:{title!r}", "of:{title.__class__}", "of:{title[0]}", "of:{", "}"]
)
def test_a_placeholder_is_a_name(page, tag):
    """What a file says of a tag formats nothing and looks into nothing."""
    method = {"shout": {"key": ["title"], "tags": [tag]}}
    with tc.override({"cacheable.methods": method}), pytest.raises(tc.CacheKeyError, match="TC761"):
        page().shout()


def test_a_key_may_lead_on(page):
    """A key names an attribute of an attribute by a dotted path."""

    class Title:
        text = "a"

    page.title = Title()
    with tc.override({"cacheable.methods": {"later": {"key": ["title.text"]}}}):
        asyncio.run(page().later())
        asyncio.run(page().later())
    assert page.computed == ["later"]


@pytest.mark.parametrize("shape", ["plain", "attrs", "dataclass"])
def test_the_mark_at_the_method(tc_runtime, shape):
    """`@cacheable` binds the trait, and what it says is shown like every other option."""
    dress = {"plain": lambda cls: cls, "attrs": attrs.define, "dataclass": dataclasses.dataclass(slots=True)}[shape]
    computed = []

    @dress
    class Page:
        id: int = 1
        title: str = "a"

        @cacheable(ttl="10m", key=("title",))
        def shout(self, mark="!"):
            """Shout."""
            computed.append(1)
            return self.title.upper() + mark

        @cacheable
        def known(self):
            computed.append(2)
            return self.title

        def save(self): ...

    page = Page()
    assert [page.shout(), page.shout("!"), page.known(), page.known()] == ["A!", "A!", "a", "a"]
    assert computed == [1, 2]
    page.save()
    page.known()
    assert computed == [1, 2, 2]
    assert Page.shout.__doc__ == "Shout."
    assert sorted(tc.resolve(Cacheable, Page).methods) == ["known", "shout"]
    assert __file__ in str(tc.explain("cacheable.methods", Page).reasons[0].origin.file)


def test_files_govern_the_mark(tc_runtime):
    """What code marks a file may switch off, for everybody or for one."""

    class Page:
        computed: list = []  # noqa: RUF012 -- shared on purpose

        @cacheable(key=())
        def work(self):
            self.computed.append(1)

    with tc.override({"cacheable.enabled": False}):
        Page().work()
        Page().work()
    assert len(Page.computed) == 2


@pytest.mark.parametrize("target", [len, classmethod(lambda cls: 1)], ids=["builtin", "classmethod"])
def test_the_mark_is_for_functions(target):
    """Above something else than a function the mark is refused."""
    with pytest.raises(TypeError, match="directly above the def of a method"):
        cacheable(target)


@pytest.mark.parametrize(
    ("methods", "code"),
    [
        ({"work": CachedMethod()}, "TC685"),
        ({"work": CachedMethod(key=("titel",))}, "TC686"),
        ({"numbers": CachedMethod(key=())}, "TC687"),
        ({"work": CachedMethod(key=(), tags=("of:{sort}",))}, "TC688"),
        ({"work": CachedMethod(key=(), ignore=("sort",))}, "TC688"),
    ],
)
def test_code_is_checked_when_it_binds(tc_runtime, methods, code):
    """What code says of a class is refused when it is bound, with its code."""

    class Page:
        title: str

        def work(self, kind=1): ...
        def numbers(self):
            yield 1

    with pytest.raises(tc.ConfigError) as caught:
        tc.bind(Page, Cacheable(methods=methods))
    assert [problem.code for problem in caught.value.problems] == [code]


WRITER = """class Writer:
    count = 0
    def page(self, name):
        Writer.count += 1
        return name * 2
"""
LINES = """[models.Writer]
class = "foreign_pages:Writer"
use = ["cacheable"]
cacheable.methods.page = { key = [] }
"""


def test_a_class_of_a_foreign_module_is_cached_by_a_file(tc_config, tmp_path, monkeypatch):
    """Four lines of a file cache a method of a class that nobody edits."""
    (tmp_path / "foreign_pages.py").write_text(WRITER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    tc_config({"writer.toml": LINES}, complete=False)
    module = importlib.import_module("foreign_pages")
    try:
        assert [module.Writer().page("a"), module.Writer().page("a")] == ["aa", "aa"]
        assert module.Writer.count == 1
    finally:
        del sys.modules["foreign_pages"]


def test_calls_have_events(page, tc_config):
    """What is cached is an operation: whoever subscribes is asked before each call and told of those that ran."""
    tc_config({"traits.toml": "[cacheable.methods.shout]\nkey = ['title']\n"})
    host, told = page(), []
    host.shout()
    tc.on("cacheable.shout.*")(lambda event: told.append(event.phase))
    host.shout("?")
    host.shout("?")
    assert told == ["before", "after", "committed", "before"]
    with pytest.raises(LookupError, match=r"declares no event 'shout\.afterwards'"):
        tc.on("cacheable.shout.afterwards")(told.append)


def test_functions_that_belong_to_no_trait_are_no_events(tc_runtime):
    """A cached function stands in nobody's way who subscribes to something."""

    @tc.cached
    def double(number):
        return 2 * number

    assert double(2) == 4
    told = []
    tc.on("cacheable.**")(told.append)
    assert double(2) == 4
    assert told == []
