"""TC5xx and TC7xx: invariants of the whole, and what goes wrong while a program runs."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, shell, tenant, traits

_SEARCH: Final = app(
    '\n@tc.trait\nclass Indexed(tc.TraitBase):\n    """Put into an index."""\n\n'
    '    index: str = tc.option(doc="Name of the index.")\n'
)
_REQUIRING: Final = (
    '\n@tc.trait\nclass Mailing(tc.TraitBase):\n    """Send what has happened."""\n\n'
    '    digest: bool = tc.option(False, requires="{name}", doc="Once a day.")\n'
)

RULES: Final = (
    Rule(
        code="TC501",
        title="required option that nothing defines",
        meaning="An option has no default, and where its trait is enabled no layer defines it.",
        reason="The trait cannot work without; the program stops at its start instead of at the first call.",
        wrong=(_SEARCH, traits("[indexed]\nenabled = true\n")),
        right=(_SEARCH, traits('[indexed]\nindex = "articles"\n')),
    ),
    Rule(
        code="TC503",
        title="prerequisite that cannot be one",
        meaning="An option is declared with `requires=` a toggle of another trait that does not exist, is no toggle,"
        " or requires this one in turn.",
        reason="Whether the option may be on could never be said.",
        wrong=(app(_REQUIRING.format(name="auditabel.enabled")), traits("[mailing]\ndigest = true\n")),
        right=(app(_REQUIRING.format(name="auditable.enabled")), traits("[mailing]\ndigest = true\n")),
    ),
    Rule(
        code="TC701",
        title="unknown tenant",
        meaning="No file names the tenant. `runtime.unknown_tenants` says whether that is allowed, warned of or"
        " refused; a question on the command line gets a note.",
        reason="A slip in an id gives a customer the behaviour of a stranger.",
        wrong=(
            shell("traitconf get sluggable.max_length --tenant acmee"),
            Listing('unknown_tenants = "error"\n', "config/runtime.toml"),
            tenant("[sluggable]\nmax_length = 40\n"),
        ),
        right=(
            shell("traitconf get sluggable.max_length --tenant acme"),
            Listing('unknown_tenants = "error"\n', "config/runtime.toml"),
            tenant("[sluggable]\nmax_length = 40\n"),
        ),
    ),
    Rule(
        code="TC799",
        title="internal error",
        meaning="The program itself has failed in a way that nobody foresaw. With --traceback, or TRAITCONF_DEBUG=1,"
        " the place is shown.",
        reason="It is a fault of traitconf and worth a report, never of the configuration.",
        wrong=(),
        right=(),
    ),
)
