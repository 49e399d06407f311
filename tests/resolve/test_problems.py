"""Every fault that resolution reports, word for word: a message is what people have when something is wrong."""

from __future__ import annotations

import datetime
import enum
from typing import Literal

import attrs
import pytest

import traitconf as tc
from words import told


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Login:
    """A record with a required field, and one that is secret."""

    user: str
    pin: str = tc.option("0000", pattern="[0-9]{4}", secret=True, doc="A number.")
    port: int = tc.option(1, ge=1, doc="A port.")


@pytest.fixture
def traits(subject, article):
    """Traits beside the subject: one whose options may be set at some scopes only, one that misses something."""

    @tc.trait(name="placed")
    class Placed(tc.TraitBase):
        """Options that may be set at some scopes only."""

        host: str = tc.option("h", scope="global", doc="For everybody.")
        quota: int = tc.option(1, scope=("group", "tenant"), doc="For groups and tenants.")

    @tc.trait(name="needy")
    class Needy(tc.TraitBase):
        """Options without default, secrets, records and choices."""

        host: str = tc.option(doc="Where to.")
        token: tc.Secret[str] = tc.option(tc.Secret(""), doc="A secret.")
        key: str = tc.option("", secret=True, pattern="[a-z]*", doc="A text that is secret.")
        login: Login = tc.option(Login("u"), doc="As whom.")
        spare: Login | None = tc.option(None, doc="As whom else.")
        whole: Login = tc.option(Login("u"), merge="atomic", doc="As a whole.")
        wholes: tuple[Login, ...] = tc.option((), doc="Several.")
        colour: Colour = tc.option(Colour.RED, doc="A choice.")
        level: Literal["low", "high"] = tc.option("low", doc="Another.")
        wait: datetime.timedelta = tc.option(datetime.timedelta(0), doc="A duration.")
        wait2: datetime.timedelta = tc.option(datetime.timedelta(0), doc="A duration.")
        size: tc.ByteSize = tc.option(tc.ByteSize(0), doc="A size.")
        day: datetime.date = tc.option(datetime.date(2000, 1, 1), doc="A date.")


OURS = {"Article", "Document", "auditable", "needy", "placed", "sluggable", "soft_deletes", "subject"}


# By name: files, variables, whether the application is loaded; then what is said, in order.
CASES = {
    "an unknown trait": (
        {"traits.toml": "[somewhere_else]\nx = 1\n"},
        {},
        True,
        """
error[TC102]: unknown trait 'somewhere_else'
at: traits.toml:1:2
address: somewhere_else
scope: global
hint: known are auditable, needy, placed, sluggable, soft_deletes, subject
""",
    ),
    "a trait that may come": (
        {"traits.toml": "[somewhere_else]\nx = 1\n"},
        {},
        False,
        """
warning[TC102]: the trait 'somewhere_else' is not known yet; it is checked when its application is loaded
at: traits.toml:1:2
address: somewhere_else
scope: global
hint: name the application with --app
""",
    ),
    "a slip in a trait": (
        {"groups/gold.toml": "[subjct]\nx = 1\n"},
        {},
        False,
        """
error[TC102]: unknown trait 'subjct'
at: groups/gold.toml:1:2
address: subjct
scope: group gold
hint: did you mean 'subject'?
""",
    ),
    "a slip in a model": (
        {"models/Artcle.toml": "[subject]\nsize = 2\n"},
        {},
        True,
        """
error[TC131]: unknown model 'Artcle'
at: models/Artcle.toml:1:1
scope: model Artcle
hint: did you mean 'Article'?
""",
    ),
    "an unknown model": (
        {"a.toml": "[models.Zebra.subject]\nsize = 2\n[tenants.t.models.Zebra.subject]\nsize = 3\n"},
        {},
        True,
        """
error[TC131]: unknown model 'Zebra'
at: a.toml:1:9
scope: model Zebra
hint: known are Article, Document, …:Article, …:Document
""",
        """
error[TC131]: unknown model 'Zebra'
at: a.toml:3:19
scope: tenant t, model Zebra
hint: known are Article, Document, …:Article, …:Document
""",
    ),
    "a slip in a variable's model": (
        {},
        {"TRAITCONF_MODELS__ARTCLE__SUBJECT__SIZE": "3"},
        True,
        """
error[TC131]: unknown model 'ARTCLE'
at: env TRAITCONF_MODELS__ARTCLE__SUBJECT__SIZE
scope: model ARTCLE
hint: did you mean 'ARTICLE'?
""",
    ),
    "an unknown model in a variable": (
        {},
        {"TRAITCONF_MODELS__ZEBRA__SUBJECT__SIZE": "3"},
        True,
        """
error[TC131]: unknown model 'ZEBRA'
at: env TRAITCONF_MODELS__ZEBRA__SUBJECT__SIZE
scope: model ZEBRA
hint: known are Article, Document, …:Article, …:Document
""",
    ),
    "bindings that may come": (
        {"a.toml": '[models.Later]\nclass = "never.seen:Later"\nuse = ["subject", "distant"]\n'},
        {},
        False,
        """
warning[TC102]: the trait 'distant' is not known yet
at: a.toml:3:19
address: models.Later.use
hint: known are auditable, needy, placed, sluggable, soft_deletes, subject
""",
    ),
    "an unknown binding": (
        {"a.toml": '[models.Later]\nclass = "never.seen:Later"\nuse = ["subject", "distant"]\n'},
        {},
        True,
        """
error[TC102]: unknown trait 'distant'
at: a.toml:3:19
address: models.Later.use
hint: known are auditable, needy, placed, sluggable, soft_deletes, subject
""",
    ),
    "a slip in a binding": (
        {"a.toml": '[models.Later]\nclass = "never.seen:Later"\nuse = ["subjekt"]\n'},
        {},
        False,
        """
error[TC102]: unknown trait 'subjekt'
at: a.toml:3:8
address: models.Later.use
hint: did you mean 'subject'?
""",
    ),
    "two files of a rank": (
        {"a.toml": "[subject]\nsize = 2\n", "b.toml": "[subject]\nsize = 3\n"},
        {},
        True,
        """
warning[TC301]: 'subject.size' is defined twice at the same rank; the later file wins
at: b.toml:2:1
address: subject.size
scope: global
hint: keep one
note: the other definition, a.toml:2:1
""",
    ),
    "two files of a rank, refused": (
        {"a.toml": "[subject]\nsize = 2\n", "b.toml": "[subject]\nsize = 3\n", "runtime.toml": "conflicts = 'error'\n"},
        {},
        True,
        """
error[TC301]: 'subject.size' is defined twice at the same rank; the later file wins
at: b.toml:2:1
address: subject.size
scope: global
hint: keep one
note: the other definition, a.toml:2:1
""",
    ),
    "a value of another type": (
        {"tenants/acme.toml": "[subject]\nsize = 'x'\nactive = 'yes'\nlabel = 5\n"},
        {},
        True,
        """
error[TC103]: 'subject.size': expected int, got str "x"
at: tenants/acme.toml:2:1
address: subject.size
scope: tenant acme
expected: int, ..1000
""",
        """
error[TC103]: 'subject.active': expected bool, got str "yes"
at: tenants/acme.toml:3:1
address: subject.active
scope: tenant acme
expected: bool
hint: write true or false
""",
        """
error[TC103]: 'subject.label': expected str, got int 5
at: tenants/acme.toml:4:1
address: subject.label
scope: tenant acme
expected: str or none
""",
    ),
    "a value out of bounds": (
        {"traits.toml": "[subject]\nsize = 1001\n"},
        {},
        True,
        """
error[TC104]: 'subject.size' must be at most 1000, got 1001
at: traits.toml:2:1
address: subject.size
scope: global
expected: int, ..1000
hint: allowed is int, ..1000
""",
    ),
    "elements": (
        {"traits.toml": "[subject]\nnames = ['a', 1, [2]]\nlimits = {a = 'x', b = {c = 1}}\ntags = 'a'\n"},
        {},
        True,
        """
error[TC103]: 'subject.names.1': expected str, got int 1
at: traits.toml:2:15
address: subject.names.1
scope: global
expected: list of str
""",
        """
error[TC103]: 'subject.names.2': expected str, got list [2]
at: traits.toml:2:18
address: subject.names.2
scope: global
expected: list of str
""",
        """
error[TC103]: 'subject.limits.a': expected int, got str "x"
at: traits.toml:3:11
address: subject.limits.a
scope: global
expected: mapping of int
""",
        """
error[TC103]: 'subject.limits.b': expected int, got table {"c": 1}
at: traits.toml:3:20
address: subject.limits.b
scope: global
expected: mapping of int
""",
        """
error[TC103]: 'subject.tags': expected set of str, got str "a"
at: traits.toml:4:1
address: subject.tags
scope: global
expected: set of str
hint: write ["a"]
""",
    ),
    "unset otherwise": (
        {"traits.toml": "[subject]\nsize.unset = false\nlabel.unset = 'yes'\n"},
        {},
        True,
        """
error[TC103]: 'subject.size.unset': 'unset' must be true, got bool false
at: traits.toml:2:1
address: subject.size.unset
scope: global
expected: int, ..1000
""",
        """
error[TC103]: 'subject.label.unset': 'unset' must be true, got str "yes"
at: traits.toml:3:1
address: subject.label.unset
scope: global
expected: str or none
""",
    ),
    "none where there must be something": (
        {"traits.toml": "[subject]\nsize = '@none'\n"},
        {},
        True,
        """
error[TC103]: 'subject.size': expected int, got none
at: traits.toml:2:1
address: subject.size
scope: global
expected: int, ..1000
""",
    ),
    "a record of fields": (
        {"traits.toml": "[subject.cache]\nttl = 5\njitter = 'x'\nstore = []\n"},
        {},
        True,
        """
error[TC103]: 'subject.cache.ttl': expected duration, got int 5
at: traits.toml:2:1
address: subject.cache.ttl
scope: global
expected: duration
hint: write "5s" for seconds
""",
        """
error[TC103]: 'subject.cache.jitter': expected float, got str "x"
at: traits.toml:3:1
address: subject.cache.jitter
scope: global
expected: float, 0..1
""",
        """
error[TC103]: 'subject.cache.store': expected one of default, memory, redis, got list []
at: traits.toml:4:1
address: subject.cache.store
scope: global
expected: one of default, memory, redis
""",
    ),
    "a lock": (
        {
            "traits.toml": "[subject]\nsize.lock = 2\n",
            "models/Article.toml": "[subject]\nsize = 3\n",
            "groups/g.toml": "[subject]\nsize = 4\n",
            "tenants/t.toml": "[models.Article.subject]\nsize.lock = 5\n",
        },
        {},
        True,
        """
error[TC210]: 'subject.size' is locked by global and cannot be changed by model Article
at: models/Article.toml:2:1
address: subject.size
scope: model Article
hint: remove this definition
note: locked here, global, traits.toml:2:1
""",
        """
error[TC210]: 'subject.size' is locked by global and cannot be changed by group g
at: groups/g.toml:2:1
address: subject.size
scope: group g
hint: remove this definition
note: locked here, global, traits.toml:2:1
""",
        """
error[TC210]: 'subject.size' is locked by global and cannot be changed by tenant t, model Article
at: tenants/t.toml:2:1
address: subject.size
scope: tenant t, model Article
hint: remove this definition
note: locked here, global, traits.toml:2:1
""",
    ),
    "a lock for one model": (
        {"a.toml": "[models.Article.subject]\nsize.lock = 2\n[tenants.t.subject]\nsize = 3\n"},
        {},
        True,
        """
warning[TC302]: 'subject.size' is locked for model Article; this definition has no effect there
at: a.toml:4:1
address: subject.size
scope: tenant t
note: locked here, model Article, a.toml:2:1
""",
    ),
    "locks of siblings": (
        {
            "a.toml": (
                "[groups.a.subject]\n"
                "size.lock = 2\n"
                "[groups.b.models.Article.subject]\n"
                "size.lock = 3\n"
                "[tenants.t]\n"
                "extends = ['a', 'b']\n"
                "[groups.both]\n"
                "extends = ['b', 'a']\n"
            )
        },
        {},
        True,
        """
error[TC210]: group 'both' extends groups that lock 'subject.size' to different values
at: a.toml:8:1
address: subject.size
scope: group both
hint: name only one of them
note: locked here, group a, a.toml:2:1
note: and here, group b, model Article, a.toml:4:1
""",
        """
error[TC210]: tenant 't' extends groups that lock 'subject.size' to different values
at: a.toml:6:1
address: subject.size
scope: tenant t
hint: name only one of them
note: locked here, group a, a.toml:2:1
note: and here, group b, model Article, a.toml:4:1
""",
    ),
    "locks of siblings for strangers": (
        {
            "a.toml": (
                "[runtime]\n"
                "default_extends = ['a', 'b']\n"
                "[groups.a.subject]\n"
                "size.lock = 2\n"
                "[groups.b.subject]\n"
                "size.lock = 3\n"
            )
        },
        {},
        True,
        """
error[TC210]: runtime.default_extends names groups that lock 'subject.size' to different values
at: a.toml:6:1
address: subject.size
scope: tenant
hint: name only one of them
note: locked here, group a, a.toml:4:1
note: and here, group b, a.toml:6:1
""",
    ),
    "a circle": (
        {"a.toml": ("[groups.a]\nextends = ['b']\n[groups.b]\nextends = ['c']\n[groups.c]\nextends = ['a']\n")},
        {},
        True,
        """
error[TC111]: groups extend each other in a circle: a → b → c → a
at: a.toml:6:1
address: groups.c.extends
hint: drop one of them
note: a extends b, a.toml:2:1
note: b extends c, a.toml:4:1
""",
    ),
    "a group that extends itself": (
        {"groups/a.toml": "extends = ['a']\n"},
        {},
        True,
        """
error[TC111]: groups extend each other in a circle: a → a
at: groups/a.toml:1:1
address: groups.a.extends
hint: drop one of them
""",
    ),
    "an unknown group": (
        {
            "a.toml": (
                "[groups.gold]\nextends = ['silver', 'zinc']\n[groups.silver]\n[tenants.t]\nextends = ['sliver']\n"
            )
        },
        {},
        True,
        """
error[TC110]: group 'gold' extends the unknown group 'zinc'
at: a.toml:2:22
address: groups.gold.extends
hint: known groups are gold, silver
""",
        """
error[TC110]: tenant 't' extends the unknown group 'sliver'
at: a.toml:5:12
address: tenants.t.extends
hint: did you mean 'silver'?
""",
    ),
    "unknown default groups": (
        {"a.toml": "[runtime]\ndefault_extends = ['zinc']\n[groups.silver]\n"},
        {},
        True,
        """
error[TC110]: runtime.default_extends names the unknown group 'zinc'
at: a.toml:2:1
address: runtime.default_extends
hint: known groups are silver
""",
    ),
    "an unknown group without any": (
        {"a.toml": "[tenants.t]\nextends = ['zinc']\n"},
        {},
        True,
        """
error[TC110]: tenant 't' extends the unknown group 'zinc'
at: a.toml:2:12
address: tenants.t.extends
hint: known groups are none
""",
    ),
    "orders that contradict": (
        {
            "a.toml": (
                "[groups.a]\n"
                "extends = ['b', 'c']\n"
                "[groups.b]\n"
                "[groups.c]\n"
                "[groups.d]\n"
                "extends = ['c', 'b']\n"
                "[groups.e]\n"
                "extends = ['a', 'd']\n"
                "[tenants.t]\n"
                "extends = ['a', 'd']\n"
            )
        },
        {},
        True,
        """
error[TC112]: group 'e' extends groups in an order that contradicts theirs (a: a < b < c; d: d < c < b)
at: a.toml:8:1
address: groups.e.extends
hint: list the more specific group first
""",
        """
error[TC112]: tenant 't' extends groups in an order that contradicts theirs (a: a < b < c; d: d < c < b)
at: a.toml:10:1
address: tenants.t.extends
hint: list the more specific group first
""",
    ),
    "a scope that an option refuses": (
        {
            "a.toml": (
                "[placed]\n"
                "quota = 2\n"
                "host = 'a'\n"
                "[models.Article.placed]\n"
                "quota = 3\n"
                "[groups.g.placed]\n"
                "host = 'x'\n"
                "[tenants.t.models.Article.placed]\n"
                "host = 'y'\n"
            )
        },
        {},
        True,
        """
error[TC211]: 'placed.quota' cannot be set at global scope, only at group or tenant scope
at: a.toml:2:1
address: placed.quota
scope: global
hint: remove this definition
""",
        """
error[TC211]: 'placed.quota' cannot be set at model scope, only at group or tenant scope
at: a.toml:5:1
address: placed.quota
scope: model Article
hint: remove this definition
""",
        """
error[TC211]: 'placed.host' cannot be set at group scope, only at global scope
at: a.toml:7:1
address: placed.host
scope: group g
hint: remove this definition
""",
        """
error[TC211]: 'placed.host' cannot be set at tenant scope, only at global scope
at: a.toml:9:1
address: placed.host
scope: tenant t, model Article
hint: remove this definition
""",
    ),
    "what is required": (
        {"traits.toml": "[needy]\nspare.port = 3\n"},
        {},
        True,
        """
error[TC501]: 'needy.host' is required and nothing defines it (global)
at: test_problems.py
address: needy.host
scope: global
expected: str
hint: define it
""",
        """
error[TC501]: 'needy.spare.user' is required and nothing defines it (global)
at: test_problems.py
address: needy.spare.user
scope: global
expected: str
hint: define it
""",
    ),
    "a table of a trait": (
        {"traits.toml": "subject = 3\n"},
        {},
        True,
        """
error[TC103]: expected a table of options for trait 'subject', got int
at: traits.toml:1:1
address: subject
scope: global
""",
    ),
    "secrets": (
        {"traits.toml": ("[needy]\nhost = 'h'\ntoken = 5\nkey = 'XX'\nlogin = {user = 5, pin = 'x', nobody = 1}\n")},
        {},
        True,
        """
error[TC103]: 'needy.token': expected secret str, got something else
at: traits.toml:3:1
address: needy.token
scope: global
expected: secret str
""",
        """
error[TC104]: 'needy.key' must match [a-z]*, got •••
at: traits.toml:4:1
address: needy.key
scope: global
expected: str
hint: allowed is str
""",
        """
error[TC103]: 'needy.login.user': expected str, got int 5
at: traits.toml:5:10
address: needy.login.user
scope: global
expected: str
""",
        """
error[TC104]: 'needy.login.pin' must match [0-9]{4}, got •••
at: traits.toml:5:20
address: needy.login.pin
scope: global
expected: str
hint: allowed is str
""",
        """
error[TC101]: unknown option 'needy.login.nobody'
at: traits.toml:5:31
address: needy.login.nobody
scope: global
hint: known are user, pin, port
""",
    ),
    "a record taken as a whole": (
        {
            "traits.toml": (
                "[needy]\nhost = 'h'\nwhole = {hots = 1}\nwholes = [{user = 'a'}, {}, 5, {user = 'a', port = 0}]\n"
            )
        },
        {},
        True,
        """
error[TC103]: 'needy.whole.user': the field 'user' is missing
at: traits.toml:3:1
address: needy.whole.user
scope: global
expected: Login
""",
        """
error[TC103]: 'needy.whole.hots': unknown field 'hots'
at: traits.toml:3:10
address: needy.whole.hots
scope: global
expected: Login
hint: known are user, pin, port
""",
        """
error[TC103]: 'needy.wholes.1.user': the field 'user' is missing
at: traits.toml:4:25
address: needy.wholes.1.user
scope: global
expected: list of Login
""",
        """
error[TC103]: 'needy.wholes.2': expected Login, got something else
at: traits.toml:4:29
address: needy.wholes.2
scope: global
expected: list of Login
""",
        """
error[TC104]: 'needy.wholes.3.port' must be at least 1, got 0
at: traits.toml:4:45
address: needy.wholes.3.port
scope: global
expected: list of Login
""",
    ),
    "choices": (
        {
            "traits.toml": (
                "[needy]\n"
                "host = 'h'\n"
                "colour = 'rad'\n"
                "level = 'x'\n"
                "wait = 5\n"
                "wait2 = 'soon'\n"
                "size = '5 bananas'\n"
                "day = 'now'\n"
            )
        },
        {},
        True,
        """
error[TC103]: 'needy.colour': expected one of red, blue, got str "rad"
at: traits.toml:3:1
address: needy.colour
scope: global
expected: one of red, blue
hint: did you mean 'red'?
""",
        """
error[TC103]: 'needy.level': expected one of low, high, got str "x"
at: traits.toml:4:1
address: needy.level
scope: global
expected: one of low, high
""",
        """
error[TC103]: 'needy.wait': expected duration, got int 5
at: traits.toml:5:1
address: needy.wait
scope: global
expected: duration
hint: write "5s" for seconds
""",
        """
error[TC103]: 'needy.wait2': expected duration, got str "soon"
at: traits.toml:6:1
address: needy.wait2
scope: global
expected: duration
hint: write "90s", "5m", "1h30m" or "7d"
""",
        """
error[TC103]: 'needy.size': expected size, got str "5 bananas"
at: traits.toml:7:1
address: needy.size
scope: global
expected: size
hint: write "10MB" or "4KiB"
""",
        """
error[TC103]: 'needy.day': expected date, got str "now"
at: traits.toml:8:1
address: needy.day
scope: global
expected: date
hint: write it as ISO 8601
""",
    ),
    "text of variables": (
        {},
        {
            "TRAITCONF_TRAITS__SUBJECT__SIZE": "x",
            "TRAITCONF_TRAITS__SUBJECT__ACTIVE": "perhaps",
            "TRAITCONF_TRAITS__SUBJECT__NAMES": "[1",
            "TRAITCONF_TRAITS__SUBJECT__LIMITS": "a",
            "TRAITCONF_TRAITS__SUBJECT__MOST__UNSET": "no",
        },
        True,
        """
error[TC103]: 'subject.active': expected bool, got str "perhaps"
at: env TRAITCONF_TRAITS__SUBJECT__ACTIVE
address: subject.active
scope: global
expected: bool
""",
        """
error[TC103]: 'subject.limits': expected mapping of int, got str "a"
at: env TRAITCONF_TRAITS__SUBJECT__LIMITS
address: subject.limits
scope: global
expected: mapping of int
""",
        """
error[TC103]: 'subject.most.unset': 'unset' must be true, got text "no"
at: env TRAITCONF_TRAITS__SUBJECT__MOST__UNSET
address: subject.most.unset
scope: global
expected: int
""",
        """
error[TC103]: 'subject.names': expected list of str, got str "[1"
at: env TRAITCONF_TRAITS__SUBJECT__NAMES
address: subject.names
scope: global
expected: list of str
hint: write ["[1"]
""",
        """
error[TC103]: 'subject.size': expected int, got str "x"
at: env TRAITCONF_TRAITS__SUBJECT__SIZE
address: subject.size
scope: global
expected: int, ..1000
""",
    ),
    "long values": (
        {
            "traits.toml": "[subject]\nsize = '"
            + "x" * 100
            + "'\nactive = ["
            + "1, " * 40
            + "]\nlabel = {value = {a = {b = [1, 2]}}}\n"
        },
        {},
        True,
        """
error[TC103]: 'subject.size': expected int, got str "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
at: traits.toml:2:1
address: subject.size
scope: global
expected: int, ..1000
""",
        """
error[TC103]: 'subject.active': expected bool, got list [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,…
at: traits.toml:3:1
address: subject.active
scope: global
expected: bool
""",
        """
error[TC103]: 'subject.label.value': expected str, got table {"a": {"b": [1, 2]}}
at: traits.toml:4:10
address: subject.label.value
scope: global
expected: str or none
""",
    ),
}


def found(files, environ, complete, tc_config, directory):
    """Configure, and return everything that is said about it."""
    try:
        problems = tc_config(files, environ, complete=complete).warnings
    except tc.ConfigError as error:
        problems = error.problems
    return [told(problem, directory, OURS) for problem in problems]


@pytest.mark.parametrize("name", CASES)
def test_every_word_of_a_fault(traits, tc_config, tmp_path, name):
    """Each fault has this message, place, address, scope, expectation and hint, and names these other places."""
    files, environ, complete, *wanted = CASES[name]
    assert found(files, environ, complete, tc_config, tmp_path / "config") == [text.strip() for text in wanted]
