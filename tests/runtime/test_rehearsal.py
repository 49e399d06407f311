from __future__ import annotations

import pytest

import traitconf as tc


@pytest.fixture
def cautious(tc_runtime):
    """A trait that looks at every change of its options, and refuses sizes above ten."""
    seen = []

    @tc.trait(name="cautious")
    class Cautious(tc.TraitBase):
        """A trait."""

        size: int = tc.option(1, doc="A size.")
        twice: int = tc.option(lambda self: 100 // (20 - self.size), doc="Something computed.")

        @tc.on_config
        def look(self, old, new):
            assert self is new
            seen.append((old.size, new.size))
            if new.size == 13:
                raise ValueError("bad luck")
            if new.size > 10:
                raise tc.Veto(f"{new.size} is too large")

    Cautious.seen = seen
    return Cautious


@pytest.fixture
def publish(tc_config, cautious):
    """A function that writes one file and reloads."""
    runtime = tc_config({"a.toml": "[cautious]\nsize = 2\n"})

    def publish(text):
        (runtime.paths[0] / "a.toml").write_text(text, encoding="utf-8")
        return runtime.reload()

    publish.runtime = runtime
    return publish


def refusal(publish, text):
    """Publish what must be refused, and return the one problem."""
    before = publish.runtime.snapshot
    with pytest.raises(tc.ConfigError) as caught:
        publish(text)
    assert publish.runtime.snapshot is before
    (problem,) = caught.value.problems
    return problem


def test_a_hook_sees_old_and_new(publish, cautious):
    """It runs when its own options change, before they are published, and not when others do."""
    publish("[cautious]\nsize = 3\n")
    publish("[cautious]\nsize = 3\n[runtime]\nconflicts = 'error'\n")
    publish("[cautious]\nsize = 3\nshadow = true\n")
    assert cautious.seen == [(2, 3), (3, 3)]


def test_it_does_not_run_at_the_start(publish, cautious):
    """There is nothing old when a runtime starts."""
    assert cautious.seen == []


def test_a_veto_keeps_the_old(publish, cautious):
    """A hook's veto refuses the whole configuration, with its reason and a code; the next one may pass."""
    problem = refusal(publish, "[cautious]\nsize = 11\n")
    assert (problem.code, "11 is too large" in problem.message, problem.scope) == ("TC711", True, "global")
    assert tc.resolve(cautious).size == 2
    publish("[cautious]\nsize = 4\n")
    assert tc.resolve(cautious).size == 4


def test_a_hook_that_fails_has_not_agreed(publish, cautious):
    """Any other exception of a hook refuses as well, and says what it was."""
    problem = refusal(publish, "[cautious]\nsize = 13\n")
    assert (problem.code, "ValueError: bad luck" in problem.message) == ("TC712", True)


def test_it_runs_for_profiles_in_use(publish, cautious):
    """A tenant for whom somebody has run may be refused, and is named; of strangers nothing is asked."""
    publish("[cautious]\nsize = 2\n[tenants.acme.cautious]\nsize = 50\n")
    assert tc.resolve(cautious, tenant="acme").size == 50
    problem = refusal(publish, "[cautious]\nsize = 2\n[tenants.acme.cautious]\nsize = 51\n")
    assert (problem.code, problem.scope) == ("TC711", "tenant acme")


def test_it_runs_for_models(publish, cautious):
    """Each model that has the trait is asked for."""

    @tc.use(cautious)
    class Card: ...

    publish("[models.Card.cautious]\nsize = 5\n")
    assert sorted(cautious.seen) == [(2, 1), (2, 5)]


def test_a_hook_cannot_publish(publish, cautious):
    """A reload inside a hook is refused instead of running for ever."""

    @tc.trait(name="greedy")
    class Greedy(tc.TraitBase):
        """A trait."""

        size: int = tc.option(1, doc="A size.")

        @tc.on_config
        def again(self, old, new):
            publish.runtime.reload()

    problem = refusal(publish, "[cautious]\nsize = 2\n[greedy]\nsize = 5\n")
    assert (problem.code, "cannot publish another" in problem.message) == ("TC712", True)


def test_what_is_in_use_is_resolved_before(publish, cautious):
    """A computed default that fails with the new values refuses them, if running code has read the trait."""
    assert tc.resolve(cautious).twice == 5
    with pytest.raises(tc.ConfigError) as caught:
        publish("[cautious]\nsize = 20\n")
    assert "ZeroDivisionError" in str(caught.value)
    assert tc.resolve(cautious).twice == 5
