"""`TraitLogger`: the logger of one resolved trait. It says for whom it speaks, and keeps secrets."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from traitconf.types import Secret

if TYPE_CHECKING:
    from traitconf.schema.base import TraitBase

PREFIX: Final = "tc_"
"""What stands before every field, so that none is one of the log record's own."""
DOTS: Final = "•••"
_SECRET: Final = re.compile(
    r"(^|_)(pass|pw|pwd)$|pass(word|wd|phrase)|secret|token|credential|cookie|authorization|(api|private)_?key",
    re.IGNORECASE,
)
_STANDARD: Final = frozenset({"exc_info", "stack_info", "stacklevel", "extra"})
_DEEPEST: Final = 4
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "off": 1000}


def redacted(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return a value as it may be logged: secrets, and what has the name of one, as dots.

    >>> redacted({"user": "ada", "api_key": "x", "more": [{"password": "y"}]})
    {'user': 'ada', 'api_key': '•••', 'more': [{'password': '•••'}]}

    Args:
        value: anything; inside mappings and sequences is looked as well.
        name: of the field.
        depth: how deep it lies.
    """
    if isinstance(value, Secret) or (name and _SECRET.search(name)):
        return DOTS
    if isinstance(value, Mapping):
        if depth >= _DEEPEST:
            return DOTS
        return {key: redacted(inner, str(key), depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        found = [redacted(inner, "", depth + 1) for inner in value] if depth < _DEEPEST else [DOTS]
        return tuple(found) if isinstance(value, tuple) else found
    return value


def fields_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with their prefix, redacted.

    >>> fields_of({"name": "x", "tc_trait": "page", "token": "t"})
    {'tc_name': 'x', 'tc_trait': 'page', 'tc_token': '•••'}

    Args:
        values: by name, with the prefix or without.
    """
    return {
        name if name.startswith(PREFIX) else PREFIX + name: redacted(value, name.removeprefix(PREFIX))
        for name, value in values.items()
    }


class TraitLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose lines carry trait, model, tenant, actor and request, as far as they are known.

    Beside what every logger takes, a call takes `host=`, the object that it is about, and fields by name.
    """

    def __init__(self, trait: TraitBase) -> None:
        """Speak for a trait, as its options `log` say."""
        super().__init__(logging.getLogger(f"traitconf.trait.{type(trait).__traitconf_spec__.name}"), {})
        self._trait = trait

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 -- the name of the standard library
        """Whether a line of that level is written, by the trait's options and by the logger."""
        return level >= _LEVELS[self._trait.log.level] and super().isEnabledFor(level)

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """Write a line, or leave it out where only a share of them is wanted; warnings are always written."""
        share = self._trait.log.sample
        if level < logging.WARNING and share < 1 and random.random() >= share:  # noqa: S311 -- no secret
            return
        kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
        super().log(level, msg, *args, **kwargs)

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Add the fields."""
        trait = self._trait
        host = kwargs.pop("host", None)
        found: dict[str, Any] = {"trait": type(trait).__traitconf_spec__.name}
        if trait._services is not None:
            found |= trait._services.about()
        if host is not None:
            found["model"] = (host if isinstance(host, type) else type(host)).__name__
            found |= {name: getattr(host, name) for name in trait.log.fields if hasattr(host, name)}
        given = {name: kwargs.pop(name) for name in [*kwargs] if name not in _STANDARD}
        extra = {**found, **(kwargs.get("extra") or {}), **given}
        return msg, {**kwargs, "extra": fields_of(extra)}
