"""Suffixes of environment variables: band, operation, and how the value is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from traitconf.layers.content import read_content
from traitconf.layers.files import load_json
from traitconf.layers.layer import Text
from traitconf.types import Band

BANDS: Final[Mapping[str, Band]] = {band.name: band for band in Band}
OPERATIONS: Final = ("UNSET", "APPEND", "PREPEND", "ADD", "REMOVE")
ENCODINGS: Final = ("JSON", "FILE")
SUFFIXES: Final = (*BANDS, *OPERATIONS, *ENCODINGS)


class SuffixError(ValueError):
    """A suffix that cannot stand there, or a value that is not what its suffix says."""


@attrs.frozen
class Suffix:
    """What stands behind an option in a variable's name.

    Attributes:
        band: of the definition; without a suffix a variable forces, an operation is normal.
        operation: lower-case name of the operation, or empty.
        encoding: `JSON`, `FILE` or empty.
    """

    band: Band = Band.FORCE
    operation: str = ""
    encoding: str = ""

    @classmethod
    def read(cls, tokens: Sequence[str]) -> Suffix:
        """Read the tokens behind the option; at most one of each kind.

        Raises:
            SuffixError: when a token is no suffix, or two of one kind stand there.

        >>> Suffix.read(["LOCK"]).band.name
        'LOCK'
        """
        for token in tokens:
            if token not in SUFFIXES:
                raise SuffixError(token)
        bands, operations, encodings = (
            [token for token in tokens if token in kind] for kind in (BANDS, OPERATIONS, ENCODINGS)
        )
        if max(len(bands), len(operations), len(encodings)) > 1:
            raise SuffixError("__".join(tokens))
        operation = operations[0] if operations else ""
        usual = Band.NORMAL if operation not in ("", "UNSET") else Band.FORCE
        band = BANDS[bands[0]] if bands else usual
        return cls(band, operation.lower(), encodings[0] if encodings else "")

    def value(self, text: Any, *, dollared: bool) -> Any:
        """Return the raw value that a file would hold.

        Args:
            text: the variable's value; what is no text was read already, and stays as it is.
            dollared: whether directives carry a dollar sign here, as in records and mappings.

        Raises:
            SuffixError: when the value is no JSON, or its file cannot be read.
        """
        raw = self._decoded(text)
        if not self.operation:
            return raw
        return {("$" if dollared else "") + self.operation: raw}

    def _decoded(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        if self.encoding == "JSON":
            try:
                return load_json(text)
            except ValueError as error:
                raise SuffixError(f"the value is not JSON: {error}") from None
            except RecursionError:
                raise SuffixError("the value is nested too deeply") from None
        if self.encoding == "FILE":
            try:
                content = read_content(Path(text)).decode("utf-8").replace("\r\n", "\n")
                return Text(content.removesuffix("\n"))
            except UnicodeDecodeError:
                raise SuffixError(f"cannot read the file {text!r}: it is not UTF-8") from None
            except (OSError, ValueError) as error:  # a name with a null character is a ValueError
                reason = getattr(error, "strerror", None) or str(error)
                raise SuffixError(f"cannot read the file {text!r}: {reason}") from None
        return Text(text)
