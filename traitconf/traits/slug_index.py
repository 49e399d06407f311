"""`SlugIndex`: which living object of a tenant and model has which slug; one for each runtime."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import attrs

from traitconf.traits.host_fields import is_same
from traitconf.traits.slug_text import SlugRules

Scope = tuple[str | None, str]
"""Id of the tenant, or none, and name of the model."""


@attrs.define(eq=False)
class SlugIndex:
    """The slugs in use. It keeps no object alive: a slug is free again when its object is gone.

    Slugs that were never seen in this process, because their objects were not, are unknown to it.
    """

    _taken: dict[Scope, dict[str, weakref.ref[Any]]] = attrs.field(factory=dict, init=False)
    _numbers: dict[Scope, dict[tuple[str, SlugRules], int]] = attrs.field(factory=dict, init=False)
    # A weak reference may call back at any moment, also in the thread that holds the lock.
    _lock: Any = attrs.field(factory=threading.RLock, init=False)

    def forked(self) -> None:
        """Make the lock anew: in a child process nobody would release it."""
        self._lock = threading.RLock()

    def claim(self, scope: Scope, host: object, wanted: str, base: str, rules: SlugRules) -> tuple[str, int]:
        """Take the first free slug for an object: the wanted one, else the base with a number.

        Args:
            scope: tenant and model.
            host: the object; what it has already is free for it.
            wanted: tried first.
            base: what is numbered.
            rules: how it is numbered, and what is reserved.

        Returns:
            the slug, and how many were tried in vain.

        Raises:
            LookupError: when not even a number is free within the length.
        """
        with self._lock:
            slug = wanted
            numbers = self._numbers.setdefault(scope, {})
            first = number = max(2, numbers.get((base, rules), 2)) - 1
            while rules.is_reserved(slug) or not self._is_free(scope, host, slug):
                number += 1
                slug = rules.numbered(base, number)
                if not slug:
                    raise LookupError(base)
            if number > first:
                # Every smaller number is taken, until something is released.
                numbers[base, rules] = number
            self._put(scope, host, slug)
            return slug, number - first

    def note(self, scope: Scope, host: object, slug: str) -> None:
        """Remember an object that need not be alone with its slug; the first with it is found.

        Args:
            scope: tenant and model.
            host: the object.
            slug: what it has.
        """
        with self._lock:
            if self._is_free(scope, host, slug):
                self._put(scope, host, slug)

    def release(self, scope: Scope, host: object, slug: str) -> None:
        """Let a slug be free again, when it is this object that has it.

        Args:
            scope: tenant and model.
            host: the object.
            slug: what it had.
        """
        with self._lock:
            reference = self._taken.get(scope, {}).get(slug)
            if reference is not None and is_same(reference(), host):
                self._drop(scope, slug)

    def find(self, scope: Scope, slug: str) -> Any:
        """Return the object that has a slug, or none.

        Args:
            scope: tenant and model.
            slug: the slug.
        """
        reference = self._taken.get(scope, {}).get(slug)
        return reference() if reference is not None else None

    def __len__(self) -> int:
        """Count the slugs in use."""
        return sum(map(len, self._taken.values()))

    def _is_free(self, scope: Scope, host: object, slug: str) -> bool:
        owner = self.find(scope, slug)
        return owner is None or is_same(owner, host)

    def _put(self, scope: Scope, host: object, slug: str) -> None:
        def gone(reference: weakref.ref[Any]) -> None:
            with self._lock:
                if self._taken.get(scope, {}).get(slug) is reference:
                    self._drop(scope, slug)

        self._taken.setdefault(scope, {})[slug] = weakref.ref(host, gone)

    def _drop(self, scope: Scope, slug: str) -> None:
        del self._taken[scope][slug]
        self._numbers.pop(scope, None)
        if not self._taken[scope]:
            del self._taken[scope]
