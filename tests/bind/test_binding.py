from __future__ import annotations

import traitconf as tc
from traitconf.bind.binding import ATTRIBUTE, Binding, BoundClass, bindings_of, bound_class, code_layers
from traitconf.types import Origin, Source

ORIGIN = Origin(Source.DECORATOR, "app.py", 7)


class Host:
    pass


def test_given_options_are_a_layer_of_the_model(speaking):
    """The options given in code become a layer at the scope of the model's full name, at the decorator's line."""
    layer = Binding(speaking, {"word": "ho"}, ORIGIN).layer(Host)
    assert layer.scope.model == f"{__name__}:Host"
    assert layer.source is Source.DECORATOR
    assert layer.tables == {"speaking": {"word": "ho"}}
    assert layer.origin(("speaking", "word")) == ORIGIN


def test_nothing_given_is_no_layer(speaking):
    """A trait without arguments defines nothing."""
    assert Binding(speaking, {}, ORIGIN).layer(Host) is None


def test_only_given_options_count(speaking, tc_config):
    """Options that a decorator does not give stay with what files say."""
    tc_config({"traits.toml": "[speaking]\nword = 'file'\n"})

    @tc.use(speaking(shadow=False))
    class Article: ...

    assert Article().say() == "file!"
    assert [set(layer.tables["speaking"]) for layer in code_layers(Article)] == [{"shadow"}]


def test_files_win_over_the_decorator(speaking, tc_config):
    """A file that speaks of the model wins over the decorator's arguments, a global file does not."""

    @tc.use(speaking(word="code"))
    class Article: ...

    tc_config({"traits.toml": "[speaking]\nword = 'global'\n"})
    assert Article().say() == "code!"
    tc_config({"models/Article.toml": "[speaking]\nword = 'model'\n"})
    assert Article().say() == "model!"


def test_bindings_are_listed_while_others_are_made(speaking, tracer):
    """Whoever lists what a class has is not disturbed by a thread that binds more, or takes it off."""

    @tc.use(speaking)
    class Article:
        def save(self): ...

    listed = bindings_of(Article)
    first = next(listed)
    tc.bind(Article, tracer("late"))
    assert [first, *listed] == [first]
    listed = bindings_of(Article)
    next(listed)
    tc.unbind(Article)
    assert len(list(listed)) == 1


def test_bindings_of_a_hierarchy(speaking, tracer):
    """The bindings of a class and its bases come nearest first, each trait once."""
    one = tracer("one", "*")

    @tc.use(speaking(word="base"), one)
    class Base:
        def save(self): ...

    @tc.use(speaking(word="sub"))
    class Sub(Base): ...

    found = list(bindings_of(Sub))
    assert [binding.trait for binding in found] == [speaking, one]
    assert found[0].given == {"word": "sub"}
    assert found[0].spec is speaking.__traitconf_spec__


def test_the_record_is_the_class_s_own(speaking):
    """A subclass does not pass its base's record for its own."""

    @tc.use(speaking)
    class Base: ...

    class Sub(Base): ...

    assert isinstance(bound_class(Base), BoundClass)
    assert bound_class(Base).cls is Base
    assert bound_class(Sub) is None
    assert code_layers(Sub) == ()


def test_a_foreign_attribute_is_no_record():
    """Something else under the record's name is passed over."""
    cls = type("Article", (), {ATTRIBUTE: 3})
    assert bound_class(cls) is None
    assert list(bindings_of(cls)) == []


def test_a_state_can_be_had_back(speaking):
    """A record that was changed is as before after `set_state`."""

    @tc.use(speaking)
    class Article: ...

    bound = bound_class(Article)
    state, points = bound.state(), dict(bound.points)
    bound.points.clear()
    bound.bindings.clear()
    points["say"].hooks = ("x",)
    bound.set_state(state)
    assert bound.points == points
    assert list(bound.bindings) == [speaking]
    assert points["say"].hooks == ()
