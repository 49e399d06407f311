"""What is lost when somebody assigns to a bound class, what is not, and `rebind`."""

from __future__ import annotations

import functools
import inspect
from unittest import mock

import pytest

import traitconf as tc
from traitconf.bind.info import place_of
from traitconf.bind.lost import Loss, losses, reaches


@pytest.fixture
def cls(tracer, speaking):
    """A class with a hook and members."""

    @tc.use(tracer("tracing"), speaking)
    class Article:
        def save(self):
            return "saved"

    return Article


def names(cls):
    """Return what is lost."""
    return [loss.name for loss in losses(cls)]


def test_a_bound_class_has_lost_nothing(cls):
    """Binding itself, a subclass and an override in its body lose nothing."""

    class Special(cls):
        def save(self):
            return super().save()

    assert names(cls) == names(Special) == []


def test_a_replaced_method_is_lost_where_it_is_replaced(cls):
    """The report has the code, the traits, the line of the replacement and that of the binding."""

    def save(self): ...

    cls.save = save
    (problem,) = tc.verify(cls)
    assert problem.code == "TC641"
    assert problem.message == f"{cls.__qualname__}.save was replaced after binding, so that calls pass by Tracer"
    assert problem.origin == place_of(save)
    assert [text for _, text in problem.related] == ["Tracer was bound here"]
    assert problem.related[0][0] == tc.binding_of(cls, tc.traits_of(cls)[0]).origin


def test_a_deleted_method_is_lost(cls):
    """A name that is gone is reported at the binding's place."""
    del cls.say
    (problem,) = tc.verify(cls)
    assert "Article.say was deleted" in problem.message
    assert problem.origin.file == __file__


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: functools.wraps(inner)(lambda self: inner(self) or 0),
        lambda inner: lambda self: inner(self) or 0,
        functools.partialmethod,
        lambda inner: mock.Mock(wraps=inner),
        lambda inner: lambda self, inner=inner: inner(self),
        lambda inner: staticmethod(functools.partial(inner, None)),
    ],
    ids=["functools.wraps", "closure", "partialmethod", "mock that wraps", "default", "partial"],
)
def test_a_foreign_wrapper_is_no_loss(cls, wrap):
    """What calls the dispatcher, in any of the usual ways, keeps the trait in force."""
    cls.save = wrap(cls.save)
    assert names(cls) == []


def test_a_wrapper_that_names_the_original_globally_is_no_loss(cls, module):
    """A module may keep the original under a global name."""
    patches = module("patches_of_a_module", "def patched(self):\n    return original(self)\n")
    patches.original = cls.save
    cls.save = patches.patched
    assert names(cls) == []


def test_a_patch_is_a_loss_while_it_lasts(cls):
    """`mock.patch` replaces; afterwards everything is as before."""
    with mock.patch.object(cls, "save"):
        assert names(cls) == ["save"]
    assert names(cls) == []


def test_an_override_that_is_set_later_is_found(cls):
    """A method that is put into a subclass after it was made is not covered, and is reported there."""

    class Special(cls): ...

    Special.save = lambda self: "special"
    assert losses(Special)[0].was_there is False
    (problem,) = tc.verify(cls)
    assert "Special.save was set after the class was made" in problem.message


def test_what_is_set_on_a_base_without_traits_is_found(tracer):
    """A method that a foreign base gets later, in front of the bound one, passes by the hooks and is reported."""

    class Foreign: ...

    @tc.use(tracer("tracing"))
    class Article:
        def save(self): ...

    class Special(Foreign, Article): ...

    assert tc.verify(Article) == ()
    Foreign.save = lambda self: None
    assert ["Special.save" in problem.message for problem in tc.verify(Article)] == [True]
    tc.rebind(Article)
    assert tc.verify(Article) == ()


def test_a_replaced_subclass_hook_is_found(cls, log):
    """Without its `__init_subclass__`, a bound class would not see what later subclasses override."""
    cls.__init_subclass__ = classmethod(lambda sub, **kwargs: None)
    (problem,) = tc.verify(cls)
    assert "later subclasses override" in problem.message
    tc.rebind(cls)
    assert tc.verify(cls) == ()

    class Special(cls):
        def save(self): ...

    Special().save()
    assert log == ["tracing<", ">tracing"]


def test_rebind_puts_the_traits_around_what_stands_there(cls, log):
    """After `rebind` the new method runs within the hooks, nothing is lost, and `unbind` leaves the new method."""

    def save(self):
        return "new"

    cls.save = save
    assert cls().save() == "new"
    assert log == []
    tc.rebind(cls)
    assert (tc.verify(cls), cls().save(), log) == ((), "new", ["tracing<", ">tracing"])
    tc.unbind(cls)
    assert cls.__dict__["save"] is save


def test_rebind_brings_deleted_members_back(cls):
    """A provided member that somebody deleted is there again."""
    del cls.say
    tc.rebind(cls)
    assert cls().say() == "hey!"


def test_rebind_sees_to_subclasses(cls, log):
    """An override that was set later is covered, once."""

    class Special(cls): ...

    Special.save = lambda self: cls.save(self) or 0
    tc.rebind(cls)
    assert tc.verify(cls) == ()
    assert Special().save() == "saved"
    assert log == ["tracing<", ">tracing"]


def test_a_member_that_the_class_has_now_itself_gives_way(cls):
    """After `rebind`, what was assigned in the place of a provided member is the class's own, and wins."""
    cls.say = lambda self: "own"
    tc.rebind(cls)
    assert tc.verify(cls) == ()
    assert cls().say() == "own"


def test_rebind_refuses_what_cannot_be_wrapped_and_changes_nothing(cls):
    """Where something stands that is no method, nothing is changed."""
    cls.save = 3
    before = dict(vars(cls))
    with pytest.raises(tc.ConfigError) as caught:
        tc.rebind(cls)
    assert [problem.code for problem in caught.value.problems] == ["TC611"]
    assert dict(vars(cls)) == before
    assert names(cls) == ["save"]


def test_rebind_of_an_unbound_class_does_nothing():
    """A class without traits stays as it is."""

    class Plain: ...

    before = dict(vars(Plain))
    tc.rebind(Plain)
    assert dict(vars(Plain)) == before


def test_the_search_ends():
    """Wrappers that go round in a circle, and cells that are empty, end the search without a find."""

    def first(): ...

    def second(): ...

    first.__wrapped__, second.__wrapped__ = second, first
    assert not reaches(first, test_the_search_ends)

    def unfinished():
        def inner():
            return later

        yield inner
        later = 1
        yield later

    assert not reaches(next(unfinished()), first)
    assert inspect.isclass(Loss)
