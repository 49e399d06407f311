"""Every code that traitconf reports, with the rule behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from traitconf.errors import (
    rules_address,
    rules_adopting,
    rules_binding,
    rules_cache,
    rules_declaration,
    rules_doctor,
    rules_lint,
    rules_models,
    rules_parse,
    rules_policy,
    rules_requests,
    rules_runtime,
    rules_secrets,
)
from traitconf.errors.rule import Rule

_PARTS: Final = (
    rules_parse,
    rules_address,
    rules_declaration,
    rules_policy,
    rules_lint,
    rules_secrets,
    rules_binding,
    rules_adopting,
    rules_cache,
    rules_doctor,
    rules_models,
    rules_runtime,
    rules_requests,
)
RULES: Final[Mapping[str, Rule]] = {
    rule.code: rule for rule in sorted((rule for part in _PARTS for rule in part.RULES), key=lambda rule: rule.code)
}
HUNDREDS: Final[Mapping[str, str]] = {
    "TC0": "Reading",
    "TC1": "Addresses, values and declarations",
    "TC2": "Policy",
    "TC3": "Conflicts and lint",
    "TC4": "Secrets",
    "TC5": "Invariants",
    "TC6": "Binding",
    "TC7": "Runtime",
    "TC8": "Changes",
}
"""What the codes of a hundred are about."""
_HEAD: Final = """\
# Rules

Every problem that traitconf reports has a code. `traitconf rule CODE` prints what stands here, and
`traitconf lint --select` and `--ignore` take the same codes.

<!-- This page is generated: python -m traitconf rule --markdown > docs/rules.md -->
"""


def reference() -> str:
    """Return the page that documents every rule, in Markdown."""
    parts = [_HEAD]
    for prefix, title in HUNDREDS.items():
        rules = [rule for code, rule in RULES.items() if code.startswith(prefix)]
        if rules:
            parts.append(f"## {title}\n")
        parts += [f"### {rule.code}: {rule.title}\n\n*{rule.severity.value}*\n\n{rule.markdown()}\n" for rule in rules]
    return "\n".join(parts)
