"""Plain tenants are packed; whoever says more is read out into layers and checked like everybody else."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest

import traitconf as tc
from traitconf.layers.layer import Scope
from traitconf.schema.spec import spec_of
from traitconf.traits import Auditable, Sluggable

GROUPS = "[groups.gold.auditable]\nretention_days = 90\n[groups.silver]\nextends = ['gold']\n"


def roster(runtime):
    """Return the ids that are packed."""
    return set(runtime.snapshot.graph.roster)


@pytest.mark.parametrize(
    "table",
    [
        "",
        "extends = ['silver']",
        "auditable.retention_days = 30",
        "auditable.enabled = false\nsluggable.separator = '_'",
        "auditable.enabled = true",
        "auditable.fields = ['a', 'b']",
        "auditable.cache.ttl = '5m'\nauditable.cache.jitter = 1",
        "models.Article.auditable.retention_days = 30",
        "extends = ['silver']\nmodels.Article.sluggable.max_length = 30\nsluggable.max_length = 31",
    ],
)
def test_plain_tables_are_packed(tc_config, table):
    """Known options with good values, for the tenant and its models, need no layers."""
    runtime = tc_config({"all.toml": f"{GROUPS}[tenants.acme]\n{table}\n"}, complete=False)
    assert roster(runtime) == {"acme"}
    assert isinstance(runtime.snapshot.graph.roster.tables["acme"], bytes)


@pytest.mark.parametrize(
    "table",
    [
        "auditable.retention_days.force = 30",
        "auditable.fields.append = ['a']",
        "auditable.fields.remove = ['a']",
        "searchable.enabled = true",
    ],
)
def test_tables_that_say_more_are_read_out(tc_config, table):
    """A directive, or a trait that may still be imported, needs a closer look."""
    runtime = tc_config({"all.toml": f"[tenants.acme]\n{table}\n"}, complete=False)
    assert roster(runtime) == set()
    assert Scope("tenant", "acme") in runtime.snapshot.graph.layers


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("auditable.retention_days = 0", "TC104"),
        ("auditable.retention_days = true", "TC103"),
        ("auditable.retention_dayz = 1", "TC101"),
        ("auditable = 1", "TC103"),
        ("auditable.enabled = 1", "TC103"),
        ("auditable.enabled = 'yes'", "TC103"),
        ("auditable.cache.ttl = 5", "TC103"),
        ("extends = 'gold'", "TC103"),
        ("extends = ['gold', 'silver']", "TC112"),
        ("extends = ['bronze']", "TC110"),
        ("extends = [1]", "TC103"),
        ("models = 1", "TC103"),
        ("models.Article = 1", "TC103"),
        ("models.'*A'.auditable.enabled = true", "TC108"),
        ("traits.auditable.enabled = true", "TC109"),
        ("runtime.app = 'x'", "TC109"),
        ("models.Nobody.auditable.enabled = true", "TC131"),
    ],
)
def test_every_fault_of_a_tenant_is_found(tc_config, table, code):
    """What one look cannot call good is reported with code and place."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"all.toml": f"{GROUPS}[tenants.acme]\n{table}\n"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.origin.line > 4) == (code, True)


def test_a_lock_is_seen_through_the_roster(tc_config):
    """A plain value that a lock of its group forbids is refused; one of a group that it does not extend is not."""
    locked = "[groups.gold.auditable]\nretention_days.lock = 90\n[groups.iron]\n"
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"all.toml": f"{locked}[tenants.acme]\nextends = ['gold']\nauditable.retention_days = 30\n"})
    assert [problem.code for problem in caught.value.problems] == ["TC210"]
    runtime = tc_config({"all.toml": f"{locked}[tenants.acme]\nextends = ['iron']\nauditable.retention_days = 30\n"})
    assert roster(runtime) == {"acme"}


def test_different_locks_brought_together_are_refused(tc_config):
    """A tenant whose groups lock one option to different values is named."""
    locked = "[groups.a.auditable]\nretention_days.lock = 1\n[groups.b.auditable]\nretention_days.lock = 2\n"
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"all.toml": f"{locked}[tenants.acme]\nextends = ['a', 'b']\n"})
    assert [problem.code for problem in caught.value.problems] == ["TC210"]


def test_a_variable_of_a_tenant_is_a_layer_beside_its_table(tc_config):
    """A tenant that variables speak of is read out, by its id or by any id that folds to the token."""
    files = {"all.toml": "[tenants.acme]\nsluggable.max_length = 30\n[tenants.'a.b']\nsluggable.max_length = 31\n"}
    variables = {"TRAITCONF_TENANTS__ACME__SLUGGABLE__SEPARATOR": "_", "TRAITCONF_TENANTS__A_B__SLUGGABLE__UNIQUE": "0"}
    runtime = tc_config(files, variables)
    assert roster(runtime) == set()
    acme = runtime.resolve(Sluggable, tenant="acme")
    assert (acme.separator, acme.max_length) == ("_", 30)
    other = runtime.resolve(Sluggable, tenant="a.b")
    assert (other.unique, other.max_length) == (False, 31)


def test_two_documents_about_one_tenant_are_compared(tc_config):
    """What two documents of one rank say of one tenant is a conflict, as for any other scope."""
    runtime = tc_config(
        {
            "a.toml": "[tenants.acme]\nsluggable.max_length = 30\n",
            "b.toml": "[tenants.acme]\nsluggable.max_length = 31\n",
        }
    )
    assert [problem.code for problem in runtime.warnings] == ["TC301"]
    assert runtime.resolve(Sluggable, tenant="acme").max_length == 31


def test_packed_tenants_resolve_and_explain_as_others(tc_config):
    """Values, lineage and places of a packed tenant are those that its file gives it."""
    runtime = tc_config(
        {
            "all.toml": f"{GROUPS}[tenants.acme]\nextends = ['silver']\n[tenants.acme.models.Article.auditable]\n"
            "retention_days = 7\n"
        },
        complete=False,
    )
    assert roster(runtime) == {"acme"}
    assert runtime.resolve(Auditable, tenant="acme").retention_days == 90
    assert runtime.resolve(Auditable, "Article", "acme").retention_days == 7
    (explanation,) = runtime.explain("auditable.retention_days", "Article", "acme")
    assert [str(reason.origin).rpartition("all.toml")[2] for reason in explanation.reasons][:2] == [":8:1", ":2:1"]
    assert runtime.snapshot.graph.nodes("tenant") == ["acme"]
    assert [layer.scope.model for layer in runtime.snapshot.graph.at(Scope("tenant", "acme", "Article"))] == ["Article"]


def test_tenants_without_definitions_share_a_profile(tc_config):
    """A packed tenant that only extends a group shares the profile of its group's tenants."""
    runtime = tc_config({"all.toml": f"{GROUPS}[tenants.a]\nextends = ['gold']\n[tenants.b]\nextends = ['gold']\n"})
    assert runtime.snapshot.profile("a") is runtime.snapshot.profile("b")


def test_many_tenants_keep_their_own_values(tc_config):
    """More tenants than keep their layers are each resolved right, in any order and again."""
    count = 6_000
    text = "".join(f"[tenants.t{n}.sluggable]\nmax_length = {n % 200 + 1}\n" for n in range(count))
    runtime = tc_config({"all.toml": text})
    assert len(roster(runtime)) == count
    for _ in range(2):
        found = [runtime.snapshot.resolver.resolve(spec_of(Sluggable), None, f"t{n}") for n in range(count)]
        assert [one.trait.max_length for one in found] == [n % 200 + 1 for n in range(count)]


NAMED = "[tenants.acme.models.'{}'.auditable]\nretention_days = 7\n"


@pytest.mark.parametrize("name", ["x", "x" * 200])
def test_names_of_models_may_be_as_long_as_ids(tc_config, name):
    """A tenant may say something of any model that has a name which may be written."""
    assert roster(tc_config({"all.toml": NAMED.format(name)}, complete=False)) == {"acme"}


@pytest.mark.parametrize("name", ["x" * 201, "*A", "*", ""])
def test_names_of_models_are_looked_at(tc_config, name):
    """A name that no model can have is refused although no model is known yet."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"all.toml": NAMED.format(name)}, complete=False)
    assert [problem.code for problem in caught.value.problems] == ["TC108"]


def test_a_model_is_good_for_every_tenant(tc_config):
    """A name that is wrong is so for every tenant, and one that is right for the next one too."""
    tables = "".join(f"[tenants.{name}.models.Nobody.auditable]\nretention_days = 7\n" for name in "ab")
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"all.toml": tables})
    assert [(one.code, one.scope) for one in caught.value.problems] == [
        ("TC131", "tenant a, model Nobody"),
        ("TC131", "tenant b, model Nobody"),
    ]
    assert roster(tc_config({"all.toml": tables}, complete=False)) == {"a", "b"}


@attrs.frozen(kw_only=True)
class Window:
    """A record whose fields have rules."""

    least: int = tc.option(1, ge=1, doc="The least.")
    most: int = tc.option(9, le=99, doc="The most.")
    old: int = tc.option(0, deprecated="use most", doc="What there was.")


@pytest.fixture
def looked(tc_runtime):
    """A trait with options of which some need a closer look."""

    @tc.trait(name="looked")
    class Looked(tc.TraitBase):
        """One of everything that matters."""

        flag: bool = tc.option(False, doc="A bool.")
        whole: int = tc.option(5, ge=1, le=9, doc="An int with limits.")
        free: int = tc.option(5, doc="An int without.")
        odd: int = tc.option(5, one_of=(1, 3, 5), doc="An int of few.")
        maybe: int | None = tc.option(None, doc="An int or none.")
        word: str = tc.option("a", pattern="[a-z]+", doc="A text with a pattern.")
        words: tuple[str, ...] = tc.option((), doc="Texts.")
        ports: Mapping[str, int] = tc.option(tc.FrozenMap(), doc="Numbers.")
        token: str = tc.option("", secret=True, doc="A secret.")
        old: int = tc.option(0, deprecated="use whole", doc="What there was.")
        wide: int = tc.option(0, scope=("global", "group"), doc="Not for tenants.")
        own: int = tc.option(0, scope=("group", "tenant"), doc="For tenants too.")
        window: Window = tc.option(Window(), doc="A record.")

    return Looked


@pytest.mark.parametrize(
    ("option", "raw", "value"),
    [
        ("flag", "true", True),
        ("flag", "false", False),
        ("whole", "1", 1),
        ("whole", "9", 9),
        ("free", "-123456789012", -123456789012),
        ("odd", "3", 3),
        ("maybe", "0", 0),
        ("word", "'abc'", "abc"),
        ("words", "['a', 'b']", ("a", "b")),
        ("own", "3", 3),
        ("window.least", "2", Window(least=2)),
        ("window", "{ least = 2, most = 3 }", Window(least=2, most=3)),
    ],
)
def test_good_values_are_packed_for_every_tenant(tc_config, looked, option, raw, value):
    """A good value needs no closer look, the second time neither, and is the value of each tenant."""
    tables = "".join(f"[tenants.{name}]\nlooked.{option} = {raw}\n" for name in "abc")
    runtime = tc_config({"all.toml": tables}, complete=False)
    assert roster(runtime) == {"a", "b", "c"}
    name = option.partition(".")[0]
    assert [getattr(runtime.resolve(looked, tenant=one), name) for one in "abc"] == [value] * 3


@pytest.mark.parametrize(
    ("option", "raw"),
    [
        ("maybe", "'@none'"),
        ("ports", "{ a = 1 }"),
        ("token", "'x'"),
        ("old", "1"),
        ("window.old", "1"),
        ("whole", "{ value = 2, reason = 'a trial' }"),
        ("words", "{ append = ['a'] }"),
    ],
)
def test_what_needs_a_closer_look_is_read_out(tc_config, looked, option, raw):
    """No value, a mapping, a secret, what is deprecated, and a directive are looked at as layers."""
    assert roster(tc_config({"all.toml": f"[tenants.a]\nlooked.{option} = {raw}\n"}, complete=False)) == set()


@pytest.mark.parametrize(
    ("option", "raw", "code"),
    [
        ("flag", "'true'", "TC103"),
        ("whole", "0", "TC104"),
        ("whole", "10", "TC104"),
        ("whole", "1.0", "TC103"),
        ("whole", "true", "TC103"),
        ("free", "'1'", "TC103"),
        ("odd", "2", "TC104"),
        ("word", "'A'", "TC104"),
        ("word", "1", "TC103"),
        ("words", "['a', 1]", "TC103"),
        ("words", "'a'", "TC103"),
        ("wide", "3", "TC211"),
        ("window.least", "0", "TC104"),
        ("window.most", "100", "TC104"),
        ("window.mast", "1", "TC101"),
        ("window", "3", "TC103"),
    ],
)
def test_wrong_values_are_found_for_every_tenant(tc_config, looked, option, raw, code):
    """A wrong value is found each time, not only when it is seen first."""
    tables = "".join(f"[tenants.{name}]\nlooked.{option} = {raw}\n" for name in "ab")
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"all.toml": tables}, complete=False)
    assert [(one.code, one.scope) for one in caught.value.problems] == [(code, "tenant a"), (code, "tenant b")]


@pytest.mark.parametrize(
    ("directive", "code"), [("lock = 3", "TC210"), ("value = 3, allow = { max = 4 }", "TC220")], ids=["lock", "allow"]
)
class TestGuards:
    """What a lock or limit of a group, or of everybody, leaves to the tenants of a file of many."""

    @pytest.mark.parametrize("place", ["groups.gold.", "groups.base.", "traits."])
    @pytest.mark.parametrize("option", ["whole", "window.least"])
    @pytest.mark.parametrize("model", ["", "models.Article."])
    def test_what_it_forbids(self, tc_config, looked, directive, code, place, option, model):
        """A value that is not left to a tenant is refused, wherever that is said and however deep the option."""
        text = (
            f"[{place}looked]\n{option} = {{ {directive} }}\n[groups.base]\n[groups.gold]\nextends = ['base']\n"
            f"[tenants.acme]\nextends = ['gold']\n{model}looked.{option} = 5\n"
        )
        with pytest.raises(tc.ConfigError) as caught:
            tc_config({"all.toml": text}, complete=False)
        assert [problem.code for problem in caught.value.problems] == [code]

    @pytest.mark.parametrize("option", ["free", "window.most", "own"])
    def test_what_it_leaves(self, tc_config, looked, directive, code, option):
        """Other options, of the same record too, need no closer look."""
        text = (
            f"[groups.gold.looked]\nwhole = {{ {directive} }}\nwindow.least = {{ {directive} }}\n"
            f"[tenants.acme]\nextends = ['gold']\nlooked.{option} = 5\n"
        )
        assert roster(tc_config({"all.toml": text}, complete=False)) == {"acme"}

    def test_whom_it_leaves(self, tc_config, looked, directive, code):
        """Tenants that do not extend the group need no closer look."""
        text = (
            f"[groups.gold.looked]\nwhole = {{ {directive} }}\n[groups.iron]\n"
            "[tenants.acme]\nextends = ['iron']\nlooked.whole = 5\n[tenants.beta]\nlooked.whole = 5\n"
            "[tenants.gold]\nextends = ['gold']\nlooked.free = 5\n"
        )
        assert roster(tc_config({"all.toml": text}, complete=False)) == {"acme", "beta", "gold"}


LAYERS = {
    "traits.toml": "[auditable]\nretention_days = 90\n[sluggable]\nseparator = '_'\n",
    "models/Article.toml": "[auditable]\nretention_days = 30\n",
    "groups/gold.toml": "[auditable]\nretention_days.lock = 60\n",
    "runtime.toml": "default_extends = ['gold']\n",
}


def test_plain_layers_are_known(tc_config):
    """Layers of good values are plain; one with a directive is not, nor are the framework's own settings."""
    resolver = tc_config(LAYERS, complete=False).snapshot.resolver
    assert {(layer.scope.label, *layer.tables) for layer in resolver.plain} == {
        ("global", "auditable", "sluggable"),
        ("model Article", "auditable"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[auditable]\nretention_days = 'many'\n", "TC103"),
        ("[auditable]\nretention_days = 0\n", "TC104"),
        ("[auditable]\nretention_dayz = 1\n", "TC101"),
        ("[sluggable]\nmax_length = true\n", "TC103"),
        ("[auditable.cache]\nttl = 1\n", "TC103"),
    ],
)
def test_faulty_layers_are_not_plain(tc_config, text, code):
    """What is wrong in a layer is found with its words and its place, whatever is plain beside it."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config(LAYERS | {"models/Article.toml": text}, complete=False)
    (problem,) = caught.value.problems
    assert (problem.code, problem.origin.line) == (code, 2)


def test_locks_reach_plain_layers(tc_config):
    """A plain layer that sorts after a lock and says something else breaks it."""
    files = LAYERS | {"groups/iron.toml": "extends = ['gold']\n[auditable]\nretention_days = 61\n"}
    with pytest.raises(tc.ConfigError) as caught:
        tc_config(files, complete=False)
    assert [problem.code for problem in caught.value.problems] == ["TC210"]


def test_scoped_options_go_the_long_way(tc_config):
    """An option that may not be set everywhere is looked at where it stands."""

    @tc.trait(name="scoped_here")
    class ScopedHere(tc.TraitBase):
        """A trait."""

        quota: int = tc.option(1, scope=("tenant",), doc="Of a tenant.")

    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"traits.toml": "[scoped_here]\nquota = 2\n"})
    assert [problem.code for problem in caught.value.problems] == ["TC211"]
    runtime = tc_config({"all.toml": "[tenants.acme.scoped_here]\nquota = 2\n"})
    assert roster(runtime) == {"acme"}
    assert runtime.resolve(ScopedHere, tenant="acme").quota == 2
