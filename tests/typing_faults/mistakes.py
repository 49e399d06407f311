"""Deliberate mistakes: each line says which error a type checker must report there; it reports no other."""

from __future__ import annotations

from typing import Protocol

import traitconf as tc
from traitconf.traits import Auditable, Sluggable, SoftDeletes


class HasBody(Protocol):
    body: str


@tc.trait
class Summarisable(tc.TraitBase):
    """Keep a summary."""

    sentences: int = tc.option(1, doc="Sentences kept.")
    text: str = tc.option(3, doc="A default of another type.")  # E: assignment
    silent: int = tc.option(3)  # E: call-overload

    @tc.operation()
    def summary(self, host: HasBody, mark: str = ".") -> str:
        """Return the body."""
        return host.body + mark

    @tc.provides(shape="property")
    def size(self, host: HasBody) -> int:
        """The length."""
        return len(host.body)


@tc.use(Sluggable(source="title"), Auditable, SoftDeletes, Summarisable)
class Article:
    """A host."""

    body = "text"

    def __init__(self, title: str) -> None:
        """Keep the title."""
        self.title = title

    def save(self) -> None:
        """Save."""

    def delete(self) -> None:
        """Delete."""


# Traits take their own options only, by name, of the right type, and are frozen.
Sluggable(sourc="title")  # E: call-arg
Sluggable(source=3)  # E: arg-type
Sluggable(on_update="sometimes")  # E: arg-type
Auditable(sinks=("memory", "cloud"))  # E: arg-type
Sluggable("title")  # E: arg-type, call-arg
resolved = tc.resolve(Auditable, Article)
resolved.retention_days = 3  # E: misc
_ = resolved.retention_dayz  # E: attr-defined

# The class is still itself.
Article()  # E: call-arg
Article(3)  # E: arg-type
_ = Article("x").titel  # E: attr-defined

# The view takes neither trait nor host, and knows its members' arguments and results.
article = Article("x")
Summarisable.of(article).summary(article)  # E: arg-type
Summarisable.of(article).summary(".", ".")  # E: call-arg
Summarisable.of(article).summarise()  # E: attr-defined
number: int = Summarisable.of(article).summary()  # E: assignment
name: str = Summarisable.of(article).size  # E: assignment
Summarisable.of(article).size()  # E: operator
flag: str = SoftDeletes.of(article).trashed  # E: assignment
Sluggable.of(article).make_slug("x")  # E: call-arg
slug: int = Sluggable.of(article).make_slug()  # E: assignment
days: str = tc.resolve(Auditable, Article).retention_days  # E: assignment
days = tc.reader(Auditable)().retention_days  # E: assignment

# Only traits are bound, and only to classes.
tc.use(Article)  # E: arg-type
tc.use(3)  # E: arg-type
tc.resolve(Article)  # E: type-var
tc.bind(Article, int)  # E: arg-type
tc.use(SoftDeletes)(len)  # E: type-var
tc.trait(Article)  # E: type-var

# Members are given in a known shape, and do something known while the trait is off.
tc.provides(shape="attribute")  # E: call-overload
tc.operation(when_off="explode")  # E: call-overload
