from __future__ import annotations

import threading

import pytest

import traitconf as tc


@pytest.fixture
def write(tc_config):
    """A function that writes the size of the badge and publishes it."""
    runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n", "tenants/acme.toml": "[badge]\nlabel = 'acme'\n"})

    def write(size):
        (runtime.paths[0] / "traits.toml").write_text(f"[badge]\nsize = {size}\n", encoding="utf-8")
        return runtime.reload()

    return write


class TestMuted:
    def test_hooks_are_off(self, badge, card):
        """Inside the block the method's own body runs alone, outside as ever; values of options stay."""
        with tc.muted(badge):
            assert card().save() == "saved"
            assert tc.resolve(badge, card).size == 1
            assert card().wear() == 1
        assert card().save() == ["plain:1", "saved"]

    def test_events_are_off(self, badge, card):
        """Events of a muted trait reach nobody, counters count on."""
        seen = []
        tc.process_runtime().services.events.subscribe("badge.shown", seen.append)
        with tc.muted(badge):
            tc.resolve(badge, card).shown.emit(card(), by="x")
            tc.resolve(badge, card).shows.add()
        assert seen == []
        tc.resolve(badge, card).shown.emit(card(), by="x")
        assert len(seen) == 1
        assert tc.process_runtime().services.metrics.counter("badge.shows") == 1

    def test_only_the_named_traits_are_off(self, badge, card):
        """Another trait's hooks act; without a name every trait is off; a base stands for its subclasses."""

        @tc.trait(name="ribbon")
        class Ribbon(tc.TraitBase):
            """Another one."""

            @tc.around("save")
            def tie(self, host, proceed, /):
                return ["tied", proceed()]

        tc.bind(card, Ribbon)
        with tc.muted(badge):
            assert card().save() == ["tied", "saved"]
            with tc.muted(Ribbon):
                assert card().save() == "saved"
            assert card().save() == ["tied", "saved"]
        for everything in (tc.muted(), tc.muted(badge, Ribbon)):
            with everything:
                assert card().save() == "saved"

    def test_contexts_inside_are_muted_too(self, badge, card, write):
        """A tenant, an override, a pin and a reload inside the block leave the trait muted."""
        with tc.muted(badge), tc.tenant("acme"), tc.override({"badge.size": 7}), tc.pinned():
            write(3)
            assert card().save() == "saved"
        with tc.muted(badge), tc.tenant("acme"):
            write(4)
            assert card().save() == "saved"
            assert tc.resolve(badge).size == 4
        with tc.tenant("acme"):
            assert card().save() == ["acme:4", "saved"]

    def test_other_threads_hear_it(self, badge, card):
        """Muting is the running context's own."""
        heard = []
        with tc.muted(badge):
            thread = threading.Thread(target=lambda: heard.append(card().save()))
            thread.start()
            thread.join()
        assert heard == [["plain:1", "saved"]]

    def test_what_is_no_trait_is_refused(self, card):
        """Only traits can be muted; a class that is none is told from one at once."""
        with pytest.raises(TypeError, match="is not a trait"):
            tc.muted(card)

    def test_many_sets_are_not_kept(self, badge, card, write):
        """However many different sets of traits are muted, a bounded number of profiles is kept."""
        from traitconf.runtime import profile as module

        traits = [
            tc.trait(name=f"made_{number}")(type(f"Made{number}", (tc.TraitBase,), {"__doc__": "One of many."}))
            for number in range(module.MUTINGS + 5)
        ]
        for trait in traits:
            with tc.muted(trait):
                assert card().save() == ["plain:2", "saved"]
        assert len(tc.process_runtime().snapshot.profile(None)._muting) <= module.MUTINGS


class TestPinned:
    def test_the_snapshot_is_held(self, badge, card, write):
        """What is published meanwhile is not seen inside the block, not by a nested context either."""
        with tc.pinned() as context:
            first = context.snapshot
            write(3)
            assert (tc.resolve(badge).size, card().save()) == (2, ["plain:2", "saved"])
            with tc.tenant("acme") as inner:
                assert inner.snapshot is first
                assert card().save() == ["acme:2", "saved"]
        assert (tc.resolve(badge).size, card().save()) == (3, ["plain:3", "saved"])

    def test_the_tenant_stays(self, badge, write):
        """The block runs for whom the code around it runs."""
        with tc.tenant("acme"), tc.pinned() as context:
            assert context.tenant == "acme"
            write(9)
            assert (tc.resolve(badge).size, tc.resolve(badge).label) == (2, "acme")
