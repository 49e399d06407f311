"""TC10x to TC119, TC13x, TC14x: names and values that configuration gets wrong."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, group, model, shell, tenant, traits
from traitconf.types import Severity

_WARNING: Final = Severity.WARNING
_DAYS: Final = traits("[auditable]\nretention_days = 90\n")
_BOUND: Final = app(
    'from traitconf.traits import Auditable\n\n@tc.use(Auditable)\nclass Article:\n    title = ""\n'
    "    def save(self) -> None: ...\n"
)

_POSTING: Final = app(
    '\n@tc.trait\nclass Posting(tc.TraitBase):\n    """Post to the bulletin."""\n\n'
    '    token: str = tc.option("", secret=True, doc="What the bulletin asks for.")\n'
)
_CARDS: Final = app(
    "from traitconf.traits import Auditable\n\nclass Draft:\n    @tc.use(Auditable)\n    class Card:\n"
    "        def save(self) -> None: ...\n\nclass Printed:\n    @tc.use(Auditable)\n    class Card:\n"
    "        def save(self) -> None: ...\n"
)

RULES: Final = (
    Rule(
        code="TC101",
        title="unknown option",
        meaning="A trait has no option of that name, or a record no such field.",
        reason="A slip that is ignored leaves the default in force while the file seems to say otherwise.",
        wrong=(traits("[auditable]\nretention_dayz = 90\n"),),
        right=(_DAYS,),
    ),
    Rule(
        code="TC102",
        title="unknown trait",
        meaning="No trait of that name is registered. Without the application it is a warning, because the"
        " application may still define it; a name that is nearly a known one is an error always.",
        reason="Options of a trait that does not exist have no effect.",
        wrong=(traits("[auditible]\nretention_days = 90\n"),),
        right=(_DAYS,),
    ),
    Rule(
        code="TC103",
        title="value of the wrong type",
        meaning="A value, or what stands where a table must, is not of the type that is declared. Nothing is guessed:"
        ' "no" is no bool, and a single string is no list.',
        reason='A guess that suits one reader surprises the next: in many tools the text "no" is true.',
        wrong=(traits('[auditable]\nenabled = "no"\n'),),
        right=(traits("[auditable]\nenabled = false\n"),),
    ),
    Rule(
        code="TC104",
        title="value that breaks a rule of its option",
        meaning="The type is right, but a limit, the list of choices, the pattern or the validator of the option"
        " refuses the value.",
        reason="The trait was written for values within its rules, and only for those.",
        wrong=(traits("[auditable]\nretention_days = 0\n"),),
        right=(traits("[auditable]\nretention_days = 1\n"),),
    ),
    Rule(
        code="TC105",
        title="unknown directive, or an address that makes no sense",
        meaning="Below an option that is no table stands a key that is no directive; or a command was asked about an"
        " address that cannot be one.",
        reason="A directive that is ignored would leave a plain value where a lock or an expiry was meant.",
        wrong=(traits("[auditable]\nretention_days.locked = 90\n"),),
        right=(traits("[auditable]\nretention_days.lock = 90\n"),),
    ),
    Rule(
        code="TC106",
        title="directive that does not suit its option",
        meaning="The directive exists, but not for an option of this kind: only lists are appended to, only sets are"
        " added to.",
        reason="There is no value that the directive could give.",
        wrong=(traits("[auditable]\nretention_days.append = 30\n"),),
        right=(traits('[auditable]\nmask.add = ["body"]\n'),),
    ),
    Rule(
        code="TC107",
        title="binding that is not written as one",
        meaning='`class` in a model\'s table must be `"module:ClassName"`, and `use` a list of trait names.',
        reason="Without both, it is not known which class is meant or what it gets.",
        wrong=(model('class = "app.models.Article"\nuse = ["auditable"]\n'),),
        right=(model('class = "app.models:Article"\nuse = ["auditable"]\n'),),
    ),
    Rule(
        code="TC108",
        title="id that cannot be one",
        meaning="An id has 1 to 200 characters and does not begin with `*`. In a file's name it has only letters,"
        " digits, `_` and `-`; others are written as quoted keys in a whole document.",
        reason="Such an id could not be told from others in file names and variables.",
        wrong=(Listing("[auditable]\nenabled = false\n", "config/tenants/acme eu.toml"),),
        right=(Listing('[tenants."acme eu".auditable]\nenabled = false\n', "config/europe.toml"),),
    ),
    Rule(
        code="TC109",
        title="word of the grammar in the wrong place",
        meaning="`extends`, `class`, `use`, `traits`, `models`, `groups`, `tenants` and `runtime` structure a document"
        " and stand only where they mean something.",
        reason="Read as a trait's name it would be unknown; read as structure it would mean nothing here.",
        wrong=(model('extends = ["gold"]\n[auditable]\nenabled = true\n'), group("[auditable]\nenabled = true\n")),
        right=(tenant('extends = ["gold"]\n[auditable]\nretention_days = 9\n'), group("[auditable]\nenabled = true\n")),
    ),
    Rule(
        code="TC110",
        title="unknown group",
        meaning="`extends`, `runtime.default_extends` or a variable names a group that no file describes.",
        reason="The tenant would silently be without what its plan promises.",
        wrong=(tenant('extends = ["golf"]\n'), group("[auditable]\nretention_days = 365\n")),
        right=(tenant('extends = ["gold"]\n'), group("[auditable]\nretention_days = 365\n")),
    ),
    Rule(
        code="TC111",
        title="groups that extend each other in a circle",
        meaning="Following `extends` leads back to the group where one began; every edge of the circle is shown.",
        reason="In a circle no group is more specific than the others, so nothing could be decided.",
        wrong=(group('extends = ["silver"]\n'), group('extends = ["gold"]\n', "silver")),
        right=(
            tenant('extends = ["gold"]\n'),
            group('extends = ["silver"]\n'),
            group("[auditable]\nretention_days = 60\n", "silver"),
        ),
    ),
    Rule(
        code="TC112",
        title="groups in an order that contradicts theirs",
        meaning="A list of `extends` puts a group before one that itself extends the first; as with the bases of a"
        " Python class there is no order that keeps both.",
        reason="Either order would break a promise that another file makes.",
        wrong=(
            tenant('extends = ["silver", "gold"]\n'),
            group('extends = ["silver"]\n'),
            group("[auditable]\nretention_days = 60\n", "silver"),
        ),
        right=(
            tenant('extends = ["gold", "silver"]\n'),
            group('extends = ["silver"]\n'),
            group("[auditable]\nretention_days = 60\n", "silver"),
        ),
    ),
    Rule(
        code="TC113",
        title="table that says nothing of its option",
        meaning="Below an option stands an empty table, or one that holds `until`, `reason` or `ticket` and no value.",
        reason="Companions accompany something; whoever wrote them believes that a value is in force.",
        wrong=(traits("[auditable]\nretention_days = { until = 2999-01-01 }\n"),),
        right=(traits("[auditable]\nretention_days = { value = 7, until = 2999-01-01 }\n"),),
    ),
    Rule(
        code="TC114",
        title="value and secret reference at once",
        meaning="One table gives an option both a `value` and a `secret`.",
        reason="Only one of them can hold, and the other would stand there for nothing, perhaps in clear.",
        wrong=(_POSTING, traits('[posting]\ntoken = { value = "mellon", secret = "env:TOKEN" }\n')),
        right=(_POSTING, Listing('[posting]\ntoken = "mellon"\n', "config/.secrets.toml")),
    ),
    Rule(
        code="TC115",
        title="chain of groups that is too long",
        meaning="More than a hundred groups extend each other in a row.",
        reason="Nobody could say any more what holds; such files are generated by mistake, or to do harm.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC130",
        title="short name that stands for several models",
        severity=_WARNING,
        meaning="Two living classes have the short name under which a table sets a trait, and both have the trait."
        " While a program runs it is a warning and the table concerns both; for `runtime.check()` it is an error.",
        reason="One of the two was probably not meant.",
        wrong=(shell("traitconf validate --app app"), _CARDS, model("[auditable]\nretention_days = 90\n", "Card")),
        right=(
            shell("traitconf validate --app app"),
            _CARDS,
            Listing('[models."app:Draft.Card".auditable]\nretention_days = 90\n', "config/cards.toml"),
        ),
    ),
    Rule(
        code="TC131",
        title="unknown or ambiguous model",
        meaning="The application is loaded, and no class of that name has traits, nor is one a base of such a class;"
        " or several have the name.",
        reason="What is configured for a model that does not exist has no effect.",
        wrong=(_BOUND, model("[auditable]\nretention_days = 365\n", "Artcle")),
        right=(_BOUND, model("[auditable]\nretention_days = 365\n")),
    ),
    Rule(
        code="TC132",
        title="options in the table of a class pattern",
        meaning="A table of `models` whose `class` is a pattern binds several classes; options in it reach none of"
        " them.",
        reason="The name of such a table is no model's, so nothing would ever look there.",
        wrong=(
            Listing(
                '[models.Pages]\nclass = "house.pages:*Page"\nuse = ["auditable"]\n\n'
                "[models.Pages.auditable]\nretention_days = 90\n",
                "config/pages.toml",
            ),
        ),
        right=(
            Listing(
                '[models.Pages]\nclass = "house.pages:*Page"\nuse = ["auditable"]\n\n'
                "[models.FrontPage.auditable]\nretention_days = 90\n",
                "config/pages.toml",
            ),
        ),
    ),
    Rule(
        code="TC140",
        title="variable that addresses nothing",
        meaning="The name of a TRAITCONF_ variable ends too early, has an empty part, or stops at a record.",
        reason="A variable is usually set in haste; one without effect must not look as if it had one.",
        wrong=(shell("TRAITCONF_TRAITS__AUDITABLE=false traitconf validate"), _DAYS),
        right=(shell("TRAITCONF_TRAITS__AUDITABLE__ENABLED=false traitconf validate"), _DAYS),
    ),
    Rule(
        code="TC141",
        title="variable that addresses several things",
        meaning="In variables, ids are upper case and every other character is `_`; two ids, models or options of the"
        " configuration read alike there, and a variable names them.",
        reason="Choosing one of them would be a guess.",
        wrong=(
            shell("TRAITCONF_TENANTS__ACME_EU__AUDITABLE__ENABLED=false traitconf validate"),
            Listing(
                "[tenants.acme-eu.auditable]\nfields = []\n[tenants.acme_eu.auditable]\nfields = []\n", "config/a.toml"
            ),
        ),
        right=(
            shell("TRAITCONF_TENANTS__ACME_EU__AUDITABLE__ENABLED=false traitconf validate"),
            Listing('[tenants.acme-eu.auditable]\nfields = ["title"]\n', "config/a.toml"),
        ),
    ),
    Rule(
        code="TC142",
        title="variable with an unknown trait or section",
        meaning="The first word behind TRAITCONF_ is neither a section nor a trait nor one of the control variables.",
        reason="As with TC140, a variable without effect must not look as if it had one.",
        wrong=(shell("TRAITCONF_TRAIT__AUDITABLE__ENABLED=false traitconf validate"), _DAYS),
        right=(shell("TRAITCONF_TRAITS__AUDITABLE__ENABLED=false traitconf validate"), _DAYS),
    ),
    Rule(
        code="TC143",
        title="variable with an unknown suffix",
        meaning="Behind the option stand words that are no suffix, or two suffixes of one kind.",
        reason="The suffix decides whether the value forces, locks or is appended; it cannot be left out.",
        wrong=(shell("TRAITCONF_TRAITS__AUDITABLE__ENABLED__LOCKED=false traitconf validate"), _DAYS),
        right=(shell("TRAITCONF_TRAITS__AUDITABLE__ENABLED__LOCK=false traitconf validate"), _DAYS),
    ),
)
