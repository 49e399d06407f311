"""TC66x: what cannot be done with a model, an object or a session as it is."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Rule, app

_INVOICE: Final = (
    '\nclass Invoice:\n    year: int\n    number: int\n    tenant_of = "customer"\n    customer = "acme"\n'
    '    key_of = ("year", "number")\n\n    @classmethod\n    def load(cls, key): ...\n'
)

RULES: Final = (
    Rule(
        code="TC660",
        title="class that is no model of the product",
        meaning="An adapter is asked about a class that its product does not know: it is not mapped to a table, or not"
        " derived from the product's base class.",
        reason="Nothing that it could answer would be true.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC661",
        title="object without session or row",
        meaning="Something needs the session of an object that is detached or was never added, or a value that would"
        " have to be loaded from a row that is gone.",
        reason="A guess about whose an object is, or whether its transaction was committed, is worse than none.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC662",
        title="key that does not fit",
        meaning="A primary key has more or fewer parts than the model's, or names other fields.",
        reason="A key of which a part is missing may name the row of somebody else.",
        wrong=(app(_INVOICE + "\ntc.adapter_of(Invoice).load(Invoice, 7)\n"),),
        right=(app(_INVOICE + "\ntc.adapter_of(Invoice).load(Invoice, (2030, 7))\n"),),
    ),
    Rule(
        code="TC663",
        title="session of an event loop that is used elsewhere",
        meaning="An async session is used without awaiting or from another thread, or something would block the event"
        " loop.",
        reason="Two threads in one session write half of each other's rows.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC664",
        title="statement over many rows that is refused",
        meaning="A statement updates, deletes or inserts many rows of a model at once, past the hooks of a trait whose"
        " option `bulk` is `refuse`; or it is to be done object by object, which it cannot.",
        reason="The audit, the mark or the check that the trait is there for would be missing, and nobody would know.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC665",
        title="object of another tenant",
        meaning="An object of one tenant is used in the context of another one, and the policy is `error`.",
        reason="It is the row of a stranger, or the code has lost its way.",
        wrong=(app(_INVOICE + '\nwith tc.tenant("globex"):\n    tc.tenant_for(Invoice())\n'),),
        right=(app(_INVOICE + '\nwith tc.tenant("acme"):\n    tc.tenant_for(Invoice())\n'),),
    ),
    Rule(
        code="TC666",
        title="column that cannot be added",
        meaning="A model is to get a column, but is no table, has something else of that name, or no column holds"
        " values of that type.",
        reason="A trait would write into a field that holds something else, or that no row has.",
        wrong=(app(_INVOICE + '\ntc.adapter_of(Invoice).add_column(Invoice, tc.Column(name="paid", type=bool))\n'),),
        right=(app(_INVOICE + '\ntc.adapter_of(Invoice).add_column(Invoice, tc.Column(name="year", type=int))\n'),),
    ),
    Rule(
        code="TC667",
        title="filter on a field that the model does not have",
        meaning="A trait's scope filters the queries of a model by a field that the model does not have.",
        reason="A query that is not filtered shows what it must not.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC668",
        title="hook that wants the arguments of a method",
        meaning="A session writes an object past the method of its class, and a hook wants an argument of that method.",
        reason="Without the hook the object would be written as if the trait were not there.",
        wrong=(),
        right=(),
    ),
)
