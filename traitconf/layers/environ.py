"""Environment variables as layers: the variable's name is the address, upper-cased, dots as double underscores.

Parsing is directed by the schema: a token is looked up among what is legal at its place, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem, did_you_mean, is_near
from traitconf.layers.files import EngineError
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import NONE, Axis, Layer, Path, Scope
from traitconf.layers.marked import MarkError
from traitconf.layers.suffix import ENCODINGS, OPERATIONS, SUFFIXES, Suffix, SuffixError
from traitconf.layers.token_value import evaluate, token_of
from traitconf.layers.tokens import Siblings
from traitconf.schema.catalog import Catalog
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band, Origin, Severity, Source

PREFIX: Final = "TRAITCONF_"
CONTROL: Final = ("CONFIG", "ENV", "INLINE", "KILL", "APP", "DEBUG")
SECTIONS: Final = ("TRAITS", "MODELS", "GROUPS", "TENANTS", "RUNTIME")
NODES: Final[Mapping[str, Axis]] = {"GROUPS": "group", "TENANTS": "tenant"}


def fold(name: str) -> str:
    """Return an id as it stands in a variable's name.

    >>> fold("acme-eu")
    'ACME_EU'
    """
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


@attrs.frozen(eq=False)
class VariableDocument:
    """One environment variable."""

    variable: str

    def origin(self, path: Path) -> Origin:  # noqa: ARG002 -- a variable is one place
        """Return the variable's name."""
        return Origin(Source.VARIABLE, name=self.variable)


def _check_text(value: str) -> None:
    """Refuse what was no text: the operating system hands bytes over, and those that are no UTF-8 come in disguise."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Fault("TC003", "the variable is not UTF-8") from None


def _value(name: str, environ: Mapping[str, str]) -> Any:
    """Return a variable's value; what a token of dynaconf says is read, unless the suffix says how it is written."""
    value = environ[name]
    if not value.startswith("@") or value == NONE or name.endswith(tuple(f"__{word}" for word in ENCODINGS)):
        return value
    try:
        found = evaluate(value, environ, Siblings({}))[0] if token_of(value) else value
    except (MarkError, EngineError) as error:
        raise _Fault("TC005", str(error), error.hint) from None
    return found


class _Fault(Exception):
    """A variable that addresses nothing."""

    def __init__(self, code: str, text: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        self.problem = (code, text, hint, severity)


def variable_layers(
    environ: Mapping[str, str], graph: ConfigGraph, catalog: Catalog, specs: Mapping[str, TraitSpec]
) -> tuple[list[Layer], list[Problem]]:
    """Read every `TRAITCONF_` variable that addresses an option.

    Args:
        environ: names and values.
        graph: what the files say, for the ids of groups and tenants.
        catalog: the known traits.
        specs: further records that are addressed like traits, for example `runtime`.

    Returns:
        one layer for each variable, and a problem for each variable that addresses nothing.
    """
    grammar = _Grammar(graph, catalog, specs)
    layers, problems = [], []
    for sequence, name in enumerate(sorted(environ)):
        if not name.startswith(PREFIX) or name.removeprefix(PREFIX) in CONTROL:
            continue
        document = VariableDocument(name)
        try:
            _check_text(name + environ[name])
            scope, table, band = grammar.read(name.removeprefix(PREFIX).split("__"), _value(name, environ))
        except _Fault as fault:
            code, text, hint, severity = fault.problem
            shown = name.encode("utf-8", "backslashreplace").decode()
            problems.append(Problem(code, f"{shown}: {text}", document.origin(()), hint=hint, severity=severity))
        else:
            layers.append(Layer(scope, Source.VARIABLE, sequence, table, document, band=band))
    return layers, problems


@attrs.frozen
class _Grammar:
    graph: ConfigGraph
    catalog: Catalog
    specs: Mapping[str, TraitSpec]

    def read(self, tokens: list[str], value: Any) -> tuple[Scope, dict[str, Any], Band]:
        """Return the scope, the nested table and the band that a variable stands for."""
        if "" in tokens:
            raise _Fault("TC140", "three or more underscores stand together", "two underscores stand for a dot")
        scope, rest = self.scope(tokens)
        if not rest:
            raise _Fault("TC140", "the name ends before the trait", "write TRAITCONF_TRAITS__<TRAIT>__<OPTION>")
        trait, spec = self.trait(rest[0], alone=len(tokens) == 1)
        path, raw, band = self.option(spec, rest[1:], value)
        table: Any = raw
        for name in reversed(path):
            table = {name: table}
        return scope, {trait: table}, band

    def scope(self, tokens: list[str]) -> tuple[Scope, list[str]]:
        """Take the scope off the front of the tokens."""
        head, rest = tokens[0], tokens[1:]
        if head == "TRAITS":
            return Scope(), rest
        if head == "MODELS":
            return Scope(model=self.model(rest)), rest[1:]
        if head not in NODES:
            return Scope(), tokens
        axis = NODES[head]
        name = self.node(axis, self.next(rest, f"a {axis}"))
        if rest[1:2] == ["MODELS"]:
            return Scope(axis, name, self.model(rest[2:])), rest[3:]
        return Scope(axis, name), rest[1:]

    def model(self, tokens: list[str]) -> str:
        """Return what stands for every model whose name folds to the first token."""
        token = self.next(tokens, "a model")
        _refuse_several([name for name in self.graph.model_names() if fold(name) == token], "models", token)
        return "*" + token

    def node(self, axis: Axis, token: str) -> str:
        """Return the id that a token stands for; one that no file names stands for all that fold to it."""
        ids = [name for name in self.graph.nodes(axis) if fold(name) == token]
        _refuse_several(ids, f"{axis}s", token)
        if not ids and axis == "group":
            known = {fold(name) for name in self.graph.nodes(axis)}
            raise _Fault("TC110", f"unknown group {token}", did_you_mean(token, known))
        return ids[0] if ids else "*" + token

    def trait(self, token: str, *, alone: bool) -> tuple[str, TraitSpec | None]:
        """Return the trait that a token stands for; an unknown one may still be imported."""
        by_token = {fold(name): name for name in (*self.catalog.names(), *self.specs)}
        if token in by_token:
            name = by_token[token]
            return name, self.specs.get(name) or self.catalog.find(name)
        words = [*CONTROL, *SECTIONS] if alone else [*SECTIONS, *by_token]
        if alone or is_near(token, words):
            hint = did_you_mean(token, words) or "it addresses nothing"
            raise _Fault("TC142", f"unknown trait or section {token}", hint)
        return token.lower(), None

    def option(self, spec: TraitSpec | None, tokens: list[str], value: Any) -> tuple[list[str], Any, Band]:
        """Return the path below the trait, the raw value and the band."""
        if not tokens:
            raise _Fault("TC140", "the name ends before the option", "write TRAITCONF_TRAITS__<TRAIT>__<OPTION>")
        if spec is None:
            return self.pending(tokens, value)
        path: list[str] = []
        option, options = None, spec.options
        while tokens and options and not (path and self.is_suffix(tokens, options)):
            option = self.lookup(spec, options, tokens[0], path)
            path.append(option.path[-1])
            options, tokens = option.fields, tokens[1:]
        return self.value(option, path, tokens, value)

    def pending(self, tokens: list[str], value: Any) -> tuple[list[str], Any, Band]:
        """Read what stands behind a trait that may still be imported: names are lower case, as Python's are."""
        count = next((at for at, token in enumerate(tokens) if at and token in SUFFIXES), len(tokens))
        path = [token.lower() for token in tokens[:count]]
        return _suffixed(path, tokens[count:], value, dollared=False)

    def is_suffix(self, tokens: list[str], options: Mapping[str, Option]) -> bool:
        """Whether a suffix begins here; a field of that name is meant first."""
        return tokens[0] in SUFFIXES and tokens[0] not in {fold(name) for name in options}

    def lookup(self, spec: TraitSpec, options: Mapping[str, Option], token: str, path: Iterable[str]) -> Option:
        """Return the option that a token stands for."""
        by_token = {fold(name): option for name, option in options.items()}
        _refuse_several([name for name in options if fold(name) == token], "options", token)
        if token in by_token:
            return by_token[token]
        address = ".".join((spec.name, *path))
        hint = did_you_mean(token, by_token) or f"known are {', '.join(by_token)}"
        raise _Fault("TC101", f"'{address}' has no option {token}", hint)

    def value(
        self, option: Option | None, path: list[str], tokens: list[str], value: Any
    ) -> tuple[list[str], Any, Band]:
        """Read the suffixes, and the key of a mapping, behind the option."""
        form = option.kind.form if option is not None else "scalar"
        if form == "mapping" and tokens and tokens[0] not in SUFFIXES:
            path, tokens, form = [*path, tokens[0].lower()], tokens[1:], "scalar"
        if form == "record" and option is not None and option.fields and not {*tokens} & {*OPERATIONS, *ENCODINGS}:
            raise _Fault("TC140", f"'{'.'.join(path)}' has options of its own", "set one of them, or add __JSON")
        return _suffixed(path, tokens, value, dollared=form in ("record", "mapping"))

    def next(self, tokens: list[str], what: str) -> str:
        """Return the first token, or say what is missing."""
        if not tokens:
            raise _Fault("TC140", f"the name ends before {what}")
        return tokens[0]


def _refuse_several(names: list[str], what: str, token: str) -> None:
    """Refuse a token that stands for several names."""
    if len(names) > 1:
        text = f"the {what} {' and '.join(map(repr, names))} both read {token} in a variable's name"
        raise _Fault("TC141", text, "set the option in a file, or rename one of them")


def _suffixed(path: list[str], tokens: list[str], value: Any, *, dollared: bool) -> tuple[list[str], Any, Band]:
    """Read what stands behind the option, and the value as its suffixes say."""
    try:
        suffix = Suffix.read(tokens)
    except SuffixError as error:
        known = did_you_mean(str(error), SUFFIXES) or f"known are {', '.join(SUFFIXES)}"
        raise _Fault("TC143", f"unknown suffix {error}", known) from None
    try:
        raw = suffix.value(value, dollared=dollared)
    except SuffixError as error:
        raise _Fault("TC004", str(error)) from None
    if suffix.operation not in ("", "unset") and suffix.band is not Band.NORMAL:  # named: what joins in is normal
        raw = {("$" if dollared else "") + suffix.band.name.lower(): raw}
    return path, raw, suffix.band
