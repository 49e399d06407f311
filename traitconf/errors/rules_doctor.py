"""TC64x: what keeps traits that are bound from doing what they are there for; `traitconf doctor` finds it."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Example, Rule, app, shell
from traitconf.types import Severity

_SOFT: Final = "from traitconf.traits import SoftDeletes\n"
_NOTE: Final = "\n@tc.use(SoftDeletes)\nclass Note:\n    def delete(self) -> None: ...\n"
_DATA: Final = (
    "import dataclasses\n\n@tc.trait\nclass Counted(tc.TraitBase):\n"
    '    """Count how often an object is saved."""\n\n    @tc.after("save")\n'
    "    def count(self, host, result, /) -> None:\n"
    '        self.state(host)["saves"] = self.state(host).get("saves", 0) + 1\n'
    "\n@dataclasses.dataclass({slots})\n@tc.use(Counted)\nclass Note:\n"
    '    title: str = ""\n\n    def save(self) -> None: ...\n'
)
_EMBEDDED: Final = (
    "import pydantic\n\n@tc.trait\nclass Counted(tc.TraitBase):\n"
    '    """Count what is made."""\n\n    @tc.after("__init__")\n'
    "    def count(self, host, result, /, **fields) -> None: ...\n"
    "\nclass Line(pydantic.BaseModel):\n    amount: int\n\nclass Order(pydantic.BaseModel):\n    lines: list[Line]\n"
    "\ntc.bind(Line, Counted)\n"
)
_REBUILT: Final = (
    "Line.__pydantic_custom_init__ = True\nLine.model_rebuild(force=True)\nOrder.model_rebuild(force=True)\n"
)
_POOL: Final = (
    "from concurrent.futures import ThreadPoolExecutor\n\ndef send(address: str) -> None: ...\n"
    "\ndef send_all(addresses: list[str]) -> None:\n    with ThreadPoolExecutor() as pool:\n"
    "        pool.map({work}, addresses)\n"
)


def _doctor(text: str) -> Example:
    return shell("traitconf doctor --app app"), app(text)


RULES: Final = (
    Rule(
        code="TC641",
        title="method replaced after binding",
        meaning="Somebody assigned to a method of a class after its traits were bound, or set an override on a"
        " subclass later; nothing that stands there now leads to what binding had put there.",
        reason="Calls pass by the trait, silently. A wrapper that calls what it replaces is all right.",
        wrong=_doctor(_SOFT + _NOTE + "\nNote.delete = lambda self: None\n"),
        right=_doctor(_SOFT + _NOTE + "\nNote.delete = lambda self: None\ntc.rebind(Note)\n"),
    ),
    Rule(
        code="TC642",
        title="member hidden by what an object has",
        meaning="A subclass declares a field of the name of a member that a trait gives to its base, or a method sets"
        " an attribute of that name on the object.",
        reason="The member cannot be reached on the object, or, where it is a property, setting the attribute fails.",
        wrong=_doctor(_SOFT + _NOTE + "\nclass Draft(Note):\n    restore: bool = False\n"),
        right=_doctor(_SOFT + _NOTE + "\nclass Draft(Note):\n    may_be_restored: bool = False\n"),
    ),
    Rule(
        code="TC643",
        title="nothing can be kept about objects of a class",
        severity=Severity.WARNING,
        meaning="A trait keeps values about single objects, and the class has slots without `__weakref__`. Traits that"
        " write to a field where there is one may never need to.",
        reason="What is kept must go when the object goes; the call that would keep something raises TypeError.",
        wrong=_doctor(_DATA.format(slots="slots=True")),
        right=_doctor(_DATA.format(slots="slots=True, weakref_slot=True")),
    ),
    Rule(
        code="TC644",
        title="Pydantic model that was built before its traits",
        meaning="A trait wraps `__init__` or `model_post_init` of a Pydantic model, and its validator, or that of a"
        " model that embeds it, was built before and calls neither.",
        reason="Objects made by validation pass by the trait; those made by calling the class do not.",
        wrong=_doctor(_EMBEDDED),
        right=_doctor(_EMBEDDED + _REBUILT),
    ),
    Rule(
        code="TC645",
        title="work handed to a thread without the context",
        severity=Severity.WARNING,
        meaning="A function is handed to a thread pool, an executor or a thread as it is.",
        reason="Threads do not inherit the running context: no tenant, no actor, no request id, no override.",
        wrong=_doctor(_POOL.format(work="send")),
        right=_doctor(_POOL.format(work="tc.propagate(send)")),
    ),
)
