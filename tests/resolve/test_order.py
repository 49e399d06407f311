from __future__ import annotations

import abc
from itertools import combinations
from pathlib import Path

import pytest

import traitconf as tc
from traitconf.layers.grammar import parse
from traitconf.layers.layer import CodeDocument, Scope
from traitconf.layers.read import assemble
from traitconf.resolve.order import STRANGER, Lineages, model_of, scopes_of
from traitconf.types import Origin, Source

PLACE = CodeDocument(Origin(Source.FILE, name="here"))

# Every scope that applies to the model Article and the tenant acme, which extends near before far; weakest first.
SCOPES = [
    "traits",
    "models.Document",
    "models.Article",
    "groups.far",
    "groups.far.models.Document",
    "groups.far.models.Article",
    "groups.near",
    "groups.near.models.Document",
    "groups.near.models.Article",
    "tenants.acme",
    "tenants.acme.models.Document",
    "tenants.acme.models.Article",
]
EXTENDS = {"0.toml": '[tenants.acme]\nextends = ["near", "far"]\n[groups.near]\n[groups.far]\n'}


def lineages(groups, tenants=None, default=()):
    """Return the linearisations of groups and tenants, each given by what it extends."""
    document = {
        "groups": {name: {"extends": list(parents)} for name, parents in groups.items()},
        "tenants": {name: {"extends": list(parents)} for name, parents in (tenants or {}).items()},
    }
    parsed = parse(PLACE, document)
    assert not parsed.problems
    return Lineages(assemble([parsed]), default)


def names(lineage):
    """Return the ids of a lineage."""
    return [name for _, name in lineage]


@pytest.mark.parametrize(("weak", "strong"), [*combinations(SCOPES, 2)])
@pytest.mark.parametrize("files", [("1.toml", "2.toml"), ("2.toml", "1.toml")], ids=["weak first", "strong first"])
def test_a_narrower_scope_wins(tc_config, subject, article, weak, strong, files):
    """Of any two scopes the narrower one wins, in whatever order the files are read."""
    texts = {files[0]: f"[{weak}.subject]\nsize = 10\n", files[1]: f"[{strong}.subject]\nsize = 20\n"}
    tc_config(EXTENDS | texts)
    assert tc.resolve(subject, article, "acme").size == 20


def test_all_scopes_stand_in_order(tc_config, subject, article):
    """An explanation lists every scope, strongest first, from the tenant's model down to the global one."""
    tc_config(EXTENDS | {f"{n}.toml": f"[{at}.subject]\nsize = {n}\n" for n, at in enumerate(SCOPES, start=1)})
    found = tc.explain("subject.size", article, tenant="acme")
    assert found.value == len(SCOPES)
    assert [reason.value for reason in found.reasons] == [str(n) for n in range(len(SCOPES), 0, -1)] + ["1"]


def test_unrelated_scopes_do_not_apply(tc_config, subject, article):
    """Other models, groups and tenants have no part in a value."""

    @tc.use(subject)
    class Comment: ...

    others = ["models.Comment", "groups.else", "tenants.globex", "tenants.acme.models.Comment"]
    tc_config(EXTENDS | {f"{n}.toml": f"[{at}.subject]\nsize = {n}\n" for n, at in enumerate(others, start=2)})
    assert tc.explain("subject.size", article, tenant="acme").value == 1
    assert [one.scope for one in tc.explain("subject.size", article, tenant="acme").reasons] == ["default"]


def test_models_stand_in_reversed_mro(tc_config, subject):
    """The bases of a class are models, and the nearer one in its MRO wins over the farther."""

    class Root: ...

    class Left(Root): ...

    class Right(Root): ...

    @tc.use(subject)
    class Bottom(Left, Right): ...

    order = ["Bottom", "Left", "Right", "Root"]
    for count in range(len(order)):
        present = order[count:]
        tc_config({f"{name}.toml": f"[models.{name}.subject]\nlabel = '{name}'\n" for name in present})
        assert tc.resolve(subject, Bottom).label == present[0]


def test_framework_bases_are_no_models():
    """`object`, abstract bases and other machinery have no name in configuration."""

    class Model(abc.ABC):
        @abc.abstractmethod
        def save(self): ...

    names_of = [aliases[0] for aliases in model_of(Model).names]
    assert names_of == ["Model"]


def test_a_model_has_a_short_and_a_qualified_name(tc_config, subject, article):
    """Both names stand for one scope: the later source wins, whichever name it uses."""
    qualified = f"{article.__module__}:{article.__qualname__}"
    long, short = f'[models."{qualified}".subject]\nsize = 20\n', "[models.Article.subject]\nsize = 10\n"
    tc_config({"a.toml": long, "b.local.toml": short})
    assert tc.resolve(subject, article).size == 10
    tc_config({"a.toml": short, "b.local.toml": long})
    assert tc.resolve(subject, article).size == 20


def test_a_name_is_as_good_as_its_class(tc_config, subject):
    """A model given by name resolves as its class does, arguments of decorators and bases included."""

    class Base: ...

    @tc.use(subject(size=7))
    class NamedModel(Base): ...

    tc_config({"models/Base.toml": "[subject]\nlabel = 'base'\n"})
    for name in ("NamedModel", f"{NamedModel.__module__}:{NamedModel.__qualname__}"):
        assert tc.resolve(subject, name) == tc.resolve(subject, NamedModel)
        assert tc.explain("subject.size", name).value == 7
        assert tc.resolve(subject, name).label == "base"


def test_an_unknown_model_has_the_names_that_it_is_given():
    """Without its class, a qualified name also stands for the short one, and has no bases."""
    assert model_of("app.models:Article").names == (
        ("Article", "app.models:Article", "*ARTICLE", "*APP_MODELS_ARTICLE"),
    )
    assert model_of("app.models:Article").cls is None


def test_scopes_of_nothing_are_global():
    """Without model and tenant only the global scope applies."""
    assert list(scopes_of((), None)) == [(Scope(),)]


class TestExtends:
    def test_the_first_listed_is_nearest(self):
        """What is listed first stands before what is listed later, as with Python's bases."""
        found = lineages({"a": [], "b": [], "c": []}, {"acme": ["b", "a", "c"]})
        assert names(found.of(("tenant", "acme"))) == ["acme", "b", "a", "c"]
        assert found.problems == []

    def test_a_diamond_is_linearised_as_python_does(self):
        """A shared ancestor stands behind all that extend it."""
        found = lineages({"root": [], "left": ["root"], "right": ["root"]}, {"acme": ["left", "right"]})
        assert names(found.of(("tenant", "acme"))) == ["acme", "left", "right", "root"]

    def test_a_cycle_names_the_place_of_every_edge(self, problems_of):
        """Groups that extend each other are refused once, with every edge."""
        texts = {f"groups/{name}.toml": f'extends = ["{other}"]\n' for name, other in ("ab", "bc", "ca")}
        (problem,) = problems_of(texts)
        assert problem.code == "TC111"
        assert "circle" in problem.message
        places = [problem.origin, *(origin for origin, _ in problem.related)]
        assert sorted(Path(place.file).name for place in places) == ["a.toml", "b.toml", "c.toml"]
        assert all(place.line == 1 for place in places)

    def test_a_group_that_extends_itself_is_a_cycle(self, problems_of):
        """The smallest cycle is one group."""
        (problem,) = problems_of({"groups/a.toml": 'extends = ["a"]\n'})
        assert (problem.code, problem.message.rpartition(": ")[2]) == ("TC111", "a → a")

    def test_every_cycle_is_reported(self):
        """Two cycles are two problems, also where their names have the same letters."""
        found = lineages({"a1": ["b2"], "b2": ["a1"], "a2": ["b1"], "b1": ["a2"]})
        for name in ("a1", "a2", "b1", "b2"):
            found.of(("group", name))
        assert [problem.code for problem in found.problems] == ["TC111", "TC111"]

    def test_a_cycle_is_reported_once(self, problems_of):
        """However many groups and tenants run into a cycle, it is one problem."""
        files = {
            "groups/a.toml": 'extends = ["b"]\n',
            "groups/b.toml": 'extends = ["a"]\n',
            "groups/c.toml": 'extends = ["b"]\n',
            "tenants/x.toml": 'extends = ["a"]\n',
            "tenants/y.toml": 'extends = ["c"]\n',
        }
        assert [problem.code for problem in problems_of(files)] == ["TC111"]

    @pytest.mark.parametrize(("count", "told"), [(101, []), (102, ["g100"]), (150, ["g100"])])
    def test_a_row_of_groups_has_an_end(self, tc_config, count, told):
        """More than a hundred groups that extend one another in a row are refused once, where the hundredth extends."""
        rows = [f'[groups.g{n:03}]\nextends = ["g{n + 1:03}"]\n' for n in range(count - 1)]
        try:
            problems = tc_config({"all.toml": "".join(rows) + f"[groups.g{count - 1:03}]\n"}).warnings
        except tc.ConfigError as error:
            problems = error.problems
        text = "group {!r} extends the last of more than 100 groups in a row"
        found = [(problem.code, problem.message, problem.address, problem.origin.line) for problem in problems]
        assert found == [("TC115", text.format(name), f"groups.{name}.extends", 202) for name in told]

    def test_an_inconsistent_order_shows_both_orders(self, problems_of):
        """Parents that are listed against their own order are refused, and their orders are shown."""
        files = {
            "groups/a.toml": "",
            "groups/b.toml": 'extends = ["a"]\n',
            "tenants/acme.toml": 'extends = ["a", "b"]\n',
        }
        (problem,) = problems_of(files)
        assert (problem.code, problem.origin.line, Path(problem.origin.file).name) == ("TC112", 1, "acme.toml")
        assert "a: a; b: b < a" in problem.message

    def test_a_group_listed_twice_is_inconsistent(self):
        """Naming a group twice has no order, as with Python's bases."""
        found = lineages({"a": []}, {"acme": ["a", "a"]})
        assert names(found.of(("tenant", "acme"))) == ["acme", "a"]
        assert [problem.code for problem in found.problems] == ["TC112"]

    def test_an_unknown_group_is_named_with_a_suggestion(self, problems_of):
        """An `extends` that names no group is refused at the name, with the nearest known one."""
        files = {"groups/enterprise.toml": "", "tenants/acme.toml": 'extends = [\n  "enterprice"]\n'}
        (problem,) = problems_of(files)
        assert (problem.code, problem.address) == ("TC110", "tenants.acme.extends")
        assert (problem.origin.line, problem.origin.column) == (2, 3)
        assert problem.hint == "did you mean 'enterprise'?"

    def test_an_unknown_group_among_none_says_so(self):
        """Where no group exists, the hint says that."""
        found = lineages({}, {"acme": ["gold"]})
        found.of(("tenant", "acme"))
        assert found.problems[0].hint == "known groups are none"

    def test_an_empty_file_makes_a_group_known(self, tc_config, subject):
        """A group without definitions can be extended."""
        tc_config({"groups/basic.toml": "# nothing yet\n", "tenants/acme.toml": 'extends = ["basic"]\n'})
        assert tc.resolve(subject, tenant="acme").size == 1


DEFAULTS = {
    "runtime.toml": 'default_extends = ["free"]\n',
    "groups/free.toml": "[subject]\nsize = 5\n",
    "tenants/plain.toml": "[subject]\nlabel = 'x'\n",
    "tenants/out.toml": "extends = []\n",
}


class TestDefaultExtends:
    def test_tenants_without_extends_take_it(self, tc_config, subject):
        """A tenant that no file names, and one whose file has no `extends`, extend the default groups."""
        tc_config(DEFAULTS)
        assert tc.resolve(subject, tenant="stranger").size == 5
        assert tc.resolve(subject, tenant="plain").size == 5

    def test_an_empty_list_opts_out(self, tc_config, subject):
        """`extends = []` extends nothing, and running without a tenant does not either."""
        tc_config(DEFAULTS)
        assert tc.resolve(subject, tenant="out").size == 1
        assert tc.resolve(subject, tenant=None).size == 1

    def test_an_unknown_default_is_refused_where_it_is_written(self, problems_of):
        """An unknown group in `runtime.default_extends` is placed at the setting."""
        (problem,) = problems_of({"runtime.toml": 'default_extends = ["nobody"]\n'})
        assert (problem.code, problem.address) == ("TC110", "runtime.default_extends")
        assert (Path(problem.origin.file).name, problem.origin.line) == ("runtime.toml", 1)

    def test_an_inconsistent_default_is_refused_once(self, problems_of):
        """A default order that contradicts the groups' own is one problem, however many tenants there are."""
        files = {
            "runtime.toml": 'default_extends = ["a", "b"]\n',
            "groups/a.toml": "",
            "groups/b.toml": 'extends = ["a"]\n',
            "tenants/x.toml": "",
            "tenants/y.toml": "",
        }
        (problem,) = problems_of(files)
        assert problem.code == "TC112"
        assert problem.message.startswith("runtime.default_extends names")

    def test_strangers_are_not_remembered(self):
        """However many unknown tenants are asked about, the linearisations stay as many as the groups."""
        found = lineages({"free": []}, default=("free",))
        assert {names(found.of(("tenant", f"t{n}")))[1] for n in range(100)} == {"free"}
        assert len(found._known) == len({STRANGER, ("group", "free")})


class TestNamedByOthers:
    """Groups that a directory names for a tenant."""

    @pytest.mark.parametrize(
        ("names", "seen"),
        [
            ((), []),
            (("near",), ["near", "far"]),
            (("far",), ["far"]),
            (("near", "near", "lone"), ["near", "far", "lone"]),
            (("nobody", "lone"), ["lone"]),
            (("lone", "near"), ["lone", "near", "far"]),
            (("far", "near"), ["far", "near"]),
            (("near", "side"), ["near", "side", "far"]),
        ],
    )
    def test_groups(self, names, seen):
        """They are followed in the given order with all that they extend; what is unknown or twice is left out."""
        found = lineages({"near": ["far"], "side": ["far"], "far": [], "lone": []}, {"acme": ["lone"]})
        assert found.extending("acme", names) == (("tenant", "acme"), *(("group", name) for name in seen))
