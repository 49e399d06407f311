"""What the facts share: the kind that is looked at, classes of it, and traits that write into a log."""

from __future__ import annotations

import contextlib
import sys

import pytest

import traitconf as tc
from kinds import KINDS, MODULE
from matrix_table import PROPERTY

EVERYTHING = ("save", "archive", "publish", "fetch", "wait", "stream", "feed", "label", "shout", "heading", "digest")


@pytest.fixture(autouse=True)
def _isolated(tc_runtime):
    """Every fact has a runtime and a catalog of its own."""


@pytest.fixture
def kind(request, record_property):
    """The kind of class; that the fact was looked at for it is remembered for the table."""
    for product in ("sqlalchemy", "django", "pydantic"):
        if product in KINDS[request.param].imports:
            pytest.importorskip(product, reason=f"{product} comes with the extra [{product}]")
    title = request.node.function.__name__.removeprefix("test_").replace("_", " ")
    record_property(PROPERTY, [title, request.param, list(request.node.function.needs)])
    yield KINDS[request.param]
    sys.modules.pop(MODULE, None)


@pytest.fixture
def bare(kind):
    """A module with a class of the kind that nothing is bound to."""
    return kind.module()


@pytest.fixture
def make(kind):
    """A function that makes a module with a class of the kind that traits are bound to, as `@use` does."""
    return lambda *traits, **given: kind.module(tc.use(*traits, **given))


@pytest.fixture
def log():
    """What happened, in order."""
    return []


@pytest.fixture
def tracing(tc_runtime, log):
    """A function that defines a trait which notes when methods begin, fail and end, in all four flavours."""

    def define(*targets, name="tracing"):
        @contextlib.contextmanager
        def noted():
            log.append(f"{name}<")
            try:
                yield
            except BaseException as error:
                log.append(f"{name}!{type(error).__name__}")
                raise
            finally:
                log.append(f">{name}")

        @tc.trait(name=name)
        class Tracing(tc.TraitBase):
            """Note every call."""

            @tc.around(*(targets or ("save",)))
            def note(self, host, proceed, /, *args, **kwargs):
                with noted():
                    return proceed(*args, **kwargs)

            @note.twin
            async def note_async(self, host, proceed, /, *args, **kwargs):
                with noted():
                    return await proceed(*args, **kwargs)

            @note.twin
            def note_generator(self, host, proceed, /, *args, **kwargs):
                with noted():
                    return (yield from proceed(*args, **kwargs))

            @note.twin
            async def note_async_generator(self, host, proceed, /, *args, **kwargs):
                with noted():
                    async with contextlib.aclosing(proceed(*args, **kwargs)) as inner:
                        async for item in inner:
                            yield item

        return Tracing

    return define


@pytest.fixture
def watching(tc_runtime, log):
    """A trait whose before and after hooks, unlike those that enclose, leave a generator's protocol alone."""

    @tc.trait
    class Watching(tc.TraitBase):
        """Note before and after."""

        @tc.before(*EVERYTHING, optional=True)
        def begin(self, host, /, *args, **kwargs):
            log.append("<")

        @tc.after(*EVERYTHING, optional=True)
        def end(self, host, result, /, *args, **kwargs):
            log.append(">")

    return Watching
