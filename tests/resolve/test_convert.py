from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import attrs
import pytest

import traitconf as tc
from traitconf.layers.layer import Text
from traitconf.resolve.convert import convert


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


@attrs.frozen(kw_only=True)
class Rate:
    """A record that is merged per field."""

    count: int = tc.option(1, ge=0, le=9, doc="How many.")
    per: datetime.timedelta = tc.option(datetime.timedelta(seconds=1), doc="In how long.")


@attrs.frozen
class Login:
    """A record that is taken as a whole."""

    user: str
    password: tc.Secret[str]
    pin: str = tc.option("0000", pattern="[0-9]{4}", secret=True, doc="A number.")
    port: int = tc.option(1, ge=1, doc="A port.")


@dataclass(frozen=True)
class Point:
    """A record that is a dataclass."""

    x: int
    y: int | None = None


@pytest.fixture
def kinds(tc_runtime):
    """A trait with an option of every kind."""

    @tc.trait(name="kinds")
    class Kinds(tc.TraitBase):
        """One of everything."""

        flag: bool = tc.option(False, doc="A bool.")
        whole: int = tc.option(0, le=100, doc="An int.")
        share: float = tc.option(0.0, doc="A float.")
        text: str = tc.option("", pattern="[^!]*", doc="A str.")
        maybe: int | None = tc.option(0, doc="An optional.")
        colour: Colour = tc.option(Colour.RED, doc="An enum.")
        level: Level = tc.option(Level.LOW, doc="An enum of numbers.")
        rhythm: Literal["daily", "hourly"] = tc.option("daily", doc="A Literal of words.")
        choice: Literal["a", "b", 3] = tc.option("a", doc="A Literal.")
        wait: datetime.timedelta = tc.option(datetime.timedelta(0), doc="A duration.")
        room: tc.ByteSize = tc.option(tc.ByteSize(0), doc="A size.")
        day: datetime.date = tc.option(datetime.date(2000, 1, 1), doc="A date.")
        moment: datetime.datetime = tc.option(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC), doc="A datetime.")
        clock: datetime.time = tc.option(datetime.time(0), doc="A time.")
        place: Path = tc.option(Path(), doc="A path.")
        token: tc.Secret[str] = tc.option(tc.Secret(""), pattern="[a-z]*", doc="A secret.")
        pin: tc.Secret[int] = tc.option(tc.Secret(1), ge=1, doc="A secret number.")
        key: str = tc.option("", secret=True, pattern="[a-z]*", doc="A text that is secret.")
        keys: tuple[tc.Secret[str], ...] = tc.option((), doc="A list of secrets.")
        birth: tc.Secret[datetime.date] = tc.option(tc.Secret(datetime.date(2000, 1, 1)), doc="A secret date.")
        mode: tc.Secret[Literal["a", "b"]] = tc.option(tc.Secret("a"), doc="A secret choice.")
        words: tuple[str, ...] = tc.option((), doc="A list.")
        numbers: frozenset[int] = tc.option(frozenset(), doc="A set.")
        ports: Mapping[str, int] = tc.option(tc.FrozenMap(), doc="A mapping.")
        rate: Rate = tc.option(Rate(), doc="A record.")
        login: Login = tc.option(Login("", tc.Secret("")), merge="atomic", doc="A whole record.")
        rates: tuple[Rate, ...] = tc.option((), doc="A list of records.")
        point: Point = tc.option(Point(0), merge="atomic", doc="A dataclass.")
        logins: Mapping[str, Login] = tc.option(tc.FrozenMap(), doc="A mapping of records.")

    return Kinds


@pytest.fixture
def refusal(kinds, problems_of):
    """A function that writes one raw value and returns the one problem of it."""

    def write(option, raw):
        (problem,) = problems_of({"traits.toml": f"[kinds]\n{option} = {raw}\n"})
        return problem

    return write


ACCEPTED = [
    ("flag", "true", True),
    ("whole", "-7", -7),
    ("share", "0.5", 0.5),
    ("share", "2", 2.0),
    ("text", '"1.10"', "1.10"),
    ("text", '"no"', "no"),
    ("maybe", '"@none"', None),
    ("maybe", "3", 3),
    ("colour", '"blue"', Colour.BLUE),
    ("colour", '"BLUE"', Colour.BLUE),
    ("level", "2", Level.HIGH),
    ("level", '"HIGH"', Level.HIGH),
    ("choice", '"b"', "b"),
    ("choice", "3", 3),
    ("wait", '"90s"', datetime.timedelta(seconds=90)),
    ("wait", '"1h30m"', datetime.timedelta(minutes=90)),
    ("wait", '"1w2d"', datetime.timedelta(days=9)),
    ("wait", '" 250ms "', datetime.timedelta(milliseconds=250)),
    ("wait", '"1.5h"', datetime.timedelta(minutes=90)),
    ("room", '"10MB"', 10_000_000),
    ("room", '"4KiB"', 4096),
    ("room", "12", 12),
    ("day", "2026-11-23", datetime.date(2026, 11, 23)),
    ("day", '"2026-11-23"', datetime.date(2026, 11, 23)),
    ("moment", "2026-11-23T01:02:03Z", datetime.datetime(2026, 11, 23, 1, 2, 3, tzinfo=datetime.UTC)),
    ("clock", "07:30:00", datetime.time(7, 30)),
    ("clock", '"07:30"', datetime.time(7, 30)),
    ("place", '"a/b"', Path("a/b")),
    ("token", '"open"', tc.Secret("open")),
    ("pin", "12", tc.Secret(12)),
    ("keys", '["a"]', (tc.Secret("a"),)),
    ("birth", "2026-11-23", tc.Secret(datetime.date(2026, 11, 23))),
    ("mode", '"b"', tc.Secret("b")),
    ("words", '["a", "b"]', ("a", "b")),
    ("numbers", "[1, 2, 1]", frozenset({1, 2})),
    ("ports", "{http = 80}", {"http": 80}),
    ("room", "0", tc.ByteSize(0)),
    ("room", "1", tc.ByteSize(1)),
    ("rate", '{count = 2, per = "5m"}', Rate(count=2, per=datetime.timedelta(minutes=5))),
    ("login", '{user = "u", password = "p", pin = "1234"}', Login("u", tc.Secret("p"), pin="1234")),
    ("rates", "[{count = 2}, {}]", (Rate(count=2), Rate())),
    ("point", '{x = 1, y = "@none"}', Point(1)),
    ("point", "{x = 1, y = 2}", Point(1, 2)),
]


@pytest.mark.parametrize(("option", "raw", "value"), ACCEPTED)
def test_a_value_of_its_kind_is_accepted(tc_config, kinds, option, raw, value):
    """What a file writes for a kind becomes the typed value, of exactly the declared type."""
    tc_config({"traits.toml": f"[kinds]\n{option} = {raw}\n"})
    found = getattr(tc.resolve(kinds), option)
    assert found == value
    assert kinds.__traitconf_spec__.options[option].kind.accepts(found)


REFUSED = [
    ("flag", '"no"', "expected bool, got str", "write true or false"),
    ("flag", "1", "expected bool, got int 1", "write true or false"),
    ("flag", '"maybe"', "expected bool, got str", ""),
    ("whole", "true", "expected int, got bool true", ""),
    ("whole", "1.0", "expected int, got float 1.0", ""),
    ("whole", '"7"', 'expected int, got str "7"', ""),
    ("share", '"0.5"', "expected float, got str", ""),
    ("share", "true", "expected float, got bool", ""),
    ("text", "7", "expected str, got int 7", ""),
    ("text", '"@none"', "expected str, got none", ""),
    ("text", '["a"]', "expected str, got list", ""),
    ("maybe", '"x"', "expected int, got str", ""),
    ("colour", '"blew"', 'expected one of red, blue, got str "blew"', "did you mean 'blue'?"),
    ("level", "3", "expected one of 1, 2, got int 3", ""),
    ("level", "true", "expected one of 1, 2, got bool true", ""),
    ("rhythm", '"dayly"', "expected one of daily, hourly", "did you mean 'daily'?"),
    ("rates", '[{count = "x"}]', 'expected int, got str "x"', ""),
    ("point", '{x = "a"}', 'expected int, got str "a"', ""),
    ("login", '{user = "u", password = "p", pin = 5}', "expected str, got something else", ""),
    ("choice", '"3"', "expected one of a, b, 3", ""),
    ("choice", "true", "expected one of a, b, 3", ""),
    ("wait", "90", "expected duration, got int 90", 'write "90s" for seconds'),
    ("wait", '"soon"', "expected duration", "90s"),
    ("wait", '"5m!"', "expected duration", "90s"),
    ("wait", '"-5m"', "expected duration", "90s"),
    ("room", '"much"', "expected size", "10MB"),
    ("room", "-1", "expected size, got int -1", "10MB"),
    ("room", "true", "expected size", "10MB"),
    ("day", "2026-11-23T01:02:03", "expected date", "ISO 8601"),
    ("day", '"2026-13-01"', "expected date", "ISO 8601"),
    ("moment", '"noon"', "expected datetime", "ISO 8601"),
    ("place", "7", "expected str, got int 7", ""),
    ("words", '"a"', "expected list of str, got str", 'write ["a"]'),
    ("numbers", "1", "expected set of int, got int 1", "write [1]"),
    ("ports", '["a"]', "expected mapping of int, got list", ""),
    ("rate", "5", "expected a table", "its fields are count, per"),
    ("login", "5", "expected Login, got something else", ""),
    ("point", "5", "expected a table for Point, got int 5", "its fields are x, y"),
]


@pytest.mark.parametrize(("option", "raw", "message", "hint"), REFUSED)
def test_a_value_of_another_kind_is_refused(refusal, option, raw, message, hint):
    """Nothing is guessed: no truth values, no text for numbers, no text for lists; the hint says what to write."""
    problem = refusal(option, raw)
    assert (problem.code, problem.origin.line) == ("TC103", 2)
    assert message in problem.message
    assert hint in problem.hint
    assert f"kinds.{option}" in problem.address


RULES = [
    ("whole", "101", "must be at most 100, got 101"),
    ("text", '"hey!"', 'must match [^!]*, got "hey!"'),
    ("rate", "{count = 10}", "must be at most 9, got 10"),
    ("rates", "[{count = 1}, {count = -1}]", "must be at least 0, got -1"),
    ("login", '{user = "u", password = "p", port = 0}', "must be at least 1, got 0"),
]


@pytest.mark.parametrize(("option", "raw", "message"), RULES)
def test_a_broken_rule_has_a_code_of_its_own(refusal, option, raw, message):
    """A value of the right type beyond a limit or pattern is TC104, in records too."""
    problem = refusal(option, raw)
    assert problem.code == "TC104"
    assert message in problem.message


PLACES = [
    ("words", '["a", 2]', "kinds.words.1", "2"),
    ("numbers", '[1, 2, "x"]', "kinds.numbers.2", '"x"'),
    ("ports", '{http = 80, https = "x"}', "kinds.ports.https", "https"),
    ("rate", "{count = 2, per = 3}", "kinds.rate.per", "per"),
    ("rates", '[{count = 1}, {count = "x"}]', "kinds.rates.1.count", "count"),
    ("login", '{user = 1, password = "p"}', "kinds.login.user", "user"),
    ("logins", '{a = {user = 1, password = "p"}}', "kinds.logins.a.user", "user"),
    ("point", '{x = "one"}', "kinds.point.x", "x"),
    ("point", '{x = 1, z = "one"}', "kinds.point.z", "z"),
]


@pytest.mark.parametrize(("option", "raw", "address", "part"), PLACES)
def test_an_element_is_blamed_at_its_own_place(refusal, option, raw, address, part):
    """In lists, mappings and records the faulty part is named and placed, not the whole."""
    problem, line = refusal(option, raw), f"{option} = {raw}"
    assert (problem.address, problem.origin.line) == (address, 2)
    assert line[problem.origin.column - 1 : problem.origin.end_column - 1] == part


@pytest.mark.parametrize(("option", "known"), [("login", "port"), ("point", "y")])
def test_an_unknown_field_of_a_whole_record_is_refused(refusal, option, known):
    """A record that is taken as a whole has no other fields than its own; a near one is suggested."""
    raw = '{user = "u", password = "p", prt = 1}' if option == "login" else "{x = 1, yy = 2}"
    problem = refusal(option, raw)
    assert "unknown field" in problem.message
    assert problem.hint == f"did you mean '{known}'?" or "known are" in problem.hint


def test_a_missing_field_is_named(refusal):
    """A field without default must be given."""
    assert "the field 'user' is missing" in refusal("login", '{password = "p"}').message
    assert "the field 'x' is missing" in refusal("point", "{}").message


SECRETS = [
    ("token", "271828"),
    ("token", '"271828"'),
    ("pin", '"271828"'),
    ("pin", "-271828"),
    ("key", "271828"),
    ("key", '"271828"'),
    ("key", '["271828"]'),
    ("keys", '"271828"'),
    ("keys", "[271828]"),
    ("login", "271828"),
    ("login", '{user = "u", password = 271828}'),
    ("login", '{user = "u", password = "p", pin = "271828"}'),
    ("login", '{user = "u", password = "p", pin = 271828}'),
    ("logins", '{a = {user = "u", password = 271828}}'),
    ("token", '{lok = "271828"}'),
]


@pytest.mark.parametrize(("option", "raw"), SECRETS)
def test_a_secret_is_in_no_message(refusal, option, raw):
    """Neither text, hint nor the printed line of a fault shows a secret value."""
    problem = refusal(option, raw)
    assert "271828" not in problem.render()
    assert "271828" not in str(problem.as_diagnostic())


def test_a_secret_among_conflicts_and_locks_is_hidden(kinds, problems_of, tc_config):
    """What is said of locks and of files that disagree does not show a secret's line."""
    files = {"a.toml": '[kinds]\nkey.lock = "abc"\n', "b.toml": '[tenants.x.kinds]\nkey = "xyz"\n'}
    text = "\n".join(problem.render() for problem in problems_of(files))
    assert "TC210" in text
    assert not {"abc", "xyz"} & set(text.replace('"', " ").split())
    runtime = tc_config({"a.toml": '[kinds]\nkey = "abc"\n', "b.toml": '[kinds]\nkey = "xyz"\n'})
    assert {lint.code for lint in runtime.warnings} == {"TC301", "TC401"}
    for lint in runtime.warnings:
        assert not {"abc", "xyz"} & set(lint.render().replace('"', " ").split())


def test_every_fault_is_found_at_once(kinds, problems_of):
    """Faults of one list, of several options and of several files are reported together."""
    files = {
        "traits.toml": '[kinds]\nwords = [1, "b", 3]\nflag = "no"\nunknown = 1\n',
        "tenants/acme.toml": "[kinds]\nwhole = 1000\n[models.Nothing.kinds]\n",
        "groups/g.toml": 'extends = ["none"]\n',
    }
    found = sorted((problem.code, problem.address) for problem in problems_of(files))
    assert found == [
        ("TC101", "kinds.unknown"),
        ("TC103", "kinds.flag"),
        ("TC103", "kinds.words.0"),
        ("TC103", "kinds.words.2"),
        ("TC104", "kinds.whole"),
        ("TC110", "groups.g.extends"),
        ("TC131", ""),
    ]


def test_a_shadowed_value_is_checked_too(kinds, problems_of):
    """A bad value is blamed on the layer that supplies it, also where something stronger decides."""
    files = {"traits.toml": "[kinds]\nwhole = 'x'\n", "tenants/acme.toml": "[kinds]\nwhole.force = 1\n"}
    (problem,) = problems_of(files)
    assert problem.scope == "global"


def test_unset_must_be_true(refusal):
    """`unset` has no other value, in particular no list of elements."""
    for raw in ("false", '["a"]', '"x"'):
        assert "'unset' must be true" in refusal("words", f"{{unset = {raw}}}").message


@pytest.mark.parametrize("raw", [True, Text("yes")])
def test_what_is_unset_has_the_value_that_it_was_given(kinds, raw):
    """The operand of `unset` is a truth value, whatever the option's type."""
    assert convert(kinds.__traitconf_spec__.options["whole"], "unset", raw) == (True, ())


@pytest.mark.parametrize("text", ["true", "Yes", "ON", "1"])
def test_a_variable_unsets_with_any_word_that_is_true(tc_config, kinds, text):
    """Of a variable every word that is true takes a value back, however it is written."""
    files = {"traits.toml": "[kinds]\nwhole = 5\n", "tenants/acme.toml": "[kinds]\nwhole = 6\n"}
    tc_config(files, {"TRAITCONF_TENANTS__ACME__KINDS__WHOLE__UNSET": text})
    assert (tc.resolve(kinds).whole, tc.resolve(kinds, tenant="acme").whole) == (5, 0)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ('"' + "a" * 58 + '"', '"' + "a" * 58 + '"'),
        ('"' + "a" * 59 + '"', '"' + "a" * 56 + "…"),
        ("[" + "1, " * 90 + "1]", "[" + "1, " * 18 + "1,…"),
        ('[1, [{b = "x"}], true]', '[1, [{"b": "x"}], true]'),
    ],
)
def test_of_a_long_value_only_the_beginning_is_shown(refusal, raw, text):
    """A wrong value is quoted with sixty characters at most."""
    message = refusal("whole", raw).message
    assert message.rpartition("got ")[2].partition(" ")[2] == text


def test_operands_are_typed_too(refusal):
    """What an operation adds or removes is converted and checked as elements are."""
    assert refusal("words", "{append = [1]}").code == "TC103"
    assert refusal("numbers", '{add = ["x"]}').code == "TC103"
    assert refusal("ports", '{"$remove" = [1]}').code == "TC103"


def test_typed_values_of_code_are_taken_as_they_are(kinds):
    """An override may hold typed values; containers become immutable ones."""
    values = {
        "kinds.colour": Colour.BLUE,
        "kinds.wait": datetime.timedelta(seconds=3),
        "kinds.token": tc.Secret("x"),
        "kinds.words": ["a"],
        "kinds.numbers": {1},
        "kinds.login": Login("u", tc.Secret("p")),
        "kinds.rate": Rate(count=4),
        "kinds.place": Path("p"),
    }
    with tc.override(values):
        found = tc.resolve(kinds)
    assert (found.colour, found.wait, found.token.reveal()) == (Colour.BLUE, datetime.timedelta(seconds=3), "x")
    assert (found.words, found.numbers, found.login.user) == (("a",), frozenset({1}), "u")
    assert (found.rate.count, found.place) == (4, Path("p"))
