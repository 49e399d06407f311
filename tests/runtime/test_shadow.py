"""Traits in shadow: they decide and count, and never act; the report compares."""

from __future__ import annotations

import asyncio
import itertools
import threading

import pytest

import traitconf as tc
from traitconf.runtime.shadow import OTHERS, ShadowTotals

_numbers = itertools.count()


class Async:
    async def work(self):
        return 1


class Generator:
    def work(self):
        yield 1


class AsyncGenerator:
    async def work(self):
        yield 1


class OfClass:
    @classmethod
    def work(cls):
        return 1


class Static:
    @staticmethod
    def work():
        return 1


async def first(found):
    return await anext(found)


def rows(trait=""):
    """Return what was counted, by member and tenant."""
    return {
        (total.model, total.member, total.tenant): (total.calls, total.differing)
        for total in tc.shadow_report(trait).totals
    }


class TestHooks:
    def test_a_hook_in_shadow_is_counted_and_does_not_act(self, badge, card, tc_config):
        """Every call on which the hook would have run is counted, for each tenant, and answered without it."""
        tc_config({"traits.toml": "[badge]\nshadow = true\n"})
        assert card().save() == "saved"
        with tc.tenant("acme"):
            assert [card().save(), card().save()] == ["saved", "saved"]
        assert rows() == {("Card", "save", None): (1, 1), ("Card", "save", "acme"): (2, 2)}

    def test_a_hook_that_would_not_act_differs_nowhere(self, badge, card, tc_config):
        """Where the trait is off besides, a call is counted, and would be no other."""
        tc_config({"traits.toml": "[badge]\nshadow = true\nenabled = false\n"})
        card().save()
        assert rows() == {("Card", "save", None): (1, 0)}

    def test_outside_of_the_shadow_nothing_is_counted(self, badge, card, tc_config):
        """A trait that acts, or is off, is not watched."""
        tc_config({"traits.toml": "", "tenants/acme.toml": "[badge]\nenabled = false\n"})
        card().save()
        with tc.tenant("acme"):
            card().save()
        assert rows() == {}

    def test_a_muted_trait_is_not_counted(self, badge, card, tc_config):
        """What is muted would not act, so it is not compared."""
        tc_config({"traits.toml": "[badge]\nshadow = true\n"})
        with tc.muted(badge):
            assert card().save() == "saved"
        assert rows() == {}

    @pytest.mark.parametrize(
        ("host", "answer"),
        [
            (Async, asyncio.run),
            (Generator, next),
            (AsyncGenerator, lambda found: asyncio.run(first(found))),
            (OfClass, lambda found: found),
            (Static, lambda found: found),
        ],
        ids=["async", "generator", "async generator", "classmethod", "staticmethod"],
    )
    def test_every_flavour_is_counted(self, tc_runtime, host, answer):
        """A method of any flavour answers as ever, and is counted once for each call."""

        @tc.trait(name=f"watched_{next(_numbers)}")
        class Watched(tc.TraitBase):
            """Do something before."""

            @tc.before("work")
            def note(self, host, /, *args, **kwargs):
                raise AssertionError("it acted")

        tc.bind(host, Watched)
        with tc.override({f"{Watched.__traitconf_spec__.name}.shadow": True}):
            assert answer(host().work()) == 1
        tc.unbind(host, Watched)
        assert rows() == {(host.__name__, "work", None): (1, 1)}


class TestMembers:
    def test_a_call_of_a_given_member_is_counted(self, badge, card, tc_config):
        """A member of a trait in shadow is not available, and the calls that it would have served are counted."""
        tc_config({"traits.toml": "[badge]\nshadow = true\n"})
        with pytest.raises(tc.TraitDisabled):
            card().wear()
        assert rows() == {("Card", "wear", None): (1, 1)}


class TestAdopted:
    def test_attributes_are_compared_by_value(self, tc_config):
        """A read is counted, and differs where the trait would have answered something else."""

        class Paged:
            size = 20

        trait = f"paged_{next(_numbers)}"
        tc.adopt(Paged, trait)
        tc_config({"traits.toml": f"[{trait}]\nshadow = true\n", "tenants/acme.toml": f"[{trait}]\nsize = 5\n"})
        assert Paged.size == 20
        with tc.tenant("acme"):
            assert Paged.size == 20
        none, acme = tc.shadow_report(trait).totals
        assert (none.differing, none.now, none.then) == (0, "20", "20")
        assert (acme.differing, acme.now, acme.then) == (1, "20", "5")

    def test_a_secret_is_not_shown(self, tc_runtime):
        """The report masks what the trait declares secret."""

        @tc.trait(name=f"keyed_{next(_numbers)}")
        class Keyed(tc.TraitBase):
            """Hold a key."""

            key: str = tc.option("none", secret=True, doc="The key.")

        class Client:
            key = "none"

        tc.adopt(Client, Keyed)
        name = Keyed.__traitconf_spec__.name
        with tc.override({f"{name}.shadow": True, f"{name}.key": "hunter2"}):
            assert Client.key == "none"
        assert "hunter2" not in str(tc.shadow_report())
        assert tc.shadow_report().totals[0].differing == 1

    def test_methods_are_compared_by_what_would_happen(self, tc_runtime):
        """A method runs as ever; a call that the trait would have refused differs."""

        class Paged:
            def save(self):
                return "saved"

        trait = f"paged_{next(_numbers)}"
        tc.adopt(Paged, trait)
        for enabled in (True, False):
            with tc.override({f"{trait}.shadow": True, f"{trait}.enabled": enabled}):
                assert Paged().save() == "saved"
        assert rows(trait) == {("Paged", "save", None): (2, 1)}


class TestReport:
    def test_nothing_to_report(self, tc_runtime):
        """Without a trait in shadow the report says so."""
        assert str(tc.shadow_report()) == "no trait in shadow was asked yet"

    def test_it_is_a_table_and_a_dict(self):
        """The report is printed as a table, and handed to programs as plain data."""
        totals = ShadowTotals()
        totals.note(("slug", "Page", "save", None), acts=True)
        totals.note(("paged", "Page", "size", "acme"), acts=False, now=1, then=1)
        report = totals.report()
        assert [line.split() for line in str(report).splitlines()] == [
            ["trait", "model", "member", "tenant", "calls", "differ", "now", "with", "the", "trait"],
            ["paged", "Page", "size", "acme", "1", "0", "1", "1"],
            ["slug", "Page", "save", "-", "1", "1", "-", "-"],
        ]
        assert report.of("slug").as_dict()["totals"][0]["differing"] == 1

    def test_a_million_tenants_are_counted_together(self, monkeypatch):
        """Beyond the limit the tenants of a member share one total, so that memory is bounded."""
        monkeypatch.setattr("traitconf.runtime.shadow.SERIES", 10)
        totals = ShadowTotals()
        for number in range(100):
            totals.note(("slug", "Page", "save", f"tenant {number}"), acts=True)
        found = totals.report().totals
        assert len(found) == 11
        assert next(total.calls for total in found if total.tenant == OTHERS) == 90

    def test_threads_lose_no_count(self):
        """Totals of several threads add up."""
        totals = ShadowTotals()

        def count():
            for _ in range(500):
                totals.note(("slug", "Page", "save", None), acts=True)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert totals.report().totals[0].calls == 2000
