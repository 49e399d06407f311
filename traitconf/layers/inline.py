"""`TRAITCONF_INLINE`: a whole document in an environment variable, in TOML or JSON, read after the files.

It is an environment variable, so its values have band force like those of any other; what joins in (`append`…) has
band normal, as the suffixes have. It stands before the single variables, which are more exact.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.files import EngineError, parse_text
from traitconf.layers.grammar import Parsed, parse
from traitconf.layers.json_positions import json_positions
from traitconf.layers.layer import Path
from traitconf.layers.marked import may_hold_tokens
from traitconf.layers.positions import Position, toml_positions
from traitconf.layers.syntax import syntax_problem
from traitconf.layers.tokens import translate
from traitconf.types import Band, Origin, Source

VARIABLE: Final = "TRAITCONF_INLINE"
BEFORE_THE_OTHERS: Final = -1
_TOP: Final = Position(1, 1, 1)


@attrs.frozen(eq=False)
class InlineDocument:
    """The text of a variable.

    Attributes:
        text: what it holds, with line feeds only.
    """

    text: str = attrs.field(repr=False)

    def origin(self, path: Path) -> Origin:
        """Return the variable's name, with line and column inside its text."""
        positions = _positions(self.text)
        if not positions:
            return Origin(Source.VARIABLE, name=VARIABLE)
        while path and path not in positions:
            path = path[:-1]
        place = positions.get(path, _TOP)
        excerpt = self.text.split("\n")[place.line - 1]
        return Origin(Source.VARIABLE, name=VARIABLE, excerpt=excerpt, **attrs.asdict(place))


@functools.lru_cache(maxsize=4)
def _positions(text: str) -> Mapping[Path, Position]:
    return json_positions(text) if _suffix(text) == ".json" else toml_positions(text)


def _suffix(text: str) -> str:
    """Return the suffix of the format: no TOML begins with a brace, and every table in JSON does."""
    return ".json" if text.lstrip().startswith("{") else ".toml"


def inline_document(environ: Mapping[str, str]) -> tuple[Parsed, tuple[str, ...]]:
    """Read the variable.

    Args:
        environ: names and values.

    Returns:
        what it holds, nothing when there is none; and what tokens in it took from outside.
    """
    text = environ.get(VARIABLE, "").replace("\r\n", "\n")
    if not text.strip():
        return Parsed(), ()
    document = InlineDocument(text)
    found = _read(document)
    if isinstance(found, Problem):
        return Parsed(problems=[found]), ()
    outside: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    if may_hold_tokens(text):
        translation = translate(document, found, (), environ)
        found, problems, outside = translation.data, translation.problems, translation.outside
    parsed = parse(document, found, source=Source.VARIABLE, sequence=BEFORE_THE_OTHERS, band=Band.FORCE)
    parsed.problems += problems
    return parsed, outside


def _read(document: InlineDocument) -> Mapping[str, Any] | Problem:
    place = Origin(Source.VARIABLE, name=VARIABLE)
    try:
        document.text.encode()
    except UnicodeEncodeError:
        return Problem("TC003", f"{VARIABLE}: the variable is not UTF-8", place)
    try:
        content: Mapping[str, Any] = parse_text(_suffix(document.text), document.text)
    except EngineError as error:
        return Problem("TC006", str(error), place, hint=error.hint)
    except Exception as error:  # noqa: BLE001 -- each format's reader has its own error class
        problem = syntax_problem("", document.text, error)
        assert problem.origin is not None
        origin = attrs.evolve(problem.origin, source=Source.VARIABLE, name=VARIABLE)
        return attrs.evolve(problem, message=f"{VARIABLE}: {problem.message}", origin=origin)
    return content
