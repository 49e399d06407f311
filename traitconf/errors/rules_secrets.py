"""TC4xx: secrets that stand where they should not, or cannot be had."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, shell, traits
from traitconf.types import Severity

_POSTING: Final = app(
    '\n@tc.trait\nclass Posting(tc.TraitBase):\n    """Post to the bulletin."""\n\n'
    '    token: str = tc.option("", secret=True, doc="What the bulletin asks for.")\n'
)
_ENV: Final = traits('[posting]\ntoken.secret = "env:BULLETIN_TOKEN"\n')

RULES: Final = (
    Rule(
        code="TC401",
        title="secret in clear",
        severity=Severity.WARNING,
        meaning="An option is declared secret, and its value stands in a file that is not for one machine only.",
        reason="Files of configuration are copied, reviewed and kept; a secret should not be.",
        wrong=(_POSTING, traits('[posting]\ntoken = "mellon"\n')),
        right=(_POSTING, Listing('[posting]\ntoken = "mellon"\n', "config/.secrets.toml")),
    ),
    Rule(
        code="TC402",
        title="secret that cannot be had",
        meaning="A reference is right, and there is no secret behind it: the variable is not set, the file cannot be"
        " read, a plug-in fails, or what was read does not suit the option. Where the reference is shadowed, or its"
        " trait is off, it is a warning.",
        reason="The program would start and fail at the first call that needs the secret.",
        wrong=(shell("traitconf validate --app app"), _POSTING, _ENV),
        right=(shell("BULLETIN_TOKEN=mellon traitconf validate --app app"), _POSTING, _ENV),
    ),
    Rule(
        code="TC403",
        title="reference that nobody understands",
        meaning="A `secret` must be `scheme:name`, with a scheme that is built in, registered or advertised by a"
        " package. The text is not quoted.",
        reason="It may be the secret itself, put in the wrong place.",
        wrong=(
            shell("BULLETIN_TOKEN=mellon traitconf validate --app app"),
            _POSTING,
            traits('[posting]\ntoken.secret = "BULLETIN_TOKEN"\n'),
        ),
        right=(shell("BULLETIN_TOKEN=mellon traitconf validate --app app"), _POSTING, _ENV),
    ),
    Rule(
        code="TC404",
        title="secret file outside of the declared roots",
        meaning="A `file:` reference leads, all links followed, to a place below none of the directories that"
        " `runtime.secret_roots` names.",
        reason="Whoever may edit a file of configuration could otherwise have any file of the machine read.",
        wrong=(_POSTING, traits('[posting]\ntoken.secret = "file:/etc/hostname"\n')),
        right=(
            _POSTING,
            traits('[posting]\ntoken.secret = "file:secrets/token"\n'),
            Listing('secret_roots = ["secrets"]\n', "config/runtime.toml"),
            Listing("mellon\n", "config/secrets/token"),
        ),
    ),
)
