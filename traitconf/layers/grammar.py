"""The document grammar: which part of a document is a layer, and of which scope.

A document is a nested mapping with an address root, given by the place of its file. Nothing here knows a file format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem, brief
from traitconf.layers.layer import GLOBAL, Axis, Document, Layer, Path, Scope, is_trusted
from traitconf.layers.trust import UNTRUSTED, UNTRUSTED_HINT, refusal
from traitconf.schema.trait import RESERVED
from traitconf.types import Band, Origin, Source

NODES: Final[Mapping[str, Axis]] = {"groups": "group", "tenants": "tenant"}
_SECTIONS: Final = frozenset({"traits", "models", *NODES})
LONGEST_ID: Final = 200
_TOP: Final = "it stands at the top of a document only"
_TRUSTED_SETTINGS: Final = frozenset({"app", "secret_roots"})
"""Settings that import modules or open files."""
_PLACES: Final = {
    "extends": "groups and tenants extend groups, nothing else does",
    "class": "only models have it",
    "use": "only models have it",
    "traits": "leave it out: here the names of traits stand by themselves",
    "models": "here the names of traits stand by themselves",
}


@attrs.frozen(eq=False)
class Extends:
    """Which groups a group or tenant extends, nearest first, and where that is written."""

    names: tuple[str, ...]
    document: Document
    path: Path

    def origin(self, index: int | None = None) -> Origin:
        """Return the place of the list, or of one of its names."""
        return self.document.origin(self.path if index is None else (*self.path, index))


@attrs.frozen(eq=False)
class ModelBinding:
    """A binding that is written in configuration: which class gets which traits.

    Attributes:
        model: name of the model's table.
        target: `module:QualName`.
        traits: names of traits.
        document: where it is written.
        path: of the model's table inside the document.
    """

    model: str
    target: str
    traits: tuple[str, ...]
    document: Document
    path: Path

    def origin(self, *path: str | int) -> Origin:
        """Return the place of the binding, or of one of its parts."""
        return self.document.origin((*self.path, *path))


@attrs.frozen(eq=False)
class Page:
    """Where tables of tenants were read.

    Attributes:
        document: where they are written.
        path: of all of them inside the document; a file of one tenant has none.
        source: its source.
        sequence: its place among the documents of that source.
        band: band of definitions that name none.
    """

    document: Document
    path: Path
    source: Source
    sequence: int
    band: Band


@attrs.define
class Parsed:
    """What a document holds; filled while it is walked.

    Attributes:
        layers: everything but the tables of tenants that are kept apart.
        extends: what groups and tenants extend.
        bindings: bindings of models.
        problems: faults of the document's structure.
        tenants: tables of tenants that are kept apart, unread.
        page: where these were read.
    """

    layers: list[Layer] = attrs.Factory(list)
    extends: dict[tuple[Axis, str], Extends] = attrs.Factory(dict)
    bindings: list[ModelBinding] = attrs.Factory(list)
    problems: list[Problem] = attrs.Factory(list)
    tenants: dict[str, Mapping[str, Any]] = attrs.Factory(dict)
    page: Page | None = None


def parse(
    document: Document,
    data: Mapping[str, Any],
    root: tuple[str, ...] = (),
    *,
    source: Source = Source.FILE,
    sequence: int = 0,
    band: Band = Band.NORMAL,
    apart: bool = False,
) -> Parsed:
    """Read a document into layers.

    Args:
        document: where it is written.
        data: what it says.
        root: address of its first level; empty for a whole document.
        source: its source.
        sequence: its place among the documents of that source.
        band: band of definitions that name none.
        apart: whether the tables of tenants are kept apart, unread.
    """
    walk = _Walk(document, source, sequence, band, Parsed(), apart)
    match root:
        case ():
            walk.document_table(data, ())
        case ("traits",):
            walk.layer(Scope(), data, ())
        case ("runtime",):
            walk.layer(Scope(), {"runtime": data}, (), prefix_of="runtime")
        case ("models", model):
            walk.model(Scope(model=model), data, ())
        case (section, name):
            if walk.is_file_id(name) and not _set_apart(walk, section, name, data, ()):
                walk.node(NODES[section], name, data, ())
    return walk.parsed


def parse_tenant(page: Page, tenant: str, table: Mapping[str, Any]) -> Parsed:
    """Read the table of one tenant into layers.

    Args:
        page: where it was read.
        tenant: id of the tenant.
        table: what it says.
    """
    walk = _Walk(page.document, page.source, page.sequence, page.band, Parsed())
    walk.node("tenant", tenant, table, (*page.path, tenant) if page.path else ())
    return walk.parsed


@attrs.define
class _Walk:
    document: Document
    source: Source
    sequence: int
    band: Band
    parsed: Parsed
    apart: bool = False

    def document_table(self, data: Mapping[str, Any], path: Path) -> None:
        """Read a whole document; a first name that is no section is a trait."""
        bare = {}
        for name, value in data.items():
            if name not in _SECTIONS:
                bare[name] = value
            elif self.is_table(value, (*path, name)):
                self.section(name, value, (*path, name))
        self.layer(GLOBAL, bare, path)

    def section(self, name: str, table: Mapping[str, Any], path: Path) -> None:
        """Read one of the sections that begin an address."""
        if name == "traits":
            self.layer(GLOBAL, table, path)
            return
        for key, value in table.items():
            # A hundred thousand tenants take the short way: a path is only made where something is wrong.
            plain = type(value) is dict and 0 < len(key) <= LONGEST_ID and key[0] != "*"
            if not plain and not (self.is_table(value, (*path, key)) and self.is_id(key, (*path, key))):
                continue
            if name == "models":
                self.model(Scope(model=key), value, (*path, key))
            elif not _set_apart(self, name, key, value, path):
                self.node(NODES[name], key, value, (*path, key))

    def node(self, axis: Axis, name: str, table: Mapping[str, Any], path: Path) -> None:
        """Read a group's or tenant's table."""
        rest = dict(table)
        extends = rest.pop("extends", None)
        if extends is not None:
            self.extends(axis, name, extends, (*path, "extends"))
        models = rest.pop("models", {})
        if rest or (extends is None and not models):
            self.layer(Scope(axis, name), rest, path)
        if self.is_table(models, (*path, "models")):
            for model, value in models.items():
                if self.is_table(value, (*path, "models", model)) and self.is_id(model, (*path, "models", model)):
                    self.layer(Scope(axis, name, model), value, (*path, "models", model))

    def extends(self, axis: Axis, name: str, value: Any, path: Path) -> None:
        """Read an `extends` list."""
        if isinstance(value, list) and all(isinstance(element, str) for element in value):
            self.parsed.extends[axis, name] = Extends(tuple(value), self.document, path)
        else:
            self.fault(
                "TC103",
                f"'extends' must be a list of group names, got {brief(value)}",
                path,
                'write extends = ["group"]',
            )

    def model(self, scope: Scope, table: Mapping[str, Any], path: Path) -> None:
        """Read a model's table, with the binding that it may hold."""
        rest = dict(table)
        target, traits = rest.pop("class", None), rest.pop("use", None)
        if (target is not None or traits is not None) and not self.is_trusted:
            name = "class" if target is not None else "use"
            self.parsed.problems.append(_untrusted(name, self.document.origin((*path, name))))
        elif target is not None or traits is not None:
            self.binding(scope.model, target, traits, path)
        self.layer(scope, rest, path)

    def binding(self, model: str, target: Any, traits: Any, path: Path) -> None:
        """Read `class` and `use`."""
        target = model if target is None else target
        if not isinstance(target, str) or target.count(":") != 1:
            hint = 'write class = "module:ClassName"'
            self.fault(
                "TC107",
                f"models.{model}: 'class' must be \"module:ClassName\", got {brief(target)}",
                (*path, "class"),
                hint,
            )
        elif not isinstance(traits, list) or not all(isinstance(element, str) for element in traits):
            hint = 'write use = ["trait_name"]'
            self.fault(
                "TC107",
                f"models.{model}: 'use' must be a list of trait names, got {brief(traits)}",
                (*path, "use"),
                hint,
            )
        else:
            self.parsed.bindings.append(ModelBinding(model, target, tuple(traits), self.document, path))

    def layer(self, scope: Scope, tables: Mapping[str, Any], path: Path, prefix_of: str = "") -> None:
        """Add a layer; one that says nothing only makes its group or tenant known."""
        if not tables and scope.axis == "global":
            return
        document = _Rooted(self.document) if prefix_of else self.document
        if scope.axis == "global" and not scope.model and not self.is_trusted:
            tables = _harmless(self.parsed, tables, document, path)
        tables = {name: value for name, value in tables.items() if self.is_trait(name, scope, path)}
        self.parsed.layers.append(Layer(scope, self.source, self.sequence, tables, document, path, self.band))

    @property
    def is_trusted(self) -> bool:
        """Whether the document may bind classes and say where secrets are."""
        return self.source is not Source.STORE and is_trusted(self.document)

    def is_table(self, value: Any, path: Path) -> bool:
        """Report a value that stands where a table must."""
        if type(value) is dict or isinstance(value, Mapping):
            return True
        name = ".".join(str(part) for part in path)
        self.fault("TC103", f"expected a table at '{name}', got {type(value).__name__}", path, "")
        return False

    def is_id(self, name: str, path: Path) -> bool:
        """Report an id that is empty or too long, or that begins with the mark of a folded name."""
        if not 0 < len(name) <= LONGEST_ID:
            self.fault("TC108", f"an id must have 1 to {LONGEST_ID} characters, this one has {len(name)}", path, "")
        elif name.startswith("*"):
            self.fault("TC108", f"the id {name!r} begins with '*'", path, "")
        else:
            return True
        return False

    def is_file_id(self, name: str) -> bool:
        """Report an id that cannot stand in a file's name."""
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            hint = "write it as a quoted key in a whole document, or rename the file"
            self.fault("TC108", f"the id {name!r} cannot stand in the name of a file", (), hint)
            return False
        return self.is_id(name, ())

    def is_trait(self, name: str, scope: Scope, path: Path) -> bool:
        """Report a word of the grammar that stands where only traits can."""
        if name not in RESERVED or (name == "runtime" and scope == Scope()):
            return True
        self.fault("TC109", f"{name!r} cannot stand in {scope.label}", (*path, name), _PLACES.get(name, _TOP))
        return False

    def fault(self, code: str, text: str, path: Path, hint: str) -> None:
        """Report one fault of the document's structure."""
        self.parsed.problems.append(Problem(code, text, self.document.origin(path), hint=hint))


def _set_apart(walk: _Walk, section: str, name: str, table: Mapping[str, Any], path: Path) -> bool:
    """Keep a tenant's table apart, where that is wanted; whether it was."""
    if not walk.apart or section != "tenants":
        return False
    if walk.parsed.page is None:
        walk.parsed.page = Page(walk.document, path, walk.source, walk.sequence, walk.band)
    walk.parsed.tenants[name] = table
    return True


def _harmless(parsed: Parsed, tables: Mapping[str, Any], document: Document, path: Path) -> Mapping[str, Any]:
    """Return global tables without the settings that only trusted documents may change, reporting each."""
    settings = tables.get("runtime")
    if not isinstance(settings, Mapping):
        return tables
    refused = sorted(_TRUSTED_SETTINGS & set(settings))
    parsed.problems += [_untrusted(f"runtime.{name}", document.origin((*path, "runtime", name))) for name in refused]
    return {**tables, "runtime": {name: raw for name, raw in settings.items() if name not in refused}}


def _untrusted(name: str, origin: Origin) -> Problem:
    return Problem(UNTRUSTED, refusal(name), origin, hint=UNTRUSTED_HINT)


@attrs.frozen(eq=False)
class _Rooted:
    """A document whose first name stands in the file's place, not in its text."""

    inner: Document

    @property
    def trusted(self) -> bool:
        """As the document itself."""
        return is_trusted(self.inner)

    def origin(self, path: Path) -> Origin:
        """Look below the first name."""
        return self.inner.origin(path[1:])
