"""The vocabulary that every floor shares: bands, sources, origins and small value types.

This module knows no trait and no file; it imports nothing of traitconf.
"""

from __future__ import annotations

import contextlib
import datetime
import enum
import hmac
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import attrs

T = TypeVar("T")
K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class Missing(enum.Enum):
    """The type of `MISSING`, so that checkers can tell "not given" from `None`."""

    MISSING = "missing"

    def __repr__(self) -> str:
        """Read well in signatures and messages."""
        return "MISSING"


MISSING: Final = Missing.MISSING


class Current(enum.Enum):
    """The type of `CURRENT`: "take it from the running context"."""

    CURRENT = "current"

    def __repr__(self) -> str:
        """Read well in signatures and messages."""
        return "CURRENT"


CURRENT: Final = Current.CURRENT


class Band(enum.IntEnum):
    """How strongly a definition is meant; only the strongest band present is folded."""

    FALLBACK = 0
    NORMAL = 1
    FORCE = 2
    LOCK = 3


class Source(enum.IntEnum):
    """Where a definition is written, weakest first within one scope."""

    DEFAULT = 0
    DECORATOR = 1
    FILE = 2
    ENVIRONMENT_FILE = 3
    LOCAL = 4
    STORE = 5
    VARIABLE = 6
    OVERRIDE = 7


class Severity(enum.StrEnum):
    """How bad a problem is; errors stop a start or a reload, the others never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@attrs.frozen
class Origin:
    """The exact place where a value is written.

    Attributes:
        source: the kind of place.
        file: path of the file, empty where there is none.
        line: 1-based line, 0 when unknown.
        column: 1-based column in characters, 0 when unknown.
        end_column: the column after the last character, 0 when unknown.
        name: the variable's name, or another label of a place without a file.
        excerpt: the text of the line, without its line end.
    """

    source: Source
    file: str = ""
    line: int = 0
    column: int = 0
    end_column: int = 0
    name: str = ""
    excerpt: str = attrs.field(default="", eq=False)

    def __str__(self) -> str:
        """`config/traits.toml:2:1`, `env TRAITCONF_…`, `override()`…; "line unknown" is said, never guessed."""
        if not self.file:
            place = ":".join(
                str(part) for part in (self.name or self.source.name.lower(), self.line, self.column) if part
            )
            return f"env {place}" if self.source is Source.VARIABLE else place
        if not self.line:
            return f"{shown_path(self.file)} (line unknown)"
        return ":".join(str(part) for part in (shown_path(self.file), self.line, self.column) if part)


def shown_path(file: str) -> str:
    r"""Return a path relative to the working directory when it is below it, else absolute.

    Bytes of its name that are no UTF-8 are shown as escapes, so that every terminal can print it.

    >>> shown_path("/nowhere/at/all.toml"), shown_path("/nowhere/\udcff.toml")
    ('/nowhere/at/all.toml', '/nowhere/\\udcff.toml')
    """
    path = Path(file)
    with contextlib.suppress(ValueError, OSError):
        path = path.absolute()
        below = path.relative_to(Path.cwd())
        path = path if ".." in below.parts else below
    return str(path).encode("utf-8", "backslashreplace").decode()


@attrs.frozen
class Actor:
    """Who acts: a user, a service or the system itself.

    Attributes:
        id: stable identifier, as the application's auth system gives it.
        name: what people read, empty when there is no better text than the id.
    """

    id: str
    name: str = ""

    def __str__(self) -> str:
        """Return the name when there is one."""
        return self.name or self.id


class FrozenMap(Mapping[K, V_co], Generic[K, V_co]):
    """An immutable, hashable mapping that pickles; what a `Mapping` option holds.

    >>> FrozenMap({"a": 1})["a"]
    1
    """

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[K, V_co] | None = None) -> None:
        """Copy `data`, so that later changes of it are not seen."""
        self._data: dict[K, V_co] = dict(data or {})

    def __getitem__(self, key: K) -> V_co:
        """Return the value of `key`."""
        return self._data[key]

    def __iter__(self) -> Iterator[K]:
        """Iterate over the keys in their order."""
        return iter(self._data)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._data)

    def __hash__(self) -> int:
        """Hash by content, whatever the order."""
        return hash(frozenset(self._data.items()))

    def __repr__(self) -> str:
        """Look like the dict it holds."""
        return repr(self._data)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by content."""
        return type(self), (self._data,)


_UNITS: Final = {"": 1, "b": 1} | {
    name: base**power
    for power, letter in enumerate("kmgt", start=1)
    for name, base in ((letter, 1000), (letter + "b", 1000), (letter + "ib", 1024))
}


class ByteSize(int):
    """A size in bytes, written as an integer or as text such as `10MB` or `4KiB`.

    >>> ByteSize.parse("4KiB")
    ByteSize(4096)
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> ByteSize:
        """Read `text`; decimal units are powers of 1000, `KiB`, `MiB`… of 1024.

        Args:
            text: a number with an optional unit.

        Raises:
            ValueError: when the text is no size.
        """
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
        unit = _UNITS.get(match[2].lower()) if match else None
        if match is None or unit is None:
            raise ValueError(f"expected a size such as 10MB or 4KiB, got {text!r}")
        whole, _, rest = match[1].partition(".")
        return cls(int(whole + rest) * unit // 10 ** len(rest))

    def __repr__(self) -> str:
        """Tell it from a plain int."""
        return f"ByteSize({int(self)})"


_SECONDS: Final = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[wdhms])")
_DURATION: Final = re.compile(f"(?:{_PART.pattern})+")


def duration(text: str) -> datetime.timedelta:
    """Read a duration as configuration files have it.

    Args:
        text: numbers with units, for example `90s`, `5m`, `1h30m` or `7d`.

    Raises:
        ValueError: when the text is no duration.

    >>> duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    parts = _PART.findall(text) if _DURATION.fullmatch(text) else []
    if not parts:
        raise ValueError(f"expected a duration such as 90s, 5m, 1h30m or 7d, got {text!r}")
    return datetime.timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))


class Secret(Generic[T]):
    """A value that never shows itself: `repr`, `str` and format give dots.

    >>> Secret("pa55word")
    Secret(•••)
    >>> Secret("pa55word").reveal()
    'pa55word'
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        """Hide `value`."""
        self._value = value

    def reveal(self) -> T:
        """Return the hidden value; the one place to search for in a review."""
        return self._value

    def __repr__(self) -> str:
        """Show that there is a value, never the value."""
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """Compare in constant time, so that timing tells nothing."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(repr(self._value).encode(), repr(other._value).encode())

    def __hash__(self) -> int:
        """Hash without telling the value."""
        return hash((Secret, self._value))

    def __reduce__(self) -> tuple[Any, ...]:
        """Refuse to be pickled: a pickle would hold the value in clear."""
        raise TypeError("a Secret cannot be pickled; carry a reference to it instead")
