"""A slow model of resolution, written from the rules alone, and the random configurations that it is compared on.

Nothing here knows the package: values are plain lists, dicts and numbers, linearisations are Python's own.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import strategies as st

TRAIT: Final = "graphed"
BANDS: Final = ("fallback", "normal", "force", "lock")
FILES: Final = ("a.json", "b.json", "environments/prod/a.json", "c.local.json")
GROUPS: Final = ("g0", "g1", "g2", "g3")
TENANTS: Final = ("t0", "t1")
STRANGER: Final = "nobody"
DECORATOR, VARIABLE = -1, len(FILES)
"""Sources below and above all files; a file's index says its source and its sequence at once."""
LAWS: Final[Mapping[str, tuple[str, Any]]] = {
    "size": ("replace", 1),
    "label": ("replace", "unlabelled"),
    "most": ("max", 2),
    "least": ("min", 2),
    "every": ("and", False),
    "some": ("or", True),
    "plain": ("replace", ["d"]),
    "queue_of": ("append", ["d"]),
    "stack": ("prepend", ["d"]),
    "names": ("unique", ["d"]),
    "chosen": ("replace", {"d"}),
    "tags": ("union", {"d"}),
    "common": ("intersection", {"d"}),
    "limits": ("merge", {"d": 1}),
    "map_of": ("replace", {"d": 1}),
    "box.width": ("replace", 5),
    "box.names": ("append", ["d"]),
}
BUILDS_ON_DEFAULT: Final = {"append", "prepend", "unique", "union", "merge"}
NOTHING: Final = object()


@dataclass(frozen=True)
class Said:
    """One definition.

    Attributes:
        option: dotted name of the option.
        operation: `set`, `unset`, `append`, `prepend`, `add`, `remove` or `replace`.
        value: the operand; sets as sorted lists.
        band: index of the band.
        node: id of a group or tenant, empty for none.
        model: name of a model, empty for all.
        source: index of the file, or `DECORATOR` or `VARIABLE`.
    """

    option: str
    operation: str
    value: Any
    band: int
    node: str = ""
    model: str = ""
    source: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        """What two definitions of one configuration never share."""
        return self.option, self.node, self.model, self.source

    def written(self) -> Any:
        """Return what a file holds for it."""
        dollar = "$" if LAWS[self.option][1].__class__ is dict else ""
        body = self.value if self.operation == "set" else {dollar + self.operation: self.value}
        return body if BANDS[self.band] == "normal" else {dollar + BANDS[self.band]: body}

    def variable(self) -> tuple[str, str]:
        """Return the name and the value of a variable."""
        axis = "TENANTS__" if self.node in (*TENANTS, STRANGER) else "GROUPS__"
        parts = [axis + self.node if self.node else "", "MODELS__" + self.model if self.model else ""]
        parts = [part for part in parts if part] or ["TRAITS"]
        parts += [TRAIT, self.option.replace(".", "__"), *([] if self.operation == "set" else [self.operation])]
        name = "__".join(["TRAITCONF", *parts, BANDS[self.band]]).upper().replace("TRAITCONF__", "TRAITCONF_", 1)
        return name, self.value if isinstance(self.value, str) else json.dumps(self.value)


@dataclass(frozen=True)
class Configuration:
    """A whole configuration: who extends whom, and what is said.

    Attributes:
        extends: by group or tenant; `None` for a tenant that says nothing.
        default: what such tenants extend.
        said: the definitions.
    """

    extends: Mapping[str, tuple[str, ...] | None]
    default: tuple[str, ...]
    said: tuple[Said, ...]

    def lineage(self, node: str) -> tuple[str, ...] | None:
        """Return a node and everything that it extends, nearest first, as Python orders the bases of classes."""
        made: dict[str, type] = {}
        try:
            for name in (*GROUPS, *TENANTS, STRANGER):
                above = self.extends.get(name)
                bases = self.default if above is None and name not in GROUPS else above or ()
                made[name] = type(name, tuple(made[base] for base in bases), {})
        except TypeError:
            return None
        return tuple(base.__name__ for base in made[node].__mro__[:-1])

    def documents(self) -> dict[str, dict[str, Any]]:
        """Return what each file holds."""
        documents: dict[str, dict[str, Any]] = {name: {} for name in FILES}
        first = documents[FILES[0]]
        first["runtime"] = {"default_extends": list(self.default)}
        first["groups"] = {name: {"extends": list(self.extends[name] or ())} for name in GROUPS}
        first["tenants"] = {
            name: {} if (above := self.extends[name]) is None else {"extends": list(above)} for name in TENANTS
        }
        for said in self.said:
            if 0 <= said.source < len(FILES):
                table = documents[FILES[said.source]]
                for name in (*_section(said), TRAIT, *said.option.split(".")[:-1]):
                    table = table.setdefault(name, {})
                table[said.option.rpartition(".")[2]] = said.written()
        return documents

    def environ(self) -> dict[str, str]:
        """Return the variables."""
        return {"TRAITCONF_ENV": "prod"} | dict(said.variable() for said in self.said if said.source == VARIABLE)


def _section(said: Said) -> tuple[str, ...]:
    node = () if not said.node else ("tenants" if said.node in TENANTS else "groups", said.node)
    return (*node, *(("models", said.model) if said.model else ())) or ("traits",)


class Oracle:
    """What the rules say of a configuration.

    Args:
        configuration: consistent: every node has a lineage.
        models: the names of each model's classes, nearest first, by name; an empty name stands for no model.
    """

    def __init__(self, configuration: Configuration, models: Mapping[str, Sequence[str]]) -> None:
        """Look the lineages up once."""
        self.configuration = configuration
        self.models = models
        self.lineages = {node: configuration.lineage(node) or () for node in (*GROUPS, *TENANTS, STRANGER)}
        self.lineages[""] = ()

    def applying(self, option: str, model: str, node: str) -> list[Said]:
        """Return the definitions of an option for a model and a node, weakest first, whatever their band."""
        scopes = list(self.scopes(model, node))
        mine = [said for said in self.configuration.said if said.option == option and _scope(said) in scopes]
        return sorted(mine, key=lambda said: (scopes.index(_scope(said)), said.source))

    def scopes(self, model: str, node: str) -> Iterator[tuple[str, str]]:
        """Yield the scopes that apply, weakest first."""
        for at in ("", *reversed(self.lineages[node])):
            yield at, ""
            yield from ((at, base) for base in reversed(self.models[model]))

    def value(self, option: str, model: str = "", node: str = "") -> Any:
        """Return the value of an option."""
        return folded(option, self.applying(option, model, node))

    def refused(self) -> set[str]:
        """Return the options that are refused because of a lock."""
        return {
            lock.option
            for lock, other in itertools.permutations(self.configuration.said, 2)
            if BANDS[lock.band] == "lock" and lock.option == other.option and self._breaks(lock, other)
        }

    def _breaks(self, lock: Said, other: Said) -> bool:
        """Whether a definition contradicts a lock for every model that it covers, or differs from a sibling's lock."""
        related = (
            not lock.model
            or not other.model
            or self._derives(lock.model, other.model)
            or self._derives(other.model, lock.model)
        )
        if not related or folded(lock.option, [lock]) == folded(other.option, [other]):
            return False
        if BANDS[other.band] == "lock" and self._apart(lock, other):
            return any({lock.node, other.node} <= {*lineage} for lineage in self.lineages.values())
        covered = not lock.model or (other.model != "" and self._derives(other.model, lock.model))
        return covered and any(self._after(lock, other, node) for node in self.lineages)

    def _apart(self, lock: Said, other: Said) -> bool:
        groups = lock.node in GROUPS and other.node in GROUPS
        return groups and lock.node not in self.lineages[other.node] and other.node not in self.lineages[lock.node]

    def _after(self, lock: Said, other: Said, node: str) -> bool:
        """Whether a definition sorts after a lock for some model of a node."""
        for model in self.models:
            order = self.applying(lock.option, model, node)
            if lock in order and other in order and order.index(other) > order.index(lock):
                return True
        return False

    def _derives(self, model: str, base: str) -> bool:
        return base in self.models[model]


def _scope(said: Said) -> tuple[str, str]:
    return said.node, said.model


def folded(option: str, definitions: Iterable[Said]) -> Any:
    """Fold definitions that stand in their order, in the words of the rules."""
    law, default = LAWS[option]
    found = list(definitions)
    if not found:
        return default
    strongest = max(said.band for said in found)
    counting = [said for said in found if said.band == strongest]
    if BANDS[strongest] == "lock":
        counting = counting[:1]
    base = default if law in BUILDS_ON_DEFAULT else NOTHING
    value = base
    for said in counting:
        value = base if said.operation == "unset" else _applied(law, default, said, value)
    return default if value is NOTHING else value


def _applied(law: str, default: Any, said: Said, below: Any) -> Any:
    operand = set(said.value) if isinstance(default, set) else said.value
    if said.operation == "replace" or (said.operation == "set" and (below in (NOTHING, None) or operand is None)):
        return operand
    if said.operation == "set":
        return merged(law, below, operand)
    below = default if below is NOTHING else below
    if said.operation == "remove":
        kept = [one for one in below if one not in operand]
        return {one: below[one] for one in kept} if isinstance(below, dict) else type(below)(kept)
    return (
        below | operand
        if said.operation == "add"
        else below + operand
        if said.operation == "append"
        else operand + below
    )


def merged(law: str, below: Any, value: Any) -> Any:
    """Return what a law makes of two values."""
    if law == "unique":
        both = below + value
        return [one for at, one in enumerate(both) if one not in both[:at]]
    if law in {"min", "max"}:
        return min(below, value) if law == "min" else max(below, value)
    if law in {"and", "or"}:
        return (below and value) if law == "and" else (below or value)
    if law in {"append", "prepend"}:
        return below + value if law == "append" else value + below
    if law in {"union", "merge"}:
        return below | value
    return below & value if law == "intersection" else value


@st.composite
def sayings(draw: st.DrawFn, models: Sequence[str], options: Sequence[str] = tuple(LAWS)) -> Said:
    """Return a definition of one of the options at any place."""
    option = draw(st.sampled_from(options))
    operation, value = draw(_operands(option))
    band = draw(st.sampled_from([0, *[1] * 8, 2, 2, 3]))
    node = draw(st.sampled_from(["", "", "", *GROUPS, "t0", "t0", "t0", "t1"]))
    source = draw(st.sampled_from([0, 0, 1, 2, 3, VARIABLE]))
    return Said(option, operation, value, band, node, draw(st.sampled_from(["", "", *models])), source)


@st.composite
def _operands(draw: st.DrawFn, option: str) -> tuple[str, Any]:
    default = LAWS[option][1]
    if draw(st.integers(0, 9)) == 0:
        return "unset", True
    if isinstance(default, (bool, int)):
        return "set", draw(st.booleans() if isinstance(default, bool) else st.integers(1, 4))
    if isinstance(default, str):
        return "set", draw(st.sampled_from(["x", "y", None]))
    names = draw(st.lists(st.sampled_from("dxyz"), max_size=3, unique=True))
    operations = {list: ["append", "prepend", "remove"], set: ["add", "remove"], dict: ["replace", "remove"]}
    operation = draw(st.sampled_from(["set", "set", *operations[type(default)]]))
    if isinstance(default, dict) and operation != "remove":
        return operation, {name: draw(st.integers(1, 4)) for name in names}
    return operation, sorted(names) if isinstance(default, set) else names


@st.composite
def configurations(
    draw: st.DrawFn, models: Sequence[str], *, always: tuple[Said, ...] = (), most: int = 14
) -> Configuration:
    """Return a configuration without circles; `always` is said in each."""
    extends: dict[str, tuple[str, ...] | None] = {}
    for index, name in enumerate(GROUPS):
        extends[name] = tuple(draw(st.permutations(GROUPS[:index])))[: draw(st.integers(0, min(2, index)))]
    lists = st.lists(st.sampled_from(GROUPS), unique=True, max_size=3).map(tuple)
    for name in TENANTS:
        extends[name] = draw(st.none() | lists)
    default = draw(st.just(()) | lists)
    options = draw(st.lists(st.sampled_from(tuple(LAWS)), min_size=1, max_size=3, unique=True))
    least = draw(st.sampled_from([0, most // 2, most - 2]))
    said = draw(st.lists(sayings(models, options), min_size=least, max_size=most, unique_by=lambda one: one.key))
    taken = {one.key for one in always}
    said = [writable(one) for one in said if one.key not in taken]
    return Configuration(extends, default, (*always, *said))


def writable(said: Said) -> Said:
    """Return a definition that can be written where it stands: variables have no word for none, nor for replacing."""
    if said.source != VARIABLE:
        return said
    operation = "set" if said.operation == "replace" else said.operation
    return replace(said, operation=operation, value="@none" if said.value is None else said.value)
