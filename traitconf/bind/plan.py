"""What binding would do to a class: which members it gets and which methods are dispatched. Nothing is changed here."""

from __future__ import annotations

import fnmatch
import inspect
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from traitconf.bind.binding import Binding, bound_class
from traitconf.bind.chain import point_of, suits
from traitconf.bind.hosts import fields_of, has_member, raw_member, required_members
from traitconf.errors import Problem, did_you_mean
from traitconf.schema.base import TraitBase
from traitconf.schema.compose import hook_order, relation_problems
from traitconf.schema.members import Hook, Member, flavour_of
from traitconf.types import MISSING, Origin, Source

BoundHook = tuple[type[TraitBase], Hook]


@attrs.frozen(eq=False)
class Given:
    """A member that a class gets from a trait."""

    binding: Binding
    name: str

    def member(self) -> Member[Any, Any]:
        """The member's declaration."""
        return self.binding.spec.members[self.name]


@attrs.define(eq=False)
class Plan:
    """What binding would do.

    Attributes:
        cls: the class.
        given: provided members by the name that they get.
        hidden: provided members that the class's own member or an exclusion hides; the view still reaches them.
        hooks: hooks by the method that they run on, outermost first.
        problems: why the class cannot be bound like that.
    """

    cls: type
    given: dict[str, Given] = attrs.Factory(dict)
    hidden: dict[str, Given] = attrs.Factory(dict)
    hooks: dict[str, list[BoundHook]] = attrs.Factory(dict)
    problems: list[Problem] = attrs.Factory(list)


def plan(cls: type, own: Sequence[Binding], inherited: Sequence[Binding] = ()) -> Plan:
    """Plan the bindings of a class.

    Args:
        cls: the class.
        own: its own bindings, new ones included.
        inherited: bindings of its bases; their hooks cover what the class overrides.
    """
    made = Plan(cls)
    specs = [binding.spec for binding in (*own, *inherited)]
    made.problems += relation_problems(specs, cls.__qualname__)
    order, cycle = hook_order(specs)
    made.problems += cycle
    for binding in own:
        _give_members(made, binding)
    for binding in own:
        _check_requirements(made, binding)
    ranks = {spec.name: rank for rank, spec in enumerate(order)}
    for binding in sorted((*own, *inherited), key=lambda binding: ranks[binding.spec.name]):
        for hook in binding.spec.hooks:
            _place_hook(made, binding, hook, is_own=binding in own)
    return made


def _give_members(made: Plan, binding: Binding) -> None:
    spec = binding.spec
    for unknown in sorted((binding.exclude | set(binding.alias)) - set(spec.members)):
        hint = did_you_mean(unknown, spec.members)
        text = f"{spec.cls.__name__} gives no member {unknown!r} that could be excluded or get an alias"
        made.problems.append(Problem("TC610", text, binding.origin, hint=hint))
    for name in spec.members:
        given = Given(binding, name)
        made.hidden[f"{spec.name}.{name}"] = given
        names = [] if name in binding.exclude else [name]
        for host_name in [*names, *([binding.alias[name]] if name in binding.alias else [])]:
            _give(made, host_name, given)


def _give(made: Plan, name: str, given: Given) -> None:
    if name in fields_of(made.cls):
        hint = f"exclude it: exclude={{{name!r}}}, or give it another name: alias={{{given.member().name!r}: …}}"
        text = (
            f"{given.binding.trait.__name__} would give {made.cls.__qualname__} a member {name!r} that hides its field"
        )
        made.problems.append(Problem("TC603", text, given.binding.origin, hint=hint))
        return
    own = _own_member(made.cls, name)
    if own is not MISSING and point_of(own) is None:
        return
    other = made.given.get(name)
    if other is None:
        made.given[name] = given
    elif other.member() is not given.member():
        made.problems.append(_conflict(made.cls, name, other, given))


def _own_member(cls: type, name: str) -> Any:
    bound = bound_class(cls)
    if bound is not None and name in bound.originals:
        return bound.originals[name]
    return cls.__dict__.get(name, MISSING)


def _conflict(cls: type, name: str, first: Given, second: Given) -> Problem:
    one, other = first.binding.trait.__name__, second.binding.trait.__name__
    hint = f"exclude it from one (exclude=), rename one (alias=), or define {name!r} on {cls.__qualname__}"
    related = tuple(
        (_member_origin(given.member()), f"given by {given.binding.trait.__name__}") for given in (first, second)
    )
    text = f"{one} and {other} both give {cls.__qualname__} a member {name!r}"
    return Problem("TC602", text, second.binding.origin, hint=hint, related=related)


def _member_origin(member: Member[Any, Any]) -> Origin:
    code = member.function.__code__
    return Origin(Source.DECORATOR, code.co_filename, code.co_firstlineno)


def _check_requirements(made: Plan, binding: Binding) -> None:
    missing = {
        name: where
        for name, where in required_members(binding.spec).items()
        if name not in made.given and not has_member(made.cls, name)
    }
    for name, function in missing.items():
        code = inspect.unwrap(function).__code__
        related = ((Origin(Source.DECORATOR, code.co_filename, code.co_firstlineno), "required here"),)
        text = f"{binding.trait.__name__} requires {name!r} of {made.cls.__qualname__}, which has none"
        hint = did_you_mean(name, fields_of(made.cls)) or f"add {name!r} to {made.cls.__qualname__}"
        made.problems.append(Problem("TC609", text, binding.origin, hint=hint, related=related))


def _place_hook(made: Plan, binding: Binding, hook: Hook, *, is_own: bool) -> None:
    targets = list(dict.fromkeys(_targets(made, hook)))
    if is_own and not targets and not hook.optional:
        known = [name for name in _methods(made.cls) if not name.startswith("_")]
        wanted = ", ".join(map(repr, hook.targets))
        text = f"{binding.trait.__name__} wraps {wanted}, which {made.cls.__qualname__} does not have"
        hint = did_you_mean(hook.targets[0], known) or f"its methods are {', '.join(known) or 'none'}"
        made.problems.append(Problem("TC601", text, binding.origin, hint=hint))
    for name in targets:
        if not is_own and name not in made.cls.__dict__:
            continue
        problem = _unsuited(made, binding, hook, name)
        if problem is not None:
            made.problems.append(problem)
        else:
            made.hooks.setdefault(name, []).append((binding.trait, hook))


def _targets(made: Plan, hook: Hook) -> Iterator[str]:
    for target in hook.targets:
        if any(letter in target for letter in "*?["):
            yield from (
                name
                for name in _methods(made.cls)
                if fnmatch.fnmatchcase(name, target) and not name.startswith("_") and name not in made.given
            )
        elif target in made.given or raw_member(made.cls, target) is not MISSING:
            yield target


def _methods(cls: type) -> Iterable[str]:
    """Return the names of functions of a class and its bases, in order of definition, bases first."""
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        for name, member in base.__dict__.items() if base is not object else ():
            if inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod)):
                names[name] = None
    return names


def _unsuited(made: Plan, binding: Binding, hook: Hook, name: str) -> Problem | None:
    member = made.given[name].member().function if name in made.given else raw_member(made.cls, name)
    function = getattr(member, "__func__", member)
    what = f"{made.cls.__qualname__}.{name}"
    if not inspect.isfunction(function):
        text = f"{binding.trait.__name__} cannot wrap {what}: it is a {type(member).__name__}, not a method"
        return Problem(
            "TC611", text, binding.origin, hint="only functions, classmethods and staticmethods can be wrapped"
        )
    flavour = flavour_of(function)
    if suits(hook, flavour):
        return None
    text = f"the {hook.kind} hook {hook.function.__qualname__} cannot wrap {what}, which is {flavour}"
    hint = f"give it a twin: @{hook.name}.twin on {'an' if flavour[0] == 'a' else 'a'} {flavour} function"
    return Problem("TC608", text, binding.origin, hint=hint)
