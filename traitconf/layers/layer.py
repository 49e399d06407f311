"""`Layer`: the definitions of one source at one scope, as they were read; and `Scope`, where they apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol

import attrs

from traitconf.types import Band, Origin, Source

Axis = Literal["global", "group", "tenant"]
NONE: Final = "@none"
"""The text that stands for no value where a format has no word for it."""
Path = tuple[str | int, ...]


@attrs.frozen(cache_hash=True)
class Scope:
    """Where definitions apply: everywhere, for a group or a tenant, each of them perhaps for one model only.

    Attributes:
        axis: global, group or tenant.
        name: id of the group or tenant; a leading `*` stands for every id that folds to the rest.
        model: short or qualified name of a model, empty for all models; `*` as above.
    """

    axis: Axis = "global"
    name: str = ""
    model: str = ""

    @property
    def label(self) -> str:
        """The scope as people read it.

        >>> Scope("tenant", "acme", "Article").label
        'tenant acme, model Article'
        """
        node = "" if self.axis == "global" else f"{self.axis} {self.name.removeprefix('*')}"
        model = f"model {self.model.removeprefix('*')}" if self.model else ""
        return ", ".join(part for part in (node, model) if part) or "global"

    @property
    def address(self) -> str:
        """The scope as the first part of an address.

        >>> Scope("tenant", "acme", "Article").address
        'tenants.acme.models.Article'
        """
        node = "" if self.axis == "global" else f"{self.axis}s.{self.name.removeprefix('*')}"
        model = f"models.{self.model.removeprefix('*')}" if self.model else ""
        return ".".join(part for part in (node, model) if part) or "traits"


GLOBAL = Scope()


class Document(Protocol):
    """Something that definitions are written in, and that knows where.

    One that others may write into from afar has an attribute `trusted`, which is false.
    """

    def origin(self, path: Path) -> Origin:
        """Return the place of the value at `path` inside the document."""


def is_trusted(document: Document) -> bool:
    """Whether a document may say what reads secrets, matches patterns or binds classes.

    Args:
        document: trusted unless its attribute `trusted` is false.
    """
    return bool(getattr(document, "trusted", True))


@attrs.frozen(eq=False)
class Layer:
    """The definitions of one source at one scope.

    Attributes:
        scope: where they apply.
        source: the kind of source; it ranks layers of one scope.
        sequence: order among layers of the same source, later wins.
        tables: what was read, by trait name.
        document: where it is written.
        prefix: path of the tables inside the document.
        band: band of every definition that names none itself.
    """

    scope: Scope
    source: Source
    sequence: int
    tables: Mapping[str, Any] = attrs.field(repr=False)  # may hold secrets
    document: Document
    prefix: Path = ()
    band: Band = Band.NORMAL

    @property
    def is_trusted(self) -> bool:
        """Whether it may say what reads secrets or runs code; a store never may, a document may say that it may not."""
        return self.source is not Source.STORE and is_trusted(self.document)

    @property
    def rank(self) -> tuple[Source, int]:
        """Sort key among layers of one scope."""
        return self.source, self.sequence

    def origin(self, path: Path = ()) -> Origin:
        """Return the place of a value of this layer.

        Args:
            path: from the layer's tables downwards, beginning with the trait's name.
        """
        return self.document.origin(self.prefix + path)


@attrs.frozen(eq=False)
class Unquoted:
    """A document whose lines are not shown, because they may hold a secret."""

    inner: Document

    @property
    def trusted(self) -> bool:
        """As the document itself."""
        return is_trusted(self.inner)

    def origin(self, path: Path) -> Origin:
        """Return the place without the text that stands there."""
        return attrs.evolve(self.inner.origin(path), excerpt="")


class Text(str):
    """A value that came as text and is cast by the option's type, never guessed."""

    __slots__ = ()


@attrs.frozen(eq=False)
class CodeDocument:
    """A place in Python code: a decorator's arguments or an override."""

    place: Origin

    def origin(self, path: Path) -> Origin:  # noqa: ARG002 -- code is one place
        """Return the one place that it has."""
        return self.place
