from __future__ import annotations

import contextvars
import threading

import traitconf as tc
from traitconf.bind.context import OWNER, RESOLVED, TENANTS, Slot, current, root, variable


def test_the_running_slot_holds_the_table(tc_runtime):
    """One variable leads to one slot, one list, and from there to everything of the running context."""
    chains = current().chains
    profile = tc_runtime.snapshot.profile(None)
    assert chains[OWNER] is profile
    assert chains[RESOLVED] is profile.resolved
    assert chains[TENANTS] is tc_runtime.snapshot.by_tenant


def test_a_new_thread_begins_at_the_root():
    """Threads do not inherit contexts."""
    seen = []
    with tc.tenant("acme"):
        thread = threading.Thread(target=lambda: seen.append(current()))
        thread.start()
        thread.join()
    assert seen == [root]


def test_a_copied_context_keeps_the_tenant():
    """`contextvars.copy_context` carries the running slot."""
    with tc.tenant("acme") as entered:
        copied = contextvars.copy_context()
    assert copied.run(current) is entered
    assert current() is root


def test_a_slot_is_two_words():
    """A slot has no dictionary: there may be as many as there are requests."""
    slot = Slot([])
    assert not hasattr(slot, "__dict__")
    token = variable.set(slot)
    try:
        assert current() is slot
    finally:
        variable.reset(token)
