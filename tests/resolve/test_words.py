"""Every finding of lint, and every fault of policy, groups and secrets, word for word; more are in `test_problems`."""

# ruff: noqa: E501 -- messages are quoted as they are

from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.resolve.lint import Surroundings, lint
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of
from words import told


@pytest.fixture
def guarded(subject, article):
    """A trait with secrets, beside the subject."""

    @tc.trait(name="guarded")
    class Guarded(tc.TraitBase):
        """Options that are secret."""

        key: str = tc.option("", secret=True, doc="A key.")
        port: int = tc.option(1, secret=True, doc="A number that is secret.")
        port2: tc.Secret[int] = tc.option(tc.Secret(1), doc="Another.")

    @tc.trait(name="chained")
    class Chained(tc.TraitBase):
        """Toggles that require each other."""

        index: bool = tc.option(True, doc="Index.")
        fuzzy: bool = tc.option(False, requires="index", doc="Fuzzy.")

    return Guarded


@pytest.fixture
def pamphlet(subject):
    """A model whose name nobody else uses."""

    @tc.use(subject)
    class Pamphlet: ...

    return Pamphlet


def found(files, environ, tc_config, directory):
    """Configure, and return everything that is said, by lint as well."""
    try:
        runtime = tc_config(files, environ)
    except tc.ConfigError as error:
        problems = error.problems
    else:
        around = Surroundings(bound=lambda cls: [spec_of(trait).name for trait in tc.traits_of(cls)])
        problems = [*runtime.warnings, *lint(runtime.snapshot.resolver, catalog, around)]
    return [told(problem, directory) for problem in problems]


# By name: files and variables; then what is said, in order.
CASES = {
    "an allow that is no table": (
        {"traits.toml": "[subject]\nsize.allow = 5\n"},
        {},
        """
error[TC103]: 'subject.size.allow': 'allow' must be a table that narrows
at: traits.toml:2:1
address: subject.size.allow
scope: global
expected: int, ..1000
hint: write allow = { max = … }
""",
    ),
    "an allow that is empty": (
        {"traits.toml": "[subject]\nsize.allow = {}\n"},
        {},
        """
error[TC103]: 'subject.size.allow': 'allow' must be a table that narrows
at: traits.toml:2:1
address: subject.size.allow
scope: global
expected: int, ..1000
hint: write allow = { max = … }
""",
    ),
    "a slip in a limit": (
        {"traits.toml": "[subject]\nsize.allow = { maxx = 5 }\n"},
        {},
        """
error[TC103]: 'subject.size.allow.maxx': unknown limit 'maxx'
at: traits.toml:2:16
address: subject.size.allow.maxx
scope: global
expected: int, ..1000
hint: did you mean 'max'?
""",
    ),
    "an unknown limit": (
        {"traits.toml": "[subject]\nsize.allow = { colour = 5 }\n"},
        {},
        """
error[TC103]: 'subject.size.allow.colour': unknown limit 'colour'
at: traits.toml:2:16
address: subject.size.allow.colour
scope: global
expected: int, ..1000
hint: known are min, max, one_of, pattern
""",
    ),
    "an allow that allows nothing": (
        {"traits.toml": "[subject]\nsize.allow = { min = 5, max = 3 }\n"},
        {},
        """
error[TC103]: 'subject.size.allow': 'allow' allows nothing
at: traits.toml:2:1
address: subject.size.allow
scope: global
expected: int, ..1000
hint: widen it
""",
    ),
    "a limit where there is no order": (
        {"traits.toml": "[subject]\nlabel.allow = { max = 'x' }\nplain.allow = { min = 1 }\n"},
        {},
        """
error[TC103]: 'subject.label.allow.max': a str has no order
at: traits.toml:2:17
address: subject.label.allow.max
scope: global
expected: str or none
hint: use one_of or pattern
""",
        """
error[TC103]: 'subject.plain.allow.min': a list of str has no order
at: traits.toml:3:17
address: subject.plain.allow.min
scope: global
expected: list of str
hint: use one_of or pattern
""",
    ),
    "choices of a secret": (
        {"traits.toml": "[guarded]\nkey.allow = { one_of = ['x'] }\nport.allow = { max = 3 }\n"},
        {},
        """
error[TC103]: 'guarded.key.allow.one_of': the values of a secret cannot be listed
at: traits.toml:2:15
address: guarded.key.allow.one_of
scope: global
expected: str
hint: use pattern
""",
        """
error[TC103]: 'guarded.port.allow.max': limits would tell of a secret
at: traits.toml:3:16
address: guarded.port.allow.max
scope: global
expected: int
hint: use pattern
""",
    ),
    "choices that are no list": (
        {"traits.toml": "[subject]\nlabel.allow = { one_of = 'x' }\n"},
        {},
        """
error[TC103]: 'subject.label.allow.one_of': must be a list of values
at: traits.toml:2:17
address: subject.label.allow.one_of
scope: global
expected: str or none
hint: write one_of = […]
""",
    ),
    "choices of the wrong type": (
        {"traits.toml": "[subject]\nsize.allow = { one_of = ['a', 1, 'b'] }\nplain.allow = { one_of = [1] }\n"},
        {},
        """
error[TC103]: 'subject.size.allow.one_of.0': expected int, got str "a"
at: traits.toml:2:26
address: subject.size.allow.one_of.0
scope: global
expected: int, ..1000
""",
        """
error[TC103]: 'subject.size.allow.one_of.2': expected int, got str "b"
at: traits.toml:2:34
address: subject.size.allow.one_of.2
scope: global
expected: int, ..1000
""",
        """
error[TC103]: 'subject.plain.allow.one_of.0': expected str, got int 1
at: traits.toml:3:27
address: subject.plain.allow.one_of.0
scope: global
expected: list of str
""",
    ),
    "a default that is not allowed": (
        {"groups/gold.toml": "[subject]\nsize.allow = { min = 5 }\n"},
        {},
        """
error[TC220]: 'subject.size' has the default 1, which is not allowed here
at: groups/gold.toml:2:1
address: subject.size
scope: group gold
hint: define a value that is allowed, or widen this
note: the default, conftest.py
""",
    ),
    "a value that is not allowed further down": (
        {"traits.toml": "[subject]\nsize.value = 5\nsize.allow = { max = 3 }\n"},
        {},
        """
warning[TC322]: 'subject.size' is 5 here, which more specific scopes may not set
at: traits.toml:3:1
address: subject.size
scope: global
note: set here, global, traits.toml:2:1
""",
    ),
    "allows that leave nothing": (
        {
            "traits.toml": "[subject]\nsize.value = 2\nsize.allow = { max = 3 }\n",
            "groups/gold.toml": "[subject]\nsize.value = 2\nsize.allow = { min = 5 }\n",
        },
        {},
        """
warning[TC322]: 'subject.size' is 2 here, which more specific scopes may not set
at: groups/gold.toml:3:1
address: subject.size
scope: group gold
note: set here, group gold, groups/gold.toml:2:1
""",
        """
error[TC221]: nothing is allowed for 'subject.size': this leaves nothing of at most 3
at: groups/gold.toml:3:1
address: subject.size
scope: group gold
hint: widen it
note: allowed here, global, traits.toml:3:1
""",
    ),
    "a value that is not allowed": (
        {
            "groups/gold.toml": "[subject]\nsize.value = 2\nsize.allow = { max = 3 }\n",
            "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 4\n',
        },
        {},
        """
error[TC220]: 'subject.size' must be at most 3 for tenant acme, got 4
at: tenants/acme.toml:3:1
address: subject.size
scope: tenant acme
expected: at most 3
hint: stay inside, or remove it
note: allowed here, group gold, groups/gold.toml:3:1
""",
    ),
    "a default that is not allowed any more": (
        {
            "traits.toml": "[subject]\nsize.value = 7\nsize.allow = { min = 5 }\n",
            "tenants/acme.toml": "[subject]\nsize.unset = true\n",
        },
        {},
        """
error[TC220]: 'subject.size' must be at least 5 for tenant acme, got its default
at: tenants/acme.toml:2:1
address: subject.size
scope: tenant acme
expected: at least 5
hint: stay inside, or remove it
note: allowed here, global, traits.toml:3:1
""",
    ),
    "a variable that is not allowed": (
        {"groups/gold.toml": "[subject]\nsize.value = 2\nsize.allow = { max = 3 }\n"},
        {"TRAITCONF_GROUPS__GOLD__SUBJECT__SIZE": "9"},
        """
error[TC220]: 'subject.size' must be at most 3 for group gold, got 9
at: env TRAITCONF_GROUPS__GOLD__SUBJECT__SIZE
address: subject.size
scope: group gold
expected: at most 3
hint: stay inside, or remove it
note: allowed here, group gold, groups/gold.toml:3:1
""",
    ),
    "choices that are not allowed": (
        {
            "traits.toml": "[subject]\nlabel.value = 'a'\nlabel.allow = { one_of = ['a', 'b'] }\n",
            "tenants/acme.toml": "[subject]\nlabel = 'c'\n[models.Article.subject]\nlabel = 'd'\n",
        },
        {},
        """
error[TC220]: 'subject.label' must be one of a, b for tenant acme, got c
at: tenants/acme.toml:2:1
address: subject.label
scope: tenant acme
expected: one of a, b
hint: stay inside, or remove it
note: allowed here, global, traits.toml:3:1
""",
        """
error[TC220]: 'subject.label' must be one of a, b for tenant acme, model Article, got d
at: tenants/acme.toml:4:1
address: subject.label
scope: tenant acme, model Article
expected: one of a, b
hint: stay inside, or remove it
note: allowed here, global, traits.toml:3:1
""",
    ),
    "a pattern that is not met": (
        {
            "traits.toml": "[subject]\nlabel.value = 'a'\nlabel.allow = { pattern = '[a-c]' }\n",
            "models/Article.toml": "[subject]\nlabel = 'd'\n",
        },
        {},
        """
error[TC220]: 'subject.label' must be matching [a-c] for model Article, got d
at: models/Article.toml:2:1
address: subject.label
scope: model Article
expected: matching [a-c]
hint: stay inside, or remove it
note: allowed here, global, traits.toml:3:1
""",
    ),
    "a list that may hold some things only": (
        {
            "traits.toml": "[subject]\nnames.value = ['a']\nnames.allow = { one_of = ['a', 'd'] }\n",
            "tenants/acme.toml": "[subject]\nnames.append = ['x', 'y']\n",
        },
        {},
        """
error[TC220]: 'subject.names' must be one of a, d for tenant acme, got ["x", "y"]
at: tenants/acme.toml:2:1
address: subject.names
scope: tenant acme
expected: one of a, d
hint: stay inside, or remove it
note: allowed here, global, traits.toml:3:1
""",
    ),
    "a prerequisite of an unknown trait": (
        {"traits.toml": "[chained]\nlost = true\n"},
        {},
        """
error[TC101]: unknown option 'chained.lost'
at: traits.toml:2:1
address: chained.lost
scope: global
hint: known are enabled, shadow, events, metrics, cache, log, queue, index, fuzzy
""",
    ),
    "a variable that something hides": (
        {
            "tenants/t0.toml": "[subject]\nsize.force = 3\n",
            "tenants/t1.toml": "[subject]\nsize.force = 3\n",
            "tenants/t2.toml": "[subject]\nsize.force = 3\n",
            "tenants/t3.toml": "[subject]\nsize.force = 3\n",
        },
        {"TRAITCONF_TRAITS__SUBJECT__SIZE": "9"},
        """
note[TC303]: 'subject.size' is forced for tenant t0
at: tenants/t0.toml:2:1
address: subject.size
scope: tenant t0
""",
        """
note[TC303]: 'subject.size' is forced for tenant t1
at: tenants/t1.toml:2:1
address: subject.size
scope: tenant t1
""",
        """
note[TC303]: 'subject.size' is forced for tenant t2
at: tenants/t2.toml:2:1
address: subject.size
scope: tenant t2
""",
        """
note[TC303]: 'subject.size' is forced for tenant t3
at: tenants/t3.toml:2:1
address: subject.size
scope: tenant t3
""",
        """
note[TC303]: 'subject.size' is forced for everybody
at: env TRAITCONF_TRAITS__SUBJECT__SIZE
address: subject.size
scope: global
""",
        """
warning[TC308]: TRAITCONF_TRAITS__SUBJECT__SIZE has no effect for tenant t0; tenant t1; tenant t2 and 1 more: something stronger sets 'subject.size'
at: env TRAITCONF_TRAITS__SUBJECT__SIZE
address: subject.size
scope: global
hint: the address of the variable can name the tenant, group or model; a lock needs its owner
note: stronger, tenant t0, tenants/t0.toml:2:1
note: stronger, tenant t1, tenants/t1.toml:2:1
note: stronger, tenant t2, tenants/t2.toml:2:1
""",
    ),
    "a variable that three hide": (
        {
            "tenants/t0.toml": "[subject]\nsize.force = 3\n",
            "tenants/t1.toml": "[subject]\nsize.force = 3\n",
            "tenants/t2.toml": "[subject]\nsize.force = 3\n",
        },
        {"TRAITCONF_TRAITS__SUBJECT__SIZE": "9"},
        """
note[TC303]: 'subject.size' is forced for tenant t0
at: tenants/t0.toml:2:1
address: subject.size
scope: tenant t0
""",
        """
note[TC303]: 'subject.size' is forced for tenant t1
at: tenants/t1.toml:2:1
address: subject.size
scope: tenant t1
""",
        """
note[TC303]: 'subject.size' is forced for tenant t2
at: tenants/t2.toml:2:1
address: subject.size
scope: tenant t2
""",
        """
note[TC303]: 'subject.size' is forced for everybody
at: env TRAITCONF_TRAITS__SUBJECT__SIZE
address: subject.size
scope: global
""",
        """
warning[TC308]: TRAITCONF_TRAITS__SUBJECT__SIZE has no effect for tenant t0; tenant t1; tenant t2: something stronger sets 'subject.size'
at: env TRAITCONF_TRAITS__SUBJECT__SIZE
address: subject.size
scope: global
hint: the address of the variable can name the tenant, group or model; a lock needs its owner
note: stronger, tenant t0, tenants/t0.toml:2:1
note: stronger, tenant t1, tenants/t1.toml:2:1
note: stronger, tenant t2, tenants/t2.toml:2:1
""",
    ),
    "a variable that is hidden everywhere": (
        {"traits.toml": "[subject]\nsize.force = 3\n"},
        {"TRAITCONF_TENANTS__ACME__SUBJECT__SIZE__NORMAL": "9"},
        """
note[TC303]: 'subject.size' is forced for everybody
at: traits.toml:2:1
address: subject.size
scope: global
""",
        """
warning[TC308]: TRAITCONF_TENANTS__ACME__SUBJECT__SIZE__NORMAL has no effect anywhere: something stronger sets 'subject.size'
at: env TRAITCONF_TENANTS__ACME__SUBJECT__SIZE__NORMAL
address: subject.size
scope: tenant ACME
hint: the address of the variable can name the tenant, group or model; a lock needs its owner
note: stronger, global, traits.toml:2:1
""",
        """
warning[TC312]: TRAITCONF_TENANTS__ACME__SUBJECT__SIZE__NORMAL: no file names a tenant that reads ACME in capitals
at: env TRAITCONF_TENANTS__ACME__SUBJECT__SIZE__NORMAL
address: subject.size
scope: tenant ACME
hint: it is right for tenants kept elsewhere
""",
    ),
    "a variable of a tenant that nobody names": (
        {"tenants/acme.toml": "[subject]\nsize = 3\n"},
        {"TRAITCONF_TENANTS__ACMEE__SUBJECT__SIZE": "9"},
        """
note[TC303]: 'subject.size' is forced for tenant ACMEE
at: env TRAITCONF_TENANTS__ACMEE__SUBJECT__SIZE
address: subject.size
scope: tenant ACMEE
""",
        """
warning[TC312]: TRAITCONF_TENANTS__ACMEE__SUBJECT__SIZE: no file names a tenant that reads ACMEE in capitals
at: env TRAITCONF_TENANTS__ACMEE__SUBJECT__SIZE
address: subject.size
scope: tenant ACMEE
hint: did you mean 'ACME'?
""",
    ),
    "a variable of a stranger": (
        {"tenants/acme.toml": "[subject]\nsize = 3\n"},
        {"TRAITCONF_TENANTS__ZZZZ__SUBJECT__SIZE": "9"},
        """
note[TC303]: 'subject.size' is forced for tenant ZZZZ
at: env TRAITCONF_TENANTS__ZZZZ__SUBJECT__SIZE
address: subject.size
scope: tenant ZZZZ
""",
        """
warning[TC312]: TRAITCONF_TENANTS__ZZZZ__SUBJECT__SIZE: no file names a tenant that reads ZZZZ in capitals
at: env TRAITCONF_TENANTS__ZZZZ__SUBJECT__SIZE
address: subject.size
scope: tenant ZZZZ
hint: it is right for tenants kept elsewhere
""",
    ),
    "a definition that a later one shadows": (
        {"a.toml": "[subject]\nsize = 3\n", "b.toml": "[subject]\nsize = 4\n"},
        {},
        """
warning[TC301]: 'subject.size' is defined twice at the same rank; the later file wins
at: b.toml:2:1
address: subject.size
scope: global
hint: keep one
note: the other definition, a.toml:2:1
""",
    ),
    "a definition that a force shadows": (
        {"traits.toml": "[subject]\nsize.force = 3\n", "tenants/acme.toml": "[subject]\nsize = 4\n"},
        {},
        """
warning[TC306]: 'subject.size' decides nothing here: global forces it
at: tenants/acme.toml:2:1
address: subject.size
scope: tenant acme
hint: remove it, or what is stronger
note: this is stronger everywhere, traits.toml:2:1
""",
        """
note[TC303]: 'subject.size' is forced for everybody
at: traits.toml:2:1
address: subject.size
scope: global
""",
    ),
    "a definition that says the default": (
        {"traits.toml": "[subject]\nsize = 1\n"},
        {},
        """
note[TC307]: 'subject.size' repeats the default
at: traits.toml:2:1
address: subject.size
scope: global
hint: remove it, unless it is meant to stay when the default changes
note: the default, conftest.py
""",
    ),
    "a definition that says what holds": (
        {"traits.toml": "[subject]\nsize = 3\n", "tenants/acme.toml": "[subject]\nsize = 3\n"},
        {},
        """
warning[TC307]: 'subject.size' repeats what stands below it (global)
at: tenants/acme.toml:2:1
address: subject.size
scope: tenant acme
hint: remove it, unless it is meant to stay when the other changes
note: the same value, traits.toml:2:1
""",
    ),
    "a group that nobody extends": (
        {"groups/gold.toml": "[subject]\nsize = 3\n", "tenants/acme.toml": "[subject]\nsize = 4\n"},
        {},
        """
warning[TC311]: no tenant extends the group 'gold'
at: groups/gold.toml:1:1
address: groups.gold
hint: let a tenant or runtime.default_extends name it, or remove it
""",
    ),
    "a group where there are no tenants": (
        {"groups/gold.toml": "[subject]\nsize = 3\n"},
        {},
        """
note[TC311]: no tenant extends the group 'gold'
at: groups/gold.toml:1:1
address: groups.gold
hint: let a tenant or runtime.default_extends name it, or remove it
""",
    ),
    "a trait that a model does not have": (
        {"models/Article.toml": "[guarded]\nport = 3\n"},
        {},
        """
warning[TC401]: the secret 'guarded.port' stands in clear
at: models/Article.toml:2:1
address: guarded.port
scope: model Article
hint: write secret = "env:NAME" or "file:PATH", or move it to .secrets.toml
""",
    ),
    "an active force": (
        {"traits.toml": "[subject]\nsize.force = 3\n"},
        {},
        """
note[TC303]: 'subject.size' is forced for everybody
at: traits.toml:2:1
address: subject.size
scope: global
""",
    ),
    "an active lock": (
        {"tenants/acme.toml": "[subject]\nsize.lock = 3\n"},
        {},
        """
note[TC304]: 'subject.size' is locked for tenant acme
at: tenants/acme.toml:2:1
address: subject.size
scope: tenant acme
""",
    ),
    "a toggle that a prerequisite keeps off": (
        {"traits.toml": "[chained]\nindex = false\nfuzzy = true\n", "tenants/acme.toml": "[chained]\nfuzzy = true\n"},
        {},
        """
warning[TC307]: 'chained.fuzzy' repeats what stands below it (global)
at: tenants/acme.toml:2:1
address: chained.fuzzy
scope: tenant acme
hint: remove it, unless it is meant to stay when the other changes
note: the same value, traits.toml:3:1
""",
    ),
    "a trait that only some models have": (
        {"models/Pamphlet.toml": "[sluggable]\nmax_length = 30\n"},
        {},
        """
warning[TC314]: the trait 'sluggable' is configured for Pamphlet, which does not have it
at: models/Pamphlet.toml:1:2
address: sluggable
scope: model Pamphlet
hint: bind it: @tc.use(Sluggable), or use = ["sluggable"] in models.Pamphlet
""",
    ),
    "a definition that expires": (
        {"traits.toml": "[subject]\nsize = { value = 3, until = 2090-01-01 }\n"},
        {},
        """
note[TC316]: 'subject.size' holds until 2090-01-01
at: traits.toml:2:10
address: subject.size
scope: global
""",
    ),
    "a definition that has expired": (
        {"traits.toml": "[subject]\nsize = { value = 3, until = 2020-01-01 }\n"},
        {},
        """
warning[TC305]: 'subject.size' expired on 2020-01-01
at: traits.toml:2:10
address: subject.size
scope: global
hint: remove it, or give it more time
""",
    ),
    "a secret in a file": (
        {"traits.toml": "[guarded]\nkey = 'mellon'\n"},
        {},
        """
warning[TC401]: the secret 'guarded.key' stands in clear
at: traits.toml:2:1
address: guarded.key
scope: global
hint: write secret = "env:NAME" or "file:PATH", or move it to .secrets.toml
""",
    ),
    "a secret that is not there": (
        {"traits.toml": "[guarded]\nkey = { secret = 'env:NOWHERE' }\n"},
        {},
        """
error[TC402]: the secret 'env:NOWHERE' of 'guarded.key' cannot be had: the environment variable NOWHERE is not set
at: traits.toml:2:9
address: guarded.key
scope: global
hint: set it, or correct its name
""",
    ),
    "a secret that is no number": (
        {"traits.toml": "[guarded]\nport2 = { secret = 'env:WORD' }\n"},
        {"WORD": "x"},
        """
error[TC402]: the secret 'env:WORD' of 'guarded.port2' cannot be had: it is no int, or breaks a rule of the option
at: traits.toml:2:11
address: guarded.port2
scope: global
""",
    ),
    "a secret of no scheme": (
        {"traits.toml": "[guarded]\nkey = { secret = 'hunter2' }\n"},
        {},
        """
error[TC403]: 'guarded.key': a secret must be a reference, scheme:name
at: traits.toml:2:9
address: guarded.key.secret
scope: global
hint: write secret = "env:NAME" or "file:PATH"
""",
    ),
    "a lock that a tenant breaks": (
        {
            "groups/gold.toml": "[subject]\nsize.lock = 3\n",
            "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 4\n',
        },
        {},
        """
error[TC210]: 'subject.size' is locked by group gold and cannot be changed by tenant acme
at: tenants/acme.toml:3:1
address: subject.size
scope: tenant acme
hint: remove this definition
note: locked here, group gold, groups/gold.toml:2:1
""",
    ),
    "locks that contradict": (
        {
            "groups/gold.toml": "[subject]\nsize.lock = 3\n",
            "groups/side.toml": "[subject]\nsize.lock = 4\n",
            "tenants/acme.toml": 'extends = ["gold", "side"]\n',
        },
        {},
        """
error[TC210]: tenant 'acme' extends groups that lock 'subject.size' to different values
at: tenants/acme.toml:1:1
address: subject.size
scope: tenant acme
hint: name only one of them
note: locked here, group gold, groups/gold.toml:2:1
note: and here, group side, groups/side.toml:2:1
""",
    ),
    "an unknown group": (
        {"tenants/acme.toml": 'extends = ["golt"]\n', "groups/gold.toml": ""},
        {},
        """
error[TC110]: tenant 'acme' extends the unknown group 'golt'
at: tenants/acme.toml:1:12
address: tenants.acme.extends
hint: did you mean 'gold'?
""",
    ),
    "a circle of groups": (
        {"groups/a.toml": 'extends = ["b"]\n', "groups/b.toml": 'extends = ["a"]\n'},
        {},
        """
error[TC111]: groups extend each other in a circle: a → b → a
at: groups/b.toml:1:1
address: groups.b.extends
hint: drop one of them
note: a extends b, groups/a.toml:1:1
""",
    ),
    "orders that contradict": (
        {"groups/a.toml": 'extends = ["b"]\n', "groups/b.toml": "", "tenants/acme.toml": 'extends = ["b", "a"]\n'},
        {},
        """
error[TC112]: tenant 'acme' extends groups in an order that contradicts theirs (b: b; a: a < b)
at: tenants/acme.toml:1:1
address: tenants.acme.extends
hint: list the more specific group first
""",
    ),
    "an override of everything": (
        {"traits.yaml": "subject:\n  size: {value: 3, lock: 3, colour: 1}\n  siz: 2\n"},
        {},
        """
error[TC105]: unknown directive 'colour' for 'subject.size'
at: traits.yaml:2:29
address: subject.size.colour
scope: global
hint: known are fallback, force, lock, unset, remove, append, prepend, add, value, secret, allow, until, reason, ticket
""",
        """
error[TC101]: unknown option 'subject.siz'
at: traits.yaml:3:3
address: subject.siz
scope: global
hint: did you mean 'size'?
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_word_of_a_finding(guarded, pamphlet, tc_config, tmp_path, name):
    """Each finding has this message, place, address, scope and hint, names these other places, and is the only one."""
    files, environ, *wanted = CASES[name]
    assert found(files, environ, tc_config, tmp_path / "config") == [text.strip() for text in wanted]
