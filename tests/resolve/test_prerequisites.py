"""Toggles that are off because what they require is off."""

from __future__ import annotations

import attrs
import pytest

import traitconf as tc


@pytest.fixture
def search(tc_runtime):
    """A trait with toggles that require each other, and one of another trait."""

    @tc.trait(name="search")
    class Search(tc.TraitBase):
        """Search."""

        index: bool = tc.option(True, doc="Index.")
        fuzzy: bool = tc.option(True, requires="index", doc="Fuzzy.")
        typos: bool = tc.option(True, requires=("fuzzy", "stats.counting"), doc="Typos.")
        depth: int = tc.option(3, requires="index", doc="Depth.")

    return Search


@pytest.fixture
def stats(tc_runtime):
    """The other trait, which requires a toggle of the first."""

    @tc.trait(name="stats")
    class Stats(tc.TraitBase):
        """Stats."""

        counting: bool = tc.option(True, doc="Counting.")
        detailed: bool = tc.option(True, requires="search.index", doc="Detailed.")

    return Stats


@pytest.mark.usefixtures("stats")
class TestValue:
    def test_all_on(self, search):
        """Where everything required is on, the fold counts."""
        found = tc.resolve(search, tenant=None)
        assert (found.fuzzy, found.typos) == (True, True)

    def test_own(self, tc_config, search):
        """A toggle is false while one of its own trait that it requires is off, whatever is defined, and so on up."""
        tc_config({"traits.toml": "[search]\nindex = false\nfuzzy.force = true\n"})
        found = tc.resolve(search, tenant=None)
        assert (found.fuzzy, found.typos, found.depth) == (False, False, 3)

    def test_of_another_trait(self, tc_config, search, stats):
        """A toggle of another trait counts as it is for the same model and tenant; that trait being off counts too."""

        @tc.use(search)
        class Article: ...

        tc_config(
            {
                "tenants/acme.toml": "[stats]\ncounting = false\n",
                "tenants/bob.toml": "[models.Article.stats]\nenabled = false\n",
            }
        )
        assert tc.resolve(search, tenant="acme").typos is False
        assert [tc.resolve(search, model, tenant="bob").typos for model in (None, Article)] == [True, False]
        assert tc.resolve(search, Article, tenant="carl").typos is True

    def test_own_trait_off(self, tc_config, search):
        """A trait that is off takes no toggle of its own with it: what is defined is still shown."""
        tc_config({"traits.toml": "[search]\nenabled = false\n"})
        assert tc.resolve(search, tenant=None).fuzzy is True

    def test_of_a_group(self, tc_config, search, stats):
        """What a group says of the prerequisite counts for whoever extends it, and for the group itself."""
        files = {"groups/gold.toml": "[stats]\ncounting = false\n", "tenants/acme.toml": 'extends = ["gold"]\n'}
        resolver = tc_config(files).snapshot.resolver
        search_spec = search.__traitconf_spec__
        asked = [{}, {"group": "gold"}, {"tenant": "acme"}, {"tenant": "bob"}, {"tenant": "bob", "extends": ("gold",)}]
        found = [resolver.resolve(search_spec, **subject) for subject in asked]
        assert [one.trait.typos for one in found] == [True, False, False, True, False]
        for one in (found[1], found[2], found[4]):
            origin = one.chain(("typos",)).gate.where()
            assert (origin.file.rpartition("/")[2], origin.line) == ("gold.toml", 2)

    def test_of_a_model(self, tc_config, search, stats):
        """What a model says of the prerequisite is the place that decided for that model."""

        @tc.use(search)
        class Booklet: ...

        tc_config({"models/Booklet.toml": "[stats]\ncounting = false\n"}, complete=False)
        assert tc.decide(search, "typos", model=Booklet).origin.file.endswith("Booklet.toml")

    def test_follows_changes(self, tc_config, search, stats):
        """Profiles, overrides and reloads see the other trait's change."""
        runtime = tc_config({"tenants/acme.toml": "[stats]\ncounting = true\n"})
        assert tc.resolve(search, tenant="acme").typos
        with tc.override({"stats.counting": False}):
            assert not tc.resolve(search, tenant="acme").typos
        (runtime.paths[0] / "tenants/acme.toml").write_text("[stats]\ncounting = false\n")
        runtime.reload()
        assert not tc.resolve(search, tenant="acme").typos


@pytest.mark.usefixtures("stats")
class TestSaid:
    def test_decided(self, tc_config, search):
        """A decision gives the reason, and the place that decided the prerequisite."""
        tc_config({"traits.toml": "[search]\nindex = false\nfuzzy = true\n"})
        for option in ("fuzzy", "typos"):
            decision = tc.decide(search, option)
            assert (decision.value, decision.variant, decision.reason) == (False, "off", "PREREQUISITE_FAILED")
            assert (decision.origin.line, decision.origin.file.endswith("traits.toml")) == (2, True)
        assert tc.decide(search, "index").reason == "STATIC"

    def test_decided_by_a_default(self, tc_config, tc_runtime):
        """A prerequisite whose default is off is named with its declaration."""

        @tc.trait(name="shy")
        class Shy(tc.TraitBase):
            """Shy."""

            base: bool = tc.option(False, doc="Base.")
            more: bool = tc.option(True, requires="base", doc="More.")

        decision = tc.decide(Shy, "more")
        assert (decision.reason, decision.origin) == ("PREREQUISITE_FAILED", tc.decide(Shy, "base").origin)

    def test_decided_by_the_other_trait(self, tc_config, search):
        """Where the other trait is off, its `enabled` is the place."""
        tc_config({"traits.toml": "[stats]\ncounting = true\nenabled = false\n"})
        assert tc.decide(search, "typos").origin.line == 3

    def test_explained(self, tc_config, search, tmp_path, monkeypatch):
        """An explanation begins with the prerequisite; everything below is shadowed, the last word is the value."""
        monkeypatch.chdir(tmp_path)
        tc_config({"traits.toml": "[search]\nindex = false\nfuzzy = true\n"})
        explanation = tc.explain("search.fuzzy", tenant=None)
        first, second = str(explanation).splitlines()[1:3]
        assert first == "  ● prerequisite search.index   false      config/traits.toml:2:1"
        assert second == "  ○ global                       true      config/traits.toml:3:1  shadowed"
        assert explanation.value is False
        assert [reason.counts for reason in explanation.reasons] == [True, False, False]
        assert tc.explain("search.index", tenant=None).reasons[0].scope == "global"

    def test_described(self, search):
        """A description names the prerequisites."""
        typos = next(option for option in tc.describe(search).options if option.name == "typos")
        assert typos.requires == ("fuzzy", "stats.counting")


class TestBetweenTraits:
    def test_that_require_each_other(self, tc_config, search, stats):
        """Traits may require each other's toggles, as long as no toggle requires itself."""
        tc_config({"traits.toml": "[search]\nindex = false\n"})
        assert (tc.resolve(stats, tenant=None).detailed, tc.resolve(search, tenant=None).typos) == (False, False)

    def test_a_circle(self, problems_of, tc_runtime):
        """Toggles that require each other across traits are reported, and resolved nevertheless."""

        @tc.trait(name="egg")
        class Egg(tc.TraitBase):
            """Egg."""

            laid: bool = tc.option(True, requires="hen.hatched", doc="Laid.")

        @tc.trait(name="hen")
        class Hen(tc.TraitBase):
            """Hen."""

            hatched: bool = tc.option(True, requires="egg.laid", doc="Hatched.")

        found = problems_of({})
        assert [(one.code, one.message) for one in found] == [
            ("TC503", "'egg.laid' requires 'hen.hatched', which requires it in turn"),
            ("TC503", "'hen.hatched' requires 'egg.laid', which requires it in turn"),
        ]
        assert tc.resolve(Egg, tenant=None).laid is True
        with tc.override({"hen.hatched": False}):
            assert (tc.resolve(Egg).laid, tc.decide(Egg, "laid").reason) == (False, "PREREQUISITE_FAILED")

    def test_unknown(self, problems_of, tc_config, search):
        """A trait that nobody knows counts as off, and is an error once all are loaded; an unknown option always is."""
        (problem,) = problems_of({})
        assert (problem.code, problem.message) == (
            "TC503",
            "'search.typos' requires 'stats.counting', of an unknown trait",
        )
        runtime = tc_config({}, complete=False)
        assert not runtime.warnings
        assert tc.resolve(search, tenant=None).typos is False
        assert tc.decide(search, "typos").origin == search.__traitconf_spec__.options["typos"].meta.origin

        @tc.trait(name="stats")
        class Stats(tc.TraitBase):
            """Stats."""

            countin: bool = tc.option(True, doc="Counting.")

        (problem,) = problems_of({}, complete=False)
        assert (problem.message, problem.hint) == (
            "'search.typos' requires 'stats.counting', which is no toggle",
            "did you mean 'countin'?",
        )


@attrs.frozen(kw_only=True)
class Box:
    """Record: holds a toggle."""

    open: bool = tc.option(True, doc="Open.")
    size: int = tc.option(1, doc="Size.")


class TestDeepNames:
    """Prerequisites inside of records, and beyond traits that are known."""

    @pytest.fixture
    def boxed(self, tc_runtime):
        """A trait with a toggle in a record, and one that requires it."""

        @tc.trait(name="boxed")
        class Boxed(tc.TraitBase):
            """Boxed."""

            box: Box = tc.option(Box(), doc="A box.")
            air: bool = tc.option(True, requires="nowhere.wind", doc="Air.")

        @tc.trait(name="cat")
        class Cat(tc.TraitBase):
            """Cat."""

            inside: bool = tc.option(True, requires="boxed.box.open", doc="Inside.")
            breathes: bool = tc.option(True, requires="boxed.air", doc="Breathes.")

        return Boxed, Cat

    def test_in_a_record(self, tc_config, boxed):
        """A toggle in a record is named with its record, and decides."""
        _, cat = boxed
        tc_config({"a.toml": "[boxed]\nbox.open = false\n"}, complete=False)
        assert tc.resolve(cat).inside is False
        assert "prerequisite boxed.box.open" in str(tc.explain("cat.inside", tenant=None))
        assert tc.decide(cat, "inside").origin.line == 2

    def test_of_the_record_s_own_trait(self, tc_config, boxed):
        """The whole trait being off is the place, and so is an unknown trait two steps away."""
        holder, cat = boxed
        tc_config({"a.toml": "[boxed]\nbox.open = true\nenabled = false\n"}, complete=False)
        assert (tc.resolve(cat).inside, tc.decide(cat, "inside").origin.line) == (False, 3)
        tc_config({}, complete=False)
        assert tc.decide(cat, "breathes").origin == holder.__traitconf_spec__.options["air"].meta.origin

    @pytest.mark.parametrize(
        ("name", "message", "hint"),
        [
            ("boxed.box.size", "which is no toggle", ""),
            ("boxed.box.opne", "which is no toggle", "did you mean 'box.open'?"),
            ("boxde.box.open", "of an unknown trait", "did you mean 'boxed'?"),
        ],
    )
    def test_faults(self, problems_of, boxed, name, message, hint):
        """What is no toggle, or of nobody, is said with the whole name."""

        @tc.trait(name="nowhere")
        class Nowhere(tc.TraitBase):
            """Somewhere by now."""

            wind: bool = tc.option(True, doc="Wind.")

        @tc.trait(name="dog")
        class Dog(tc.TraitBase):
            """Dog."""

            fed: bool = tc.option(True, requires=name, doc="Fed.")

        (problem,) = problems_of({})
        assert problem.message == f"'dog.fed' requires '{name}', {message}"
        assert problem.hint == hint or not hint

    def test_a_circle_of_others(self, problems_of, tc_runtime):
        """A circle is reported at its own toggles, before the application is loaded; one that leads there is fine."""

        @tc.trait(name="one")
        class One(tc.TraitBase):
            """One."""

            on: bool = tc.option(True, requires="two.on", doc="On.")

        @tc.trait(name="two")
        class Two(tc.TraitBase):
            """Two."""

            on: bool = tc.option(True, requires="three.on", doc="On.")

        @tc.trait(name="three")
        class Three(tc.TraitBase):
            """Three."""

            on: bool = tc.option(True, requires="two.on", doc="On.")

        found = problems_of({}, complete=False)
        assert [(one.message, one.hint) for one in found] == [
            ("'two.on' requires 'three.on', which requires it in turn", "drop one of them"),
            ("'three.on' requires 'two.on', which requires it in turn", "drop one of them"),
        ]
