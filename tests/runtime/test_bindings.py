from __future__ import annotations

import importlib
import importlib.machinery
import itertools
import sys
import types

import pytest

import traitconf as tc
from traitconf.runtime.bindings import _FINDER

_numbers = itertools.count()
TABLE = '[models.Page]\nclass = "{name}:Page"\nuse = ["badge"]\n'


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that writes a module with classes and returns its name; nothing is imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    names = []

    def write(text):
        name = f"pages_{next(_numbers)}"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        names.append(name)
        return name

    yield write
    for name in names:
        sys.modules.pop(name, None)


PAGE = "class Page:\n    def save(self):\n        return 'saved'\n"


class TestOnImport:
    def test_a_class_is_bound_when_its_module_is_imported(self, tc_config, badge, module):
        """The module is not imported early; as soon as somebody imports it, the class has the trait and its options."""
        name = module(PAGE)
        text = TABLE.format(name=name) + "[models.Page.badge]\nsize = 4\n"
        tc_config({"a.toml": text})
        assert name not in sys.modules
        page = importlib.import_module(name).Page
        assert tc.has_trait(page, badge)
        assert page().save() == ["plain:4", "saved"]

    def test_a_module_that_is_imported_already_is_bound_at_once(self, tc_config, badge, module):
        """A class whose module is there is bound by `configure`."""
        name = module(PAGE)
        page = importlib.import_module(name).Page
        assert page().save() == "saved"
        tc_config({"a.toml": TABLE.format(name=name)})
        assert page().save() == ["plain:1", "saved"]

    def test_the_module_looks_as_ever(self, tc_config, badge, module):
        """Spec and loader of the imported module are its own, so that reloading and resources work."""
        name = module(PAGE)
        tc_config({"a.toml": TABLE.format(name=name)})
        imported = importlib.import_module(name)
        assert type(imported.__loader__) is importlib.machinery.SourceFileLoader
        assert imported.__spec__.loader is imported.__loader__
        assert imported.__file__.endswith(f"{name}.py")

    def test_a_reloaded_module_is_bound_again(self, tc_config, badge, module):
        """A module that is imported anew has a new class, which is bound as well."""
        name = module(PAGE)
        tc_config({"a.toml": TABLE.format(name=name)})
        first = importlib.import_module(name).Page
        del sys.modules[name]
        second = importlib.import_module(name).Page
        assert first is not second
        assert second().save() == ["plain:1", "saved"]

    def test_other_modules_are_left_alone(self, tc_config, badge, module):
        """Imports that no table speaks of are not touched, and a missing module is missing as ever."""
        name, other = module(PAGE), module(PAGE)
        tc_config({"a.toml": TABLE.format(name=name)})
        assert not tc.has_trait(importlib.import_module(other).Page, badge)
        assert _FINDER.find_spec(other, None) is None

    def test_a_module_that_does_not_exist_stays_missing(self, tc_config, badge):
        """A table for a module that cannot be found changes nothing about the import's failure."""
        tc_config({"a.toml": TABLE.format(name="never_written_anywhere")})
        with pytest.raises(ModuleNotFoundError, match="never_written_anywhere"):
            importlib.import_module("never_written_anywhere")

    def test_a_module_that_fails_fails_as_ever(self, tc_config, badge, module):
        """An error while the module runs reaches the importing code, and a second try works the same way."""
        name = module("raise ValueError('broken module')\n")
        tc_config({"a.toml": TABLE.format(name=name)})
        for _ in range(2):
            with pytest.raises(ValueError, match="broken module"):
                importlib.import_module(name)
            assert name not in sys.modules

    def test_a_class_that_is_not_there_is_named(self, tc_config, badge, module):
        """A module without the class is refused when it is imported, at the line of the table."""
        name = module("class Pages: ...\n")
        tc_config({"a.toml": TABLE.format(name=name)})
        with pytest.raises(tc.ConfigError) as caught:
            importlib.import_module(name)
        (problem,) = caught.value.problems
        assert (problem.code, problem.origin.line) == ("TC613", 2)

    def test_a_nested_class_may_be_named(self, tc_config, badge, module):
        """The class is given by its qualified name."""
        name = module("class Outer:\n    class Page:\n        def save(self): return 1\n")
        tc_config({"a.toml": f'[models.Page]\nclass = "{name}:Outer.Page"\nuse = ["badge"]\n'})
        assert tc.has_trait(importlib.import_module(name).Outer.Page, badge)


SEVERAL = """
from decimal import Decimal
from typing import Protocol
import traitconf as tc

class Page:
    def save(self): return 'saved'

class Preview(Page): ...

class Leaf:
    def save(self): return 'saved'

Other = Leaf

class Savable(Protocol):
    def save(self): ...

class Shelf(tc.TraitBase): ...

class Torn(Exception): ...
"""
GLOB = '[models.all]\nclass = "{name}:{pattern}"\nuse = ["badge"]\n'


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "bound"),
        [("*", {"Page", "Preview", "Leaf"}), ("P*", {"Page", "Preview"}), ("[L]eaf", {"Leaf"}), ("?eaf", {"Leaf"})],
    )
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_every_class_of_the_module_is_bound(self, tc_config, badge, module, pattern, bound, when):
        """A pattern binds the classes that the module defines: no imported ones, traits, protocols, exceptions."""
        name = module(SEVERAL)
        if when == "after":
            importlib.import_module(name)
        runtime = tc_config({"a.toml": GLOB.format(name=name, pattern=pattern)})
        assert (name in sys.modules) is (when == "after")
        found = vars(importlib.import_module(name))
        with_it = {cls.__name__ for cls in found.values() if isinstance(cls, type) and badge in _own(cls)}
        assert with_it == bound
        runtime.stop()
        assert not [cls for cls in found.values() if isinstance(cls, type) and tc.has_trait(cls, badge)]

    def test_a_module_of_which_one_class_refuses_is_left_alone(self, tc_config, badge, module):
        """The import fails with every fault, and no class of the module is changed."""
        name = module(SEVERAL + "class Bad: ...\nclass Worse: ...\nseen = [Page, dict(vars(Page))]\n")
        tc_config({"a.toml": GLOB.format(name=name, pattern="*")})
        with pytest.raises(tc.ConfigError) as caught:
            importlib.import_module(name)
        assert [problem.code for problem in caught.value.problems] == ["TC601", "TC601"]
        assert {problem.origin.line for problem in caught.value.problems} == {3}
        assert name not in sys.modules

    def test_a_class_that_refuses_after_all_undoes_the_others(self, tc_config, badge, module):
        """Where a metaclass vetoes, what was bound of the module before it is unbound again."""
        seen = _seen.setdefault("pages", [])
        text = SEVERAL + (
            "class Meta(type):\n"
            "    def __setattr__(cls, name, value): raise TypeError('no')\n"
            "class Zebra(metaclass=Meta):\n    def save(self): return 'saved'\n"
            "import sys\nsys.modules['tests_seen'].append((Page, dict(vars(Page))))\n"
        )
        sys.modules["tests_seen"] = seen
        name = module(text)
        try:
            tc_config({"a.toml": GLOB.format(name=name, pattern="*")})
            with pytest.raises(tc.ConfigError) as caught:
                importlib.import_module(name)
            assert [problem.code for problem in caught.value.problems] == ["TC612"]
            ((page, namespace),) = seen
            assert dict(vars(page)) == namespace
        finally:
            del sys.modules["tests_seen"]
            seen.clear()

    def test_a_pattern_that_matches_nothing_is_a_fault(self, tc_config, badge, module):
        """A pattern without a class is refused at the line of `class`, early or at the import."""
        name = module(SEVERAL)
        tc_config({"a.toml": GLOB.format(name=name, pattern="Z*")})
        with pytest.raises(tc.ConfigError) as caught:
            importlib.import_module(name)
        (problem,) = caught.value.problems
        assert (problem.code, problem.origin.line) == ("TC613", 2)

    def test_a_module_cannot_be_a_pattern(self, tc_config, badge):
        """Which modules there will be nobody knows, so their names are written out."""
        with pytest.raises(tc.ConfigError) as caught:
            tc_config({"a.toml": GLOB.format(name="app.*", pattern="*")})
        assert [problem.code for problem in caught.value.problems] == ["TC613"]

    def test_options_beside_a_pattern_reach_nobody(self, tc_config, badge, module):
        """Options in the table of a pattern would have no effect, and are refused at their line."""
        name = module(SEVERAL)
        with pytest.raises(tc.ConfigError) as caught:
            tc_config({"a.toml": GLOB.format(name=name, pattern="*") + "[models.all.badge]\nsize = 2\n"})
        (problem,) = caught.value.problems
        assert (problem.code, problem.origin.line) == ("TC132", 4)

    def test_a_module_that_is_being_imported_is_left_alone(self, tc_config, badge, module):
        """A reload while a module is half imported neither waits for it nor refuses because of it."""
        name = module(
            "import traitconf as tc\nruntime = tc.process_runtime()\nimport sys, threading\n"
            "thread = threading.Thread(target=runtime.reload)\nthread.start()\nthread.join(30)\n" + SEVERAL
        )
        runtime = tc_config({"a.toml": GLOB.format(name=name, pattern="*")})
        page = importlib.import_module(name).Page
        assert runtime.snapshot.generation == 2
        assert page().save() == ["plain:1", "saved"]


_seen: dict[str, list] = {}


def _own(cls):
    """Return the traits that a class itself has."""
    from traitconf.bind.binding import bound_class

    bound = bound_class(cls)
    return set(bound.bindings) if bound else set()


class TestEnd:
    def test_stop_unbinds(self, tc_config, badge, module):
        """After `stop` the classes are as they were, and later imports are not bound."""
        name, later = module(PAGE), module(PAGE)
        page = importlib.import_module(name).Page
        before = dict(vars(page))
        runtime = tc_config(
            {"a.toml": TABLE.format(name=name), "b.toml": TABLE.replace("Page]", "Late]").format(name=later)}
        )
        runtime.stop()
        assert dict(vars(page)) == before
        assert not tc.has_trait(importlib.import_module(later).Page, badge)
        assert _FINDER not in sys.meta_path

    def test_another_configuration_unbinds_what_it_does_not_name(self, tc_config, badge, module):
        """The bindings of the first configuration end when a second takes its place."""
        name = module(PAGE)
        page = importlib.import_module(name).Page
        tc_config({"a.toml": TABLE.format(name=name)})
        tc_config({})
        assert page().save() == "saved"
        assert not tc.has_trait(page, badge)

    def test_a_reload_binds_and_unbinds(self, tc_config, badge, module):
        """A reload brings bindings to what the files say now."""
        name = module(PAGE)
        page = importlib.import_module(name).Page
        runtime = tc_config({"a.toml": TABLE.format(name=name)})
        for text, bound in (("", False), (TABLE.format(name=name), True), ("# none\n", False)):
            (runtime.paths[0] / "a.toml").write_text(text, encoding="utf-8")
            runtime.reload()
            assert tc.has_trait(page, badge) is bound

    def test_what_code_has_bound_stays(self, tc_config, badge, module):
        """A binding made by code is not the configuration's to end."""
        name = module(PAGE)
        page = importlib.import_module(name).Page
        tc.bind(page, badge(size=7))
        tc_config({"a.toml": TABLE.format(name=name)}).stop()
        assert page().save() == ["plain:7", "saved"]
        tc.unbind(page)

    def test_two_tables_of_one_class_end_together(self, tc_config, badge, module):
        """Traits that come from several tables for one class are all bound, and all unbound at the end."""

        @tc.trait(name="ribbon")
        class Ribbon(tc.TraitBase):
            """Another trait."""

        name = module(PAGE)
        page = importlib.import_module(name).Page
        text = TABLE.format(name=name) + f'[models.Sheet]\nclass = "{name}:Page"\nuse = ["ribbon"]\n'
        runtime = tc_config({"a.toml": text})
        assert set(tc.traits_of(page)) == {badge, Ribbon}
        runtime.reload()
        assert set(tc.traits_of(page)) == {badge, Ribbon}
        (runtime.paths[0] / "a.toml").write_text(TABLE.format(name=name), encoding="utf-8")
        runtime.reload()
        assert tc.traits_of(page) == (badge,)
        runtime.stop()
        assert tc.traits_of(page) == ()


class TestRefused:
    def test_a_class_that_cannot_be_bound_refuses_the_configuration(self, tc_config, badge, module):
        """A fault of a binding is found before anything is published, at the line of `use`, and nothing is bound."""
        good, bad = module(PAGE), module("class Page: ...\n")
        pages = [importlib.import_module(name).Page for name in (good, bad)]
        files = {"a.toml": TABLE.format(name=good), "b.toml": TABLE.replace("Page]", "Bad]").format(name=bad)}
        former = tc.process_runtime()
        with pytest.raises(tc.ConfigError) as caught:
            tc_config(files)
        (problem,) = caught.value.problems
        assert (problem.code, problem.origin.line, problem.origin.file[-6:]) == ("TC601", 3, "b.toml")
        assert [tc.has_trait(page, badge) for page in pages] == [False, False]
        assert tc.process_runtime() is former

    def test_a_missing_class_of_an_imported_module_is_a_fault(self, tc_config, badge, module):
        """A table for a class that its module does not have is refused at the line of `class`."""
        name = module("Page = 3\n")
        importlib.import_module(name)
        for target in (f"{name}:Pag", f"{name}:Page"):
            with pytest.raises(tc.ConfigError) as caught:
                tc_config({"a.toml": f'[models.Page]\nclass = "{target}"\nuse = ["badge"]\n'})
            assert [(problem.code, problem.origin.line) for problem in caught.value.problems] == [("TC613", 2)]

    def test_a_class_that_refuses_after_all_leaves_nothing_half_done(self, tc_config, badge, module):
        """Where a metaclass vetoes, the reload fails, the old snapshot serves and former bindings stay."""
        vetoing = (
            "class Meta(type):\n"
            "    def __setattr__(cls, name, value): raise TypeError('no')\n"
            "class Page(metaclass=Meta):\n    def save(self): return 'saved'\n"
        )
        good, bad = module(PAGE), module(vetoing)
        page = importlib.import_module(good).Page
        importlib.import_module(bad)
        runtime = tc_config({"a.toml": TABLE.format(name=good), "traits.toml": "[badge]\nsize = 2\n"})
        first = runtime.snapshot
        (runtime.paths[0] / "traits.toml").write_text("[badge]\nsize = 3\n", encoding="utf-8")
        (runtime.paths[0] / "a.toml").write_text(TABLE.replace("Page]", "Bad]").format(name=bad), encoding="utf-8")
        with pytest.raises(tc.ConfigError) as caught:
            runtime.reload()
        assert [problem.code for problem in caught.value.problems] == ["TC612"]
        assert runtime.snapshot is first
        assert page().save() == ["plain:2", "saved"]
        (runtime.paths[0] / "a.toml").write_text(TABLE.format(name=good), encoding="utf-8")
        runtime.reload()
        assert page().save() == ["plain:3", "saved"]
        runtime.stop()
        assert page().save() == "saved"


def test_a_namespace_package_is_no_module_to_bind(tc_config, badge, tmp_path, monkeypatch):
    """A package without a loader of its own is imported as ever."""
    name = f"space_{next(_numbers)}"
    (tmp_path / "root" / name).mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path / "root"))
    importlib.invalidate_caches()
    tc_config({"a.toml": TABLE.format(name=f"{name}.pages")})
    try:
        assert isinstance(importlib.import_module(name), types.ModuleType)
    finally:
        sys.modules.pop(name, None)
