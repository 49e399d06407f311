"""`Marked`: what a marker or token of dynaconf asks for, and how the same is said in our own words.

What it means depends on the option: merging into a list appends, into a record it sets fields. So a mark travels in the
table where it was read, until the table is read through its trait's options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

import attrs

from traitconf.schema.options import Option

Verb = Literal["merge", "merge_unique", "insert", "del"]
MERGE: Final = "dynaconf_merge"
MERGE_UNIQUE: Final = "dynaconf_merge_unique"
MARKERS: Final[Mapping[str, Verb]] = {MERGE: "merge", MERGE_UNIQUE: "merge_unique"}
_BANDS: Final = ("fallback", "force", "lock")
_ESCAPED: Final = ("\\u0040", "\\x40", "\\U00000040")
_OWN: Final = "write it with our own directives"


class MarkError(ValueError):
    """A mark that cannot be followed, or that may not stand there.

    Args:
        text: what is wrong.
        hint: what to write instead.
        code: of the problem.
    """

    def __init__(self, text: str, hint: str = _OWN, code: str = "TC005") -> None:
        """Keep hint and code."""
        super().__init__(text)
        self.hint = hint
        self.code = code


@attrs.frozen
class Marked:
    """What stands for a value with a mark.

    Attributes:
        verb: what is to be done with the value.
        value: the value.
        written: the mark as it is written, for messages.
    """

    verb: Verb
    value: Any
    written: str

    def __str__(self) -> str:
        """Return the mark as it is written."""
        return self.written


class MarkedTable(dict[str, Any]):
    """A table that holds marks.

    Args:
        content: the rest of the table.
        merges: what its key `dynaconf_merge` says, `None` where it has none.
    """

    def __init__(self, content: Mapping[str, Any], merges: bool | None = None) -> None:  # noqa: FBT001 -- as in the files
        """Keep what the table says about itself."""
        super().__init__(content)
        self.merges = merges


MARKED: Final = (Marked, MarkedTable)


def may_hold_tokens(text: str) -> bool:
    """Whether a text can hold a token or marker at all; most do not, and are never looked at again.

    Args:
        text: of a whole document, in any format.

    >>> may_hold_tokens("retention_days = 90"), may_hold_tokens("retention_days = '@int 90'")
    (False, True)
    """
    return "@" in text or MERGE in text or ("\\" in text and any(sign in text for sign in _ESCAPED))


def spelled(option: Option, raw: Any) -> Any:
    """Return what a file without marks would say.

    Args:
        option: the option that the value is for.
        raw: a marked value or table.

    Raises:
        MarkError: when the option's kind has no such operation.
    """
    return _table(option, raw) if isinstance(raw, MarkedTable) else _VERBS[raw.verb](option, raw)


def _has_data(option: Option) -> bool:
    """Whether the keys of its tables are data, so that directives carry a dollar sign."""
    return not option.is_leaf or option.kind.form in ("record", "mapping")


def _unset(option: Option, mark: Marked) -> Any:  # noqa: ARG001 -- one signature for all verbs
    return {"$unset" if _has_data(option) else "unset": True}


def _insert(option: Option, mark: Marked) -> Any:
    if option.kind.form in ("tuple", "set"):
        return {"prepend" if option.kind.form == "tuple" else "add": [mark.value]}
    raise _unsuited(option, mark.written)


def _merge(option: Option, mark: Marked) -> Any:
    form = option.kind.form
    if _has_data(option):
        _check_merges(option, mark.written)
        return _plain_table(option, mark)
    if form not in ("tuple", "set"):
        raise _unsuited(option, mark.written)
    if not isinstance(mark.value, list):
        raise MarkError(f"'{mark.written}' needs a list for '{option.name}', got {type(mark.value).__name__}")
    if form == "set":
        return {"add": mark.value}
    # dynaconf leaves out of what stands below whatever comes again.
    return {"remove": mark.value, "append": mark.value} if mark.verb == "merge_unique" else {"append": mark.value}


_VERBS: Final[Mapping[str, Callable[[Option, Marked], Any]]] = {
    "merge": _merge,
    "merge_unique": _merge,
    "insert": _insert,
    "del": _unset,
}


def _plain_table(option: Option, mark: Marked) -> Any:
    if isinstance(mark.value, Mapping):
        return mark.value
    raise MarkError(f"'{mark.written}' needs a table for '{option.name}', got {type(mark.value).__name__}")


def _check_merges(option: Option, written: str) -> None:
    """Refuse to merge what is always replaced whole."""
    if option.is_leaf and option.law != "merge":
        text = f"'{written}' cannot merge '{option.name}': it is always replaced whole (law {option.law})"
        raise MarkError(text, "write the whole value")


def _table(option: Option, table: MarkedTable) -> Any:
    if not _has_data(option):
        return _directives(option, table)
    if table.merges:
        _check_merges(option, MERGE)
    for name, value in table.items():
        if name.startswith("$") and _is_marked(value):
            raise MarkError(f"{name!r} and a mark of dynaconf stand together", "use one of the two languages")
    rest = dict(table) if option.fields else _without_marks(option, table)
    return {"$replace": rest} if table.merges is False else rest


def _directives(option: Option, table: MarkedTable) -> Any:
    """Return a table whose keys are directives; bands may hold marks, nothing else may."""
    if table.merges is not None:
        raise _unsuited(option, MERGE)
    for name, value in table.items():
        if isinstance(value, Marked) and name not in _BANDS:
            raise MarkError(f"'{value.written}' cannot stand under {name!r}")
    return dict(table)


def _without_marks(option: Option, table: MarkedTable) -> dict[str, Any]:
    """Return the table of a mapping, or of a record that is replaced whole; deleted keys become `$remove`."""
    deleted = [name for name, value in table.items() if isinstance(value, Marked) and value.verb == "del"]
    rest = {name: value for name, value in table.items() if name not in deleted}
    for name, value in rest.items():
        if mark := next(_marks(value), ""):
            raise MarkError(f"'{mark}' cannot be followed inside '{option.name}.{name}'", "write the whole value")
    if not deleted:
        return rest
    if option.kind.form != "mapping" or table.merges is False:
        raise MarkError(f"'@del' cannot be followed inside '{option.name}'", "leave the key out")
    return {**rest, "$remove": deleted}


def _marks(value: Any) -> Iterator[str]:
    """Yield every mark inside a value."""
    if isinstance(value, Marked):
        yield value.written
    elif isinstance(value, MarkedTable):
        if value.merges:
            yield MERGE
        for inner in value.values():
            yield from _marks(inner)


def _is_marked(value: Any) -> bool:
    return isinstance(value, Marked) or (isinstance(value, MarkedTable) and value.merges is not None)


def _unsuited(option: Option, written: str) -> MarkError:
    return MarkError(f"'{written}' does not suit '{option.name}', a {option.kind.label}", "write the value itself")
