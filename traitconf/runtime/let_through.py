"""What the option `events` of a trait lets through to subscribers."""

from __future__ import annotations

from traitconf.runtime.event_names import matches
from traitconf.schema.records import EventOptions


def is_dispatched(options: EventOptions, name: str) -> bool:
    """Whether a trait's options let an event through; the share that is sampled is another question.

    Args:
        options: the trait's option `events`.
        name: of the event; `only` may name it with or without the trait.
    """
    if not options.enabled or not options.only:
        return options.enabled
    short = name.partition(".")[2]
    return any(matches(pattern, name) or matches(pattern, short) for pattern in options.only)


def is_sampled(options: EventOptions) -> bool:
    """Whether an event is in the share that is dispatched."""
    if options.sample >= 1:
        return True
    import random  # takes longer to import than all that is here

    return random.random() < options.sample  # noqa: S311 -- guards no secret


def lets_through(options: EventOptions, name: str) -> bool:
    """Whether this time an event is dispatched."""
    if options.enabled and not options.only and options.sample >= 1:
        return True
    return is_dispatched(options, name) and is_sampled(options)
