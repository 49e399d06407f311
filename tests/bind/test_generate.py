from __future__ import annotations

import asyncio
import inspect
import linecache
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traitconf as tc
from traitconf.bind.generate import stamp
from traitconf.bind.shape import signature_of

NAMES = ("a", "b", "c", "d", "e")
KINDS = ("positional only", "positional or keyword", "var positional", "keyword only", "var keyword")


@st.composite
def parameter_lists(draw):
    """The text of a legal parameter list, `self` included, with or without defaults."""
    kinds = sorted(draw(st.lists(st.integers(0, 4), max_size=5)))
    kinds = [kind for index, kind in enumerate(kinds) if kind not in (2, 4) or kind not in kinds[:index]]
    only = draw(st.booleans())
    parts, star, slash, default = [], False, False, False
    parts.append("self")
    if only and 0 not in kinds:
        parts.append("/")
        slash = True
    for name, kind in zip(NAMES, kinds, strict=False):
        if kind > 0 and 0 in kinds and not slash:
            parts.append("/")
            slash = True
        if kind == 3 and not star:
            parts.append("*")
            star = True
        if kind in (0, 1):
            default = default or draw(st.booleans())
            parts.append(f"{name}: int = 7" if default else f"{name}: int")
        elif kind == 3:
            parts.append(f"{name}='x'" if draw(st.booleans()) else name)
        else:
            star = star or kind == 2
            parts.append(("*" if kind == 2 else "**") + name)
    if 0 in kinds and not slash:
        parts.append("/")
    return ", ".join(parts)


@given(parameters=parameter_lists())
def test_any_parameter_list_is_kept_and_passed_on(parameters):
    """A bound method has the very signature of the bare one and hands all arguments on, whatever they are."""
    names = [name for name in NAMES if name in parameters.replace("self", "").replace("int", "").replace("'x'", "")]
    space = {"__name__": __name__}
    body = "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"
    exec(f"class Host:\n    def work({parameters}) -> dict:\n        return {body}", space)  # noqa: S102 -- made above
    host_class = space["Host"]
    bare = inspect.signature(host_class.work)
    arguments, keywords = [], {}
    for parameter in list(bare.parameters.values())[1:]:
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            arguments.append(parameter.name.upper())
        elif parameter.kind is parameter.VAR_POSITIONAL:
            arguments += ["v1", "v2"]
        elif parameter.kind is parameter.KEYWORD_ONLY:
            keywords[parameter.name] = parameter.name.upper()
        else:
            keywords["zz"] = "Z"
    expected = host_class().work(*arguments, **keywords)

    @tc.trait(name="passing_on")
    class PassingOn(tc.TraitBase):
        """Pass everything on."""

        @tc.around("work")
        def pass_on(self, host, proceed, /, *args, **kwargs):
            """Pass it on."""
            return proceed(*args, **kwargs)

        @tc.before("work")
        def look(self, host, /, *args, **kwargs):
            """Look at it."""

        @tc.after("work")
        def look_again(self, host, result, /, *args, **kwargs):
            """Look at it."""

    tc.bind(host_class, PassingOn)
    try:
        assert inspect.signature(host_class.work) == bare
        assert inspect.signature(host_class.work, follow_wrapped=False) == bare
        assert host_class().work(*arguments, **keywords) == expected
    finally:
        tc.unbind(host_class)


def test_a_method_whose_receiver_has_no_name(tracer, log):
    """A method that takes its receiver by `*args` is covered."""

    @tc.use(tracer("one"))
    class Host:
        def save(*args, **kwargs):
            return args[1:], kwargs

    class Sub(Host): ...

    assert Host().save(1, x=2) == ((1,), {"x": 2})
    assert Sub().save(1, x=2) == ((1,), {"x": 2})
    assert log == ["one<", ">one"] * 2


def test_a_lambda_is_a_method(tracer, log):
    """A method whose function has no name that could be written is covered."""

    @tc.use(tracer("one"))
    class Host:
        save = lambda self, x=1: x  # noqa: E731 -- the point

    assert Host().save() == 1
    assert Host.save.__name__ == "<lambda>"
    assert log == ["one<", ">one"]


def test_tracebacks_show_generated_lines(tracer):
    """Generated code is in linecache: every frame of a traceback has its line."""

    @tc.use(tracer("one"))
    class Host:
        def save(self):
            raise ValueError("no")

    with pytest.raises(ValueError, match="no") as error:
        Host().save()
    frames = traceback.extract_tb(error.value.__traceback__)
    generated = [frame for frame in frames if frame.filename.startswith("<traitconf save(self)")]
    assert len(generated) >= 2
    assert ".chains[" in generated[0].line
    assert all(frame.line for frame in frames)
    assert 'raise ValueError("no")' in "".join(traceback.format_exception(error.value))


def test_generated_lines_survive_a_check_of_the_cache(tracer):
    """`linecache.checkcache`, which tracebacks call, does not drop generated code."""

    @tc.use(tracer("one"))
    class Host:
        def save(self): ...

    file = Host.save.__code__.co_filename
    linecache.checkcache()
    assert "def save(self):" in "".join(linecache.getlines(file))


def test_equal_signatures_share_compiled_code():
    """Code is compiled once for a template and signature, then stamped with values."""
    one = stamp("return _tc_x", signature_of(lambda self, x: None, "work"), _tc_x=1)
    other = stamp("return _tc_x", signature_of(lambda self, x=3: None, "work"), _tc_x=2)
    assert one.__code__.co_filename == other.__code__.co_filename
    assert (one(None, 0), other(None, 0)) == (1, 2)


def test_stamping():
    """A template becomes a function with the parameters of a signature."""
    shape = signature_of(lambda self, x, *, y: None, "work")
    made = stamp("return _tc_add({host}, {rest_only})", shape, _tc_add=lambda *args, **kwargs: (args, kwargs))
    assert str(inspect.signature(made)) == "(self, x, *, y)"
    assert made("h", 1, y=2) == (("h", 1), {"y": 2})


@pytest.fixture
def streaming(tracer, log):
    """A host with a generator and an async generator that note how they are driven, bound to a trait."""

    @tc.trait
    class Watching(tc.TraitBase):
        """Watch streams."""

        @tc.before("stream", "astream")
        def note(self, host, /):
            """Note the start."""
            log.append("before")

    @tc.use(Watching)
    class Streaming:
        def stream(self):
            try:
                while True:
                    try:
                        log.append((yield len(log)))
                    except KeyError as error:
                        log.append(type(error).__name__)
            finally:
                log.append("closed")

        async def astream(self):
            try:
                for number in range(3):
                    try:
                        log.append((yield number))
                    except KeyError as error:
                        log.append(type(error).__name__)
            finally:
                log.append("closed")

    return Streaming


def test_generators_keep_their_protocol(streaming, log):
    """`send`, `throw` and `close` reach the generator behind the dispatcher."""
    stream = streaming().stream()
    assert next(stream) == 1
    stream.send("sent")
    stream.throw(KeyError("k"))
    stream.close()
    assert log == ["before", "sent", "KeyError", "closed"]


def test_a_generator_runs_when_it_is_first_asked(streaming, log):
    """Calling a bound generator function runs nothing, as for a bare one."""
    streaming().stream()
    assert log == []


def test_what_a_generator_does_not_catch_is_raised(streaming, log):
    """An exception that the generator does not catch comes back, and the generator is finished."""
    stream = streaming().stream()
    next(stream)
    with pytest.raises(ValueError, match="v"):
        stream.throw(ValueError("v"))
    assert log[-1] == "closed"
    assert list(stream) == []


def test_async_generators_keep_their_protocol(streaming, log):
    """`asend`, `athrow` and `aclose` reach the async generator behind the dispatcher, without hooks around it."""

    async def drive():
        with tc.override({"watching.enabled": False}):
            stream = streaming().astream()
            assert await anext(stream) == 0
            assert await stream.asend("sent") == 1
            assert await stream.athrow(KeyError("k")) == 2
            await stream.aclose()

    asyncio.run(drive())
    assert log == ["sent", "KeyError", "closed"]


def test_async_generators_end(streaming, log):
    """A bound async generator ends as the bare one does."""

    async def drive():
        return [number async for number in streaming().astream()]

    assert asyncio.run(drive()) == [0, 1, 2]
    assert log == ["before", None, None, None, "closed"]


def test_an_async_generator_that_fails(streaming, log):
    """What is thrown into a bound async generator and not caught comes back, and the body is closed."""

    async def drive():
        stream = streaming().astream()
        await anext(stream)
        with pytest.raises(ValueError, match="v"):
            await stream.athrow(ValueError("v"))

    asyncio.run(drive())
    assert log[-1] == "closed"
