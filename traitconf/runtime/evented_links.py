"""The links of call chains in which subscribers are asked and told: generated, so that names and flavours stay."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from traitconf.bind.context import current
from traitconf.bind.generate import EACH, stamp
from traitconf.bind.operation import Operation
from traitconf.errors import Veto
from traitconf.runtime.event import CallName, Event

if TYPE_CHECKING:
    from traitconf.runtime.evented import Phase

Ending = tuple["Phase | None", "Phase | None", "Phase | None"]
"""The phases after, failed and committed, as far as somebody wants to be told."""
_ASK: Final = """
_tc_given = {wait}_tc_ask({host}, {{{named}}})
if _tc_given is not None:
    {renamed}
"""
_CALL: Final = {
    "sync": "return _tc_inner({all})",
    "async": "return await _tc_inner({all})",
    "generator": "return (yield from _tc_inner({all}))",
    "async generator": "_tc_run = _tc_inner({all})\n" + textwrap.dedent(EACH),
}
_DENIED: Final = """
except _tc_veto as _tc_error:
    {wait}_tc_deny({host}, {{{named}}}, None, _tc_error)
    raise
"""
_RUN: Final = {
    "sync": "_tc_result = _tc_inner({all})",
    "async": "_tc_result = await _tc_inner({all})",
    "generator": "_tc_result = yield from _tc_inner({all})",
    "async generator": "_tc_result = None\n_tc_run = _tc_inner({all})\n" + textwrap.dedent(EACH),
}
_FAILED: Final = """
except _tc_veto:
    raise
except Exception as _tc_error:
    {wait}_tc_fail({host}, {{{named}}}, None, _tc_error)
    raise
"""
# The one subscriber is called right here. A link that is busy with it is perhaps in a recursion: then, and in
# threads that meet here, the way is taken that counts how deep it goes.
# The event is made anew for whoever needs it again: a variable for it would cost the others half a call.
_EVENT: Final = "('_tc_told' or 0)(('_tc_name' or 0, {host}, ('_tc_current' or 0)().tenant, ({values}), RESULT, None))"
_ASKED_AT_ONCE: Final = """
if ('_tc_gate' or 0).busy:
    _tc_given = _tc_ask({host}, {{{named}}})
else:
    ('_tc_gate' or 0).busy = True
    try:
        _tc_given = _tc_subscriber(EVENT)
        if _tc_given is not None:
            _tc_given = _tc_settle(_tc_given, {{{named}}})
    except _tc_veto:
        raise
    except Exception as _tc_error:
        _tc_given = _tc_note(_tc_whose, EVENT, _tc_error)
    finally:
        ('_tc_gate' or 0).busy = False
if _tc_given is not None:
    {renamed}
""".replace("EVENT", _EVENT.replace("RESULT", "None"))
_TOLD_AT_ONCE: Final = """
if ('_tc_gate' or 0).busy:
    _tc_tell({host}, {{{named}}}, _tc_result)
else:
    ('_tc_gate' or 0).busy = True
    try:
        _tc_answer = _tc_subscriber(EVENT)
        if _tc_answer is not None:
            _tc_settle(_tc_answer, EVENT, _tc_note)
    except Exception as _tc_error:
        _tc_note(_tc_whose, EVENT, _tc_error)
    finally:
        ('_tc_gate' or 0).busy = False
""".replace("EVENT", _EVENT.replace("RESULT", "_tc_result"))
_TOLD: Final = "{wait}_tc_tell({host}, {{{named}}}, _tc_result)\n"
_COMMITTED: Final = "{wait}_tc_commit({host}, {{{named}}}, _tc_result)\n"
_BAKED: Final = ("_tc_gate", "_tc_told", "_tc_name", "_tc_current")
"""What becomes a constant of the code, because it refers to nothing that could refer to the code."""
_RETURN: Final = {"async generator": ""}
"""How a link ends, where it is not with the result."""


def before(
    operation: Operation, position: int, call: Callable[..., Any], asking: Phase | None, denied: Phase | None
) -> FunctionType:
    """Return a link that asks before a call, and tells of refusals.

    Args:
        operation: what is called.
        position: of the slot.
        call: what the link encloses.
        asking: the phase before, if somebody is to be asked.
        denied: the phase denied, if somebody is to be told.
    """
    values: dict[str, Any] = {"_tc_inner": call}
    waits = _waits(operation)
    body = _CALL[operation.flavour]
    if asking is not None:
        values["_tc_ask"] = asking.ask_async if waits else asking.ask
        is_one = _is_one(operation, asking)
        body = (_ASKED_AT_ONCE if is_one else _ASK) + body
        if is_one:
            values |= _at_once(operation, asking) | {"_tc_settle": asking.subscriptions[0].answer, "_tc_veto": Veto}
    if denied is not None:
        values |= {"_tc_deny": denied.tell_async if waits else denied.tell, "_tc_veto": Veto}
        body = _tried(body, _DENIED)
    return _stamped(operation, position, body, values)


def after(operation: Operation, position: int, call: Callable[..., Any], ending: Ending) -> FunctionType:
    """Return a link that tells how a call ended.

    Args:
        operation: what is called.
        position: of the slot.
        call: what the link encloses.
        ending: those who are to be told.
    """
    done, failed, committed = ending
    values: dict[str, Any] = {"_tc_inner": call}
    waits = _waits(operation)
    parts = [_RUN[operation.flavour]]
    if failed is not None:
        values |= {"_tc_fail": failed.tell_async if waits else failed.tell, "_tc_veto": Veto}
        parts = [_tried(parts[0], _FAILED)]
    if done is not None:
        values["_tc_tell"] = done.tell_async if waits else done.tell
        is_one = _is_one(operation, done)
        parts.append(_TOLD_AT_ONCE if is_one else _TOLD)
        if is_one:
            values |= _at_once(operation, done) | {"_tc_settle": done.subscriptions[0].settle}
    if committed is not None:
        values["_tc_commit"] = committed.tell_committed_async if waits else committed.tell_committed
        parts.append(_COMMITTED)
    parts.append(_RETURN.get(operation.flavour, "return _tc_result"))
    return _stamped(operation, position, "\n".join(parts), values)


class _Gate:
    """Says whether a subscriber is being called."""

    __slots__ = ("busy",)

    def __init__(self) -> None:
        self.busy = False


def _is_one(operation: Operation, phase: Phase) -> bool:
    """Whether a phase takes nothing but the call of one function."""
    return operation.flavour == "sync" and phase.is_plain and not operation.point.signature.static


def _at_once(operation: Operation, phase: Phase) -> dict[str, Any]:
    (one,) = phase.subscriptions
    return {
        "_tc_gate": _Gate(),
        "_tc_told": Event,
        "_tc_name": CallName(phase.name, operation.point.signature.names),
        "_tc_current": current,
        "_tc_subscriber": one.subscriber,
        "_tc_note": phase.events.faults.note,
        "_tc_whose": one,
    }


def _waits(operation: Operation) -> bool:
    return operation.flavour.startswith("async")


def _tried(body: str, handlers: str) -> str:
    return "try:\n" + textwrap.indent(body.strip("\n"), "    ") + handlers


def _stamped(operation: Operation, position: int, body: str, values: dict[str, Any]) -> FunctionType:
    place = operation.point.index, -position
    waits = _waits(operation)
    function, trait = getattr(values["_tc_inner"], "__traitconf_provided__", (None, None))
    if function is not None:  # one call less than through the link that does nothing else
        body = body.replace("_tc_inner({all})", "_tc_inner(_tc_trait, {all})")
        values |= {"_tc_inner": function, "_tc_trait": trait}
    baked = tuple((name, values.pop(name)) for name in _BAKED if name in values)
    signature, flavour = operation.point.signature, operation.flavour
    return stamp(body, signature, flavour, place=place, wait=waits, baked=baked, is_kept=not baked, **values)
