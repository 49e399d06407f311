"""Pydantic models that were built before their traits."""

from __future__ import annotations

import pytest

import traitconf as tc

pydantic = pytest.importorskip("pydantic", reason="pydantic comes with the extra [pydantic]")


@pytest.fixture
def counting(tc_runtime, log):
    """A trait that notes when objects are made and when they were validated."""

    @tc.trait
    class Counting(tc.TraitBase):
        """Note what is made."""

        @tc.after("__init__")
        def made(self, host, result, /, **fields):
            log.append("made")

        @tc.after("model_post_init")
        def checked(self, host, result, /, context):
            log.append("checked")

    return Counting


@pytest.fixture
def models(counting):
    """A model with the trait, and one that embeds it."""

    class Line(pydantic.BaseModel):
        amount: int = 1

    class Order(pydantic.BaseModel):
        lines: list[Line] = pydantic.Field(default_factory=list)

    tc.bind(Line, counting)
    return Line, Order


def test_validators_that_pass_by_are_found(models, log):
    """The model and the one that embeds it are reported, and validation does pass by."""
    line, order = models
    messages = [problem.message for problem in tc.verify(line) if problem.code == "TC644"]
    assert len(messages) == 2
    assert "validating a " in messages[0]
    assert ".Order passes by " in messages[1]
    line.model_validate({})
    order.model_validate({"lines": [{}]})
    assert log == []


def test_the_fix_that_is_told_works(models, log):
    """Running what the hints say, as they say it, brings validation to the trait, and the report to an end."""
    line, order = models
    for problem in tc.verify(line):
        steps = problem.hint.removeprefix("run, once it is bound: ")
        exec(steps, {"Line": line, "Order": order})  # noqa: S102 -- the very text of the hint
    assert tc.verify(line) == ()
    line.model_validate({})
    order.model_validate_json('{"lines": [{}]}')
    assert sorted(log) == ["checked", "checked", "made", "made"]


def test_one_of_two_is_named_alone(tc_runtime):
    """Where only `model_post_init` is wrapped, only that is named, with its switch."""

    @tc.trait
    class Checking(tc.TraitBase):
        """Note what was validated."""

        @tc.after("model_post_init")
        def checked(self, host, result, /, context): ...

    @tc.use(Checking)
    class Line(pydantic.BaseModel):
        amount: int = 1

    (problem,) = tc.verify(Line)
    assert "__init__" not in problem.message
    assert "Line.__pydantic_post_init__ =" in problem.hint


def test_a_model_with_an_initialiser_of_its_own_is_well(counting):
    """Pydantic calls what a model's body defines; a hook around it is then called too."""

    class Line(pydantic.BaseModel):
        amount: int = 1

        def __init__(self, **data):
            super().__init__(**data)

        def model_post_init(self, context): ...

    tc.bind(Line, counting)
    assert tc.verify(Line) == ()


def test_other_classes_and_other_hooks_are_well(tracer):
    """A hook on an ordinary method of a model needs no rebuilding, and a plain class may wrap its `__init__`."""

    @tc.use(tracer("saving"))
    class Line(pydantic.BaseModel):
        def save(self): ...

    @tc.use(tracer("making", "__init__"))
    class Plain:
        def __init__(self): ...

    assert tc.verify(Line) == tc.verify(Plain) == ()
