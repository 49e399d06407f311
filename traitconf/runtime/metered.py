"""The slot "telemetry": calls of operations are counted by their outcome and timed, as the trait's options say."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, Final

import attrs

from traitconf.bind.measured import measured_link
from traitconf.bind.operation import Operation
from traitconf.errors import TenantRequired, TraitDisabled, Veto
from traitconf.runtime.cell import CounterCell, HistogramCell
from traitconf.runtime.family import ByTenant
from traitconf.runtime.instrument import CALLS, DURATION
from traitconf.runtime.settler import PATIENT
from traitconf.runtime.telemetry import SETTLE, Metrics
from traitconf.runtime.traced import logged, traced
from traitconf.schema.spec import spec_of

_DENIED: Final = (TraitDisabled, TenantRequired, Veto)


@attrs.frozen
class Subject:
    """What is counted: names, because tables outlive the classes.

    Attributes:
        trait: name of the trait.
        operation: name of the operation.
        sample: which share of the calls is timed.
    """

    trait: str
    operation: str
    sample: float


class OperationSeries:
    """Where the calls of one operation are counted, for one tenant or for all.

    Attributes:
        ok: counts a call that returned: one is taken for each.
        took: records how long one took.
    """

    __slots__ = ("_calls", "_durations", "_metrics", "_tags", "is_own", "ok", "took")

    def __init__(self, metrics: Metrics, subject: Subject, outcome: str, tenant: str = "") -> None:
        """Find the cells."""
        tags = {"trait": subject.trait, "operation": subject.operation}
        self._metrics, self._tags = metrics, tags | ({"tenant": tenant} if tenant else {})
        self._calls: CounterCell
        self._durations: HistogramCell
        self._calls, self.is_own = metrics.own_series(CALLS, "counter", self._tags | {"outcome": outcome})
        self._durations, _ = metrics.own_series(DURATION, "histogram", self._tags)
        self._durations.sample = subject.sample
        self.ok, self.took = self._calls.ticks, self._durations.add

    @property
    def count(self) -> float:
        """How many calls returned."""
        return self._calls.value

    def failed(self, error: BaseException, began: float) -> None:
        """Count a call that raised, and how long it took."""
        outcome = "denied" if isinstance(error, _DENIED) else "cancelled" if _is_cancelled(error) else "failed"
        self._metrics.count(CALLS, outcome=outcome, **self._tags)
        if began and outcome != "denied":
            self.took(time.perf_counter() - began)
            if len(self._durations.pending) >= SETTLE:
                self.settle()

    def settle(self) -> None:
        """Have counted in buckets what was recorded, unless somebody does it often enough."""
        waiting, wake = len(self._durations.pending), self._metrics.wake
        if wake is not None and waiting < PATIENT:
            wake()
        elif waiting >= SETTLE // 2:
            self._metrics.settle()


def _is_cancelled(error: BaseException) -> bool:
    asyncio = sys.modules.get("asyncio")  # to import it takes long, and who has not cannot cancel
    return isinstance(error, GeneratorExit) or (asyncio is not None and isinstance(error, asyncio.CancelledError))


def metered(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Count, time, trace and log the calls of an operation; nothing is in the way where none of that is wanted."""
    if operation.trait.metrics.enabled:
        call = _measured(operation, position, call)
    if operation.trait.log.level == "debug":
        call = logged(operation, position, call)
    if operation.settings is not None and operation.settings.telemetry.traces:
        call = traced(operation, position, call)
    return call


def _measured(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    trait, point = operation.trait, operation.point
    metrics, by_tenant = trait._services.metrics, trait.metrics.tenant_tag != "off"
    off = not trait.enabled or trait.shadow
    outcome = "skipped" if off and operation.member.when_off == "skip" else "ok"
    subject = Subject(spec_of(trait).name, operation.member.name, trait.metrics.sample)
    mode = trait.metrics.tenant_tag
    series = _table(metrics, subject, outcome, mode) if by_tenant else OperationSeries(metrics, subject, outcome)
    place, sample = (point.index, -position), trait.metrics.sample
    return measured_link(point.signature, point.flavour, place, call, sample, series, by_tenant=by_tenant)


def _table(metrics: Metrics, subject: Subject, outcome: str, mode: str) -> ByTenant[OperationSeries]:
    key = subject.trait, subject.operation, outcome, mode

    def make(tenant: str) -> tuple[OperationSeries, bool]:
        made = OperationSeries(metrics, subject, outcome, tenant)
        return made, made.is_own

    table = ByTenant(make, lambda one: one.count, metrics.top_k if mode == "top_k" else None)
    return metrics.tables.setdefault(key, table)
