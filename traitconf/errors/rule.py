"""`Rule`: what stands behind a code: what it means, why it is a fault, and how the right thing is written."""

from __future__ import annotations

import textwrap
from pathlib import PurePath
from typing import Any, Final

import attrs

from traitconf.types import Severity

_LANGUAGES: Final = {".toml": "toml", ".yaml": "yaml", ".json": "json", ".py": "python"}


@attrs.frozen
class Listing:
    """A file or a command of an example.

    Attributes:
        text: what the file holds, or the command with its variables before it.
        file: path of the file below the working directory; empty for a command.
        later: whether the file is written, over an earlier one, while the program runs.
    """

    text: str
    file: str = ""
    later: bool = False

    @property
    def language(self) -> str:
        """The language, as the fences of Markdown name it.

        >>> Listing("[auditable]", "config/traits.toml").language
        'toml'
        """
        return _LANGUAGES.get(PurePath(self.file).suffix, "text") if self.file else "console"

    @property
    def lines(self) -> list[str]:
        """What is shown: a file begins with its name, as far as its format has comments; a command with `$`."""
        lines = self.text.rstrip("\n").split("\n")
        if not self.file:
            return [f"$ {lines[0]}", *lines[1:]]
        head = f"# {self.file}, changed while the program runs" if self.later else f"# {self.file}"
        return lines if self.language == "json" else [head, *lines]


Example = tuple[Listing, ...]
WIDTH: Final = 100
"""Lines of text in a terminal are no longer."""


@attrs.frozen(kw_only=True)
class Rule:
    """Record: what stands behind a code.

    Attributes:
        code: `TCnnn`.
        title: what is wrong, in a few words.
        severity: how it is usually reported.
        meaning: what has been found.
        reason: why that is a fault, or worth knowing.
        wrong: an example that is reported with the code.
        right: the same without the fault.
    """

    code: str
    title: str
    severity: Severity = Severity.ERROR
    meaning: str
    reason: str
    wrong: Example
    right: Example

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and text, ready for JSON."""
        words = {name: getattr(self, name) for name in ("code", "title", "meaning", "reason")}
        examples = {name: [_record(one) for one in getattr(self, name)] for name in ("wrong", "right")}
        return words | {"severity": self.severity.value} | examples

    def text(self) -> str:
        """Return what people read in a terminal, without the title."""
        parts = [*textwrap.wrap(self.meaning, WIDTH), "", *textwrap.wrap(f"Why: {self.reason}", WIDTH)]
        for name in ("wrong", "right"):
            for number, listing in enumerate(getattr(self, name)):
                parts += ["", *([f"{name.capitalize()}:"] if not number else [])]
                parts += [f"    {line}".rstrip() for line in listing.lines]
        return "\n".join(parts)

    def markdown(self) -> str:
        """Return the section of the reference, without its heading."""
        parts = [self.meaning, f"**Why:** {self.reason}"]
        for name in ("wrong", "right"):
            parts += [f"{name.capitalize()}:", *(_fenced(listing) for listing in getattr(self, name))]
        return "\n\n".join(parts)


def _record(listing: Listing) -> dict[str, str | None]:
    return {"file": listing.file or None, "language": listing.language, "text": listing.text}


def _fenced(listing: Listing) -> str:
    return "\n".join([f"```{listing.language}", *listing.lines, "```"])


def shell(text: str) -> Listing:
    """Return a command line.

    Args:
        text: with its variables before it, without a prompt.
    """
    return Listing(text)


def traits(text: str) -> Listing:
    """Return the global layer's file.

    Args:
        text: TOML.
    """
    return Listing(text, "config/traits.toml")


def then(text: str) -> Listing:
    """Return what the global layer's file is changed to while the program runs.

    Args:
        text: TOML.
    """
    return attrs.evolve(traits(text), later=True)


def tenant(text: str, name: str = "acme") -> Listing:
    """Return a tenant's file.

    Args:
        text: TOML.
        name: the tenant's id.
    """
    return Listing(text, f"config/tenants/{name}.toml")


def group(text: str, name: str = "gold") -> Listing:
    """Return a group's file.

    Args:
        text: TOML.
        name: the group's id.
    """
    return Listing(text, f"config/groups/{name}.toml")


def model(text: str, name: str = "Article") -> Listing:
    """Return a model's file.

    Args:
        text: TOML.
        name: the model's name.
    """
    return Listing(text, f"config/models/{name}.toml")


def app(text: str) -> Listing:
    """Return the application's module; it stands below the imports that every example shares.

    Args:
        text: Python.
    """
    return Listing(f"import traitconf as tc\n{text}", "app.py")
