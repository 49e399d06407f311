from __future__ import annotations

import copy
import inspect
import pickle
import typing

import traitconf as tc
from matrix_table import fact

METHODS = ("save", "publish", "fetch", "wait", "stream", "feed")
FLAVOURS = {
    "save": inspect.isfunction,
    "fetch": inspect.iscoroutinefunction,
    "stream": inspect.isgeneratorfunction,
    "feed": inspect.isasyncgenfunction,
}


@fact()
def test_signatures_are_exact(kind, make, watching):
    """A bound method has the signature, defaults, code names, name and docstring of the bare one."""
    bare, bound = kind.module().Article, make(watching).Article
    for name in (*METHODS, "label", "shout"):
        one, other = getattr(bare, name), getattr(bound, name)
        assert inspect.signature(other) == inspect.signature(one)
        assert (other.__defaults__, other.__kwdefaults__) == (one.__defaults__, one.__kwdefaults__)
        assert (other.__name__, other.__qualname__, other.__doc__) == (one.__name__, one.__qualname__, one.__doc__)
        count = one.__code__.co_argcount + one.__code__.co_kwonlyargcount
        assert other.__code__.co_varnames[:count] == one.__code__.co_varnames[:count]


@fact()
def test_annotations_are_exact(kind, make, watching):
    """A bound method has the annotations of the bare one, as text and as resolved types."""
    bare, bound = kind.module().Article, make(watching).Article
    for name in METHODS:
        assert getattr(bound, name).__annotations__ == getattr(bare, name).__annotations__
        assert typing.get_type_hints(getattr(bound, name)) == typing.get_type_hints(getattr(bare, name))
    assert bound.__annotations__ == bare.__annotations__


@fact()
def test_flavours_are_detected(kind, make, watching):
    """`inspect` tells a bound coroutine, generator or async generator function as it tells a bare one."""
    bound = make(watching).Article
    for name, is_it in FLAVOURS.items():
        assert [other for other, check in FLAVOURS.items() if check(getattr(bound, name))][-1] == name
        assert is_it(getattr(kind.one(inspect.getmodule(bound)), name)) or name == "save"


@fact()
def test_class_is_the_same_object(kind, make, watching):
    """Binding an existing class changes no name, base or type, and makes no other class."""
    module = kind.module()
    cls, mro, kept = module.Article, module.Article.__mro__, type(module.Article)
    assert tc.bind(cls, watching) is cls
    assert (cls.__mro__, type(cls), cls.__name__, cls.__qualname__) == (mro, kept, "Article", "Article")
    assert type(kind.one(module)) is cls
    assert make(watching).Article.__mro__[1:] != ()


@fact()
def test_isinstance_is_the_same(kind, make, watching):
    """An object of a bound class is an instance of its class and bases, and of no trait."""
    module = make(watching)
    one = kind.one(module)
    assert all(isinstance(one, base) for base in type(one).__mro__ if not getattr(base, "_is_protocol", False))
    assert isinstance(one, module.Article)
    assert not isinstance(one, watching)
    assert tc.has_trait(one, watching)


@fact()
def test_fields_are_the_same(kind, make, watching):
    """A bound class has the names of the bare one and one more; its objects hold the same."""
    bare, bound = kind.module(), make(watching)
    assert set(vars(bound.Article)) - set(vars(bare.Article)) - {"archive", "__init_subclass__"} == {"__traitconf__"}
    ours, theirs = (getattr(kind.one(module), "__dict__", None) for module in (bound, bare))
    assert (ours is None, set(ours or ())) == (theirs is None, set(theirs or ()))


@fact()
def test_equality_and_hash_are_the_same(kind, make, watching):
    """Whether equal objects are equal, and have a hash, is as for the bare class."""

    def looks(module):
        one, other = kind.one(module), kind.one(module)
        return one == other, type(one).__hash__ is None, repr(one).startswith("<matrix_models.Article object")

    expected = looks(kind.module())
    assert looks(make(watching)) == expected


@fact()
def test_pickle(kind, make, watching, log):
    """An object is pickled by every protocol from 2 and comes back bound; so does a bound method."""
    one = kind.one(make(watching))
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        dumped = pickle.dumps(one, protocol)
        assert b"traitconf" not in dumped
        back = pickle.loads(dumped)  # noqa: S301 -- our own bytes
        assert (type(back), back.title) == (type(one), "Hello")
        assert back.publish() == "published"
    method = pickle.loads(pickle.dumps(one.publish))  # noqa: S301 -- our own bytes
    assert method() == "published"
    assert log == ["<", ">"] * (pickle.HIGHEST_PROTOCOL)


@fact()
def test_copy(kind, make, watching, log):
    """A copy of an object is a bound object with the same fields."""
    one = kind.one(make(watching))
    again = copy.copy(one)
    assert (type(again), again.title, again.publish()) == (type(one), "Hello", "published")
    assert log == ["<", ">"]


@fact()
def test_deepcopy(kind, make, watching, log):
    """A deep copy of an object is a bound object with the same fields."""
    one = kind.one(make(watching))
    again = copy.deepcopy(one)
    assert (type(again), again.title, again.publish()) == (type(one), "Hello", "published")
    assert log == ["<", ">"]


@fact("replace")
def test_copy_with_changes(kind, make, watching, log):
    """`evolve`, `replace`, `model_copy` or `_replace` makes a bound object with the change."""
    module = make(watching)
    again = kind.copied_with(module, kind.one(module))
    assert (type(again), again.title, again.publish()) == (module.Article, "Moved", "published")
    assert log == ["<", ">"]


@fact("weakref")
def test_state_is_not_copied(kind, make, tc_runtime):
    """What a trait keeps beside an object stays with that object; a copy begins without it."""

    @tc.trait
    class Counting(tc.TraitBase):
        """Count."""

        @tc.provides
        def count(self, host) -> int:
            """Count the calls."""
            self.state(host)["count"] = self.state(host).get("count", 0) + 1
            return self.state(host)["count"]

    one = kind.one(make(Counting))
    assert (one.count(), one.count()) == (1, 2)
    again = copy.copy(one)
    assert again.count() == (3 if again is one else 1)  # the copy of an enumeration's member is the member
