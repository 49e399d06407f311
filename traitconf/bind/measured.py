"""The link that counts and times a call: generated, so that it costs little more than the additions themselves."""

from __future__ import annotations

import random
import textwrap
import time
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final, Protocol

from traitconf.bind.context import current
from traitconf.bind.generate import EACH, Baked, Place, stamp
from traitconf.bind.shape import Signature


class Series(Protocol):
    """Where a call of one operation is counted.

    Attributes:
        ok: counts a call that returned: one is taken for each.
        took: records how long a call took.
    """

    ok: Iterator[int]
    took: Callable[[float], None]

    def failed(self, error: BaseException, began: float) -> None:
        """Count a call that raised."""

    def settle(self) -> None:
        """Count in buckets what was recorded."""


_CALL: Final = {
    "sync": "_tc_result = {call}",
    "async": "_tc_result = await {call}",
    "generator": "_tc_result = yield from {call}",
    "async generator": f"_tc_run = {{call}}\n{textwrap.dedent(EACH)}",
}
_INNER: Final = "_tc_inner({all})"
_PROVIDED: Final = "_tc_inner(_tc_trait, {all})"
_TIME: Final = "('_tc_clock' or 0)()"
_BEGIN: Final = {
    "never": "",
    "always": f"_tc_began = {_TIME}",
    "sometimes": f"_tc_began = {_TIME} if ('_tc_draw' or 0)() < '_tc_sample' else 0.0",
}
_END: Final = {
    "never": "_tc_next(_tc_ok)",
    "always": f"_tc_took({_TIME} - _tc_began)\nif not _tc_next(_tc_ok) & 1023:\n    _tc_settle()",
    "sometimes": f"if _tc_began:\n    _tc_took({_TIME} - _tc_began)\nif not _tc_next(_tc_ok) & 1023:\n    _tc_settle()",
}
_LOOK: Final = "_tc_series = _tc_table[('_tc_current' or 0)().tenant]\n"
_SERIES: Final = ("took", "failed", "settle")
_BAKED: Final[Baked] = (
    ("_tc_clock", time.perf_counter),
    ("_tc_draw", random.random),
    ("_tc_current", current),
    ("_tc_next", next),
)


def _template(flavour: str, pace: str, *, by_tenant: bool, provided: bool) -> str:
    call = _CALL[flavour].replace("{call}", _PROVIDED if provided else _INNER)
    began = "0.0" if pace == "never" else "_tc_began"
    body = (
        f"{_BEGIN[pace]}\ntry:\n{textwrap.indent(call, '    ')}\nexcept BaseException as _tc_error:\n"
        f"    _tc_failed(_tc_error, {began})\n    raise\n{_END[pace]}\n"
    )
    if flavour != "async generator":
        body += "return _tc_result\n"
    for name in _SERIES:
        body = body.replace(f"_tc_{name}(", f"_tc_series.{name}(" if by_tenant else f"('_tc_{name}' or 0)(")
    body = body.replace("_tc_next(_tc_ok)", f"('_tc_next' or 0)({'_tc_series.ok' if by_tenant else repr('_tc_ok')})")
    return _LOOK + body if by_tenant else body


def measured_link(
    signature: Signature, flavour: str, place: Place, inner: Any, sample: float, series: Any, *, by_tenant: bool
) -> FunctionType:
    """Return a link that counts a call by its outcome, and records how long it took.

    Args:
        signature: of the operation.
        flavour: of the operation.
        place: where the link is used.
        inner: what it encloses.
        sample: share of the calls that is timed.
        series: a `Series`, or a table of them by tenant.
        by_tenant: which of both.
    """
    pace = "never" if sample <= 0 else "always" if sample >= 1 else "sometimes"
    function, *trait = getattr(inner, "__traitconf_provided__", (inner,))
    template = _template(flavour, pace, by_tenant=by_tenant, provided=bool(trait))
    names: dict[str, Any] = {"_tc_inner": function, **({"_tc_trait": trait[0]} if trait else {})}
    baked: Baked = (*_BAKED, ("_tc_sample", sample))
    if by_tenant:
        names["_tc_table"] = series
    else:  # cells refer to nothing that could refer to the code
        baked += tuple((f"_tc_{name}", getattr(series, name)) for name in ("ok", *_SERIES))
    return stamp(template, signature, flavour, place=place, baked=baked, is_kept=False, **names)
