"""dynaconf's tokens (`@int 3`, `@merge kafka`) and markers (`dynaconf_merge`) in a document that may hold them.

Values that a token only computes take its place; what a token or marker asks for stays in the table as a mark, until
the option is known that it is for. Parsing a token is dynaconf's work, see `layers.token_value`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.layer import NONE, Document, Path
from traitconf.layers.marked import MARKED, MARKERS, MERGE, Marked, MarkedTable, MarkError, Verb
from traitconf.layers.token_value import evaluate, token_of
from traitconf.types import MISSING

_DROPPED: Final = object()
_MOST_VALUES: Final = 10_000_000
"""How many values are looked at: aliases of YAML can make a short text stand for any number of them."""


@attrs.frozen
class Translation:
    """A document without tokens.

    Attributes:
        data: what it says; tables may hold marks.
        problems: tokens that cannot be read, and marks where none can be followed.
        outside: what tokens took from variables and files, so that a change of it can be noticed.
    """

    data: Mapping[str, Any]
    problems: tuple[Problem, ...]
    outside: tuple[str, ...]


def translate(document: Document, data: Mapping[str, Any], root: Path, environ: Mapping[str, str]) -> Translation:
    """Translate the tokens and markers of a trusted document.

    Args:
        document: where it is written.
        data: what it says.
        root: address of its first level.
        environ: the variables that `@format` and `@jinja` see.
    """
    walk = _Walk(document, root, environ, Siblings(data))
    try:
        translated = walk.table(data, ())
    except (RecursionError, _TooMuchError) as error:
        text = "it holds too many values" if isinstance(error, _TooMuchError) else "it is nested too deeply"
        return Translation({}, (Problem("TC004", text, document.origin(())),), ())
    return Translation(translated, tuple(walk.problems), tuple(walk.outside))


class _TooMuchError(Exception):
    """A document that stands for more values than anybody wrote."""


@attrs.define(eq=False)
class _Walk:
    document: Document
    root: Path
    environ: Mapping[str, str]
    siblings: Siblings
    problems: list[Problem] = attrs.field(factory=list, init=False)
    outside: list[str] = attrs.field(factory=list, init=False)
    marks: int = attrs.field(default=0, init=False)
    values: int = attrs.field(default=0, init=False)
    clean: dict[int, Any] = attrs.field(factory=dict, init=False)

    def value(self, raw: Any, path: Path) -> Any:
        """Return what a value stands for; one without marks and faults is looked at once, however often it stands."""
        self.values += 1
        if self.values > _MOST_VALUES:
            raise _TooMuchError
        if not isinstance(raw, (Mapping, list)):
            return self.read(raw, path)
        if id(raw) in self.clean:
            return self.clean[id(raw)]
        before = self.marks, len(self.problems)
        found = self.read(raw, path)
        if before == (self.marks, len(self.problems)):
            self.clean[id(raw)] = found
        return found

    def read(self, raw: Any, path: Path) -> Any:
        """Return what a value stands for; what cannot be read is reported and left out."""
        try:
            if isinstance(raw, str):
                return self.text(raw, path)
            if isinstance(raw, Mapping):
                return self.table(raw, path)
            return self.elements(raw, path) if isinstance(raw, list) else raw
        except MarkError as error:
            address = ".".join(str(part) for part in (*self.root, *path))
            problem = Problem(error.code, str(error), self.document.origin(path), address, hint=error.hint)
            self.problems.append(problem)
            return _DROPPED

    def text(self, raw: str, path: Path) -> Any:
        """Return what a text stands for: itself, unless it begins with a token."""
        if not raw.startswith("@") or raw == NONE or not token_of(raw):
            return raw
        value, is_outside = evaluate(raw, self.environ, self.siblings)
        self.marks += isinstance(value, Marked)
        if is_outside:
            self.outside.append(repr(value))
        return self.placed(value, path) if isinstance(value, Marked) else value

    def elements(self, raw: list[Any], path: Path) -> Any:
        """Return a list, or a mark when one of its elements is a marker."""
        marker = next((name for name in MARKERS if name in raw), None)
        self.marks += marker is not None
        at = raw.index(marker) if marker else -1
        elements = [self.value(element, (*path, index)) for index, element in enumerate(raw) if index != at]
        for element in elements:
            if isinstance(element, MARKED):
                written = element.written if isinstance(element, Marked) else MERGE
                raise MarkError(f"'{written}' cannot be followed inside a list", "write the whole list")
        elements = [element for element in elements if element is not _DROPPED]
        return self.placed(Marked(MARKERS[marker], elements, marker), path) if marker else elements

    def table(self, raw: Mapping[str, Any], path: Path) -> Any:
        """Return a table without markers."""
        pairs = ((name, self.value(value, (*path, name))) for name, value in raw.items() if name not in MARKERS)
        rest = {name: value for name, value in pairs if value is not _DROPPED}
        marker = next((name for name in MARKERS if name in raw), None)
        self.marks += marker is not None
        if marker:
            return self.marked(marker, self.value(raw[marker], (*path, marker)), rest, path)
        return MarkedTable(rest) if any(isinstance(value, MARKED) for value in rest.values()) else rest

    def marked(self, marker: str, said: Any, rest: dict[str, Any], path: Path) -> Any:
        """Return what a table with a marker stands for."""
        verb: Verb = MARKERS[marker]
        if isinstance(said, list) and not rest:
            return self.placed(Marked(verb, said, marker), path)
        if isinstance(said, Mapping) and not rest:
            rest, said = dict(said), True
        if said is _DROPPED:
            return rest
        if not isinstance(said, bool):
            raise MarkError(f"'{marker}' must be true or false", f"write {marker} = true")
        if self.below_trait(path) > 1:
            return MarkedTable(rest, said)
        if said is False:
            raise MarkError(f"'{marker} = false' can replace a record or a mapping, nothing above", "leave it out")
        return rest

    def placed(self, mark: Marked, path: Path) -> Marked:
        """Return a mark that stands where an option can."""
        if self.below_trait(path) > 1:
            return mark
        raise MarkError(f"'{mark.written}' cannot be followed here: it is the place of no option", "write it out")

    def below_trait(self, path: Path) -> int:
        """Return how many names of an address stand behind its scope: 1 is a trait, 2 and more an option."""
        rest = [*self.root, *path]
        if rest[:1] == ["traits"]:
            return len(rest) - 1
        if rest and rest[0] in ("groups", "tenants"):
            rest = rest[2:]
        return len(rest[2:] if rest[:1] == ["models"] else rest)


class Siblings:
    """What `this` is in a token: the other values of the same document, in any spelling of upper and lower case.

    Values of other files are not seen: which one a token gets would depend on the order of reading.

    Args:
        table: the document, or a table in it.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Look into a table."""
        self._table = table

    def __contains__(self, key: str) -> bool:
        """Whether there is such a value."""
        return self._find(key) is not MISSING

    def __getitem__(self, key: str) -> Any:
        """Return a value, or the table of that name."""
        found = self._find(key)
        if found is MISSING:
            raise KeyError(key)
        return Siblings(found) if isinstance(found, Mapping) else found

    def __getattr__(self, name: str) -> Any:
        """Return a value, or the table of that name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def get(self, key: str, default: Any = None, cast: str = "") -> Any:
        """Return a value.

        Args:
            key: dotted name.
            default: what to return where there is none.
            cast: token that converts it, with its `@`.
        """
        found = self._find(key)
        value = default if found is MISSING else found
        return evaluate(f"{cast} {value}", {}, self)[0] if cast else value

    def _find(self, key: str) -> Any:
        found: Any = self._table
        for part in key.replace("__", ".").split("."):
            found = _one(found, part) if isinstance(found, Mapping) else MISSING
        if isinstance(found, list) or (isinstance(found, str) and found != NONE):
            for token in _tokens(found):
                raise MarkError(f"the value of '{key}' is '{token}' itself", "write the value there")
        return found


def _one(table: Mapping[str, Any], name: str) -> Any:
    if name in table:
        return table[name]
    return next((value for key, value in table.items() if key.lower() == name.lower()), MISSING)


def _tokens(value: Any) -> Iterator[str]:
    """Yield every token and marker inside a value."""
    if isinstance(value, str):
        if value in MARKERS or (value.startswith("@") and value != NONE and token_of(value)):
            yield value.partition(" ")[0]
    elif isinstance(value, list):
        for element in value:
            yield from _tokens(element)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (name,) if name in MARKERS else ()
            yield from _tokens(inner)


Report = Callable[[str, Path], None]


def report_tokens(value: Any, path: Path, report: Report) -> None:
    """Report every token and marker of a source that is not trusted.

    Args:
        value: what it says.
        path: where the value stands.
        report: called with each token and its place.
    """
    if isinstance(value, list):
        for index, element in enumerate(value):
            report_tokens(element, (*path, index), report)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in MARKERS:
                report(name, (*path, name))
            report_tokens(inner, (*path, name), report)
    else:
        for token in _tokens(value):
            report(token, path)
