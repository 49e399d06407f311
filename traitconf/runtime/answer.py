"""What subscribers may answer before an operation runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traitconf.errors import Veto
from traitconf.runtime.event import Payload


def checked(answer: Any, payload: Payload) -> Payload | None:
    """Return all arguments with those in their places that an answer replaces; nothing where it replaces none.

    Raises:
        Veto: when the answer is one.
        TypeError: when it is no answer at all, or names an argument that the operation does not take.
    """
    if answer is None:
        return None
    if isinstance(answer, Veto):
        raise answer
    if not isinstance(answer, Mapping):
        raise TypeError(f"{answer!r:.80} is no answer before an operation: nothing, a Veto, or arguments by name")
    if strangers := [name for name in answer if name not in payload]:
        known = ", ".join(payload) or "none"
        raise TypeError(f"the operation has no argument {strangers[0]!r}; it has {known}")
    return {**payload, **answer} if answer else None
