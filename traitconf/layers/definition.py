"""`Definition`: one thing that one layer says about one option; and how a layer's table is read into definitions.

What a table *is* depends on the option: a record's keys are its fields, a mapping's keys are data, and anything else
has directives for keys. Values stay as they were read; `resolve` converts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

import attrs

from traitconf.errors import Problem, did_you_mean
from traitconf.layers.layer import NONE, Layer, Path, Unquoted
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band, Origin

Operation = Literal["set", "append", "prepend", "add", "remove", "replace", "unset"]
Report = Callable[[Problem], None]
BANDS: Final[Mapping[str, Band]] = {"fallback": Band.FALLBACK, "force": Band.FORCE, "lock": Band.LOCK}
OPERATIONS: Final[tuple[Operation, ...]] = ("unset", "remove", "append", "prepend", "add")
DIRECTIVES: Final = (*BANDS, *OPERATIONS, "value")
DOLLARED: Final = ("$replace", "$unset", "$force", "$lock", "$fallback", "$remove")


@attrs.frozen(eq=False)
class Definition:
    """One thing that one layer says about one option.

    Attributes:
        option: the option, always a folded one.
        operation: what it does to what stands below.
        raw: the value as it was read.
        band: how strongly it is meant.
        layer: the layer that says it.
        place: path of the value from the layer's tables downwards.
        step: order inside the layer, where an option has several operations.
    """

    option: Option
    operation: Operation
    raw: Any
    band: Band
    layer: Layer
    place: Path
    step: int = 0

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
        yield from _Reader(layer, spec, report).fields(spec.options, table, (spec.name,), layer.band)
    elif table is not None:
        text = f"expected a table of options for trait '{spec.name}', got {type(table).__name__}"
        report(Problem("TC103", text, layer.origin((spec.name,)), spec.name, layer.scope.label))


@attrs.frozen
class _Reader:
    """Walks one table of one layer; the parts differ by the kind of option."""

    layer: Layer
    spec: TraitSpec
    report: Report

    def fields(
        self, options: Mapping[str, Option], table: Mapping[str, Any], place: Path, band: Band
    ) -> Iterator[Definition]:
        """Read the options of a trait, or the fields of a record."""
        for name, raw in table.items():
            option = options.get(name)
            if option is None:
                self.unknown(name, options, place)
            else:
                yield from self.option(option, raw, (*place, name), band)

    def option(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read what stands for one option."""
        if not option.is_leaf or option.kind.form in ("record", "mapping"):
            yield from self.data(option, raw, place, band)
        elif isinstance(raw, Mapping):
            yield from self.directives(option, raw, place, band)
        else:
            yield Definition(option, "set", raw, band, self.layer, place)

    def directives(self, option: Option, table: Mapping[str, Any], place: Path, band: Band) -> Iterator[Definition]:
        """Read a table whose keys are bare directives."""
        for name in (*OPERATIONS, "value", *BANDS):
            if name not in table:
                continue
            raw, here = table[name], (*place, name)
            if name in BANDS:
                yield from self.option(option, raw, here, BANDS[name])
            elif name == "value":
                yield Definition(option, "set", raw, band, self.layer, here)
            else:
                yield from self.operation(option, name, raw, here, band)
        for name in table:
            if name not in DIRECTIVES:
                self.unknown_directive(name, option, DIRECTIVES, place)

    def operation(self, option: Option, name: str, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read one operation, refusing it where the option's kind has none such."""
        allowed = {"tuple": ("unset", "append", "prepend", "remove"), "set": ("unset", "add", "remove")}
        if name not in allowed.get(option.kind.form, ("unset",)):
            text = f"'{name}' does not suit '{self.spec.name}.{option.name}', a {option.kind.label}"
            self.fault("TC106", text, place, f"possible here: {', '.join(allowed.get(option.kind.form, ('unset',)))}")
            return
        step = OPERATIONS.index(name)
        yield Definition(option, OPERATIONS[step], raw, band, self.layer, place, step)

    def data(self, option: Option, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read a record or mapping, whose keys are data and whose directives carry a dollar sign."""
        if not isinstance(raw, Mapping):
            yield from self.whole(option, raw, place, band)
            return
        rest = {}
        for name, value in raw.items():
            if not str(name).startswith("$"):
                rest[name] = value
            elif name in DOLLARED:
                yield from self.dollared(option, name, value, (*place, name), band)
            else:
                self.unknown_directive(name, option, DOLLARED, place)
        if option.fields:
            yield from self.fields(option.fields, rest, place, band)
        elif rest or len(raw) == len(rest):
            yield Definition(option, "set", rest, band, self.layer, place, len(OPERATIONS))

    def dollared(self, option: Option, name: str, raw: Any, place: Path, band: Band) -> Iterator[Definition]:
        """Read one directive of a record or mapping."""
        bare = name[1:]
        if bare in BANDS:
            yield from self.data(option, raw, place, BANDS[bare])
        elif option.fields and bare == "remove":
            text = f"'$remove' does not suit '{self.spec.name}.{option.name}', a record"
            self.fault("TC106", text, place, "use $unset for the whole, or unset single fields")
        elif option.fields:
            everything = raw if bare == "unset" else True
            for leaf in option.leaves():
                yield Definition(leaf, "unset", everything, band, self.layer, place)
            if bare == "replace":
                yield from self.whole_or_fields(option, raw, place, band)
        elif bare in ("replace", "unset", "remove"):
            yield Definition(option, bare, raw, band, self.layer, place)  # type: ignore[arg-type]  # the three are operations

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
                    yield from self.option(field, value, (*place, name), band)
        elif option.fields and option.kind.optional and option.default is None and raw in (None, NONE):
            for leaf in option.leaves():
                yield Definition(leaf, "unset", raw=True, band=band, layer=self.layer, place=place)
        elif option.fields:
            text = f"expected a table for '{self.spec.name}.{option.name}', got {type(raw).__name__}"
            self.fault("TC103", text, place, f"its fields are {', '.join(option.fields)}")
        else:
            yield Definition(option, "set", raw, band, self.layer, place, len(OPERATIONS))

    def unknown(self, name: str, options: Mapping[str, Option], place: Path) -> None:
        """Report a name that is no option here."""
        address = ".".join(str(part) for part in (*place, name))
        known = did_you_mean(name, options) or f"known are {', '.join(options)}"
        hint = f'in a record, write "${name}"' if len(place) > 1 and f"${name}" in DOLLARED else known
        self.fault("TC101", f"unknown option '{address}'", (*place, name), hint)

    def unknown_directive(self, name: str, option: Option, known: tuple[str, ...], place: Path) -> None:
        """Report a key of a directive table that is no directive."""
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        self.fault("TC105", f"unknown directive {name!r} for '{self.spec.name}.{option.name}'", (*place, name), hint)

    def fault(self, code: str, text: str, place: Path, hint: str) -> None:
        """Report one fault of this table."""
        address = ".".join(str(part) for part in place)
        self.report(Problem(code, text, self.layer.origin(place), address, self.layer.scope.label, hint=hint))
