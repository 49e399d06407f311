"""`Asked`: what every command is told, whatever it does."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

Form = Literal["text", "json", "sarif", "github"]
FORMS: Final = get_args(Form)
"""In which forms a command may reply; `sarif` and `github` show its problems only."""


class Asked(NamedTuple):
    """The options that all commands share.

    Attributes:
        config: directories or files, weakest first; empty for looking where configuration usually is.
        app: the application's module; empty for none, `None` when it was not said.
        is_for_programs: whether the reply is for programs, not for people.
        traceback: whether a failing import of the application shows where it failed.
    """

    config: tuple[str, ...] = ()
    app: str | None = None
    is_for_programs: bool = False
    traceback: bool = False
