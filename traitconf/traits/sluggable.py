"""`Sluggable`: gives objects a readable, unique name for addresses when they are saved."""

from __future__ import annotations

from typing import Any, Literal

import traitconf as tc
from traitconf.traits.host_fields import model_name, write
from traitconf.traits.slug_index import Scope, SlugIndex
from traitconf.traits.slug_text import SlugRules
from traitconf.traits.soft_deletes import SoftDeletes


@tc.trait(name="sluggable", writes=("target",), state="always")
class Sluggable(tc.TraitBase):
    """Make a slug of an object's title when it is saved.

    A slug once made is kept, unless `on_update` is `refresh` and the title gives another one. A slug that somebody
    wrote by hand stays what it is, except that one which cannot stand in an address is made into one, and one that
    another object has gets a number; with `overwrite` it gives way to the title. What holds no letter and no digit
    becomes `fallback`.

    Slugs are unique among the living objects of one tenant and one class. Deleting an object releases its slug; a
    soft-deleted one keeps it, so that it can come back.

    >>> @tc.use(Sluggable)
    ... class Page:
    ...     title = "Hello!"
    ...     def save(self): ...
    >>> page = Page()
    >>> page.save()
    >>> page.slug, Page.find_by_slug("hello") is page
    ('hello', True)
    """

    source: str = tc.option("title", doc="Attribute, or method without arguments, that a slug is made of.")
    target: str = tc.option("slug", doc="Attribute that the slug is written to.")
    separator: str = tc.option("-", pattern=r"[-_.~]{1,4}", doc="What stands between words, and before a number.")
    max_length: int = tc.option(80, ge=1, le=255, unit="characters", doc="Longest slug, its number included.")
    lowercase: bool = tc.option(True, doc="Whether letters become small.")
    ascii: bool = tc.option(True, doc="Whether letters are folded to ASCII; without it, those of all scripts stay.")
    unique: bool = tc.option(True, doc="Whether no two objects of a tenant and class have the same slug.")
    reserved: tuple[str, ...] = tc.option((), merge="unique", doc="Slugs that no object gets; it gets a number.")
    on_update: Literal["keep", "refresh"] = tc.option("keep", doc="Whether a changed title changes the slug.")
    overwrite: bool = tc.option(False, doc="Whether a slug that was written by hand gives way to the title.")
    fallback: str = tc.option(
        "item", pattern=r"[A-Za-z0-9]+([-_.~][A-Za-z0-9]+)*", doc="Slug of what has no letter and no digit."
    )

    slugged = tc.event(doc="An object without a slug got one; `slug`.")
    slug_changed = tc.event(doc="An object got another slug; `before` and `after`.")
    made = tc.counter(doc="Slugs that were made or changed.")
    collisions = tc.counter(doc="Slugs that were wanted, but reserved or taken.")

    @tc.before("save")
    def ensure_slug(self, host: Any, /, *_args: Any, **_kwargs: Any) -> None:
        """See that the object has a slug, before it is saved."""
        current, kept = self._current(host), self.state(host)
        if current and current == kept.get("slug"):
            base = kept["base"] if self.on_update == "keep" else self._base(host)
            self._assign(host, current if base == kept["base"] else base, base)
        elif current and not self.overwrite:
            base = current if self._rules().allows(current) else self._rules().slug(current) or self._base(host)
            self._assign(host, base, base)
        else:
            base = self._base(host)
            self._assign(host, base, base)

    @tc.after("delete", optional=True)
    def release_slug(self, host: Any, _result: Any, /, *_args: Any, **_kwargs: Any) -> None:
        """Let others have the slug of an object that was really deleted."""
        self.shared(SlugIndex).release(_scope(type(host)), host, self._current(host))

    @tc.provides
    def make_slug(self, host: Any) -> str:
        """Make the slug of the title anew and set it, whatever it was before.

        Returns:
            the slug.

        Raises:
            Veto: when every number that fits into `max_length` is taken.
            TypeError: when the object has no such source, or does not let the slug be written.
        """
        base = self._base(host)
        return self._assign(host, base, base)

    @tc.provides(when_off="run")
    @classmethod
    def find_by_slug(cls: Any, model: type, slug: str, *, with_trashed: bool = False) -> Any:  # cls: the resolved trait
        """Return the living object of the running tenant and exactly this class that has a slug, or none.

        Args:
            model: the class.
            slug: what to look for.
            with_trashed: whether soft-deleted objects count.
        """
        found = cls.shared(SlugIndex).find(_scope(model), slug)
        if found is None or with_trashed or not tc.has_trait(found, SoftDeletes):
            return found
        return None if SoftDeletes.of(found).trashed else found

    def _assign(self, host: Any, wanted: str, base: str) -> str:
        before, scope, index = self._current(host), _scope(type(host)), self.shared(SlugIndex)
        kept = self.state(host)
        slug = self._claim(index, scope, host, wanted, base)
        if slug != before:
            try:
                write(host, self.target, slug, option="sluggable.target")
            except BaseException:
                index.release(scope, host, slug)
                raise
        for former in {before, kept.get("slug", "")} - {slug}:
            index.release(scope, host, former)
        kept |= {"slug": slug, "base": base}
        if slug != before:
            self._tell(host, before, slug)
        return slug

    def _claim(self, index: SlugIndex, scope: Scope, host: Any, wanted: str, base: str) -> str:
        rules = self._rules()
        if not self.unique and not rules.is_reserved(wanted):
            index.note(scope, host, wanted)
            return wanted
        try:
            slug, missed = index.claim(scope, host, wanted, base, rules)
        except LookupError:
            raise tc.Veto(f"no slug like {base!r} is free; raise sluggable.max_length ({self.max_length})") from None
        if missed:
            self.collisions.add(missed)
        return slug

    def _tell(self, host: Any, before: str, slug: str) -> None:
        self.made.add()
        if before:
            self.slug_changed.emit(host, before=before, after=slug)
        else:
            self.slugged.emit(host, slug=slug)

    def _current(self, host: Any) -> str:
        value = getattr(host, self.target, None)
        return "" if value is None else str(value)

    def _base(self, host: Any) -> str:
        rules = self._rules()
        return rules.slug(self._text(host)) or rules.slug(self.fallback)

    def _text(self, host: Any) -> str:
        try:
            value = getattr(host, self.source)
        except AttributeError as error:
            cls = type(host).__qualname__
            way_out = "let sluggable.source name what its slug is made of"
            raise TypeError(f"{cls} has no {self.source!r} to make a slug of; {way_out}") from error
        value = value() if callable(value) else value
        return "" if value is None else str(value)

    def _rules(self) -> SlugRules:
        return SlugRules(self.separator, self.max_length, self.lowercase, self.ascii, self.reserved)


def _scope(model: type) -> Scope:
    return tc.current_context().tenant, model_name(model)
