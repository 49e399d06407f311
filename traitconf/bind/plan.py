"""What binding would do to a class: which members it gets and which methods are dispatched. Nothing is changed here."""

from __future__ import annotations

import fnmatch
import inspect
import keyword
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from traitconf.bind.adoption import AdoptedMethod, GovernedAttribute
from traitconf.bind.attribute import is_method, wrappable
from traitconf.bind.binding import ATTRIBUTE, Binding, bound_class
from traitconf.bind.cacheable import caching_problems
from traitconf.bind.chain import point_of, suits
from traitconf.bind.hosts import fields_of, has_member, required_members
from traitconf.bind.limits import limit_problems
from traitconf.bind.models import points_of
from traitconf.bind.tenancy import tenancy_problems
from traitconf.errors import Problem, did_you_mean
from traitconf.schema.base import TraitBase
from traitconf.schema.compose import hook_order, relation_problems
from traitconf.schema.members import Hook, Member, flavour_of
from traitconf.types import MISSING, Origin, Source

_RESERVED: Final = frozenset(
    {ATTRIBUTE, "__init_subclass__", "__class__", "__dict__", "__slots__", "__weakref__", "__set_name__"}
)
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
        adopted: methods of the class itself that a trait governs.
        attributes: what stands in the place of class attributes.
        problems: why the class cannot be bound like that.
    """

    cls: type
    given: dict[str, Given] = attrs.Factory(dict)
    hidden: dict[str, Given] = attrs.Factory(dict)
    hooks: dict[str, list[BoundHook]] = attrs.Factory(dict)
    adopted: dict[str, AdoptedMethod] = attrs.Factory(dict)
    attributes: dict[str, GovernedAttribute] = attrs.Factory(dict)
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
    order, cycle = hook_order(specs)
    faults = [*relation_problems(specs, cls.__qualname__), *cycle]
    made.problems += [_where_bound(problem, made, (*inherited, *own)) for problem in faults]
    for binding in own:
        _give_members(made, binding)
        _adopt(made, binding)
    for binding in own:
        _check_requirements(made, binding)
        made.problems += limit_problems(cls, binding)
        made.problems += caching_problems(cls, binding)
    ranks = {spec.name: rank for rank, spec in enumerate(order)}
    ordered = sorted((*own, *inherited), key=lambda binding: ranks[binding.spec.name])
    if own:
        made.problems += tenancy_problems(cls, own[-1].origin)
    _place_hooks(made, own, [(binding, hook) for binding in ordered for hook in binding.spec.hooks])
    return made


def _where_bound(problem: Problem, made: Plan, bindings: Sequence[Binding]) -> Problem:
    """Return a problem of traits that do not go together at the place where the last of them is bound to the class.

    Args:
        problem: at the place where a trait is defined.
        made: the plan.
        bindings: all bindings of the class, the latest last.
    """
    defined = dict.fromkeys((problem.origin, *(origin for origin, _ in problem.related)))
    concerned = [binding for binding in bindings if binding.spec.origin in defined] or list(bindings)
    last = concerned[-1]
    elsewhere = [binding for binding in concerned if binding.origin != last.origin]
    related = list(problem.related)
    if problem.origin is not None and problem.origin not in dict(related):
        related.insert(0, (problem.origin, "declared here"))
    related += [(binding.origin, f"{binding.trait.__name__} is bound here") for binding in elsewhere]
    name = made.cls.__qualname__
    message = problem.message if name in problem.message else f"{problem.message}, on {name}"
    return attrs.evolve(problem, message=message, origin=last.origin, related=tuple(related))


def _adopt(made: Plan, binding: Binding) -> None:
    """Plan what an adopted class gets; a method without hooks is dispatched as well, because it may be off."""
    if binding.adoption is not None:
        made.attributes |= binding.adoption.attributes
        made.adopted |= binding.adoption.methods
        made.hooks |= {name: [] for name in binding.adoption.methods}


def _give_members(made: Plan, binding: Binding) -> None:
    spec = binding.spec
    for unknown in sorted((binding.exclude | set(binding.alias)) - set(spec.members)):
        known = f"its members are {', '.join(spec.members) or 'none'}"
        hint = did_you_mean(unknown.rpartition(".")[2], spec.members) or known
        text = f"{spec.cls.__name__} gives no member {unknown!r} that could be excluded or get an alias"
        related = ((spec.origin, "defined here"),)
        made.problems.append(Problem("TC610", text, binding.origin, hint=hint, related=related))
    for name in spec.members:
        given = Given(binding, name)
        made.hidden[f"{spec.name}.{name}"] = given
        names = [] if name in binding.exclude else [name]
        for host_name in [*names, *([binding.alias[name]] if name in binding.alias else [])]:
            _give(made, host_name, given)


def _give(made: Plan, name: str, given: Given) -> None:
    if not name.isidentifier() or keyword.iskeyword(name) or name in _RESERVED:
        text = f"{given.binding.trait.__name__} cannot give {made.cls.__qualname__} a member of the name {name!r}"
        hint = "let alias= give it another name"
        made.problems.append(Problem("TC615", text, given.binding.origin, hint=hint, related=_place(given.member())))
        return
    if name in fields_of(made.cls):
        hint = f"exclude it: exclude={{{given.member().name!r}}}; with alias={{…}} it has another name"
        text = (
            f"{given.binding.trait.__name__} would give {made.cls.__qualname__} a member {name!r} that hides its field"
        )
        made.problems.append(Problem("TC603", text, given.binding.origin, hint=hint, related=_place(given.member())))
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
    excluded = f"{second.binding.spec.name}.{second.name}"
    hint = (
        f"exclude it from one (exclude={{{excluded!r}}}), with alias= it has another name there; "
        f"or define {name!r} on {cls.__qualname__}"
    )
    related = tuple(
        (origin, f"given by {given.binding.trait.__name__}")
        for given in (first, second)
        for origin, _ in _place(given.member())
    )
    text = f"{one} and {other} both give {cls.__qualname__} a member {name!r}"
    return Problem("TC602", text, second.binding.origin, hint=hint, related=related)


def _place(part: Member[Any, Any] | Hook) -> tuple[tuple[Origin, str], ...]:
    """Return where a part of a trait is written, as what is related to a problem of it."""
    code = inspect.unwrap(part.function).__code__
    return ((Origin(Source.DECORATOR, code.co_filename, code.co_firstlineno), "written here"),)


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


def _place_hooks(made: Plan, own: Sequence[Binding], hooks: Iterable[tuple[Binding, Hook]]) -> None:
    """Place hooks, outermost first; a class that covers a method covers it for its bases too, being the outermost."""
    found = [(binding, hook, tuple(dict.fromkeys(_targets(made, hook)))) for binding, hook in hooks]
    here = {name for binding, hook, names in found for name in names if binding in own or _escapes(made, hook, name)}
    for binding, hook, names in found:
        stored = points_of(made.cls).keys() & {*hook.targets}
        if binding in own and stored and "sync" not in hook.twins:
            made.problems.append(_unawaited(made, binding, hook))
        if binding in own and not names and not hook.optional and not stored:
            made.problems.append(_no_target(made, binding, hook))
        for name in names:
            problem = _unsuited(made, binding, hook, name) if name in here else None
            if problem is not None:
                made.problems.append(problem)
            elif name in here:
                made.hooks.setdefault(name, []).append((binding.trait, hook))


def _no_target(made: Plan, binding: Binding, hook: Hook) -> Problem:
    known = list(_public_methods(made))
    wanted = ", ".join(map(repr, hook.targets))
    text = f"{binding.trait.__name__} wraps {wanted}, which {made.cls.__qualname__} does not have"
    hint = did_you_mean(hook.targets[0], known) or f"its methods are {', '.join(known) or 'none'}"
    return Problem("TC601", text, binding.origin, hint=hint, related=_place(hook))


def _unawaited(made: Plan, binding: Binding, hook: Hook) -> Problem:
    text = f"the {hook.kind} hook {hook.function.__qualname__} runs where {made.cls.__qualname__} is stored, unawaited"
    return Problem("TC608", text, binding.origin, hint=f"give it a twin: @{hook.name}.twin on a sync function")


def _escapes(made: Plan, hook: Hook, name: str) -> bool:
    """Whether a base's hook would not run on a method of a class: an override, its own or from another base."""
    if name in made.given:
        return True
    member = _bare_member(made.cls, name)
    if wrappable(made.cls, name, member) is None:
        return False
    point = point_of(member)
    return point is None or all(hook is not other for _, other in point.hooks)


def _bare_member(cls: type, name: str) -> Any:
    """Return what a class has under a name without its own traits, those of its bases in place, or `MISSING`."""
    own = _own_member(cls, name)
    bases = (base.__dict__[name] for base in cls.__mro__[1:] if name in base.__dict__)
    return next(bases, MISSING) if own is MISSING else own


def _targets(made: Plan, hook: Hook) -> Iterator[str]:
    points = points_of(made.cls)
    for target in hook.targets:
        if any(letter in target for letter in "*?["):
            names = (name for name in _public_methods(made) if fnmatch.fnmatchcase(name, target))
            yield from (name for name in names if name not in points or _encloses(made, name))
        elif target in points:
            if _encloses(made, target):
                yield target
        elif target in made.given or _bare_member(made.cls, target) is not MISSING:
            yield target


def _encloses(made: Plan, name: str) -> bool:
    """Whether a class has a method of itself for what its product does as well, and the product can tell them apart."""
    return points_of(made.cls).get(name) is not None and inspect.isfunction(_bare_member(made.cls, name))


def _public_methods(made: Plan) -> Iterator[str]:
    """Yield the names of methods that a class has of itself or its bases, in order of definition, bases first."""
    for name in dict.fromkeys(name for base in reversed(made.cls.__mro__) for name in base.__dict__):
        member = _bare_member(made.cls, name)
        point = point_of(member)
        is_given = name in made.given or (point is not None and point.provided is not None)
        if not name.startswith("_") and not is_given and is_method(member):
            yield name


def _unsuited(made: Plan, binding: Binding, hook: Hook, name: str) -> Problem | None:
    member = made.given[name].member().function if name in made.given else _bare_member(made.cls, name)
    function = wrappable(made.cls, name, member)
    what = f"{made.cls.__qualname__}.{name}"
    if function is None:
        text = f"{binding.trait.__name__} cannot wrap {what}: it is a {type(member).__name__}, not a method"
        hint = "only methods, classmethods, staticmethods, properties and cached properties can be wrapped"
        return Problem("TC611", text, binding.origin, hint=hint, related=_place(hook))
    flavour = flavour_of(function)
    if suits(hook, flavour):
        return None
    text = f"the {hook.kind} hook {hook.function.__qualname__} cannot wrap {what}, which is {flavour}"
    hint = f"give it a twin: @{hook.name}.twin on {'an' if flavour[0] == 'a' else 'a'} {flavour} function"
    return Problem("TC608", text, binding.origin, hint=hint, related=_place(hook))
