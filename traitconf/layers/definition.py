"""`Definition`: one thing that one layer says about one option; and how a layer's table is read into definitions.

What a table *is* depends on the option: a record's keys are its fields, a mapping's keys are data, and anything else
has directives for keys. Values stay as they were read; `resolve` converts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import attrs

from traitconf.errors import Problem
from traitconf.layers.companions import ALONE, NAMES, Companions, companions_in, read_companions
from traitconf.layers.layer import NONE, Layer, Path, Unquoted
from traitconf.layers.marked import MARKED, MarkError, spelled
from traitconf.layers.secrets import Reference, SecretError
from traitconf.layers.table_faults import Report, TableFaults
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band, Origin, Source

Operation = Literal["set", "append", "prepend", "add", "remove", "replace", "unset", "allow"]
BANDS: Final[Mapping[str, Band]] = {"fallback": Band.FALLBACK, "force": Band.FORCE, "lock": Band.LOCK}
OPERATIONS: Final[tuple[Operation, ...]] = ("unset", "remove", "append", "prepend", "add")
JOINING: Final = ("append", "prepend", "add", "remove")
DIRECTIVES: Final = (*BANDS, *OPERATIONS, "value", "secret", "allow", *NAMES)
DOLLARED: Final = ("$replace", "$unset", "$force", "$lock", "$fallback", "$remove", "$until", "$reason", "$ticket")
_IN_ORDER: Final = (*OPERATIONS, "value", "secret", *BANDS, "allow")
_IN_ORDER_DOLLARED: Final = ("$unset", "$replace", "$remove", "$fallback", "$force", "$lock")


@attrs.frozen(eq=False)
class Definition:
    """Record: one thing that one layer says about one option.

    Attributes:
        option: the option, always a folded one.
        operation: what it does to what stands below.
        raw: the value as it was read; a `Reference` where it is a secret's.
        band: how strongly it is meant.
        layer: the layer that says it.
        place: path of the value from the layer's tables downwards.
        step: order inside the layer, where an option has several operations.
        companions: until when it holds, and why it was made.
    """

    option: Option
    operation: Operation
    raw: Any = attrs.field(repr=False)  # may be a secret
    band: Band
    layer: Layer
    place: Path
    step: int = 0
    companions: Companions = ALONE

    @property
    def is_bare(self) -> bool:
        """Whether it is nothing but a value or an operation: always counts, needs no reading, narrows nothing."""
        return self.companions.until is None and self.operation != "allow" and type(self.raw) is not Reference

    @property
    def origin(self) -> Origin:
        """The exact place where it is written, looked up when somebody asks."""
        return self.origin_at(())

    def origin_at(self, path: Path) -> Origin:
        """Return the place of a part of the value.

        Args:
            path: from the value downwards.
        """
        return self.layer.origin((*self.place, *path))

    @property
    def address(self) -> str:
        """The full address, as in files."""
        return f"{self.layer.scope.address}.{self.place[0]}.{self.option.name}"


def definitions_of(layer: Layer, spec: TraitSpec, report: Report) -> Iterator[Definition]:
    """Yield what a layer says about a trait.

    Args:
        layer: the layer.
        spec: the trait.
        report: called with every fault of the table's shape.
    """
    table = layer.tables.get(spec.name)
    if spec.has_secret:
        layer = attrs.evolve(layer, document=Unquoted(layer.document))
    if isinstance(table, Mapping):
        reader = _Reader(layer, spec, TableFaults(layer, spec, report))
        try:
            yield from reader.fields(spec.options, table, (spec.name,), layer.band)
        except RecursionError:
            text = f"the table of trait '{spec.name}' is nested too deeply"
            report(Problem("TC105", text, layer.origin((spec.name,)), spec.name, layer.scope.label))
    elif table is not None:
        text = f"expected a table of options for trait '{spec.name}', got {type(table).__name__}"
        report(Problem("TC103", text, layer.origin((spec.name,)), spec.name, layer.scope.label))


@attrs.frozen
class _Reader:
    """Walks one table of one layer; the parts differ by the kind of option."""

    layer: Layer
    spec: TraitSpec
    faults: TableFaults
    companions: Companions = ALONE

    def fields(
        self, options: Mapping[str, Option], table: Mapping[str, Any], place: Path, band: Band
    ) -> Iterator[Definition]:
        """Read the options of a trait, or the fields of a record."""
        for name, raw in table.items():
            option = options.get(name)
            if option is None:
                self.faults.unknown(name, options, place, DOLLARED)
                continue
            if option.meta.deprecated:
                option = self.faults.successor(option, options, table, place)
            yield from self.option(option, raw, (*place, name), band)

    def option(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read what stands for one option."""
        if isinstance(raw, MARKED):
            try:
                raw = spelled(option, raw)
            except MarkError as error:
                self.faults.fault(error.code, str(error), place, error.hint)
                return
        if not option.is_leaf or option.kind.form in ("record", "mapping"):
            yield from self.data(option, raw, place, band)
        elif isinstance(raw, Mapping):
            yield from self.directives(option, raw, place, band)
        else:
            yield self._made(option, "set", raw, place, band)

    def _made(
        self, option: Option, operation: Operation, raw: Any, place: Path, band: Band, step: int = 0
    ) -> Definition:
        """Return a definition with the companions of the table that it stands in."""
        return Definition(option, operation, raw, band, self.layer, place, step, self.companions)

    def directives(self, option: Option, table: Mapping[str, Any], place: Path, band: Band) -> Iterator[Definition]:
        """Read a table whose keys are bare directives."""
        if not table:
            text = f"an empty table says nothing of '{self.spec.name}.{option.name}'"
            self.faults.fault("TC113", text, place, f"write a value: {option.label}")
        inner = self._beside(option, table, place)
        for name in _IN_ORDER:
            if name in table:
                yield from inner.directive(option, name, table[name], (*place, name), band)
        if "value" in table and "secret" in table:
            text = f"'{self.spec.name}.{option.name}' has both a value and a secret"
            self.faults.fault("TC114", text, (*place, "secret"), "keep one of them")
        for name in table:
            if name not in DIRECTIVES:
                self.faults.unknown_directive(name, option, DIRECTIVES, place)

    def directive(self, option: Option, name: str, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read one bare directive."""
        if name in BANDS:
            yield from self.option(option, raw, place, BANDS[name])
        elif name == "value":
            yield self._made(option, "set", raw, place, band)
        elif name == "secret":
            yield from self.secret(option, raw, place, band)
        elif name == "allow":
            yield from self.allow(option, raw, place, band)
        else:
            yield from self.operation(option, name, raw, place, band)

    def _beside(self, option: Option, table: Mapping[str, Any], place: Path, mark: str = "") -> _Reader:
        """Return a reader with the companions of a table, refusing those that stand alone."""
        names = [*companions_in(table, mark)]
        if not names:
            return self
        if len(names) == len(table):
            text = f"'{names[0]}' stands beside no value of '{self.spec.name}.{option.name}'"
            self.faults.fault(
                "TC113", text, (*place, names[0]), "write the value beside it" if mark else "add value = …"
            )
        companions, faults = read_companions(table, mark)
        for name, text, hint in faults:
            self.faults.fault("TC103", f"'{self.spec.name}.{option.name}': {text}", (*place, name), hint)
        return attrs.evolve(self, companions=companions.within(self.companions))

    def operation(self, option: Option, name: str, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read one operation, refusing it where the option's kind has none such."""
        allowed = {"tuple": ("unset", "append", "prepend", "remove"), "set": ("unset", "add", "remove")}
        if name not in allowed.get(option.kind.form, ("unset",)):
            text = f"'{name}' does not suit '{self.spec.name}.{option.name}', a {option.kind.label}"
            self.faults.fault(
                "TC106", text, place, f"possible here: {', '.join(allowed.get(option.kind.form, ('unset',)))}"
            )
            return
        step = OPERATIONS.index(name)
        yield self._made(option, OPERATIONS[step], raw, place, _joined(self.layer, option, name, place, band), step)

    def secret(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read a reference to a secret; only an option that never shows its value can have one."""
        address = f"'{self.spec.name}.{option.name}'"
        if not self.layer.is_trusted:
            self.faults.untrusted("secret", place)
        elif not option.is_secret:
            text = f"'secret' does not suit {address}, whose values are shown"
            self.faults.fault("TC106", text, place, "declare the option as Secret[…], or with secret=True")
        else:
            try:
                yield self._made(option, "set", Reference.parse(raw), place, band)
            except SecretError as error:
                self.faults.fault(error.code, f"{address}: {error}", place, error.hint)

    def allow(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read what more specific scopes may set."""
        if band is not self.layer.band:
            text = f"'allow' cannot stand inside '{band.name.lower()}'"
            self.faults.fault("TC106", text, place, "write it beside it")
        elif isinstance(raw, Mapping) and "pattern" in raw and not self.layer.is_trusted:
            self.faults.untrusted("pattern", (*place, "pattern"))
        else:
            yield self._made(option, "allow", raw, place, band)

    def data(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read a record or mapping, whose keys are data and whose directives carry a dollar sign."""
        if not isinstance(raw, Mapping):
            yield from self.whole(option, raw, place, band)
            return
        rest = {name: value for name, value in raw.items() if not str(name).startswith("$")}
        if len(rest) == len(raw):
            yield from self.entries(option, rest, place, band)
            return
        inner = self._beside(option, raw, place, "$")
        for name in _IN_ORDER_DOLLARED:
            if name in raw:
                yield from inner.dollared(option, name, raw[name], (*place, name), band)
        for name in raw:
            if name not in rest and name not in DOLLARED:
                self.faults.unknown_directive(name, option, DOLLARED, place)
        if rest:
            yield from inner.entries(option, rest, place, band)

    def entries(self, option: Option, table: Mapping[str, Any], place: Path, band: Band) -> Iterator[Definition]:
        """Read the data of a record or mapping."""
        if option.fields:
            yield from self.fields(option.fields, table, place, band)
        else:
            yield self._made(option, "set", table, place, band, len(OPERATIONS))

    def dollared(self, option: Option, name: str, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read one directive of a record or mapping."""
        bare = name[1:]
        if bare in BANDS:
            yield from self.data(option, raw, place, BANDS[bare])
        elif option.fields and bare == "remove":
            text = f"'$remove' does not suit '{self.spec.name}.{option.name}', a record"
            self.faults.fault("TC106", text, place, "use $unset for the whole, or unset single fields")
        elif option.fields:
            everything = raw if bare == "unset" else True
            for leaf in option.leaves():
                yield self._made(leaf, "unset", everything, place, band)
            if bare == "replace":
                yield from self.whole_or_fields(option, raw, place, band)
        else:
            joined = _joined(self.layer, option, bare, place, band)
            yield self._made(option, bare, raw, place, joined)  # type: ignore[arg-type]  # the three are operations

    def whole_or_fields(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read the fields of a record that stands for the whole."""
        if isinstance(raw, Mapping):
            yield from self.fields(option.fields, raw, place, band)
        else:
            yield from self.whole(option, raw, place, band)

    def whole(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read a value that is no table: a typed record from code, none, or a fault."""
        if option.fields and type(raw) is option.kind.annotation:
            for name, field in option.fields.items():
                value = getattr(raw, name)
                if value != field.default:
                    yield from self.option(field.successor(option.fields), value, (*place, name), band)
        elif option.fields and option.kind.optional and option.default is None and raw in (None, NONE):
            for leaf in option.leaves():
                yield self._made(leaf, "unset", True, place, band)  # noqa: FBT003 -- a raw value
        elif option.fields:
            text = f"expected a table for '{self.spec.name}.{option.name}', got {type(raw).__name__}"
            self.faults.fault("TC103", text, place, f"its fields are {', '.join(option.fields)}")
        else:
            yield self._made(option, "set", raw, place, band, len(OPERATIONS))


def _joined(layer: Layer, option: Option, operation: str, place: Path, band: Band) -> Band:
    """Return the band of an operation: in a variable operations join in, unless a band is named."""
    is_named = len(place) > len(option.path) + 2
    return Band.NORMAL if operation in JOINING and layer.source is Source.VARIABLE and not is_named else band
