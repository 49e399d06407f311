from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.runtime.changes import Change


@pytest.fixture
def secretive(tc_runtime):
    """A trait with a secret, a record and a list."""

    @tc.trait(name="secretive")
    class Secretive(tc.TraitBase):
        """A trait."""

        token: str = tc.option("t", doc="A secret by its declaration.", secret=True)
        names: tuple[str, ...] = tc.option((), doc="A list.")

    return Secretive


@pytest.fixture
def publish(tc_config):
    """A function that publishes files and returns the changes that were said; `None` when nothing was."""
    runtime = tc_config({})
    said = []
    runtime.services.events.subscribe("traitconf.config.changed", said.append)

    def publish(**files):
        for name, text in files.items():
            path = runtime.paths[0] / f"{name.replace('__', '/')}.toml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        said.clear()
        runtime.reload()
        return list(said[0].payload["changes"]) if said else None

    publish.runtime, publish.said = runtime, said
    return publish


def test_it_says_old_and_new(badge, publish):
    """Every option that differs is said once, with its old and its new value, and nothing else."""
    assert publish(traits="[badge]\nsize = 2\nlabel = 'plain'\n") == [Change("badge", "size", "", None, 1, 2)]
    assert publish(traits="[badge]\nsize = 3\nlabel = 'x'\n") == [
        Change("badge", "size", "", None, 2, 3),
        Change("badge", "label", "", None, "plain", "x"),
    ]
    assert publish(traits="") == [
        Change("badge", "size", "", None, 3, 1),
        Change("badge", "label", "", None, "x", "plain"),
    ]
    assert publish.said[0].payload["changes"].of("badge")[0].address == "badge.size"


def test_the_event_tells_whose_and_which(badge, publish):
    """The event is about the runtime, and carries the generation that is published by then."""
    publish(traits="[badge]\nsize = 2\n")
    (event,) = publish.said
    assert (event.name, event.host, event.tenant) == ("traitconf.config.changed", publish.runtime, None)
    assert event.payload["generation"] == publish.runtime.snapshot.generation == 2


@pytest.mark.parametrize("text", ["", "# a comment\n", "\n\n"])
def test_nothing_is_said_when_nothing_changed(badge, publish, text):
    """A comment, an empty line, the same file again: no event."""
    publish(traits="[badge]\nsize = 2\n")
    assert publish(traits=f"{text}[badge]\nsize = 2\n") is None


def test_models_that_have_the_trait_are_looked_at(badge, card, publish):
    """A change at a model is said for that model, under its name."""
    assert publish(models__Card="[badge]\nsize = 4\n") == [Change("badge", "size", "Card", None, 1, 4)]
    assert publish(traits="[badge]\nsize = 2\n") == [Change("badge", "size", "", None, 1, 2)]


def test_tenants_in_use_are_looked_at(badge, publish):
    """A tenant's change is said once somebody has run for it; for strangers nothing is computed."""
    assert publish(tenants__acme="[badge]\nsize = 2\n", tenants__idle="[badge]\nsize = 2\n") == []
    with tc.tenant("acme"):
        assert publish(tenants__acme="[badge]\nsize = 3\n", tenants__idle="[badge]\nsize = 3\n") == [
            Change("badge", "size", "", "acme", 2, 3)
        ]


def test_tenants_of_one_profile_are_said_once(badge, publish):
    """Tenants with equal overlays are one profile; one of them stands for all."""
    publish(groups__gold="[badge]\nsize = 2\n", a="[tenants.t]\nextends = ['gold']\n[tenants.u]\nextends = ['gold']\n")
    for tenant in ("t", "u", "stranger", "foreigner"):
        assert tc.resolve(badge, tenant=tenant)
    changes = publish(groups__gold="[badge]\nsize = 3\n")
    assert [(change.old, change.new) for change in changes] == [(2, 3)]
    assert changes[0].tenant in ("t", "u")


def test_another_group_is_a_change(badge, publish):
    """A tenant that extends another group sees other values, although no table of options differs."""
    publish(groups__gold="[badge]\nsize = 2\n", groups__lead="[badge]\nsize = 3\n", tenants__t="extends = ['gold']\n")
    assert tc.resolve(badge, tenant="t").size == 2
    assert publish(tenants__t="extends = ['lead']\n") == [Change("badge", "size", "", "t", 2, 3)]


def test_default_groups_are_a_change(badge, publish):
    """Strangers follow another runtime.default_extends, and the setting's own change is said as well."""
    publish(groups__gold="[badge]\nsize = 2\n")
    assert tc.resolve(badge, tenant="stranger").size == 1
    assert publish(runtime="default_extends = ['gold']\n") == [
        Change("runtime", "default_extends", "", None, (), ("gold",)),
        Change("badge", "size", "", "stranger", 1, 2),
    ]


def test_what_is_shadowed_is_no_change(badge, card, publish):
    """A definition that something stronger shadows everywhere changes nothing, so the event lists nothing."""
    forced = "[badge]\nsize.force = 2\n"
    publish(traits=forced)
    assert publish(models__Card="[badge]\nsize = 9\n", traits=f"{forced}label.fallback = 'plain'\n") == []


def test_secrets_do_not_show(secretive, publish):
    """Old and new values of a secret option are `Secret`s."""
    (change,) = publish(traits="[secretive]\ntoken.force = 'abc'\n")
    assert isinstance(change.old, tc.Secret)
    assert change.new.reveal() == "abc"
    assert "abc" not in repr(change)


def test_a_failed_reload_says_what_is_wrong(badge, publish):
    """The event of a failure carries the problems and the generation that goes on; it is counted."""
    failures = []
    publish.runtime.services.events.subscribe("traitconf.config.failed", failures.append)
    with pytest.raises(tc.ConfigError):
        publish(traits="[badge]\nsize = 'x'\n")
    (event,) = failures
    assert [problem.code for problem in event.payload["problems"]] == ["TC103"]
    assert (event.host, event.payload["generation"]) == (publish.runtime, 1)
    assert publish.runtime.services.metrics.counter("traitconf.config.failures") == 1
    assert publish.said == []


def test_a_subscriber_may_fail_or_reload(badge, publish):
    """What a subscriber raises reaches nobody; it is told after the swap, so it may reload itself."""
    generations = []

    def greedy(event):
        if event.payload["generation"] < 5:
            (publish.runtime.paths[0] / "traits.toml").write_text(
                f"[badge]\nsize = {event.payload['generation'] + 10}\n", encoding="utf-8"
            )
            generations.append(publish.runtime.reload().generation)
        raise ValueError("not my day")

    publish.runtime.services.events.subscribe("traitconf.config.changed", greedy)
    publish(traits="[badge]\nsize = 2\n")
    assert generations == [5, 4, 3]
    assert tc.resolve(badge).size == 14


def test_the_frameworks_events_are_known_by_name(tc_runtime):
    """A slip in the name of a framework event is refused with a suggestion."""
    with pytest.raises(LookupError, match=r"did you mean 'traitconf.config.changed'"):
        tc.on("traitconf.config.chnged")(print)
