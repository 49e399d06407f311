"""Pydantic models that were built before their traits, so that validation passes by what is bound."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

from traitconf.bind.info import home_of, points_of, qualified
from traitconf.bind.weave import descendants_of
from traitconf.errors import Problem
from traitconf.types import Origin

_ENTRIES: Final = {"__init__": "custom_init", "model_post_init": "post_init"}
"""What Pydantic calls itself, and where a validator that was built notes that it does."""
_SWITCHES: Final = {
    "__init__": "{name}.__pydantic_custom_init__ = True",
    "model_post_init": '{name}.__pydantic_post_init__ = "model_post_init"',
}


def problems_of(cls: type) -> Iterator[Problem]:
    """Yield a problem for each validator that passes by a hook on what Pydantic calls itself.

    A model's validator is built with the class, and those of the models that embed it hold a copy.

    Args:
        cls: a class that has traits of its own or of a base.
    """
    points = points_of(cls)
    wrapped = [name for name in _ENTRIES if name in points and points[name].hooks]
    base = getattr(sys.modules.get("pydantic"), "BaseModel", None)
    if not wrapped or base is None or not issubclass(cls, base):
        return
    for model in (cls, *(other for other in descendants_of(base) if other is not cls)):
        blind = [name for name in wrapped if _passes_by(model, cls, name)]
        if blind:
            yield _problem(cls, model, blind, points)


def _passes_by(model: type, cls: type, name: str) -> bool:
    nodes = list(_nodes(model.__dict__.get("__pydantic_core_schema__"), cls))
    return any(not node.get(_ENTRIES[name]) for node in nodes)


def _nodes(schema: Any, cls: type) -> Iterator[dict[str, Any]]:
    """Yield the parts of a schema that make objects of a class."""
    pending = [schema]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if one.get("type") == "model" and one.get("cls") is cls:
                yield one
            pending += [value for key, value in one.items() if key != "metadata"]
        elif isinstance(one, (list, tuple)):
            pending += one


def _problem(cls: type, model: type, blind: list[str], points: Any) -> Problem:
    what = " and ".join(f"{cls.__qualname__}.{name}" for name in blind)
    traits = " and ".join(dict.fromkeys(trait.__name__ for name in blind for trait, _ in points[name].hooks))
    text = f"validating a {model.__qualname__} passes by {what}, which {traits} wraps: it was built before"
    switches = [_SWITCHES[name].format(name=cls.__name__) for name in blind]
    steps = [*switches, f"{cls.__name__}.model_rebuild(force=True)"]
    if model is not cls:
        steps.append(f"{model.__name__}.model_rebuild(force=True)")
    related: tuple[tuple[Origin, str], ...] = (
        ((home_of(cls), f"{qualified(cls)} is embedded"),) if model is not cls else ()
    )
    return Problem("TC644", text, home_of(model), hint="run, once it is bound: " + "; ".join(steps), related=related)
