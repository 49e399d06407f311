"""What the tests of the built-in traits share: an isolated runtime, hosts, and a clock."""

from __future__ import annotations

import dataclasses
import datetime

import attrs
import pytest

import traitconf as tc


@pytest.fixture(autouse=True)
def _isolated(tc_runtime):
    """Every test has a runtime and a catalog of its own."""


@pytest.fixture
def told(tc_runtime):
    """A function that lists what a trait's event tells from now on, as (host, payload)."""

    def listen(name):
        heard = []
        tc.on(name)(lambda event: heard.append((event.host, dict(event.payload))))
        return heard

    return listen


@pytest.fixture
def counted(tc_runtime):
    """A function that returns what a counter has counted."""
    return tc_runtime.services.metrics.counter


class Clock:
    """Tells a time that only the test moves."""

    def __init__(self):
        self.now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    def __call__(self):
        return self.now

    def forward(self, **delta):
        """Move the time."""
        self.now += datetime.timedelta(**delta)


@pytest.fixture
def clock():
    """A clock that stands still until it is moved."""
    return Clock()


def plain():
    class Article:
        def __init__(self, title="", body="", slug=None):
            self.title, self.body, self.slug = title, body, slug

        def save(self):
            return "saved"

        def delete(self):
            return "deleted"

    return Article


def slots():
    class Article:
        __slots__ = ("__weakref__", "body", "slug", "title")

        def __init__(self, title="", body="", slug=None):
            self.title, self.body, self.slug = title, body, slug

        def save(self):
            return "saved"

        def delete(self):
            return "deleted"

    return Article


def fields():
    class Article:
        title: str = ""
        body: str = ""
        slug: str | None = None

        def save(self):
            return "saved"

        def delete(self):
            return "deleted"

    return Article


KINDS = {
    "plain": plain,
    "slots": slots,
    "dataclass": lambda: dataclasses.dataclass(fields()),
    "dataclass(slots)": lambda: dataclasses.dataclass(slots=True, weakref_slot=True)(fields()),
    "attrs.define": lambda: attrs.define(fields()),
}


@pytest.fixture(params=KINDS)
def any_host(request):
    """An unbound class of every kind with title, body, slug, `save` and `delete`."""
    return KINDS[request.param]()


@pytest.fixture
def host():
    """An unbound plain class with title, body, slug, `save` and `delete`."""
    return plain()


@pytest.fixture
def async_host():
    """An unbound class whose `save` and `delete` are awaited."""

    @attrs.define(eq=False)
    class Article:
        title: str = ""
        slug: str | None = None
        fail: bool = False

        async def save(self):
            if self.fail:
                raise OSError("disk full")
            return "saved"

        async def delete(self):
            return "deleted"

    return Article
