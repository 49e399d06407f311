"""What loaders of dynaconf give, as layers: above the files, below the variables, and trusted with values only.

A store knows little of upper and lower case, and dynaconf upper-cases first names: a name without any lower-case letter
is looked up in the schema as the names of variables are. Everything else is what a file says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.capture import Caught
from traitconf.layers.environ import fold
from traitconf.layers.files import load_json
from traitconf.layers.grammar import NODES, Parsed, parse
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import NONE, Axis, Layer, Path, Scope, Text
from traitconf.layers.marked import MarkError
from traitconf.layers.token_value import cast
from traitconf.layers.tokens import report_tokens
from traitconf.layers.trust import UNTRUSTED, UNTRUSTED_HINT, refusal
from traitconf.schema.catalog import Catalog
from traitconf.schema.options import Option
from traitconf.types import Origin, Source

_SECTIONS: Final = {"TRAITS": "traits", "MODELS": "models", "GROUPS": "groups", "TENANTS": "tenants"}
_BINDING: Final = ("class", "use")


@attrs.frozen(eq=False)
class LoaderDocument:
    """What a loader gave.

    Attributes:
        loader: name of its module.
        keys: which key of the store gave a value, by its path.
    """

    loader: str
    keys: Mapping[Path, str]

    def origin(self, path: Path) -> Origin:
        """Return the loader, with the key that gave the value."""
        while path and path not in self.keys:
            path = path[:-1]
        return Origin(Source.STORE, name=f"loader {self.loader} {self.keys.get(path, '')}".rstrip())


@attrs.frozen
class Loaded:
    """What one loader gave, read.

    Attributes:
        layers: weakest first.
        parsed: further parts of the document.
        digest: what to know it by.
    """

    layers: tuple[Layer, ...]
    parsed: Parsed
    digest: str


def loaded_layers(loader: str, caught: list[Caught], sequence: int, graph: ConfigGraph, catalog: Catalog) -> Loaded:
    """Read what a loader gave.

    Args:
        loader: name of its module.
        caught: what it set, in order.
        sequence: its place among the loaders.
        graph: what is known of tenants and groups so far.
        catalog: the known traits.
    """
    reading = _Reading(loader, _Names(graph, catalog))
    for one in caught:
        try:
            reading.take(one)
        except RecursionError:
            origin = Origin(Source.STORE, name=f"loader {loader} {one.key}")
            reading.problems.append(Problem("TC004", "it is nested too deeply", origin, one.key))
    document = LoaderDocument(loader, reading.keys)
    parsed = parse(document, reading.table, source=Source.STORE, sequence=sequence)
    parsed.problems[:0] = reading.problems
    layers = tuple(attrs.evolve(layer, scope=reading.names.scope(layer.scope)) for layer in parsed.layers)
    return Loaded(layers, parsed, json.dumps([loader, reading.table], sort_keys=True, default=str))


class _Names:
    """Spells names as the schema does."""

    def __init__(self, graph: ConfigGraph, catalog: Catalog) -> None:
        """Look at nothing yet."""
        self.graph = graph
        self.catalog = catalog
        self._traits: dict[str, list[str]] = {}
        self._options: dict[int, dict[str, list[str]]] = {}
        self._nodes: dict[Axis, dict[str, list[str]]] = {}

    def trait(self, token: str) -> str:
        """Return the name of a trait."""
        if not self._traits:
            self._traits = _by_token((*self.catalog.names(), "runtime"))
        return _known(token, self._traits)

    def option(self, token: str, options: Mapping[str, Option] | None) -> str:
        """Return the name of an option; where there are none, of a key or directive."""
        if options is None:
            return _known(token, {})
        if id(options) not in self._options:
            self._options[id(options)] = _by_token(options)
        return _known(token, self._options[id(options)])

    def node(self, axis: Axis, token: str) -> str:
        """Return the id of a group or tenant; one that nobody names stays as it is, see `scope`."""
        ids = self._tokens(axis).get(fold(token), []) if token.upper() == token else []
        return ids[0] if len(ids) == 1 else token

    def scope(self, scope: Scope) -> Scope:
        """Return a scope whose upper-case model and tenant stand for whatever folds to them, as in variables."""
        model, name = scope.model, scope.name
        if model and model.upper() == model:
            model = "*" + fold(model)
        if scope.axis == "tenant" and name.upper() == name and name not in self._tokens("tenant").get(fold(name), ()):
            name = "*" + fold(name)
        return attrs.evolve(scope, model=model, name=name)

    def _tokens(self, axis: Axis) -> dict[str, list[str]]:
        """Return the known ids by what they fold to."""
        if axis not in self._nodes:
            self._nodes[axis] = _by_token(self.graph.nodes(axis))
        return self._nodes[axis]


def _by_token(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(fold(name), []).append(name)
    return found


def _known(token: str, names: Mapping[str, list[str]]) -> str:
    """Return the one known name that a token without lower-case letters stands for; else the token in lower case."""
    if token.upper() != token:
        return token
    found = names.get(fold(token), [])
    return found[0] if len(found) == 1 else token.lower()


@attrs.define
class _Reading:
    """Puts what a loader set under the names of the schema, one key after the other."""

    loader: str
    names: _Names
    table: dict[str, Any] = attrs.field(factory=dict, init=False)
    keys: dict[Path, str] = attrs.field(factory=dict, init=False)
    problems: list[Problem] = attrs.field(factory=list, init=False)

    def take(self, one: Caught) -> None:
        """Read one key."""
        label = f"{one.key} ({one.env})" if one.env else one.key
        origin = Origin(Source.STORE, name=f"loader {self.loader} {label}")

        def refuse(word: str, path: Path) -> None:
            address = ".".join(str(part) for part in path)
            self.problems.append(Problem(UNTRUSTED, refusal(word), origin, address, hint=UNTRUSTED_HINT))

        try:
            value = _value(one.value)
        except MarkError as error:
            self.problems.append(Problem(error.code, str(error), origin, one.key, hint=error.hint))
            return
        before = len(self.problems)
        report_tokens(value, tuple(one.key.split("__")), refuse)
        if len(self.problems) > before:
            return
        for name in reversed(one.key.replace(".", "__").split("__")):
            value = {name: value}
        for path, leaf in self.document(value):
            if word := _refused(path):
                refuse(word, path)
            else:
                self.put(path, leaf, label)

    def put(self, path: tuple[str, ...], leaf: Any, label: str) -> None:
        """Put a value; what an earlier environment of the same loader gave gives way."""
        table = self.table
        for name in path[:-1]:
            inner = table.get(name)
            table[name] = inner if isinstance(inner, dict) else {}
            table = table[name]
        table[path[-1]] = leaf
        self.keys[path] = label
        for length in range(1, len(path)):
            self.keys.setdefault(path[:length], label)

    def document(self, table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yield every value with its path in the spelling of the schema."""
        for token, value in table.items():
            section = _SECTIONS.get(token.upper())
            if section is None:
                yield from self.trait(token, value, ())
            elif not isinstance(value, Mapping):
                yield (section,), value
            elif section == "traits":
                yield from self.traits(value, (section,))
            else:
                for name, inner in value.items():
                    yield from self.node(section, name, inner)

    def node(self, section: str, token: str, value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yield what stands below a model, group or tenant."""
        name = token if section == "models" else self.names.node(NODES[section], token)
        path = (section, name)
        if not isinstance(value, Mapping):
            yield path, value
            return
        for key, inner in value.items():
            if section != "models" and key.upper() == "MODELS" and isinstance(inner, Mapping):
                for model, table in inner.items():
                    yield from self.traits(table, (*path, "models", model))
            elif key.upper() in ("EXTENDS", "CLASS", "USE"):
                yield (*path, key.lower()), inner
            else:
                yield from self.trait(key, inner, path)

    def traits(self, value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yield what stands in a table of traits."""
        if not isinstance(value, Mapping):
            yield path, value
            return
        for token, inner in value.items():
            yield from self.trait(token, inner, path)

    def trait(self, token: str, value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yield what stands in the table of one trait."""
        name = self.names.trait(token)
        spec = self.names.catalog.find(name)
        if isinstance(value, Mapping) and value:
            yield from self.options(value, (*path, name), spec.options if spec else None, None)
        else:
            yield (*path, name), value

    def options(
        self,
        table: Mapping[str, Any],
        path: tuple[str, ...],
        options: Mapping[str, Option] | None,
        option: Option | None,
    ) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yield what stands below a trait or an option: options, fields, keys or directives."""
        for token, value in table.items():
            name = self.names.option(token, options)
            inner = (options or {}).get(name, option if options is None else None)
            fields = inner.fields if inner is not None and inner.fields else None
            if isinstance(value, Mapping) and value:
                yield from self.options(value, (*path, name), fields, inner)
            else:
                yield (*path, name), value


def _refused(path: tuple[str, ...]) -> str:
    """Return the word of an address that a store may not set: it would decide which code is imported."""
    if path[0] == "runtime" or path[:2] == ("traits", "runtime"):
        return "runtime"
    return path[2] if path[0] == "models" and len(path) > 2 and path[2] in _BINDING else ""


def _value(value: Any) -> Any:
    """Return what a store's text says: a cast of dynaconf's, JSON, or text that the option's type casts."""
    if not isinstance(value, str) or value == NONE:
        return value
    if value.startswith("@"):
        return cast(value)
    if value[:1] in ("{", "["):
        try:
            return load_json(value)
        except (ValueError, RecursionError):
            return Text(value)
    return Text(value)
