"""The configuration and the traits that are measured: one tenant has them on, one off, and a thousand either way."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import traitconf as tc

ON: Final = "on"
OFF: Final = "off"
TENANTS: Final = {f"tenant-{number:04}": number % 3 > 0 for number in range(1000)}
"""Whether the traits are on, by tenant."""


@tc.trait
class Named(tc.TraitBase):
    """Hand a call on by the names of its parameters."""

    limit: int = tc.option(3, doc="Something to read.")

    @tc.around("touch")
    def pass_on(self, host: Any, proceed: Any, /, amount: int) -> Any:
        """Hand the call on."""
        return proceed(amount)


@tc.trait
class Starred(tc.TraitBase):
    """Hand a call on, whatever its parameters are."""

    @tc.around("touch", "gather")
    def pass_on(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Hand the call on."""
        return proceed(*args, **kwargs)


@tc.trait
class Awaited(tc.TraitBase):
    """Hand a call on, and await it."""

    @tc.around("touch")
    async def pass_on(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Hand the call on."""
        return await proceed(*args, **kwargs)


@contextmanager
def configured(*extra: Path) -> Iterator[tc.Runtime]:
    """Configure the process for a `with` block.

    Args:
        *extra: further directories.
    """
    tenants = {ON: True, OFF: False, **TENANTS}
    traits = ("named", "starred", "awaited")
    document = {name: {trait: {"enabled": on} for trait in traits} for name, on in tenants.items()}
    with tempfile.TemporaryDirectory(prefix="traitconf-bench-") as directory:
        path = Path(directory) / "tenants.json"
        path.write_text(json.dumps({"tenants": document}), encoding="utf-8")
        runtime = tc.configure(directory, *extra, environ={})
        yield runtime
        runtime.stop()
