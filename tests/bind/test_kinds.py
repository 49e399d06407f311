from __future__ import annotations

import abc
import copy
import dataclasses
import enum
import inspect
import typing

import attrs
import pytest

import traitconf as tc

KINDS = {
    "plain": lambda cls: cls,
    "slots": lambda cls: cls,
    "dataclass": dataclasses.dataclass,
    "dataclass(slots)": dataclasses.dataclass(slots=True),
    "dataclass(frozen, slots)": dataclasses.dataclass(frozen=True, slots=True),
    "attrs.define": attrs.define,
    "attrs.frozen": attrs.frozen,
    "attrs.define(slots=False)": attrs.define(slots=False),
}
ORDERS = ("above", "below")


class Stored:
    __slots__ = ()

    def save(self, note="", *, times=1):
        return note * times


def plain():
    class Article(Stored):
        title: str = "Hello"

        def __init__(self, title="Hello"):
            self.title = title

        def save(self, note: str = "", *, times: int = 2) -> str:
            """Keep it."""
            return super().save(note, times=times) + self.title

    return Article


def annotated():
    class Article(Stored):
        title: str = "Hello"

        def save(self, note: str = "", *, times: int = 2) -> str:
            """Keep it."""
            return super().save(note, times=times) + self.title

    return Article


def slotted():
    class Article(Stored):
        __slots__ = ("title",)

        def __init__(self, title="Hello"):
            self.title = title

        def save(self, note: str = "", *, times: int = 2) -> str:
            """Keep it."""
            return super().save(note, times=times) + self.title

    return Article


@pytest.fixture(params=KINDS)
def kind(request):
    """How the class is made."""
    return request.param


@pytest.fixture(params=ORDERS)
def order(request):
    """Whether `@use` stands above or below the decorator that makes the class."""
    return request.param


@pytest.fixture
def make(kind):
    """A function that makes a class of that kind, with other decorators above or below."""

    def build(above=lambda cls: cls, below=lambda cls: cls):
        body = {"plain": plain, "slots": slotted}.get(kind, annotated)()
        return above(KINDS[kind](below(body)))

    return build


@pytest.fixture
def bound(make, order, tracer, speaking):
    """A class of that kind with two traits."""
    return make(**{order: tc.use(tracer("tracing"), speaking(word="ho"))})


def test_hooks_members_and_options_work(bound, log):
    """Every kind of class is covered, gets members, and has the options of its decorator, above or below."""
    article = bound()
    assert article.save("a") == "aaHello"
    assert log == ["tracing<", ">tracing"]
    assert (article.say("?"), article.loud, article.twice, bound.spoken_by()) == ("ho?", "HO", "hoho", "Article: ho")
    assert tc.resolve(tc.traits_of(bound)[1], bound).word == "ho"


def test_the_class_stays_itself(bound, make):
    """Binding adds nothing to a class's names, bases and annotations, and its type stays."""
    bare = make()
    assert (bound.__name__, bound.__qualname__, bound.__module__) == (
        bare.__name__,
        bare.__qualname__,
        bare.__module__,
    )
    assert bound.__mro__[1:] == bare.__mro__[1:]
    assert type(bound) is type(bare)
    assert inspect.get_annotations(bound) == inspect.get_annotations(bare)
    assert isinstance(bound(), bound)


def test_signatures_are_exact(bound, make):
    """A bound method has the signature, defaults, annotations, name and docstring of the bare one."""
    bare = make().save
    dressed = bound.save
    assert inspect.signature(dressed) == inspect.signature(bare)
    assert (dressed.__defaults__, dressed.__kwdefaults__) == (bare.__defaults__, bare.__kwdefaults__)
    assert dressed.__annotations__ == bare.__annotations__
    assert (dressed.__name__, dressed.__qualname__, dressed.__doc__) == (bare.__name__, bare.__qualname__, bare.__doc__)
    assert dressed.__code__.co_varnames[:3] == bare.__code__.co_varnames[:3]


def test_objects_are_copied(bound):
    """Copies and deep copies of a bound object are bound objects with the same fields."""
    article = bound("Moved")
    for copied in (copy.copy(article), copy.deepcopy(article)):
        assert type(copied) is bound
        assert copied.title == "Moved"
        assert copied.say() == "ho!"


def test_what_the_decorator_makes_still_works(bound, kind):
    """Equality, representation and immutability are those of the kind."""
    article = bound("Moved")
    if kind in ("plain", "slots"):
        assert article != bound("Moved")
        return
    assert article == bound("Moved")
    assert "Moved" in repr(article)
    if "frozen" in kind:
        with pytest.raises(AttributeError):
            article.title = "x"


def test_slots_stay_slots(bound, kind):
    """A class without `__dict__` gets none by being bound."""
    slots = {"slots", "dataclass(slots)", "dataclass(frozen, slots)", "attrs.define", "attrs.frozen"}
    assert hasattr(bound(), "__dict__") is (kind not in slots)


def test_unbinding_restores_the_namespace(make, tracer, speaking):
    """After `unbind` a class's namespace holds the very same objects as before."""
    cls = make()
    before = dict(vars(cls))
    tc.bind(cls, tracer("tracing"), speaking)
    assert dict(vars(cls)) != before
    tc.unbind(cls)
    assert dict(vars(cls)) == before
    assert all(value is before[name] for name, value in vars(cls).items())


def test_unbinding_a_class_bound_below(bound, make):
    """What was bound below the decorator that made the class can be taken off the class that was made."""
    tc.unbind(bound)
    assert set(vars(bound)) == set(vars(make()))
    assert bound().save("a") == "aaHello"
    assert not hasattr(bound, "say")


def test_a_subclass_of_every_kind_is_covered_once(bound, log):
    """An override in a subclass runs within the hooks, once, also where it calls super()."""

    class Special(bound):
        __slots__ = ()

        def save(self, note="", *, times=2):
            return "special " + super().save(note, times=times)

    assert Special().save("a") == "special aaHello"
    assert log == ["tracing<", ">tracing"]
    assert Special.spoken_by() == "Special: ho"


def test_only_the_class_that_is_used_is_known(bound, tc_runtime):
    """A class that was made anew takes the place of the one that the decorator below saw."""
    assert tc_runtime.catalog.models(f"{bound.__module__}:{bound.__qualname__}") == [bound]


class Colour(enum.Enum):
    RED = "red"

    def save(self):
        return self.value


class Point(typing.NamedTuple):
    x: int = 1

    def save(self):
        return self.x


T = typing.TypeVar("T")


class Box(typing.Generic[T]):
    def save(self):
        return "box"


class Savable(typing.Protocol):
    def save(self) -> str: ...


class Implementer(Savable):
    def save(self) -> str:
        return "implemented"


class Abstract(abc.ABC):
    @abc.abstractmethod
    def say(self): ...

    @abc.abstractmethod
    def save(self): ...


class Concrete(Abstract):
    def save(self):
        return "concrete"


@pytest.mark.parametrize(
    ("cls", "make_one", "saved"),
    [
        (Colour, lambda: Colour.RED, "red"),
        (Point, Point, 1),
        (Box, Box[int], "box"),
        (Implementer, Implementer, "implemented"),
        (Concrete, Concrete, "concrete"),
    ],
    ids=["Enum", "NamedTuple", "Generic", "Protocol", "ABC"],
)
def test_other_kinds_of_the_standard_library(cls, make_one, saved, tracer, speaking, log):
    """Enums, named tuples, generics, implementers of protocols and of abstract classes are bound and unbound."""
    if cls is not Concrete:
        make_one()  # a protocol's implementer gets its __init__ from typing when it is first used
    before = dict(vars(cls))
    tc.bind(cls, tracer("tracing"), speaking)
    one = make_one()
    assert one.save() == saved
    assert log == ["tracing<", ">tracing"]
    assert one.say() == "hey!"
    tc.unbind(cls)
    assert dict(vars(cls)) == before


def test_a_trait_implements_an_abstract_method(speaking):
    """A provided member makes a class concrete; without the trait it is abstract again."""
    with pytest.raises(TypeError, match="abstract"):
        Concrete()
    tc.bind(Concrete, speaking)
    assert Concrete().say() == "hey!"
    tc.unbind(Concrete)
    with pytest.raises(TypeError, match="abstract"):
        Concrete()


def test_an_abstract_method_stays_abstract(tracer):
    """A hook on an abstract method does not make its class concrete."""

    class Shape(abc.ABC):
        @abc.abstractmethod
        def save(self): ...

    tc.bind(Shape, tracer("tracing"))
    with pytest.raises(TypeError, match="abstract"):
        Shape()


def test_objects_are_pickled(module):
    """Objects of bound classes, with `@use` above or below, are pickled and come back as the same class."""
    import pickle

    shop = module(
        "pickled_models",
        "import attrs, dataclasses\n"
        "import traitconf as tc\n"
        "from traitconf.traits import SoftDeletes\n"
        "class Body:\n"
        "    title: str = 'Hello'\n"
        "    def delete(self): return 'gone'\n"
        "@tc.use(SoftDeletes)\n"
        "class Plain(Body): ...\n"
        "@attrs.define\n"
        "@tc.use(SoftDeletes)\n"
        "class Below(Body):\n"
        "    title: str = 'Hello'\n"
        "@tc.use(SoftDeletes)\n"
        "@attrs.frozen\n"
        "class Above(Body):\n"
        "    title: str = 'Hello'\n"
        "@dataclasses.dataclass(frozen=True, slots=True)\n"
        "@tc.use(SoftDeletes)\n"
        "class Slotted(Body):\n"
        "    title: str = 'Hello'\n",
    )
    for cls in (shop.Plain, shop.Below, shop.Above, shop.Slotted):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            back = pickle.loads(pickle.dumps(cls(), protocol))  # noqa: S301 -- our own bytes
            assert type(back) is cls
            assert back.title == "Hello"
            assert back.trashed is False
        assert pickle.loads(pickle.dumps(cls.delete)) is cls.delete  # noqa: S301 -- likewise
