"""The verb `shadow_report`: what changes when the traits in shadow begin to act."""

from __future__ import annotations

from traitconf.runtime.shadow import ShadowReport
from traitconf.runtime.verbs import process_runtime


def shadow_report(trait: str = "") -> ShadowReport:
    """Return what the traits in shadow would have done in this process so far.

    Args:
        trait: name of one trait; all of them when not given.

    >>> import traitconf as tc
    >>> print(tc.shadow_report())
    no trait in shadow was asked yet
    """
    report = process_runtime().services.shadows.report()
    return report.of(trait) if trait else report
