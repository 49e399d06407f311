from __future__ import annotations

import asyncio
import logging
import threading

import pytest

import traitconf as tc

FILES = {
    "groups/gold.toml": "[badge]\nsize = 10\n",
    "groups/lead.toml": "[badge]\nsize = 1\nlabel = 'lead'\n",
    "tenants/filed.toml": "extends = ['lead']\n",
    "tenants/owner.toml": "[badge]\nlabel = 'own'\n",
}


class Plans:
    """A directory that tests change, and that counts how often it is asked."""

    def __init__(self, **plans):
        self.plans = plans
        self.asked = []
        self.error = None
        self.answer = threading.Event()
        self.answer.set()

    def groups(self, tenant):
        self.asked.append(tenant)
        self.answer.wait(30)
        if self.error is not None:
            raise self.error
        return self.plans.get(tenant)


@pytest.fixture
def plans():
    """A directory with two tenants."""
    plans = Plans(acme=("gold",), both=("lead", "gold"), owner=("gold",), filed=("gold",), none=())
    yield plans
    plans.answer.set()


@pytest.fixture
def start(tc_config, badge, tc_clock, plans):
    """A function that configures with the directory and more settings."""

    def start(settings="", directory=plans):
        return tc_config(FILES | {"runtime.toml": settings}, directory=directory)

    return start


class TestGroups:
    def test_it_supplies_what_no_file_names(self, start, badge, plans):
        """A tenant of the directory has its groups, nearest first; what a file says of `extends` goes before."""
        start()
        found = {name: tc.resolve(badge, tenant=name) for name in ("acme", "both", "owner", "filed", "stranger")}
        sizes = {name: (trait.size, trait.label) for name, trait in found.items()}
        assert sizes["acme"] == (10, "plain")
        assert sizes["both"] == (1, "lead")
        assert sizes["owner"] == (10, "own")
        assert sizes["filed"] == (1, "lead")
        assert sizes["stranger"] == (1, "plain")
        assert "filed" not in plans.asked

    def test_contexts_calls_and_explanations_agree(self, start, badge, card):
        """Whoever looks sees the directory's groups."""
        runtime = start()
        with tc.tenant("acme"):
            assert (tc.resolve(badge).size, card().save()) == (10, ["plain:10", "saved"])
        assert tc.resolve(badge, card, "acme").size == 10
        assert runtime.explain("badge.size", tenant="acme")[0].reasons[0].scope == "group gold"

    def test_no_groups_and_unknown_are_different(self, start, badge):
        """Who is known without groups has none; who is unknown gets the default ones."""
        start("default_extends = ['gold']\n")
        assert tc.resolve(badge, tenant="none").size == 1
        assert tc.resolve(badge, tenant="stranger").size == 10

    def test_a_tenant_of_the_directory_is_known(self, start, badge):
        """Where unknown tenants are refused, those of the directory are not."""
        start("unknown_tenants = 'error'\n")
        with tc.tenant("acme"):
            assert tc.resolve(badge).size == 10
        with pytest.raises(tc.ConfigError) as caught, tc.tenant("stranger"):
            pass
        assert [problem.code for problem in caught.value.problems] == ["TC701"]

    def test_an_async_directory_serves(self, start, badge):
        """`groups` may be a coroutine, also where the caller runs in an event loop of its own."""

        class Async:
            async def groups(self, tenant):
                await asyncio.sleep(0)
                return ["gold"] if tenant == "acme" else None

        start(directory=Async())

        async def inside():
            with tc.tenant("acme"):
                return tc.resolve(badge).size

        assert asyncio.run(inside()) == 10
        assert tc.resolve(badge, tenant="other").size == 1


class TestMemory:
    def test_an_answer_is_kept_for_its_ttl(self, start, badge, plans, tc_clock):
        """Within the time to live nobody is asked again; after it a change takes effect everywhere."""
        start("directory.ttl = '10s'\n")
        for _ in range(5):
            assert tc.resolve(badge, tenant="acme").size == 10
            with tc.tenant("acme"):
                assert tc.resolve(badge).size == 10
        assert plans.asked == ["acme"]
        plans.plans["acme"] = ("lead",)
        tc_clock.advance(seconds=5)
        assert tc.resolve(badge, tenant="acme").size == 10
        tc_clock.advance(seconds=5)
        assert tc.resolve(badge, tenant="acme").label == "lead"
        with tc.tenant("acme"):
            assert tc.resolve(badge).label == "lead"
        assert plans.asked == ["acme"] * 2

    def test_an_open_context_follows(self, start, badge, card, plans, tc_clock):
        """Code that has run for a tenant for long sees the new plan within the time to live, a pinned one does not."""
        start("directory.ttl = '10s'\n")
        with tc.tenant("acme"), tc.pinned():
            plans.plans["acme"] = ("lead",)
            tc_clock.advance(seconds=10)
            assert card().save() == ["plain:10", "saved"]
        plans.plans["acme"] = ("gold",)
        tc_clock.advance(seconds=10)
        with tc.tenant("acme"):
            assert card().save() == ["plain:10", "saved"]
            plans.plans["acme"] = ("lead",)
            tc_clock.advance(seconds=10)
            assert card().save() == ["lead:1", "saved"]

    def test_tenants_do_not_drag_each_other(self, start, badge, plans, tc_clock):
        """Two tenants of one plan share a profile; when one changes its plan, the other keeps its own."""
        start("directory.ttl = '10s'\n")
        plans.plans["twin"] = ("gold",)
        assert [tc.resolve(badge, tenant=name).size for name in ("acme", "twin")] == [10, 10]
        plans.plans["acme"] = ()
        tc_clock.advance(seconds=10)
        assert [tc.resolve(badge, tenant=name).size for name in ("acme", "twin")] == [1, 10]
        assert [tc.resolve(badge, tenant=name, model="X").size for name in ("acme", "twin")] == [1, 10]

    def test_a_clock_that_steps_back_asks_again(self, start, badge, plans, tc_clock):
        """An answer from the future is not trusted for longer than its time to live."""
        start("directory.ttl = '10s'\n")
        assert tc.resolve(badge, tenant="acme").size == 10
        tc_clock.advance(hours=-5)
        with tc.tenant("acme"):
            pass
        assert plans.asked == ["acme"] * 2

    def test_it_is_bounded(self, start, badge, plans):
        """However many tenants are asked about, a bounded number of answers is kept."""
        runtime = start("directory.size = 10\n")
        for number in range(100):
            assert tc.resolve(badge, tenant=f"t{number}").size == 1
        assert len(runtime._contexts.directory._answers.everything()) <= 10

    def test_forgetting_a_tenant_asks_again(self, start, badge, plans):
        """A removed tenant leaves nothing: the next question goes to the directory."""
        runtime = start()
        assert tc.resolve(badge, tenant="acme").size == 10
        del plans.plans["acme"]
        runtime.forget("acme")
        assert "acme" not in runtime.snapshot._profiles.everything()
        assert not [ids for traits in runtime.snapshot.by_tenant.values() for ids in traits.values() if "acme" in ids]
        assert tc.resolve(badge, tenant="acme").size == 1
        assert plans.asked == ["acme"] * 2

    def test_a_reload_keeps_the_answers(self, start, badge, plans):
        """A new snapshot asks nobody again; a group that is gone is left out, and a new one counts at once."""
        runtime = start()
        assert tc.resolve(badge, tenant="acme").size == 10
        (runtime.paths[0] / "groups" / "gold.toml").write_text("[badge]\nsize = 20\n", encoding="utf-8")
        runtime.reload()
        assert tc.resolve(badge, tenant="acme").size == 20
        (runtime.paths[0] / "groups" / "gold.toml").unlink()
        runtime.reload()
        assert tc.resolve(badge, tenant="acme").size == 1
        assert plans.asked == ["acme"]


class TestTrouble:
    def test_who_raises_is_taken_at_his_last_word(self, start, badge, plans, tc_clock, caplog):
        """An error keeps the last known groups, is logged and counted, and never reaches a call."""
        runtime = start("directory.ttl = '10s'\n")
        assert tc.resolve(badge, tenant="acme").size == 10
        plans.error = ConnectionError("no database")
        tc_clock.advance(seconds=20)
        with caplog.at_level(logging.WARNING, "traitconf.directory"), tc.tenant("acme"):
            assert tc.resolve(badge).size == 10
        assert "no database" in caplog.text
        assert runtime.services.metrics.counter("traitconf.directory.failures") == 1
        plans.error = None
        plans.plans["acme"] = ("lead",)
        tc_clock.advance(seconds=2)
        assert tc.resolve(badge, tenant="acme").label == "lead"

    def test_a_directory_that_is_down_does_not_flood_the_log(self, start, plans, caplog):
        """However many tenants cannot be looked up, one line a minute is written, and each failure is counted."""
        runtime = start()
        plans.error = ConnectionError("no database")
        with caplog.at_level(logging.WARNING, "traitconf.directory"):
            for number in range(20):
                with tc.tenant(f"t{number}"):
                    pass
        assert caplog.text.count("no database") == 1
        assert runtime.services.metrics.counter("traitconf.directory.failures") == 20

    def test_who_was_never_asked_gets_the_default_groups(self, start, badge, plans):
        """Without a last word the default groups count."""
        start("default_extends = ['gold']\n")
        plans.error = KeyError("x")
        assert tc.resolve(badge, tenant="none").size == 10

    def test_who_hangs_is_not_waited_for(self, start, badge, plans, tc_clock):
        """After the timeout the last word counts; others are not kept waiting by it."""
        runtime = start("directory.ttl = '10s'\ndirectory.timeout = '20ms'\n")
        assert tc.resolve(badge, tenant="acme").size == 10
        plans.answer.clear()
        tc_clock.advance(seconds=20)
        assert tc.resolve(badge, tenant="acme").size == 10
        assert tc.resolve(badge, tenant="both").size == 1
        assert runtime.services.metrics.counter("traitconf.directory.failures") == 2

    @pytest.mark.parametrize("said", ["gold", 5, [1], {"gold": 1}.items()])
    def test_nonsense_is_an_error_of_the_directory(self, start, badge, plans, said):
        """What is no list of names counts as a failure."""
        runtime = start()
        plans.plans["acme"] = said
        assert tc.resolve(badge, tenant="acme").size == 1
        assert runtime.services.metrics.counter("traitconf.directory.failures") == 1

    def test_unknown_groups_are_reported_once(self, start, badge, plans, caplog):
        """A group that no file defines is left out, and said once, however many tenants have it."""
        runtime = start()
        plans.plans |= {f"t{number}": ("platinum", "gold") for number in range(5)}
        with caplog.at_level(logging.WARNING, "traitconf.directory"):
            assert {tc.resolve(badge, tenant=f"t{number}").size for number in range(5)} == {10}
        assert caplog.text.count("platinum") == 1
        assert runtime.services.metrics.counter("traitconf.directory.unknown_groups") == 1

    def test_a_contradictory_order_is_taken_as_it_is(self, start, badge, plans, tc_config):
        """Where the directory's order contradicts that of the groups, a call still gets an answer."""
        files = FILES | {"groups/top.toml": "extends = ['gold']\n"}
        plans.plans["odd"] = ("gold", "top")
        tc_config(files, directory=plans)
        assert tc.resolve(badge, tenant="odd").size == 10


def test_forgetting_without_a_directory(tc_config, badge):
    """A tenant can be forgotten by any runtime; its values are found out anew."""
    runtime = tc_config({"tenants/acme.toml": "[badge]\nsize = 2\n"})
    assert tc.resolve(badge, tenant="acme").size == 2
    runtime.forget("acme")
    assert not runtime.snapshot.by_tenant[None][badge]
    assert not [key for key in runtime.snapshot._shared if key == ("acme", None)]
    assert tc.resolve(badge, tenant="acme").size == 2
