"""TC2xx: what configuration may not say, because a wider scope or the trait forbids it."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Example, Listing, Rule, app, group, shell, tenant, traits

_OPTION: Final = (
    '\n@tc.trait\nclass Billed(tc.TraitBase):\n    """Send invoices."""\n\n'
    '    rate: float = tc.option(0.19, scope=("global", "group"), doc="Tax rate.")\n'
)

_LIMITED: Final = group("[auditable]\nretention_days.allow = { max = 30 }\n")


def _remote(key: str, value: str) -> Example:
    """Return a loader that gives a key."""
    head = "def load(settings, env=None, silent=True, key=None, filename=None):"
    return (
        shell("traitconf validate"),
        Listing(f"{head}\n    settings.set({key!r}, {value!r})\n", "house_settings.py"),
        Listing('loaders = ["house_settings"]\n', "config/runtime.toml"),
    )


RULES: Final = (
    Rule(
        code="TC210",
        title="definition that breaks a lock",
        meaning="A definition that sorts after a lock gives another value than the lock, or two groups of one"
        " `extends` lock an option to different values. Both places are shown.",
        reason="A lock is a promise that nobody below changes the value: to break it silently, or to ignore the"
        " definition silently, would deceive one of the two authors.",
        wrong=(
            group("[auditable]\nretention_days.lock = 2555\n"),
            tenant('extends = ["gold"]\n[auditable]\nretention_days = 30\n'),
        ),
        right=(group("[auditable]\nretention_days.lock = 2555\n"), tenant('extends = ["gold"]\n')),
    ),
    Rule(
        code="TC211",
        title="option at a scope where it may not be set",
        meaning="The trait declares at which scopes the option may be set, and this is none of them.",
        reason="The trait's author knows that a value of one tenant would be wrong or dangerous.",
        wrong=(app(_OPTION), tenant("[billed]\nrate = 0.0\n")),
        right=(app(_OPTION), traits("[billed]\nrate = 0.2\n")),
    ),
    Rule(
        code="TC220",
        title="value outside of what is allowed",
        meaning="A less specific scope narrows an option by `allow`, and this value lies outside; or the value that"
        " everybody starts from, the default, does.",
        reason="`allow` is how a plan says what its tenants may choose.",
        wrong=(_LIMITED, tenant('extends = ["gold"]\n[auditable]\nretention_days = 60\n')),
        right=(_LIMITED, tenant('extends = ["gold"]\n[auditable]\nretention_days = 20\n')),
    ),
    Rule(
        code="TC221",
        title="limits that leave nothing",
        meaning="What an `allow` leaves, together with those of less specific scopes, is no value at all.",
        reason="Nothing could be set any more, and not even the default would be right.",
        wrong=(_LIMITED, tenant('extends = ["gold"]\n[auditable]\nretention_days.allow = { min = 50 }\n')),
        right=(_LIMITED, tenant('extends = ["gold"]\n[auditable]\nretention_days.allow = { min = 20 }\n')),
    ),
    Rule(
        code="TC230",
        title="directive that is refused from its source",
        meaning="`class`, `use`, `secret`, `pattern`, or a setting such as `runtime.app`, comes from a source that"
        " others may write into from afar: the store, or a remote loader.",
        reason="Whoever can write there could have code imported or secrets read.",
        wrong=_remote("MODELS__ARTICLE__USE", '@json ["auditable"]'),
        right=_remote("AUDITABLE__RETENTION_DAYS", "90"),
    ),
)
