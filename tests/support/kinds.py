"""The kinds of classes that traits are bound to: one body, written as a module of each kind."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

MODULE: Final = "matrix_models"
_HEAD: Final = """
from __future__ import annotations

import asyncio, functools
{imports}

T = TypeVar("T")

class Stored:
    __slots__ = ()

    def save(self, note: str = "", *, times: int = 1) -> str:
        return note * times

    def archive(self, why: str = "old") -> str:
        return self.title + why

    async def fetch(self, count: int = 2) -> list[int]:
        await asyncio.sleep(0)
        return list(range(count))

    def stream(self, count: int = 2) -> Iterator[int]:
        yield from range(count)

    async def feed(self, count: int = 2) -> AsyncIterator[int]:
        for number in range(count):
            yield number

    @classmethod
    def label(cls, mark: str = "") -> str:
        return cls.__name__ + mark

    @staticmethod
    def shout(text: str = "ho") -> str:
        return text.upper()

{before}
"""
_BODY: Final = '''
    def save(self, note: str = "", *, times: int = 2) -> str:
        """Keep it."""
        return super().save(note, times=times) + self.title

    def publish(self, fail: bool = False) -> str:
        if fail:
            raise KeyError(self.title)
        return "published"

    async def fetch(self, count: int = 2, fail: bool = False) -> list[int]:
        found = await super().fetch(count)
        if fail:
            raise KeyError(self.title)
        return found

    async def wait(self, ended: list[str]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waited")

    def stream(self, count: int = 2, ended: list[str] | None = None, fail: bool = False) -> Iterator[int]:
        try:
            for number in super().stream(count):
                sent = yield number
                if sent is not None:
                    yield sent
            if fail:
                raise KeyError(self.title)
            return self.title
        finally:
            (ended if ended is not None else []).append("streamed")

    async def feed(self, count: int = 2, ended: list[str] | None = None, fail: bool = False) -> AsyncIterator[int]:
        try:
            async for number in super().feed(count):
                sent = yield number
                if sent is not None:
                    yield sent
            if fail:
                raise KeyError(self.title)
        finally:
            (ended if ended is not None else []).append("fed")

    @classmethod
    def label(cls, mark: str = "!") -> str:
        return super().label(mark)

    @staticmethod
    def shout(text: str = "hey") -> str:
        return text.upper()

    @property
    def heading(self) -> str:
        """In capitals."""
        return self.title.upper()

    @functools.cached_property
    def digest(self) -> list[str]:
        return [self.title]
'''
_INIT: Final = """
    title: str

    def __init__(self, title: str = "Hello") -> None:
        self.title = title
"""
_SLOTS: Final = '    __slots__ = ("title",)\n' + _INIT
_FIELD: Final = '    title: str = "Hello"\n'
_SUB: Final = """
class Special(Article):
    {head}
    def save(self, note: str = "", *, times: int = 2) -> str:
        return {call} + " specially"
"""
_DIAMOND: Final = """
class Left(Article):
    {head}
    def save(self, note: str = "", *, times: int = 2) -> str:
        return super().save(note, times=times) + " left"

class Right(Article):
    {head}
    def save(self, note: str = "", *, times: int = 2) -> str:
        return super().save(note, times=times) + " right"

class Special(Left, Right):
    {head}
"""
NO_DICT: Final = "its objects have no __dict__, which functools.cached_property needs"
NO_WEAKREF: Final = "its objects take no weak references, so that nothing can be kept beside them"
NO_REPLACE: Final = "the kind has no function that copies with changes"


@dataclass(frozen=True)
class Kind:
    """One kind of classes.

    Attributes:
        name: of the kind.
        bases: what stands between the class's parentheses.
        decorator: what makes the class anew or adds to it, if anything does.
        fields: the beginning of the class's body.
        imports: of the module.
        before: what stands before the class.
        order: whether binding stands above or below the decorator.
        make: an expression that makes an object titled Hello.
        moved: an expression that makes a copy of `one` titled Moved.
        sub: what the body of a subclass begins with.
        lacks: what the kind has not, with the reason.
    """

    name: str
    bases: str = "Stored"
    decorator: str = ""
    fields: str = _INIT
    imports: str = ""
    before: str = ""
    order: str = "above"
    make: str = "Article(title='Hello')"
    moved: str = ""
    sub: str = "__slots__ = ()"
    lacks: Mapping[str, str] = field(default_factory=dict)

    def text(self, *, without_super: bool = False) -> str:
        """Return the module's text."""
        imports = "from typing import Any, AsyncIterator, Iterator, TypeVar\n" + self.imports
        head = _HEAD.format(imports=imports, before=self.before)
        body = _without_super(_BODY) if without_super else _BODY
        decorators = f"@above\n{self.decorator}\n@below\n" if self.decorator else "@above\n@below\n"
        return f"{head}{decorators}class Article({self.bases}):\n{self.fields}{body}"

    def module(self, decorate: Callable[[Any], Any] = lambda cls: cls) -> Any:
        """Return a module that holds a class `Article` of the kind.

        Args:
            decorate: binds the class, above or below what makes it.
        """
        if "django" in self.imports:
            _forget_django_models()
        module = types.ModuleType(MODULE)
        sys.modules[MODULE] = module
        idle: Callable[[Any], Any] = lambda cls: cls  # noqa: E731 -- a decorator that does nothing
        vars(module).update(
            above=decorate if self.order == "above" else idle, below=decorate if self.order == "below" else idle
        )
        self.extend(module, self.text(without_super="super" in self.lacks))
        return module

    def extend(self, module: Any, text: str) -> None:
        """Run more text in a module."""
        exec(compile(text, f"<{self.name}>", "exec", dont_inherit=True), vars(module))  # noqa: S102 -- our own text

    def one(self, module: Any) -> Any:
        """Return an object titled Hello."""
        return eval(self.make, vars(module))  # noqa: S307 -- our own text

    def special(self, module: Any, *, calls_super: bool = True) -> Any:
        """Return an object of a subclass that overrides `save`."""
        call = "super().save(note, times=times)" if calls_super else "note * times"
        self.extend(module, _SUB.format(head=self.sub, call=call))
        return self.one_special(module)

    def one_special(self, module: Any) -> Any:
        """Return an object of the class `Special` that a module has."""
        make = self.make.replace("Article[int]", "Special").replace("Article", "Special")
        return eval(make, vars(module))  # noqa: S307 -- our own text

    def diamond(self, module: Any) -> Any:
        """Return an object of a class whose two bases override `save` and call super()."""
        self.extend(module, _DIAMOND.format(head=self.sub))
        return self.one_special(module)

    def copied_with(self, module: Any, one: Any) -> Any:
        """Return a copy titled Moved."""
        return eval(self.moved, vars(module) | {"one": one})  # noqa: S307 -- our own text


def _without_super(body: str) -> str:
    body = body.replace("super().label(", "Stored.label.__func__(cls, ")
    return re.sub(r"super\(\)\.(\w+)\(", r"Stored.\1(self, ", body)


def _forget_django_models() -> None:
    """Let a model of the same name be defined again, in an application of its own."""
    import django_world

    django_world.setup()
    from django.apps import apps

    if "matrix" not in apps.app_configs:
        sys.modules[MODULE] = types.ModuleType(MODULE)
        django_world.install("matrix")
    apps.all_models["matrix"].clear()
    apps.clear_cache()


def _both(kind: Kind) -> Iterable[Kind]:
    for order in ("above", "below"):
        yield replace(kind, name=f"{kind.name}, @use {order}", order=order)


_NO_STATE: Final = {"dict": NO_DICT, "weakref": NO_WEAKREF}
_DATACLASS: Final = Kind(
    "dataclass",
    decorator="@dataclasses.dataclass",
    fields=_FIELD,
    imports="import dataclasses",
    moved="dataclasses.replace(one, title='Moved')",
)
_ATTRS: Final = Kind(
    "attrs.define",
    decorator="@attrs.define",
    fields=_FIELD,
    imports="import attrs",
    moved="attrs.evolve(one, title='Moved')",
)
_PYDANTIC: Final = Kind(
    "Pydantic",
    bases="Stored, pydantic.BaseModel",
    fields=_FIELD,
    imports="import pydantic",
    moved="one.model_copy(update={'title': 'Moved'})",
    sub='"""Special."""',
)
_MAPPED: Final = '    __tablename__ = "article"\n    id: Mapped[int] = mapped_column(primary_key=True{init})\n'
_SQLALCHEMY: Final = Kind(
    "SQLAlchemy",
    bases="Stored, Base",
    fields=_MAPPED.format(init="") + "    title: Mapped[str]\n",
    imports="from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column",
    before="class Base(DeclarativeBase): ...",
    sub='"""Special."""',
    lacks={"replace": NO_REPLACE, "diamond": "SQLAlchemy maps a class with one mapped base only"},
)
_NO_COPIES: Final = {"replace": NO_REPLACE}


def _kinds() -> Iterable[Kind]:
    yield Kind("plain", lacks=_NO_COPIES)
    yield Kind("__slots__", fields=_SLOTS, lacks=_NO_COPIES | _NO_STATE)
    yield from _both(_DATACLASS)
    yield from _both(
        replace(
            _DATACLASS,
            name="dataclass(frozen, slots)",
            decorator="@dataclasses.dataclass(frozen=True, slots=True)",
            lacks=_NO_STATE | {"writable": "its objects are frozen"},
        )
    )
    yield from _both(_ATTRS)
    yield from _both(
        replace(_ATTRS, name="attrs.frozen", decorator="@attrs.frozen", lacks={"writable": "its objects are frozen"})
    )
    yield _PYDANTIC
    yield replace(
        _PYDANTIC,
        name="Pydantic, frozen",
        fields="    model_config = pydantic.ConfigDict(frozen=True)\n" + _FIELD,
        lacks={"writable": "its objects are frozen"},
    )
    yield _SQLALCHEMY
    yield replace(
        _SQLALCHEMY,
        name="SQLAlchemy, MappedAsDataclass",
        bases="Stored, MappedAsDataclass, Base",
        fields=_MAPPED.format(init=", init=False") + '    title: Mapped[str] = mapped_column(default="Hello")\n',
    )
    yield Kind(
        "Django model",
        bases="Stored, models.Model",
        fields="    title = models.CharField(max_length=20)\n    class Meta:\n        app_label = 'matrix'\n",
        imports="from django.db import models",
        sub="class Meta:\n        app_label = 'matrix'\n        proxy = True",
        lacks=_NO_COPIES,
    )
    yield Kind(
        "Enum",
        bases="Stored, enum.Enum",
        fields='    HELLO = "Hello"\n    @property\n    def title(self) -> str:\n        return self.value\n',
        imports="import enum",
        make="Article.HELLO",
        lacks=_NO_COPIES
        | {"subclass": "an enumeration with members has no subclasses", "dying": "its members live as long as it does"},
    )
    yield Kind(
        "NamedTuple",
        bases="NamedTuple",
        fields=_FIELD,
        imports="from typing import NamedTuple",
        moved="one._replace(title='Moved')",
        lacks=_NO_STATE
        | {
            "metaclass": "typing.NamedTuple gives the class a metaclass of its own choice",
            "super": "typing.NamedTuple refuses a body that mentions super()",
            "bases": "typing.NamedTuple lets nothing written in Python be inherited",
            "writable": "its objects are tuples",
        },
    )
    yield Kind(
        "ABC",
        bases="Stored, Abstract",
        imports="import abc",
        before="class Abstract(abc.ABC):\n    __slots__ = ()\n    @abc.abstractmethod\n    def publish(self): ...",
        lacks=_NO_COPIES,
    )
    yield Kind(
        "Generic",
        bases="Stored, Generic[T]",
        imports="from typing import Generic",
        make="Article[int](title='Hello')",
        sub='"""Special."""',
        lacks=_NO_COPIES,
    )
    yield Kind(
        "Protocol implementer",
        bases="Stored, Savable",
        imports="from typing import Protocol",
        before="class Savable(Protocol):\n    title: str\n    def save(self, note: str = '') -> str: ...",
        lacks=_NO_COPIES,
    )
    middle = "class Middle(Stored):\n    def save(self, note: str = '', *, times: int = 1) -> str:\n"
    yield Kind(
        "subclass that calls super()",
        bases="Middle",
        before=middle + "        return super().save(note, times=times)",
        lacks=_NO_COPIES,
    )
    yield Kind(
        "subclass without super()",
        bases="Middle",
        before=middle + "        return 'hidden'",
        lacks=_NO_COPIES | {"super": "that is the kind"},
    )


KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _kinds()}
