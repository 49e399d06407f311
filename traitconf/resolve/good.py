"""Good values: what tells a table that says nothing but known options with good values, without making definitions."""

from __future__ import annotations

import marshal
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from traitconf.layers.layer import NONE
from traitconf.resolve.convert import convert
from traitconf.schema.options import Option, OptionMeta
from traitconf.schema.spec import TraitSpec

Test = Callable[[Any], bool]
Path = tuple[str, ...]
_TYPES: Final[Mapping[Any, tuple[type, ...]]] = {bool: (bool,), int: (int,), float: (int, float), str: (str,)}
"""By what an option holds: what may be written."""
_REMEMBERED: Final = 10_000
"""How many good values of one option are remembered."""
_tests: Final[weakref.WeakKeyDictionary[TraitSpec, tuple[Test, Test]]] = weakref.WeakKeyDictionary()


def good_table(spec: TraitSpec, *, anywhere: bool = False) -> Test:
    """Return the test of a table of a trait's options; what passes it holds good values and no directive.

    Args:
        spec: the trait.
        anywhere: whether every option must be one that may be set at any scope; else, one that tenants may set.
    """
    found = _tests.get(spec)
    if found is None:
        test = table_test(spec.options.values())
        is_scoped = any(leaf.meta.scope for leaf in spec.leaves.values())
        found = _tests[spec] = test, no_table if is_scoped else test
    return found[anywhere]


def no_table(table: Any) -> bool:  # noqa: ARG001 -- as the other tests
    """Pass nothing."""
    return False


def table_test(options: Iterable[Option], guarded: Collection[Path] = ()) -> Test:
    """Return a test of a table of options.

    Args:
        options: those that may stand in it.
        guarded: paths of options that may not.
    """
    found = ((option.path[-1], _test(option, guarded)) for option in options if option.path not in guarded)
    tests = {name: test for name, test in found if test is not None}

    def holds(table: Any) -> bool:
        if type(table) is not dict:
            return False
        try:
            for name, value in table.items():
                if not tests[name](value):
                    return False
        except KeyError:
            return False
        return True

    return holds


def _test(option: Option, guarded: Collection[Path]) -> Test | None:
    """Return what tells a good value of an option; nothing where the long way must be gone."""
    meta = option.meta
    if option.is_secret or meta.deprecated or (meta.scope and "tenant" not in meta.scope):
        return None
    if option.fields:
        return table_test(option.fields.values(), guarded)
    if option.kind.form in ("record", "mapping"):
        return None
    if meta.validator is not None:  # it may say something else tomorrow
        return lambda value: value is not None and value != NONE and not convert(option, "set", value)[1]
    types = () if meta.pattern or option.kind.choices else _TYPES.get(option.kind.annotation, ())
    return (_compares(meta, types) if types else None) or _converts(option)


def _compares(meta: OptionMeta, types: tuple[type, ...]) -> Test | None:
    """Return a test for values that only need to be compared; nothing where there is more to it."""
    bounded = meta.ge is not None or meta.le is not None
    choices = frozenset(meta.one_of) - {NONE}
    if meta.one_of:
        return None if bounded else lambda value: type(value) in types and value in choices
    if types == (str,):
        return None if bounded else lambda value: type(value) is str and value != NONE
    if not bounded:
        return lambda value: type(value) in types
    low, high = float("-inf") if meta.ge is None else meta.ge, float("inf") if meta.le is None else meta.le
    return lambda value: type(value) in types and low <= value <= high


def _converts(option: Option) -> Test:
    """Return a test that converts a value when it sees it for the first time."""
    good: set[bytes] = set()
    texts: set[str] = set()

    def converts(value: Any) -> bool:
        if type(value) is str:
            if value in texts:
                return True
            if value == NONE or convert(option, "set", value)[1]:
                return False
            if len(texts) < _REMEMBERED:
                texts.add(value)
            return True
        try:
            key = marshal.dumps(value)
        except ValueError:
            return False
        if key in good:
            return True
        if value is None or type(value) is dict or convert(option, "set", value)[1]:
            return False
        if len(good) < _REMEMBERED:
            good.add(key)
        return True

    return converts
