"""TC68x and TC76x: what cannot be cached, and what goes wrong with the stores of cached results."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Example, Rule, app
from traitconf.types import Severity

_TRAIT: Final = (
    '\n@tc.trait\nclass Summed(tc.TraitBase):\n    """Sum up."""\n\n'
    "    @tc.operation(cache=True{key})\n    def words(self, host{parameters}):\n        {body}\n"
    '\n@tc.use(Summed)\nclass Page:\n    body: str = ""\n'
)


def _summed(key: str = "", body: str = "return host.body.split()", parameters: str = "") -> Example:
    return (app(_TRAIT.format(key=key, body=body, parameters=parameters)),)


RULES: Final = (
    Rule(
        code="TC685",
        title="cached operation whose host nothing identifies",
        meaning="An operation is declared with `cache=True` and without `key=`, or with the key `identity`, and the"
        " class has no primary key.",
        reason="The result of one object would be served for another one.",
        wrong=_summed(),
        right=_summed(', key=("body",)'),
    ),
    Rule(
        code="TC686",
        title="key of something that the class does not have",
        meaning="The key of a cached operation names an attribute that the class does not have.",
        reason="Every call would fail.",
        wrong=_summed(', key=("boddy",)'),
        right=_summed(', key=("body",)'),
    ),
    Rule(
        code="TC687",
        title="cached operation without a single result",
        meaning="An operation with `cache=True` is a generator, or something that is read like an attribute.",
        reason="A generator is used up by who reads it first; of an attribute, the framework keeps the value already.",
        wrong=_summed(', key=("body",)', "yield from host.body"),
        right=_summed(', key=("body",)', "return tuple(host.body)"),
    ),
    Rule(
        code="TC688",
        title="tag or ignored parameter that nothing bears",
        meaning="A tag of a cached operation has a placeholder that is no argument and no part of the key, or `ignore=`"
        " names no parameter.",
        reason="The tag could not be made, so that nothing would be invalidated by it.",
        wrong=_summed(', key=("body",), tags="of:{sort}"', parameters=", kind=1"),
        right=_summed(', key=("body",), tags="of:{kind}"', parameters=", kind=1"),
    ),
    Rule(
        code="TC760",
        title="argument of which no key can be made",
        meaning="A cached operation is called with something of a type that says nowhere what it is equal to.",
        reason="A key made of its address or its text would serve the result of one object for another one.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC761",
        title="tag that cannot be filled",
        meaning="The placeholder of a tag stands for something that is no text, number or UUID.",
        reason="Two objects could have the same text, and one of them none at all.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC762",
        title="result that no store can keep",
        severity=Severity.WARNING,
        meaning="A cached operation has returned something that cannot be copied, or, in Redis, written. It is"
        " returned and computed each time; the metric `traitconf.cache.refused` counts.",
        reason="A caller could change what others get; and what is not written as plain data would have to be trusted.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC763",
        title="store of cached results that fails",
        severity=Severity.WARNING,
        meaning="The store has not answered several times in a row. Calls compute, the metric"
        " `traitconf.cache.store_failures` counts, and the store is asked again after `runtime.cache.pause`.",
        reason="A cache makes calls faster; without it they must go on.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC764",
        title="store that the command line cannot see",
        severity=Severity.WARNING,
        meaning="The configuration keeps results in the memory of each process.",
        reason="The memory of another process cannot be looked into; with `runtime.cache.store` they share one.",
        wrong=(),
        right=(),
    ),
)
