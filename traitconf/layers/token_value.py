"""What a text stands for that begins with a token of dynaconf, as dynaconf's own parser reads it.

A value is computed at once: nothing lazy, and nothing of dynaconf, leaves this file.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from traitconf.layers.files import load_json, parser
from traitconf.layers.marked import Marked, MarkError

_BOX: Final = {"AUTO_CAST_FOR_DYNACONF": True, "DYNABOXIFY": False}
"""Settings for dynaconf's parser, so that no variable decides what a token means; and plain tables, please."""
CASTS: Final = ("@int", "@float", "@bool", "@json", "@str", "@none")
"""How `dynaconf write` stores what is no text."""
_SEARCHED: Final = ("@merge", "@merge_unique", "@insert")
_LONGEST: Final = 10_000
"""dynaconf searches the value of these tokens in a time that grows with the square of its length."""
_BOOL: Final = "@bool"
_REFUSED: Final[Mapping[str, str]] = {
    "@reset": "write the value itself: it replaces what stands below",
    "@empty": "leave the line out",
}


def token_of(text: str) -> str:
    """Return the token of dynaconf that a text begins with, or nothing; an application may have added its own.

    >>> token_of("@int 3"), token_of("@somebody")
    ('@int', '')
    """
    token = text.partition(" ")[0]
    return token if token in parser().converters else ""


def evaluate(text: str, environ: Mapping[str, str], this: object) -> tuple[Any, bool]:
    """Return what a text stands for that begins with a token, and whether its value comes from outside the text.

    Args:
        text: begins with a token.
        environ: what `env` is in `@format` and `@jinja`.
        this: what `this` is there, and where `@get` looks.

    Returns:
        a plain value, or a mark.

    Raises:
        MarkError: when dynaconf cannot read it, or when it has no equivalent.
    """
    dynaconf = parser()
    token = text.partition(" ")[0]
    if token in _REFUSED:
        raise MarkError(f"'{token}' has no equivalent", _REFUSED[token])
    if token in _SEARCHED and len(text) > _LONGEST:
        raise MarkError(
            f"the value of '{token}' is too long", "write a list or a table, with the marker dynaconf_merge"
        )
    if token == _BOOL:
        text = "@str" + text.removeprefix(token)  # dynaconf takes whatever it does not know for false
    try:
        value = dynaconf.parse_conf_data(text, tomlfy=False, box_settings=_BOX)
    except Exception:  # noqa: BLE001 -- converters raise whatever they like; what they say may hold the value
        raise MarkError(f"the value of '{token}' cannot be read", "see dynaconf's tokens") from None
    context = {"env": environ, "this": this}
    if isinstance(value, dynaconf.Del):
        return Marked("del", None, token), False
    if isinstance(value, dynaconf.Insert):
        return _inserted(value, token, context)
    if isinstance(value, dynaconf.Merge):
        inner, is_outside = _settled(value.unwrap(), token, context)
        inner = inner if isinstance(inner, (list, dict)) else [inner]
        return Marked("merge_unique" if value.unique else "merge", inner, token), is_outside
    value, is_outside = _settled(value, token, context)
    return _strict_bool(value) if token == _BOOL else value, is_outside


def _inserted(mark: Any, token: str, context: Mapping[str, Any]) -> tuple[Any, bool]:
    if mark.index:
        text = f"'{token} {mark.index}': the place {mark.index} of a list that others make cannot be meant"
        raise MarkError(text, "write prepend or append")
    value, is_outside = _settled(mark.unwrap(), token, context)
    return Marked("insert", value, token), is_outside


def _strict_bool(text: Any) -> bool:
    word = str(text).strip().lower()
    if word not in (*parser().true_values, *parser().false_values):
        raise MarkError("the value of '@bool' is neither true nor false", "write @bool true or @bool false")
    return word in parser().true_values


def _settled(value: Any, token: str, context: Mapping[str, Any]) -> tuple[Any, bool]:
    """Return a value with everything computed that dynaconf would compute when it is asked for."""
    if isinstance(value, parser().MetaValue):
        raise MarkError(f"'{token}' and another mark cannot stand together")
    if isinstance(value, list):
        settled = [_settled(element, token, context) for element in value]
        return [element for element, _ in settled], any(is_outside for _, is_outside in settled)
    return (_computed(value, token, context), True) if isinstance(value, parser().Lazy) else (value, False)


def _computed(lazy: Any, token: str, context: Mapping[str, Any]) -> Any:
    """Do what calling a lazy value does, but with the variables that are read, whatever the process has."""
    inner, _ = _settled(lazy.value, token, context)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # dynaconf only warns when a template is unsafe
            value = lazy.formatter(inner, **context)
            return value if lazy.casting is None else lazy.casting(value)
    except MarkError:
        raise
    except Exception as error:  # noqa: BLE001 -- templates and converters raise whatever they like
        hint = "install jinja2, or write @format" if isinstance(error, ImportError) else f"see dynaconf's {token}"
        raise MarkError(f"'{token}' cannot be followed: {error}", hint) from None


def cast(text: str) -> Any:
    """Return what a store's text stands for; casts only say how a value is stored, everything else may do harm.

    Args:
        text: begins with `@`.

    Raises:
        MarkError: for a cast that cannot be read; what is no cast stays as it is.

    >>> cast("@int 3"), cast("@read_file /etc/hosts")
    (3, '@read_file /etc/hosts')
    """
    token, _, rest = text.partition(" ")
    if token not in CASTS or (rest.startswith("@") and token_of(rest)):
        return text
    if token != "@json":  # noqa: S105 -- no password
        return evaluate(text, {}, {})[0]
    try:
        return load_json(rest)  # what is written there is JSON; dynaconf also takes what only resembles it
    except (ValueError, RecursionError):
        raise MarkError("the value of '@json' is no JSON", "write JSON") from None
