"""What traitconf raises and reports. The rules behind the codes are in `errors.rules`, read when somebody asks."""

from __future__ import annotations

from traitconf.errors.problem import (
    AdapterRequired,
    CacheKeyError,
    CallError,
    ConfigError,
    ModelError,
    Problem,
    TenantMismatch,
    TenantMismatchWarning,
    TenantRequired,
    TraitconfError,
    TraitDisabled,
    Veto,
    brief,
    did_you_mean,
    edit_distance,
    is_near,
    listed,
    raise_errors,
)

__all__ = [
    "AdapterRequired",
    "CacheKeyError",
    "CallError",
    "ConfigError",
    "ModelError",
    "Problem",
    "TenantMismatch",
    "TenantMismatchWarning",
    "TenantRequired",
    "TraitDisabled",
    "TraitconfError",
    "Veto",
    "brief",
    "did_you_mean",
    "edit_distance",
    "is_near",
    "listed",
    "raise_errors",
]
