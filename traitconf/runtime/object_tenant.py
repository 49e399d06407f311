"""What happens when an object belongs to another tenant than the running one."""

from __future__ import annotations

import warnings

from traitconf.errors import TenantMismatch, TenantMismatchWarning
from traitconf.runtime.context import Entered, running


def enter_object_tenant(tenant: str) -> Entered:
    """Return a block that runs for an object's tenant, as `runtime.tenant_mismatch` allows.

    Args:
        tenant: the object's, not the running one.

    Raises:
        TenantMismatch: when another tenant runs, and the setting is `error`.
    """
    here = running()
    if here.tenant is not None:
        policy = here.snapshot.settings.tenant_mismatch
        text = f"an object of tenant {tenant!r} is used while {here.tenant!r} runs"
        if policy == "error":
            raise TenantMismatch(f"{text}; run inside `with tc.tenant({tenant!r})`, or see runtime.tenant_mismatch")
        if policy == "warn":
            warnings.warn(f"{text}; the call runs for {tenant!r}", TenantMismatchWarning, stacklevel=4)
    return Entered(tenant)
