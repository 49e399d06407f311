"""Whose an object is: the tenant that its class declares by `tenant_of`, beside the tenant of the running context."""

from __future__ import annotations

import warnings
from typing import Any, Literal

from traitconf.bind.models import adapter_of
from traitconf.bind.tenancy import ASKS
from traitconf.bind.tenancy import declared_tenant as declaration_of
from traitconf.errors import ModelError, Problem, TenantMismatchWarning
from traitconf.runtime.context import running

Mismatch = Literal["error", "warn", "instance"]


def declared_tenant(host: Any) -> str | None:
    """Return the tenant that an object says it belongs to, none where its class declares nothing.

    Args:
        host: an object whose class may have `tenant_of`: the path of a field, a property, or a method of the object.

    >>> class Order:
    ...     tenant_of = "customer"
    ...     customer = "acme"
    >>> declared_tenant(Order())
    'acme'
    """
    code = declaration_of(type(host))
    if not code:
        return None
    found = host
    for name in code.removesuffix("()").split("."):
        found = getattr(found, name, None)
    if code == ASKS and found is not None:
        found = found()
    return None if found is None else str(found)


def tenant_for(host: object, policy: Mismatch = "error") -> str | None:
    """Return the tenant under which something is to be done with an object.

    Args:
        host: the object; one that belongs to nobody yet takes the running tenant.
        policy: what a mismatch of object and context does: `error` raises, `warn` warns and takes the context's,
            `instance` takes the object's.

    Raises:
        ModelError: for a mismatch, where the policy is `error` (TC665).

    >>> import traitconf as tc
    >>> with tc.tenant("acme"):
    ...     tc.tenant_for(object())
    'acme'
    """
    here = running().tenant
    own = adapter_of(host).tenant(host)
    if own is None or own == here or policy == "instance":
        return here if own is None else own
    # The other tenant's name stays out of the message: it may be shown to this one.
    text = f"an object of {type(host).__qualname__} belongs to another tenant than the running one"
    if policy == "warn":
        warnings.warn(text, TenantMismatchWarning, stacklevel=2)
        return here
    hint = "enter the tenant of the object, or load an object of the running one"
    raise ModelError(Problem("TC665", text, got=f"context {here!r}", hint=hint))
