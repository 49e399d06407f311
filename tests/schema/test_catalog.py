from __future__ import annotations

import gc
import sys
import textwrap
import types
from importlib.metadata import EntryPoint

import attrs
import pytest

import traitconf as tc
from traitconf.schema.catalog import Catalog, catalog, model_names
from traitconf.schema.spec import spec_of

BUILT_IN = ["auditable", "sluggable", "soft_deletes"]


@pytest.fixture
def spec(declare):
    """The spec of some trait."""
    return spec_of(declare())


def placed(spec, module, qualname):
    """A spec like another, of a class that stands elsewhere."""
    return attrs.evolve(spec, cls=type("Elsewhere", (), {"__module__": module, "__qualname__": qualname}))


class TestTraits:
    def test_advertised_traits_are_known(self):
        """The traits that installed packages advertise are listed and found in a new catalogue."""
        fresh = Catalog()
        assert set(BUILT_IN) <= set(fresh.names())
        assert fresh.find("nonsense") is None

    def test_registered_traits(self, spec):
        """A registered trait is found by its name and listed once, in order."""
        own = Catalog()
        own.add(spec)
        assert own.find("sample") is spec
        assert own.names() == sorted({*own.names(), "sample"})

    def test_all_of_them(self):
        """Going through the traits imports the advertised ones."""
        assert {found.name for found in catalog.traits()} >= set(BUILT_IN)

    def test_entry_points_are_read_on_demand(self, spec):
        """Registering a trait and finding it again reads no entry points; asking for an unknown one does."""
        own = Catalog()
        own.add(spec)
        assert own.find("sample") is spec
        assert own._advertised is None
        own.find("nonsense")
        assert own._advertised is not None

    def test_a_class_defined_anew(self, spec):
        """A class under the same module and name replaces the first, as when a module is run again."""
        own = Catalog()
        first, again = placed(spec, "app", "Sample"), placed(spec, "app", "Sample")
        own.add(first)
        own.add(again)
        assert own.find("sample") is again

    def test_a_local_class_gives_way(self, spec):
        """A class of a function never blocks a name for good."""
        own = Catalog()
        own.add(placed(spec, "app", "test.<locals>.Sample"))
        own.add(placed(spec, "other", "Sample"))
        assert own.find("sample").cls.__module__ == "other"

    @pytest.mark.parametrize(
        ("module", "qualname"), [("other", "Sample"), ("app", "Other"), ("app", "f.<locals>.Sample")]
    )
    def test_a_taken_name(self, spec, module, qualname):
        """Another class under the same name is refused; the first stays, and the error names it."""
        own = Catalog()
        first = placed(spec, "app", "Sample")
        own.add(first)
        with pytest.raises(tc.ConfigError) as error:
            own.add(placed(spec, module, qualname))
        (problem,) = error.value.problems
        assert (problem.code, problem.message) == ("TC126", "the trait name 'sample' is taken")
        assert problem.hint == "give one of them another name: @tc.trait(name=…); the first is app.Sample"
        assert problem.origin == spec.origin
        assert own.find("sample") is first


@pytest.fixture
def advertising(tmp_path, monkeypatch):
    """A function that makes a catalogue to which a module on disk is advertised as holding the trait `promised`."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(code, name):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        own = Catalog()
        own._advertised = {"promised": EntryPoint("promised", f"{name}:Promised", "traitconf.traits")}
        return own

    yield make
    for name in [name for name in sys.modules if name.startswith("promised_")]:
        del sys.modules[name]


class TestAdvertised:
    def test_only_the_one_that_is_asked_for(self, advertising):
        """Looking for one trait imports what advertises it, and nothing that advertises others."""
        own = advertising("1 / 0", "promised_failing")
        assert own.find("other") is None
        assert "promised" in own.names()
        assert "promised_failing" not in sys.modules

    def test_found_by_importing(self, advertising):
        """An advertised trait is found by importing its module, in every catalogue that is asked."""
        code = """
            import traitconf as tc
            def define():
                @tc.trait(name="promised")
                class Promised(tc.TraitBase):
                    "Promised."
                return Promised
            Promised = define()
        """
        own = advertising(code, "promised_well")
        assert own.find("promised").doc == "Promised."
        assert own.find("promised") is own.find("promised") is catalog.find("promised")


class TestBrokenPackages:
    @pytest.mark.parametrize(
        ("name", "code", "reason"),
        [
            ("promised_failing", "1 / 0", "ZeroDivisionError: division by zero"),
            ("promised_missing", "", "AttributeError: module 'promised_missing' has no attribute 'Promised'"),
            ("promised_nothing", "Promised = 3", "TypeError: int is not a trait: declare it with @tc.trait"),
            (
                "promised_other",
                "from traitconf.traits import Auditable as Promised",
                "the trait there is called 'auditable'",
            ),
        ],
    )
    def test_they_are_a_problem(self, advertising, name, code, reason):
        """A package that does not hold what it advertises is a problem that names it, not a traceback."""
        with pytest.raises(tc.ConfigError) as error:
            advertising(code, name).find("promised")
        (problem,) = error.value.problems
        assert problem.code == "TC127"
        assert problem.message == (
            f"an installed package advertises the trait 'promised' as {name}:Promised, which cannot be had: {reason}"
        )

    def test_faults_of_the_trait_itself(self, advertising):
        """Where the advertised trait is declared wrongly, its own problems are told."""
        code = """
            import traitconf as tc
            @tc.trait
            class Promised(tc.TraitBase):
                bare: int
        """
        with pytest.raises(tc.ConfigError) as error:
            advertising(code, "promised_wrong").find("promised")
        assert [problem.code for problem in error.value.problems] == ["TC122"]


class TestModels:
    def test_names(self):
        """A model is known under its short name and under module and qualified name."""
        assert model_names(Catalog) == ("Catalog", "traitconf.schema.catalog:Catalog")

    def test_found_by_either_name(self):
        """Both names find the class; the index lists qualified names only."""
        own = Catalog()
        own.add_model(Catalog)
        own.add_model(Catalog)
        assert own.models("Catalog") == own.models("traitconf.schema.catalog:Catalog") == [Catalog]
        assert own.model_index() == ["traitconf.schema.catalog:Catalog"]
        assert own.models("Nothing") == []

    def test_one_class_or_the_name(self):
        """A name that stands for one class gives the class; otherwise the name, and an empty name nothing."""
        own = Catalog()
        own.add_model(Catalog)
        one, other = (type("Twin", (), {"__module__": name}) for name in ("one", "other"))
        own.add_model(one)
        own.add_model(other)
        assert own.only_model("Catalog") is Catalog
        assert own.only_model("Twin") == "Twin"
        assert own.only_model("other:Twin") is other
        assert own.only_model("Nobody") == "Nobody"
        assert own.only_model("") is None

    def test_classes_are_let_go(self):
        """The catalogue keeps no class alive."""
        own = Catalog()
        own.add_model(type("Fleeting", (), {"__module__": "app"}))
        gc.collect()
        assert own.models("Fleeting") == []
        assert own.model_index() == []

    def test_a_class_made_anew(self):
        """A class that was made anew takes the place of the one that nobody uses any more."""
        own = Catalog()
        old, new = (type("Model", (), {"__module__": "app"}) for _ in range(2))
        own.add_model(old)
        own.replace_model(old, new)
        assert own.models("Model") == own.models("app:Model") == [new]


class TestScratch:
    def test_what_functions_define_is_forgotten(self, spec):
        """Traits and models that functions defined in the block are unknown after it, also when it fails."""
        own = Catalog()
        known = type("Known", (), {"__module__": "app", "__qualname__": "f.<locals>.Known"})
        own.add_model(known)
        local = type("Local", (), {"__module__": "app", "__qualname__": "f.<locals>.Local"})

        def fail():
            with own.scratch():
                own.add(spec)
                own.add_model(local)
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        assert own.find("sample") is None
        assert own.models("Local") == []
        assert own.models("Known") == [known]

    def test_what_nobody_can_import_is_forgotten(self):
        """A class that names a module where it is not is unknown after the block."""
        own = Catalog()
        made = type("Made", (), {"__module__": __name__, "__qualname__": "Made"})
        with own.scratch():
            own.add_model(made)
        assert own.models("Made") == []

    def test_what_modules_define_stays(self, spec, monkeypatch):
        """What a module defines is defined once, so it stays."""
        own = Catalog()
        lasting = placed(spec, "app", "Sample")
        monkeypatch.setitem(sys.modules, "app", types.SimpleNamespace(Sample=lasting.cls))
        with own.scratch():
            own.add(lasting)
            own.add_model(Catalog)
        assert own.find("sample") is lasting
        assert own.models("Catalog") == [Catalog]

    def test_what_was_replaced_comes_back(self, spec, declare):
        """A local trait that was defined anew in the block is the old one again after it."""
        own = Catalog()
        own.add(spec)
        with own.scratch():
            own.add(spec_of(declare()))
        assert own.find("sample") is spec
