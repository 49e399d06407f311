"""Plain tenants are packed; whoever says more is read out into layers and checked like everybody else."""

from __future__ import annotations

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
