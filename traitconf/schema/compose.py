"""The rules by which traits stand together: what they require, what they exclude, and the order of their hooks."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

from traitconf.errors import Problem
from traitconf.schema.spec import TraitSpec


def relation_problems(specs: Sequence[TraitSpec], host: str) -> list[Problem]:
    """Return which traits miss one that they require, or stand beside one that they exclude.

    Args:
        specs: the traits of one class.
        host: the class's name, for the message.
    """
    bound = {spec.name: spec for spec in specs}
    problems = []
    for spec in specs:
        for needed in spec.requires:
            name = needed.__traitconf_spec__.name
            if name not in bound:
                text = f"{spec.cls.__name__} on {host} requires the trait {needed.__name__}"
                problems.append(Problem("TC607", text, spec.origin, hint=f"bind {needed.__name__} too"))
        for name in sorted(set(spec.incompatible) & set(bound)):
            other = bound[name]
            text = f"{spec.cls.__name__} and {other.cls.__name__} cannot both be bound to {host}"
            related = ((other.origin, f"{other.cls.__name__} is defined here"),)
            problems.append(Problem("TC605", text, spec.origin, hint="bind only one of them", related=related))
    return problems


def hook_order(specs: Iterable[TraitSpec]) -> tuple[tuple[TraitSpec, ...], list[Problem]]:
    """Return the traits with the outermost hooks first, and a problem when there is no such order.

    The order is topological over `before` and `after`; ties are broken by name, so it is the same everywhere.
    Kahn's algorithm, "Topological sorting of large networks", CACM 5 (1962).

    Args:
        specs: the traits of one class.
    """
    by_name = {spec.name: spec for spec in specs}
    inner = _edges(by_name)
    pending = {name: sum(name in targets for targets in inner.values()) for name in by_name}
    ready = [name for name, count in pending.items() if not count]
    heapq.heapify(ready)
    ordered = []
    while ready:
        name = heapq.heappop(ready)
        ordered.append(by_name[name])
        for target in inner[name]:
            pending[target] -= 1
            if not pending[target]:
                heapq.heappush(ready, target)
    if len(ordered) == len(by_name):
        return tuple(ordered), []
    return tuple(by_name.values()), [_cycle(by_name, inner, {spec.name for spec in ordered})]


def _edges(by_name: Mapping[str, TraitSpec]) -> dict[str, set[str]]:
    inner: dict[str, set[str]] = {name: set() for name in by_name}
    for name, spec in by_name.items():
        inner[name] |= {other for other in spec.before if other in by_name}
        for other in spec.after:
            if other in by_name:
                inner[other].add(name)
    return inner


def _cycle(by_name: Mapping[str, TraitSpec], inner: Mapping[str, set[str]], done: set[str]) -> Problem:
    left = sorted(set(by_name) - done)
    path = [left[0]]
    while path.count(path[-1]) < 2:
        path.append(min(name for name in left if path[-1] in inner[name]))
    cycle = path[path.index(path[-1]) :][::-1]
    related = tuple((by_name[name].origin, f"{name} is defined here") for name in sorted(set(cycle)))
    text = "the order of hooks is a cycle: " + " before ".join(cycle)
    return Problem("TC606", text, by_name[cycle[0]].origin, hint="drop one before= or after=", related=related)
