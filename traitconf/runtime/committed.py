"""The port to transactions: what is to happen once the change of an object is committed, and never otherwise."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, Protocol

from traitconf.errors import TraitconfError

log: Final = logging.getLogger("traitconf.events")


class Committing(Protocol):
    """What an adapter knows of transactions."""

    def __call__(self, host: object, action: Callable[[], object], /) -> bool:
        """Call a function when the transaction of an object is committed.

        Args:
            host: any object; a class, where there is no object.
            action: runs in the context of now.

        Returns:
            whether the object is one of the adapter's and in a transaction; else nothing is done.
        """


_known: Final[list[Committing]] = []


def provide(committing: Committing) -> Callable[[], None]:
    """Let an adapter say when transactions are committed.

    Args:
        committing: asked for every object that a subscriber of the phase committed is to be told of.

    Returns:
        a function that takes it away again.
    """
    _known.append(committing)

    def forget() -> None:
        if committing in _known:
            _known.remove(committing)

    return forget


def deferred(host: Any, action: Callable[[], object]) -> bool:
    """Have a function called when the running transaction of an object is committed, if anybody knows of one.

    Args:
        host: the object.
        action: what is to happen.

    Returns:
        whether it will be called; where it will not, it is the caller's turn, at once.
    """
    for committing in (*_known, _by_model):
        try:
            if committing(host, action):
                return True
        except Exception:
            log.exception("an adapter cannot say when the transaction of %s is committed", type(host).__qualname__)
    return False


def _by_model(host: Any, action: Callable[[], object]) -> bool:
    """Ask the adapter of the product that the object is a model of."""
    product_of = getattr(_models(), "product_of", None)
    adapter = product_of(host if isinstance(host, type) else type(host)) if product_of is not None else None
    if adapter is None or isinstance(host, type):
        return False
    try:
        adapter.after_commit(host, action)
    except TraitconfError:
        return False  # it is in no session, so in no transaction
    return True


@functools.cache
def _models() -> ModuleType | None:
    """Return the port to products that keep models, where this installation has it."""
    import importlib.util

    name = "traitconf.bind.models"
    return importlib.import_module(name) if importlib.util.find_spec(name) is not None else None
