"""TC0xx: what cannot be read at all."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, shell, traits

_DAYS: Final = traits("[auditable]\nretention_days = 90\n")
_YAML: Final = Listing("auditable:\n  retention_days: 90\n", "config/traits.yaml")

RULES: Final = (
    Rule(
        code="TC001",
        title="configuration that does not exist",
        meaning="A directory or file that was named as configuration is not there, or the tree below"
        " `environments/` that TRAITCONF_ENV names.",
        reason="A program that starts with defaults because of a slip in a path behaves in a way that nobody wanted.",
        wrong=(shell("TRAITCONF_ENV=produktion traitconf validate"), _DAYS),
        right=(
            shell("TRAITCONF_ENV=production traitconf validate"),
            _DAYS,
            Listing("[auditable]\nretention_days = 365\n", "config/environments/production/traits.toml"),
        ),
    ),
    Rule(
        code="TC002",
        title="file or directory that cannot be read",
        meaning="The operating system refuses to read it, or it is of no format that traitconf knows: TOML, YAML or"
        " JSON, told by the ending of its name.",
        reason="What cannot be read cannot be checked, and leaving it out would change what the program does.",
        wrong=(shell("traitconf validate --config settings.py"), Listing("retention_days = 90\n", "settings.py")),
        right=(
            shell("traitconf validate --config settings.toml"),
            Listing("[auditable]\nretention_days = 90\n", "settings.toml"),
        ),
    ),
    Rule(
        code="TC003",
        title="text that is not UTF-8",
        meaning="A file or an environment variable holds bytes that are no UTF-8.",
        reason="Guessing an encoding gives other values on other machines.",
        wrong=(shell("TRAITCONF_TRAITS__SLUGGABLE__SOURCE=\"$(printf 'caf\\351')\" traitconf validate"), _DAYS),
        right=(shell('TRAITCONF_TRAITS__SLUGGABLE__SOURCE="café" traitconf validate'), _DAYS),
    ),
    Rule(
        code="TC004",
        title="syntax error",
        meaning="A file is not what its format says: a bracket is missing, a key stands twice, an indentation is"
        " wrong. Likewise a variable's value that its suffix declares to be JSON.",
        reason="Nothing of such a file can be trusted; a key that stands twice would silently lose one of its values.",
        wrong=(traits("[auditable]\nretention_days = 90\nretention_days = 30\n"),),
        right=(traits("[auditable]\nretention_days = 30\n"),),
    ),
    Rule(
        code="TC005",
        title="token or marker of dynaconf that cannot be followed",
        meaning="A value such as `@int many`, or a marker such as `dynaconf_merge`, cannot be evaluated, or has no"
        " meaning where it stands.",
        reason="A token that is left as text would be taken for the value.",
        wrong=(traits('[auditable]\nretention_days = "@int many"\n'),),
        right=(traits('[auditable]\nretention_days = "@int 90"\n'),),
    ),
    Rule(
        code="TC006",
        title="dynaconf cannot be used",
        meaning="YAML, tokens and loaders are read by dynaconf, and it fails while it is imported: one of its own"
        " variables has a value that it refuses. TOML and JSON need only its parsers, which ask no variable.",
        reason="Without dynaconf they cannot be read, and leaving them out would change what the program does.",
        wrong=(shell("REDIS_PORT_FOR_DYNACONF=somewhere traitconf validate"), _YAML),
        right=(shell("traitconf validate"), _YAML),
    ),
    Rule(
        code="TC010",
        title="command line that makes no sense",
        meaning="A command, an option or an argument of `traitconf` is unknown, missing or contradicts another.",
        reason="Doing only the part that was understood would answer another question than the one asked.",
        wrong=(shell("traitconf validat --json"),),
        right=(shell("traitconf validate --json"), _DAYS),
    ),
)
