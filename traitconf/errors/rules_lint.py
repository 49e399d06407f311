"""TC3xx: what is allowed, and yet probably not what somebody wanted."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, group, model, shell, tenant, traits
from traitconf.types import Severity

_WARNING, _NOTE = Severity.WARNING, Severity.NOTE
_DAYS: Final = traits("[auditable]\nretention_days = 90\n")
_ARTICLE: Final = (
    "from traitconf.traits import Auditable, Sluggable\n\n{decorator}\nclass Article:\n"
    '    title, slug = "", None\n    def save(self) -> None: ...\n'
)
_BOUND: Final = app(_ARTICLE.format(decorator="@tc.use(Sluggable)"))
_POSTING: Final = app(
    '\n@tc.trait\nclass Posting(tc.TraitBase):\n    """Post to the bulletin."""\n\n'
    '    token: str = tc.option("", secret=True, doc="What the bulletin asks for.")\n'
)
_RENAMED: Final = app(
    '\n@tc.trait\nclass Polling(tc.TraitBase):\n    """Ask again and again."""\n\n'
    '    every: int = tc.option(60, deprecated="interval", doc="Seconds between questions.")\n'
    '    interval: int = tc.option(60, doc="Seconds between questions.")\n'
)
_POLLING: Final = (
    '\n@tc.trait{deprecated}\nclass Polling(tc.TraitBase):\n    """Ask again and again."""\n\n'
    '    every: int = tc.option(60, doc="Seconds between questions.")\n'
)

RULES: Final = (
    Rule(
        code="TC301",
        title="option that two files of one rank define",
        severity=_WARNING,
        meaning="Two files define the same option at the same scope, in the same band; the later one wins, in order of"
        ' their paths. With `runtime.conflicts = "error"` it is an error.',
        reason="Who reads the earlier file is misled, and renaming a file would change what holds.",
        wrong=(_DAYS, Listing("[traits.auditable]\nretention_days = 30\n", "config/zz.toml")),
        right=(_DAYS, Listing('[traits.auditable]\nfields = ["title"]\n', "config/zz.toml")),
    ),
    Rule(
        code="TC302",
        title="definition that is locked for some models",
        severity=_WARNING,
        meaning="A definition covers models for which the option is locked to another value, and models for which it"
        " is not. It has no effect for the first.",
        reason="It looks as if it held for all models.",
        wrong=(model("[auditable]\nretention_days.lock = 365\n"), tenant("[auditable]\nretention_days = 30\n")),
        right=(
            model("[auditable]\nretention_days.lock = 365\n"),
            tenant("[models.Comment.auditable]\nretention_days = 30\n"),
        ),
    ),
    Rule(
        code="TC303",
        title="active force",
        severity=_NOTE,
        meaning="A definition is meant to win against more specific ones: `force` in a file, or an environment"
        " variable, which forces unless its suffix says otherwise.",
        reason="A force is usually set in an emergency and then forgotten; this list is where it is found again.",
        wrong=(traits("[auditable]\nenabled.force = false\n"),),
        right=(traits("[auditable]\nenabled = false\n"),),
    ),
    Rule(
        code="TC304",
        title="active lock",
        severity=_NOTE,
        meaning="A definition may not be changed by anything that is more specific or comes later.",
        reason="No fault: the list shows what is out of the hands of groups and tenants.",
        wrong=(group("[auditable]\nretention_days.lock = 2555\n"), tenant('extends = ["gold"]\n')),
        right=(group("[auditable]\nretention_days = 2555\n"), tenant('extends = ["gold"]\n')),
    ),
    Rule(
        code="TC305",
        title="expired definition",
        severity=_WARNING,
        meaning="The moment that `until` names has passed: the definition is ignored.",
        reason="It does nothing any more and stands in the way of whoever reads the file.",
        wrong=(traits("[auditable]\nretention_days = { value = 7, until = 2020-01-01 }\n"),),
        right=(_DAYS,),
    ),
    Rule(
        code="TC306",
        title="definition that decides nothing for anybody",
        severity=_WARNING,
        meaning="Wherever the definition applies, another one is stronger: a force or lock of a scope that covers it,"
        " or, for a group, definitions of every tenant that extends it.",
        reason="Who changes it will wonder why nothing happens.",
        wrong=(
            traits("[sluggable]\nmax_length.force = 60\n"),
            tenant("[sluggable]\nmax_length = 40\n"),
        ),
        right=(traits("[sluggable]\nmax_length = 60\n"), tenant("[sluggable]\nmax_length = 40\n")),
    ),
    Rule(
        code="TC307",
        title="definition that repeats what stands below",
        severity=_WARNING,
        meaning="Without the definition, everybody would have the same value, by a wider definition; or by the"
        " option's default, which is reported as a note only.",
        reason="When the wider definition changes, this one stays behind, though nobody may have meant it to.",
        wrong=(_DAYS, tenant("[auditable]\nretention_days = 90\n")),
        right=(_DAYS, tenant("[auditable]\nretention_days = 30\n")),
    ),
    Rule(
        code="TC308",
        title="variable without effect somewhere",
        severity=_WARNING,
        meaning="An environment variable sets an option, and for some tenants, groups or models a lock, or a more"
        " specific force, is stronger.",
        reason="A variable looks like the last word. Where it is not, an operator in a hurry has to know.",
        wrong=(
            shell("TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS=7 traitconf lint"),
            tenant("[auditable]\nretention_days.force = 365\n"),
        ),
        right=(
            shell("TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS=7 traitconf lint"),
            tenant("[auditable]\nretention_days = 365\n"),
        ),
    ),
    Rule(
        code="TC309",
        title="global definition without effect for a model",
        severity=_WARNING,
        meaning="The arguments of a decorator are definitions at the model's scope, which stands above the global one:"
        " for the models that are named, the global definition decides nothing.",
        reason="The file seems to hold for every model, and the decorator is not in sight.",
        wrong=(
            app(_ARTICLE.format(decorator='@tc.use(Sluggable(separator="_"))')),
            traits('[sluggable]\nseparator = "~"\n'),
        ),
        right=(
            app(_ARTICLE.format(decorator='@tc.use(Sluggable(separator="_"))')),
            model('[sluggable]\nseparator = "~"\n'),
        ),
    ),
    Rule(
        code="TC310",
        title="secret in clear in a file that git tracks",
        severity=_WARNING,
        meaning="An option is declared secret, and its value stands in a file that belongs to the repository.",
        reason="Whoever has a copy of the repository has the secret, now and for all its history.",
        wrong=(
            shell("git init -q && git add -f . && traitconf lint --app app"),
            _POSTING,
            traits('[posting]\ntoken = "mellon"\n'),
        ),
        right=(
            shell("git init -q && git add . && traitconf lint --app app"),
            _POSTING,
            Listing('[posting]\ntoken = "mellon"\n', "config/.secrets.toml"),
            Listing(".secrets.*\n", ".gitignore"),
        ),
    ),
    Rule(
        code="TC311",
        title="group that nobody extends",
        severity=_WARNING,
        meaning="No tenant extends the group, directly or through another group, nor is it among"
        " `runtime.default_extends`. Where no file names any tenant it is a note: tenants may be kept elsewhere.",
        reason="What the group says holds for nobody.",
        wrong=(group("[auditable]\nretention_days = 365\n"), tenant("[sluggable]\nmax_length = 40\n")),
        right=(
            group("[auditable]\nretention_days = 365\n"),
            tenant('extends = ["gold"]\n[sluggable]\nmax_length = 40\n'),
        ),
    ),
    Rule(
        code="TC312",
        title="variable for a tenant that no file names",
        severity=_WARNING,
        meaning="A variable addresses a tenant that no file names. It holds for every tenant whose id reads like it in"
        " capitals, if there is one.",
        reason="It is right for tenants that are kept in a database, and a slip otherwise.",
        wrong=(
            shell("TRAITCONF_TENANTS__ACMEE__AUDITABLE__RETENTION_DAYS=7 traitconf lint"),
            tenant("[auditable]\nretention_days = 90\n"),
        ),
        right=(
            shell("TRAITCONF_TENANTS__ACME__AUDITABLE__RETENTION_DAYS=7 traitconf lint"),
            tenant("[sluggable]\nmax_length = 40\n"),
        ),
    ),
    Rule(
        code="TC313",
        title="deprecated trait in use",
        severity=_WARNING,
        meaning="A layer configures a trait that its author has declared deprecated; the hint says what to use"
        " instead.",
        reason="A later version will not know it any more.",
        wrong=(
            app(_POLLING.format(deprecated='(deprecated="subscribe instead")')),
            traits("[polling]\nevery = 10\n"),
        ),
        right=(app(_POLLING.format(deprecated="")), traits("[polling]\nevery = 10\n")),
    ),
    Rule(
        code="TC314",
        title="trait configured for a model that does not have it",
        severity=_WARNING,
        meaning="A trait that acts on classes is configured for a model, and neither that class nor one derived from"
        " it has the trait.",
        reason="Nothing acts on the model, whatever the file says, until the trait is bound.",
        wrong=(_BOUND, model("[auditable]\nretention_days = 365\n")),
        right=(_BOUND, model("[sluggable]\nmax_length = 40\n")),
    ),
    Rule(
        code="TC315",
        title="local or secrets file that git tracks",
        severity=_WARNING,
        meaning="A file whose name says that it is for one machine only, `*.local.*` or `.secrets.*`, belongs to the"
        " repository.",
        reason="It overrides the configuration of everybody who has a copy, and may hold what only one machine should.",
        wrong=(
            shell("git init -q && git add -f . && traitconf lint"),
            Listing("[auditable]\nretention_days = 9\n", "config/traits.local.toml"),
        ),
        right=(
            shell("git init -q && git add . && traitconf lint"),
            Listing("[auditable]\nretention_days = 9\n", "config/traits.local.toml"),
            Listing("*.local.*\n", ".gitignore"),
        ),
    ),
    Rule(
        code="TC316",
        title="definition that will expire",
        severity=_NOTE,
        meaning="The definition holds until the moment that `until` names, and is ignored from then on.",
        reason="No fault: the list shows what will change without anybody's doing.",
        wrong=(traits("[auditable]\nretention_days = { value = 7, until = 2999-01-01 }\n"),),
        right=(_DAYS,),
    ),
    Rule(
        code="TC320",
        title="deprecated option in use",
        severity=_WARNING,
        meaning="An option that its author has declared deprecated is set. Where another took its place, the value is"
        " taken for that one.",
        reason="A later version will not know it any more.",
        wrong=(_RENAMED, traits("[polling]\nevery = 10\n")),
        right=(_RENAMED, traits("[polling]\ninterval = 10\n")),
    ),
    Rule(
        code="TC321",
        title="deprecated option beside its replacement",
        meaning="One table, or one call, sets both an option and the one that took its place.",
        reason="Both mean the same, and only one of two values can hold.",
        wrong=(_RENAMED, traits("[polling]\nevery = 10\ninterval = 20\n")),
        right=(_RENAMED, traits("[polling]\ninterval = 20\n")),
    ),
    Rule(
        code="TC322",
        title="value that more specific scopes may not set",
        severity=_WARNING,
        meaning="What holds at the place of an `allow` lies outside of what that allows to more specific scopes.",
        reason="A tenant that writes down the very value that it has would be refused.",
        wrong=(_DAYS, group("[auditable]\nretention_days.allow = { max = 30 }\n"), tenant('extends = ["gold"]\n')),
        right=(_DAYS, group("[auditable]\nretention_days.allow = { max = 99 }\n"), tenant('extends = ["gold"]\n')),
    ),
    Rule(
        code="TC330",
        title="variable of dynaconf that has no effect",
        severity=_WARNING,
        meaning="A variable begins with DYNACONF_, or ends in _FOR_DYNACONF. dynaconf would obey it; traitconf does not"
        " read it.",
        reason="Whoever reads the environment believes that it counts.",
        wrong=(
            shell("DYNACONF_AUDITABLE__RETENTION_DAYS=90 traitconf validate"),
            traits("[auditable]\nretention_days = 30\n"),
        ),
        right=(
            shell("TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS=90 traitconf validate"),
            traits("[auditable]\nretention_days = 30\n"),
        ),
    ),
)
