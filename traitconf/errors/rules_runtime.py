"""TC5xx and TC7xx: invariants of the whole, and what goes wrong while a program runs."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, shell, tenant, then, traits

_SEARCH: Final = app(
    '\n@tc.trait\nclass Indexed(tc.TraitBase):\n    """Put into an index."""\n\n'
    '    index: str = tc.option(doc="Name of the index.")\n'
)
_REQUIRING: Final = (
    '\n@tc.trait\nclass Mailing(tc.TraitBase):\n    """Send what has happened."""\n\n'
    '    digest: bool = tc.option(False, requires="{name}", doc="Once a day.")\n'
)
_LOADER: Final = Listing(
    "def load(settings, env=None, silent=True, key=None, filename=None):\n"
    "    settings.set('AUDITABLE__RETENTION_DAYS', 90)\n",
    "house_settings.py",
)
_COUNTED: Final = (
    '\n@tc.trait\nclass Counted(tc.TraitBase):\n    """Count in steps."""\n\n'
    '    step: int = tc.option(1, doc="How far a step goes.")\n\n'
    "    @tc.on_config\n    def look(self, old, new):\n{hook}"
)
_REFUSING: Final = app(
    _COUNTED.format(
        hook="        if new.step > 10 * old.step:\n            raise tc.Veto('one order of magnitude at a time')\n"
    )
)
_FAILING: Final = app(_COUNTED.format(hook="        assert old.step / new.step < 100\n"))


def _subscribing(name: str) -> Listing:
    return app(f'\n@tc.on("{name}")\ndef forward(event):\n    print(event)\n')


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
        code="TC702",
        title="loader that fails",
        meaning="A loader of `runtime.loaders` cannot be imported, raises, or has not answered within"
        " `runtime.loader_timeout`. A program that runs keeps what it has.",
        reason="To go on without the values of a store would be another configuration than the one that was written.",
        wrong=(shell("traitconf validate"), Listing('loaders = ["house_settigns"]\n', "config/runtime.toml"), _LOADER),
        right=(shell("traitconf validate"), Listing('loaders = ["house_settings"]\n', "config/runtime.toml"), _LOADER),
    ),
    Rule(
        code="TC710",
        title="trait that cannot be resolved any more",
        meaning="With the new configuration a trait that is in use cannot be made: code that belongs to it fails in a"
        " way that no other code stands for. The old configuration stays.",
        reason="The next call would fail; so the change is tried before anybody sees it.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC711",
        title="change that a trait refuses",
        meaning="The `on_config` hook of a trait has raised `Veto`, with its reason. The old configuration stays.",
        reason="The author of a trait may know what no type or limit can say.",
        wrong=(_REFUSING, traits("[counted]\nstep = 1\n"), then("[counted]\nstep = 50\n")),
        right=(_REFUSING, traits("[counted]\nstep = 1\n"), then("[counted]\nstep = 2\n")),
    ),
    Rule(
        code="TC712",
        title="hook of a trait that fails",
        meaning="The `on_config` hook of a trait has raised something else than `Veto`. The old configuration stays.",
        reason="A hook that fails has not agreed.",
        wrong=(_FAILING, traits("[counted]\nstep = 1\n"), then("[counted]\nstep = 0\n")),
        right=(_FAILING, traits("[counted]\nstep = 1\n"), then("[counted]\nstep = 2\n")),
    ),
    Rule(
        code="TC730",
        title="subscription to an event that nobody declares",
        meaning="A function subscribes to a name that is no event of a known trait, or to the events of a trait that"
        " nobody has defined. `traitconf events orphans` lists all of them; where the trait is known already, the"
        " subscription itself is refused.",
        reason="The function would wait for ever, and nobody would miss what it does.",
        wrong=(shell("traitconf events orphans --app app"), _subscribing("auditabel.recorded")),
        right=(shell("traitconf events orphans --app app"), _subscribing("auditable.recorded")),
    ),
    Rule(
        code="TC731",
        title="no journal of events",
        meaning="`traitconf events tail` is to follow an application that keeps no journal: `runtime.events.journal`"
        " names no file.",
        reason="Events that nobody keeps are gone; other processes cannot see them.",
        wrong=(shell("traitconf events tail"), Listing("", "config/runtime.toml")),
        right=(
            shell("traitconf events tail"),
            Listing('[events]\njournal = "run/events.jsonl"\n', "config/runtime.toml"),
        ),
    ),
    Rule(
        code="TC740",
        title="unknown sink",
        meaning="`runtime.telemetry.sinks` names a sink that neither traitconf nor an installed package offers.",
        reason="Metrics would go nowhere, and nobody would miss them until they are needed.",
        wrong=(shell("traitconf validate"), Listing('[telemetry]\nsinks = ["statds"]\n', "config/runtime.toml")),
        right=(shell("traitconf validate"), Listing('[telemetry]\nsinks = ["statsd"]\n', "config/runtime.toml")),
    ),
    Rule(
        code="TC741",
        title="sink without its product",
        meaning="A sink of `runtime.telemetry.sinks`, or `runtime.telemetry.traces`, needs a package that is not"
        " installed; the hint names the extra that brings it.",
        reason="Metrics would go nowhere, and nobody would miss them until they are needed.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC742",
        title="no program has written metrics",
        meaning="`traitconf metrics` shows what running programs have written with the sink `file`, and there is"
        " nothing in `runtime.telemetry.directory`.",
        reason="A command is another process than the program: it knows no number that the program has not told.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC743",
        title="unknown instrument",
        meaning="Neither the framework nor a known trait has a counter, gauge or histogram of that name, and no running"
        " program has told of one.",
        reason="An empty answer would look like a zero.",
        wrong=(shell("traitconf metrics show operation.cals"),),
        right=(shell("traitconf metrics show"),),
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
