"""What happens to statements that write many rows at once, past the hooks of the objects."""

from __future__ import annotations

import warnings
from typing import Final, Literal

from traitconf.bind.context import OWNER, current
from traitconf.bind.persisted import hooks_on
from traitconf.errors import ModelError, Problem

Policy = Literal["refuse", "warn", "expand", "ignore"]
_STRICTEST: Final[tuple[Policy, ...]] = ("refuse", "expand", "warn", "ignore")


class BulkWarning(UserWarning):
    """A statement wrote rows past the hooks of traits."""


def bulk_policy(model: type, point: str, *, expandable: bool = True) -> Policy:
    """Return what the traits of a model want to be done with a statement that writes many rows.

    A trait says so by an option `bulk`; of several, the strictest holds. One without that option gets a warning:
    nothing passes in silence that nobody has allowed to.

    Args:
        model: a bound class.
        point: `save` or `delete`.
        expandable: whether the statement can be done object by object.

    Returns:
        `expand` where it is to be done object by object, `ignore` or `warn` where it runs as it is.

    Raises:
        ModelError: when it is refused (TC664).
    """
    wanted: dict[str, list[str]] = {}
    for trait, _ in hooks_on(model, point):
        acting = current().chains[OWNER].acting(trait, model)
        if acting is not None:
            wanted.setdefault(getattr(acting, "bulk", "warn"), []).append(trait.__name__)
    policy: Policy = next((one for one in _STRICTEST if one in wanted), "ignore")
    if policy == "refuse" or (policy == "expand" and not expandable):
        raise ModelError(_refused(model, point, wanted[policy], can_expand=policy == "refuse"))
    if policy == "warn":
        names = ", ".join(dict.fromkeys(wanted[policy]))
        text = f"a statement {point}s rows of {model.__qualname__} past the hooks of {names}"
        warnings.warn(f"{text}; an option `bulk` of the trait may refuse or expand it", BulkWarning, stacklevel=3)
    return policy


def _refused(model: type, point: str, traits: list[str], *, can_expand: bool) -> Problem:
    names = ", ".join(dict.fromkeys(traits))
    why = f"it would pass the hooks of {names}" if can_expand else "it cannot be done object by object"
    hint = f"{point} the objects one by one, or mute the traits: with tc.muted({names}): …"
    return Problem("TC664", f"a statement that {point}s many rows of {model.__qualname__} is refused: {why}", hint=hint)
