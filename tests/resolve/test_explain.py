from __future__ import annotations

import datetime
import json
from collections.abc import Mapping

import pytest

import traitconf as tc
from traitconf.layers.companions import Companions
from traitconf.resolve.allow import Allowed
from traitconf.resolve.explain import Explanation, Narrowing, Reason, shown
from traitconf.types import Origin, Source

DESIGNED = """\
auditable.retention_days = 2555   int, days, 1..36500
  ● group enterprise   2555  lock    config/groups/enterprise.toml:2:1
  ○ model Article       365          config/models/Article.toml:2:1     shadowed
  ○ global               90          config/traits.toml:2:1             shadowed
  ○ default              30          traitconf/traits/auditable.py:41"""


def place(file: str, line: int, column: int = 0) -> Origin:
    """Return a place in a file."""
    return Origin(Source.FILE, file, line, column)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The directory above the configuration as the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kept(tc_runtime):
    """A trait with options that are shown in different ways."""

    @tc.trait(name="kept")
    class Kept(tc.TraitBase):
        """Keep things for a time."""

        days: int = tc.option(30, ge=1, le=36500, unit="days", doc="How long.")
        tags: tuple[str, ...] = tc.option(("d",), merge="unique", doc="Words.")
        limits: Mapping[str, int] = tc.option(tc.FrozenMap(), doc="Numbers.")
        pause: datetime.timedelta | None = tc.option(None, doc="How long to wait.")
        token: tc.Secret[str] = tc.option(tc.Secret(""), doc="A secret.")
        key: str = tc.option("", secret=True, doc="A secret text.")
        keys: tuple[str, ...] = tc.option((), secret=True, merge="append", doc="Secret texts.")

    return Kept


@pytest.fixture
def contract(here, tc_config, kept):
    """The example of the design: a global file, a model, a locking group and a tenant that extends it."""

    @tc.use(kept)
    class Article: ...

    tc_config(
        {
            "traits.toml": "[kept]\ndays = 90\n",
            "models/Article.toml": "[kept]\ndays = 365\n",
            "groups/enterprise.toml": "[kept]\ndays.lock = 2555   # the contract\n",
            "tenants/acme.toml": 'extends = ["enterprise"]\n',
        }
    )
    return tc.explain("kept.days", Article, tenant="acme")


def test_the_text_is_the_designed_one(here):
    """Value, type, unit and limits; then mark, scope, value, band, place and note in columns."""
    reasons = (
        Reason(True, "group enterprise", "set", "2555", "lock", place("config/groups/enterprise.toml", 2, 1)),
        Reason(False, "model Article", "set", "365", "", place("config/models/Article.toml", 2, 1)),
        Reason(False, "global", "set", "90", "", place(str(here / "config/traits.toml"), 2, 1)),
        Reason(False, "default", "default", "30", "", place("traitconf/traits/auditable.py", 41)),
    )
    assert str(Explanation("auditable.retention_days", 2555, "int, days, 1..36500", reasons)) == DESIGNED


def test_the_example_is_explained_as_designed(contract, kept):
    """Read from real files, the table is the designed one, with the default's own place."""
    default = str(kept.__traitconf_spec__.options["days"].meta.origin)
    designed = DESIGNED.replace("auditable.retention_days", "kept.days")
    assert str(contract) == designed.replace("traitconf/traits/auditable.py:41", default)


def test_it_is_data_too(contract, here):
    """`as_dict` gives the same as plain values, with file, line and column apart, ready for JSON."""
    found = contract.as_dict()
    assert json.loads(json.dumps(found)) == found
    assert (found["address"], found["value"], found["type"]) == ("kept.days", 2555, "int, days, 1..36500")
    assert found["chain"][0] == {
        "counts": True,
        "scope": "group enterprise",
        "operation": "set",
        "value": "2555",
        "band": "lock",
        "origin": "config/groups/enterprise.toml:2:1",
        "file": "config/groups/enterprise.toml",
        "line": 2,
        "column": 1,
        "variable": None,
        "after": "",
        "until": None,
        "expired": False,
        "reason": None,
        "ticket": None,
        "reference": None,
    }
    assert [(step["scope"], step["counts"]) for step in found["chain"]] == [
        ("group enterprise", True),
        ("model Article", False),
        ("global", False),
        ("default", False),
    ]
    assert (found["chain"][-1]["column"], found["notes"]) == (None, [])


def test_a_file_elsewhere_is_shown_absolute(tc_config, kept, tmp_path, monkeypatch):
    """Outside of the working directory, places are absolute paths."""
    away = tmp_path / "away"
    away.mkdir()
    monkeypatch.chdir(away)
    tc_config({"traits.toml": "[kept]\ndays = 90\n"})
    assert str(tc.explain("kept.days").reasons[0].origin) == f"{tmp_path}/config/traits.toml:2:1"


def test_every_column_is_as_wide_as_its_widest_cell(here):
    """Scopes, bands and places stand left, values right, and the notes below each other."""
    reasons = (
        Reason(True, "group g", "set", "7", "lock", place(str(here / "a.toml"), 2, 1), reason="why"),
        Reason(False, "tenant acme", "set", "1234", "force", place(str(here / "b.toml"), 2, 1)),
        Reason(False, "global", "set", "20", "", place(str(here / "longer.toml"), 12, 1)),
        Reason(False, "default", "default", "1", "", place(str(here / "the_longest_of_all_places.py"), 2)),
    )
    assert str(Explanation("kept.days", 7, "int", reasons)).splitlines()[1:] == [
        "  ● group g          7  lock     a.toml:2:1        why",
        "  ○ tenant acme   1234  force    b.toml:2:1        shadowed",
        "  ○ global          20           longer.toml:12:1  shadowed",
        "  ○ default          1           the_longest_of_all_places.py:2",
    ]


def test_limits_that_stand_in_no_file_have_no_place():
    """As data, limits that no file holds have no file, line and column."""
    said = Narrowing(Allowed(max=40), "global", Origin(Source.OVERRIDE, name="a test"), Companions()).as_dict()
    assert [said[part] for part in ("max", "scope", "file", "line", "column")] == [40, "global", None, None, None]


def test_a_changed_file_has_no_line(here, tc_config, kept):
    """When the text is no longer the one that was read, the line is unknown and not guessed."""
    tc_config({"traits.toml": "[kept]\ndays = 90\n"})
    (here / "config/traits.toml").write_text("# moved\n[kept]\ndays = 90\n", encoding="utf-8")
    assert str(tc.explain("kept.days").reasons[0].origin) == "config/traits.toml (line unknown)"


def test_places_in_code_and_variables_are_named(tc_config, kept):
    """A decorator has its line, a variable its full name, an override says that it is one."""

    @tc.use(kept(days=2))
    class Article: ...

    name = "TRAITCONF_TRAITS__KEPT__DAYS__FALLBACK"
    tc_config({}, {name: "4"})
    with tc.override({"models.Article.kept.days": 3}):
        found = tc.explain("kept.days", Article)
    assert [reason.scope for reason in found.reasons] == [
        "override, model Article",
        f"model {Article.__qualname__} (decorator)",
        "global",
        "default",
    ]
    assert [reason.band for reason in found.reasons] == ["force", "", "fallback", ""]
    assert str(found.reasons[2].origin) == f"env {name}"
    assert found.as_dict()["chain"][2]["variable"] == name
    at = [found.as_dict()["chain"][2][part] for part in ("file", "line", "column")]
    assert at == [None, None, None]
    assert ["test_explain.py:" in str(reason.origin) for reason in found.reasons] == [True, True, False, True]


def test_values_that_come_together_show_each_step(tc_config, kept):
    """Where several definitions make the value, each line shows the value after it."""
    files = {"a.toml": '[kept]\ntags = ["a"]\n', "b.toml": '[tenants.acme.kept]\ntags.remove = ["d"]\n'}
    tc_config(files)
    lines = str(tc.explain("kept.tags", tenant="acme")).splitlines()
    assert lines[0] == 'kept.tags = ["a"]   list of str'
    assert lines[1].endswith('⇒ ["a"]')
    assert 'remove ["d"]' in lines[1]
    assert lines[2].endswith('⇒ ["d", "a"]')
    assert lines[3].startswith("  ● default")


def test_operations_are_named(tc_config, kept):
    """Unset has no value, other operations stand before theirs."""
    tc_config(
        {"a.toml": '[kept]\ndays = 5\nlimits = {"$replace" = {a = 1}}\n', "b.local.toml": "[kept]\ndays.unset = true\n"}
    )
    assert [(one.operation, one.value) for one in tc.explain("kept.days").reasons] == [
        ("unset", ""),
        ("set", "5"),
        ("default", "30"),
    ]
    assert 'replace {"a": 1}' in str(tc.explain("kept.limits"))


def test_missing_and_optional_values_are_words(tc_runtime, kept):
    """A required option that nothing defines says so, and no value is `none`."""

    @tc.trait(name="demanding")
    class Demanding(tc.TraitBase):
        """It wants to know."""

        where: str = tc.option(doc="Where.")

    assert str(tc.explain("demanding.where")).splitlines()[0] == "demanding.where = none   str"
    assert tc.explain("demanding.where").reasons[-1].value == "required"
    assert str(tc.explain("kept.pause")).splitlines()[0] == "kept.pause = none   duration or none"


@pytest.mark.parametrize("option", ["token", "key", "keys"])
def test_secrets_are_dots(tc_config, kept, option):
    """Neither value, steps nor results of steps show a secret."""
    raw = '["tell", "tale"]' if option == "keys" else '"telltale"'
    tc_config({"a.toml": f"[kept]\n{option} = {raw}\n", "b.local.toml": f"[kept]\n{option} = {raw}\n"})
    found = tc.explain(f"kept.{option}")
    assert found.value == "•••"
    assert "tell" not in str(found) + json.dumps(found.as_dict())


class TestNotes:
    def test_the_order_of_groups_is_printed(self, tc_config, kept):
        """Where a tenant sees several groups, the linearisation follows the table."""
        groups = {f"groups/{name}.toml": "" for name in "abc"}
        tc_config(groups | {"tenants/acme.toml": 'extends = ["b", "a"]\n', "tenants/one.toml": 'extends = ["c"]\n'})
        assert str(tc.explain("kept.days", tenant="acme")).splitlines()[-1] == "  tenant order: acme < b < a"
        assert tc.explain("kept.days", tenant="one").notes == ()

    def test_an_unknown_model_has_unknown_bases(self, tc_runtime, kept):
        """For a model that is only a name, the explanation says what it cannot know."""
        (note,) = tc.explain("kept.days", "Elsewhere").notes
        assert note == "the bases of Elsewhere are unknown without --app"


class TestAddresses:
    @pytest.fixture
    def article(self, tc_config, kept):
        """A model, and definitions for tenants and groups."""

        @tc.use(kept)
        class Article: ...

        files = {
            "groups/g.toml": "[kept]\ndays = 7\n[models.Article.kept]\ndays = 8\n",
            "tenants/a.toml": "[kept]\ndays = 2\n",
            "tenants/b.toml": "[kept]\ndays = 3\n[models.Article.kept]\ndays = 4\n",
        }
        tc_config(files)
        return Article

    @pytest.mark.parametrize(
        ("address", "value"),
        [
            ("kept.days", 2),
            ("traits.kept.days", 2),
            ("tenants.b.kept.days", 3),
            ("tenants.b.models.Article.kept.days", 4),
            ("groups.g.kept.days", 7),
            ("groups.g.models.Article.kept.days", 8),
        ],
    )
    def test_an_address_says_for_whom(self, article, tc_tenant, address, value):
        """Tenant, group and model of a full address hold, else the running tenant does."""
        tc_tenant("a")
        assert tc.explain(address).value == value

    def test_arguments_say_it_as_well(self, article, tc_tenant):
        """Arguments are stronger than the address and the running context."""
        tc_tenant("a")
        assert tc.explain("kept.days", tenant="b").value == 3
        assert tc.explain("kept.days", article, tenant="b").value == 4
        assert tc.explain("kept.days", "Article", tenant="b").value == 4
        assert tc.explain("tenants.a.kept.days", tenant="b").value == 3
        assert tc.explain("kept.days", tenant=None).value == 30

    def test_several_options_need_a_choice(self, article):
        """A trait or record has many options: the runtime explains all, the verb wants one."""
        runtime = tc.process_runtime()
        assert [one.address for one in runtime.explain("kept.log")] == [
            "kept.log.level",
            "kept.log.sample",
            "kept.log.fields",
        ]
        assert len(runtime.explain("kept")) == len(runtime.snapshot.resolver.resolve(_spec("kept")).refold())
        with pytest.raises(LookupError, match=r"several options, name one of them: kept.log.level, "):
            tc.explain("kept.log")

    @pytest.mark.parametrize(
        ("address", "message"),
        [
            ("kept.dayz", "did you mean 'days'"),
            ("kept.days.more", "known are|did you mean"),
            ("kettle.days", "unknown trait 'kettle'"),
            ("tenants.a", "ends before the trait"),
            ("", "ends before the trait"),
        ],
    )
    def test_wrong_addresses_are_refused(self, article, address, message):
        """An address that names nothing is a LookupError with a suggestion."""
        with pytest.raises(LookupError, match=message):
            tc.explain(address)

    def test_settings_are_explained_like_options(self, tc_config):
        """The framework's own settings have an address and a chain."""
        tc_config({"runtime.toml": 'unknown_tenants = "warn"\n'})
        found = tc.explain("runtime.unknown_tenants")
        assert (found.value, found.reasons[0].scope) == ("warn", "global")


def _spec(name):
    from traitconf.schema.catalog import catalog

    return catalog.find(name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("kafka", "kafka"),
        ("two words", '"two words"'),
        ("two\nlines", '"two\\nlines"'),
        ("", '""'),
        (" ", '" "'),
        (None, "none"),
        (True, "true"),
        (3, "3"),
        (["ä"], '["ä"]'),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_values_are_words_where_they_can_be(value, text):
    """Text without white space is bare, everything else as JSON."""
    assert shown(value) == text


@pytest.fixture
def derived(tc_runtime):
    """A trait whose options are computed, renamed, kept until a restart, and narrowed."""

    @tc.trait(name="derived")
    class Derived(tc.TraitBase):
        """Derives."""

        base: int = tc.option(2, doc="A value.")
        twice: int = tc.option(lambda self: 2 * self.base, doc="Twice as much.")
        port: int = tc.option(80, reload=False, doc="A port.")
        pin: str = tc.option("0000", reload=False, secret=True, doc="A number.")

    return Derived


def test_computed_defaults_are_shown_with_their_value(tc_config, derived):
    """The value is what was computed; the default's line says that it is computed."""
    tc_config({"a.toml": "[derived]\nbase = 4\n"})
    explanation = tc.explain("derived.twice", tenant=None)
    assert (explanation.value, explanation.reasons[-1].value) == (8, "computed")
    tc_config({"a.toml": "[derived]\ntwice = 5\n"})
    assert tc.explain("derived.twice", tenant=None).value == 5


def test_what_waits_for_a_restart_is_a_note(tc_config, derived, here):
    """The value stays; a note says what it will be, a secret's only that it will change."""
    runtime = tc_config({"a.toml": "[derived]\nport = 81\npin = '1111'\n"})
    (runtime.paths[0] / "a.toml").write_text("[derived]\nport = 82\npin = '2222'\n", encoding="utf-8")
    runtime.reload()
    assert (tc.explain("derived.port", tenant=None).value, tc.explain("derived.port", tenant=None).notes[0]) == (
        81,
        "pending: 82 after a restart",
    )
    assert tc.explain("derived.pin", tenant=None).notes[0] == "pending: ••• after a restart"


def test_limits_stand_below_the_table(tc_config, derived, here):
    """Each `allow` has its scope, limits and place, and what stands beside it where something does."""
    beside = "until = 2090-01-01, reason = 'a trial', ticket = 'T-1'"
    files = {
        "a.toml": "[derived]\nbase.allow = { max = 9 }\n",
        "groups/g.toml": f"[derived]\nbase = {{ value = 2, allow = {{ max = 7 }}, {beside} }}\n",
        "tenants/acme.toml": 'extends = ["g"]\n',
    }
    tc_config(files)
    explanation = tc.explain("derived.base", tenant="acme")
    assert str(explanation).splitlines()[-2:] == [
        "  allowed by global: at most 9   config/a.toml:2:1",
        "  allowed by group g: at most 7   config/groups/g.toml:2:21   until 2090-01-01 · T-1 · a trial",
    ]
    said = explanation.as_dict()["allowed"][1]
    assert (said["max"], said["file"], said["line"], said["ticket"]) == (7, "config/groups/g.toml", 2, "T-1")
