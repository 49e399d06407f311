"""The link that counts and times a call: generated, so that it costs little more than the additions themselves."""

from __future__ import annotations

import random
import textwrap
import time
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, Protocol

from traitconf.bind.context import current
from traitconf.bind.generate import EACH, Baked, Place, stamp
from traitconf.bind.shape import Signature


class Series(Protocol):
    """Where a call of one operation is counted."""

    ok: Callable[[], int]
    took: Callable[[float], None]

    def failed(self, error: BaseException, began: float) -> None:
        """Count a call that raised."""

    def settle(self) -> None:
        """Count in buckets what was recorded."""


_CALL: Final = {
    "sync": "_tc_result = _tc_inner({all})",
    "async": "_tc_result = await _tc_inner({all})",
    "generator": "_tc_result = yield from _tc_inner({all})",
    "async generator": f"_tc_run = _tc_inner({{all}})\n{textwrap.dedent(EACH)}",
}
_TIME: Final = "('_tc_clock' or 0)()"
_BEGIN: Final = {
    "never": "_tc_began = 0.0",
    "always": f"_tc_began = {_TIME}",
    "sometimes": f"_tc_began = {_TIME} if ('_tc_draw' or 0)() < '_tc_sample' else 0.0",
}
_END: Final = {
    "never": "_tc_ok()",
    "always": f"_tc_took({_TIME} - _tc_began)\nif not _tc_ok() & 1023:\n    _tc_settle()",
    "sometimes": f"if _tc_began:\n    _tc_took({_TIME} - _tc_began)\nif not _tc_ok() & 1023:\n    _tc_settle()",
}
_LOOK: Final = "_tc_series = _tc_table[('_tc_current' or 0)().tenant]\n"
_BAKED: Final[Baked] = (("_tc_clock", time.perf_counter), ("_tc_draw", random.random), ("_tc_current", current))


def _template(flavour: str, pace: str, *, by_tenant: bool) -> str:
    returns = "" if flavour == "async generator" else "return _tc_result\n"
    body = (
        f"{_BEGIN[pace]}\ntry:\n{textwrap.indent(_CALL[flavour], '    ')}\n"
        f"except BaseException as _tc_error:\n    _tc_failed(_tc_error, _tc_began)\n    raise\n{_END[pace]}\n{returns}"
    )
    if not by_tenant:
        return body
    for name in ("ok", "took", "failed", "settle"):
        body = body.replace(f"_tc_{name}(", f"_tc_series.{name}(")
    return _LOOK + body


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
    template = _template(flavour, pace, by_tenant=by_tenant)
    baked = (*_BAKED, ("_tc_sample", sample))
    if by_tenant:
        return stamp(template, signature, flavour, place=place, baked=baked, _tc_inner=inner, _tc_table=series)
    return stamp(
        template,
        signature,
        flavour,
        place=place,
        baked=baked,
        _tc_inner=inner,
        _tc_ok=series.ok,
        _tc_took=series.took,
        _tc_failed=series.failed,
        _tc_settle=series.settle,
    )
