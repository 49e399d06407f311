from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.runtime.held import Pending


@pytest.fixture
def pool(tc_runtime):
    """A trait some of whose options wait for a restart."""

    @tc.trait(name="pool")
    class Pool(tc.TraitBase):
        """A pool of connections."""

        size: int = tc.option(4, doc="How many connections.", reload=False)
        name: str = tc.option("main", doc="What it is called.")
        password: str = tc.option("p", doc="A secret.", secret=True, reload=False)

    return Pool


@pytest.fixture
def publish(tc_config, pool):
    """A function that writes one file and reloads; its runtime is an attribute."""
    runtime = tc_config({"a.toml": "[pool]\nsize = 8\nname = 'a'\n"})

    def publish(text):
        (runtime.paths[0] / "a.toml").write_text(text, encoding="utf-8")
        return runtime.reload()

    publish.runtime = runtime
    return publish


def test_it_keeps_its_value_over_reloads(publish, pool):
    """An option with reload=False is what it was at the start; others of the same trait follow the files."""
    publish("[pool]\nsize = 9\nname = 'b'\n")
    assert (tc.resolve(pool).size, tc.resolve(pool).name) == (8, "b")
    publish("[pool]\nname = 'c'\n")
    assert (tc.resolve(pool).size, tc.resolve(pool).name) == (8, "c")
    assert tc.resolve(pool, tenant="acme").size == 8


def test_what_waits_is_shown(publish, pool):
    """The runtime lists what waits for a restart, and shows no secret."""
    assert publish.runtime.pending == ()
    publish("[pool]\nsize = 9\npassword.force = 'hush'\n")
    size, password = sorted(publish.runtime.pending, key=lambda one: one.address, reverse=True)
    assert size == Pending("pool.size", "", None, 8, 9)
    assert (password.address, password.wanted.reveal()) == ("pool.password", "hush")
    assert "hush" not in repr(publish.runtime.pending)
    publish("[pool]\nsize = 8\n")
    assert publish.runtime.pending == ()


def test_it_is_explained(publish, pool):
    """The explanation shows the value that holds, where it came from, and what waits."""
    publish("# another line\n[pool]\nsize = 9\npassword.force = 'hush'\n")
    found = tc.explain("pool.size")
    assert (found.value, found.notes) == (8, ("pending: 9 after a restart",))
    assert found.reasons[0].value == "8"
    assert tc.explain("pool.password").notes == ("pending: ••• after a restart",)
    assert tc.explain("pool.name").notes == ()


def test_a_restart_takes_it(publish, pool, tc_config):
    """A new runtime begins with what the files say."""
    publish("[pool]\nsize = 9\n")
    tc_config({"a.toml": "[pool]\nsize = 9\n"})
    assert tc.resolve(pool).size == 9


def test_tenants_and_models_are_held_too(publish, pool):
    """A value of a tenant or a model waits as well, and is listed with its scope."""

    @tc.use(pool)
    class Card: ...

    publish("[pool]\nsize = 8\n[tenants.acme.pool]\nsize = 20\n[models.Card.pool]\nsize = 30\n")
    assert (tc.resolve(pool, tenant="acme").size, tc.resolve(pool, Card).size) == (8, 8)
    found = {(one.tenant, one.model, one.wanted) for one in publish.runtime.pending}
    assert {(None, "Card", 30), ("acme", "", 20)} <= found


def test_an_override_goes_before(publish, pool):
    """An override is no reload: inside its block the option has the value that it gives."""
    publish("[pool]\nsize = 9\n")
    with tc.override({"pool.size": 50}):
        assert tc.resolve(pool).size == 50
    assert tc.resolve(pool).size == 8


def test_no_change_is_said_of_what_waits(publish, pool):
    """The event lists what has changed, which a waiting option has not."""
    said = []
    publish.runtime.services.events.subscribe(
        "traitconf.config.changed", lambda event: said.extend(change.address for change in event.payload["changes"])
    )
    publish("[pool]\nsize = 9\nname = 'b'\n")
    assert said == ["pool.name"]


def test_a_trait_that_comes_later_is_held_from_then(publish, pool):
    """A trait that was unknown at the start is held from the first snapshot that knows it."""

    @tc.trait(name="late")
    class Late(tc.TraitBase):
        """A late one."""

        size: int = tc.option(1, doc="A size.", reload=False)

    for size in (3, 4, 5):
        publish(f"[late]\nsize = {size}\n")
    assert tc.resolve(Late).size == 3


def test_a_field_of_a_record_is_held(tc_config, tc_runtime):
    """A record whose option has reload=False keeps every field, and the rest of the trait is rebuilt around it."""
    import attrs

    @attrs.frozen(kw_only=True)
    class Limits:
        low: int = tc.option(1, doc="The lower one.")
        high: int = tc.option(2, doc="The upper one.", reload=False)

    @tc.trait(name="bounded")
    class Bounded(tc.TraitBase):
        """Limits."""

        limits: Limits = tc.option(Limits(), doc="Limits.")

    runtime = tc_config({"a.toml": "[bounded]\nlimits.high = 5\n"})
    (runtime.paths[0] / "a.toml").write_text("[bounded]\nlimits.high = 6\nlimits.low = 3\n", encoding="utf-8")
    runtime.reload()
    assert tc.resolve(Bounded).limits == Limits(low=3, high=5)
    assert [(one.address, one.wanted) for one in runtime.pending] == [("bounded.limits.high", 6)]
