"""`traitconf cache`: what is kept of cached operations in a store that processes share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from traitconf.cli.command import Callback
from traitconf.cli.group import Group

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session

SUMMARIES: Final = {
    "stats": "Count what is kept, by trait, operation and tenant.",
    "keys": "List the keys, and how long each is kept.",
    "explain": "Show what a key says, and whether its entry answers.",
    "clear": "Remove entries, or invalidate a tag; counts first and asks.",
}

HELP: Final = """Look into the store of cached results, and clear it.

It is the store that runtime.cache names. Results in the memory of a process are seen by that process only. Every
command takes --json.

\b
Examples:
  traitconf cache stats
  traitconf cache keys --tenant acme --trait summarisable
  traitconf cache explain 'tc1:{shop/-}:acme:summarisable:summary:5f0c1d2e:…'
  traitconf cache clear --tenant acme
  traitconf cache clear --tag feed --tenant acme --yes
"""

run: Final = Group(
    name="cache", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)


@attrs.frozen
class Wanted:
    """Which entries are meant; nothing said means all.

    Attributes:
        tenant: id of a tenant.
        trait: name of a trait; `-` for functions.
        operation: name of an operation.
    """

    tenant: str | None = None
    trait: str | None = None
    operation: str | None = None

    def pattern(self, space: str) -> str:
        """Return the pattern of their keys.

        Args:
            space: application and environment, as keys hold them.
        """
        from traitconf.runtime.cache_key import segment
        from traitconf.runtime.cache_recipe import root

        parts = ["*" if part is None else segment(part) for part in (self.tenant, self.trait, self.operation)]
        return f"{root(space)}:{':'.join(parts)}:*:*"


@attrs.frozen
class Key:
    """Record: what a key says.

    Attributes:
        key: the whole.
        space: application and environment.
        tenant: as keys hold it; empty for none.
        trait: name of the trait; `-` for a function.
        operation: name of the operation.
        epoch: hash of what its results depend on besides the call.
        digest: of the call.
    """

    key: str
    space: str
    tenant: str
    trait: str
    operation: str
    epoch: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Key | None:
        """Read a key; nothing where the text is none.

        >>> Key.parse("tc1:{shop/-}:acme:summed:words:01234567:ff").operation
        'words'
        """
        version, *parts = text.split(":")
        if version != "tc1" or len(parts) != 6:
            return None
        return cls(text, parts[0].strip("{}"), *(_unescaped(part) for part in parts[1:]))


def _unescaped(part: str) -> str:
    from urllib.parse import unquote

    return unquote(part)


def choose_entries(function: Callback) -> Callback:
    """Add which entries are meant."""
    tenant = click.option("--tenant", metavar="ID", help="Entries of one tenant.")
    trait = click.option("--trait", metavar="NAME", help="Entries of one trait; - for functions.")
    operation = click.option("--operation", metavar="NAME", help="Entries of one operation.")
    return tenant(trait(operation(function)))


def with_store(session: Session, work: Callable[[Any, str], Reply]) -> Reply:
    """Do something with the shared store of a configuration.

    Args:
        session: the configuration.
        work: takes the store, and application and environment.
    """
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.errors import AdapterRequired, Problem
    from traitconf.runtime.caches import shared_store, space
    from traitconf.types import Severity

    settings = session.runtime.snapshot.settings
    if settings.cache.store == "memory":
        hint = 'with runtime.cache.store = "redis" all processes share one'
        text = "results are kept in the memory of each process, where nobody else can look"
        return Reply({"store": "memory"}, problems=(Problem("TC764", text, hint=hint, severity=Severity.NOTE),))
    try:
        store = shared_store(settings.cache)
        return work(store, space(settings))
    except AdapterRequired as error:
        return Reply(problems=(Problem("TC763", str(error)),), code=ExitCode.UNREACHABLE)
    except Exception as error:
        if not type(error).__module__.startswith("redis"):
            raise
        text = f"the store {settings.cache.store} does not answer: {error}"
        hint = "runtime.cache.url says where it is; `traitconf explain runtime.cache.url` shows who says so"
        return Reply(problems=(Problem("TC763", text, hint=hint),), code=ExitCode.UNREACHABLE)
