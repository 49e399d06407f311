from __future__ import annotations

import pytest

from traitconf.layers.files import read_file
from traitconf.layers.grammar import LONGEST_ID, parse
from traitconf.layers.layer import Scope
from traitconf.types import Band, Source


@pytest.fixture
def parsed(write):
    """A function that reads a TOML text as the file of a root and parses it."""

    def make(text, root=(), **more):
        document, data = read_file(write({"a.toml": text}) / "a.toml")
        return parse(document, data, root, **more)

    return make


@pytest.fixture
def layers(parsed):
    """A function that parses a text without fault and returns its layers: scope and tables."""

    def make(text, root=()):
        found = parsed(text, root)
        assert not found.problems
        return [(layer.scope.label, dict(layer.tables)) for layer in found.layers]

    return make


@pytest.fixture
def faults(parsed):
    """A function that parses a text and returns its problems: code, message, line and column."""

    def make(text, root=()):
        return [(p.code, p.message, p.origin.line, p.origin.column) for p in parsed(text, root).problems]

    return make


class TestDocument:
    def test_every_section(self, layers):
        """A whole document holds global options, models, groups and tenants, the last two also for models."""
        text = """
            [traits.sample]
            days = 1
            [models.Article.sample]
            days = 2
            [models."app.models:Note".sample]
            days = 3
            [groups.g.sample]
            days = 4
            [groups.g.models.Article.sample]
            days = 5
            [tenants."acme & co".sample]
            days = 6
            [tenants."acme & co".models.Article.sample]
            days = 7
            [runtime]
            app = "app"
        """
        assert layers(text) == [
            ("global", {"sample": {"days": 1}}),
            ("model Article", {"sample": {"days": 2}}),
            ("model app.models:Note", {"sample": {"days": 3}}),
            ("group g", {"sample": {"days": 4}}),
            ("group g, model Article", {"sample": {"days": 5}}),
            ("tenant acme & co", {"sample": {"days": 6}}),
            ("tenant acme & co, model Article", {"sample": {"days": 7}}),
            ("global", {"runtime": {"app": "app"}}),
        ]

    def test_names_without_a_section(self, layers):
        """What begins with no section is read under `traits`."""
        assert layers("sample.days = 1\nother.x = 2") == [("global", {"sample": {"days": 1}, "other": {"x": 2}})]

    @pytest.mark.parametrize(
        ("root", "scope"),
        [
            (("traits",), "global"),
            (("models", "Article"), "model Article"),
            (("groups", "g-1"), "group g-1"),
            (("tenants", "acme_EU"), "tenant acme_EU"),
        ],
    )
    def test_rooted(self, layers, root, scope):
        """A file that is rooted by its place holds the names of traits directly."""
        assert layers("[sample]\ndays = 1", root) == [(scope, {"sample": {"days": 1}})]

    def test_rooted_at_runtime(self, parsed):
        """The settings' file is rooted at the settings, and their places are found."""
        (layer,) = parsed("app = 'x'\n", ("runtime",)).layers
        assert (layer.scope, layer.tables) == (Scope(), {"runtime": {"app": "x"}})
        assert layer.origin(("runtime", "app")).line == 1

    def test_models_of_a_rooted_tenant(self, layers):
        """A tenant's own file may hold what the tenant says for a model."""
        text = "[sample]\ndays = 1\n[models.Article.sample]\ndays = 2"
        expected = [("tenant acme", {"sample": {"days": 1}}), ("tenant acme, model Article", {"sample": {"days": 2}})]
        assert layers(text, ("tenants", "acme")) == expected

    def test_a_node_that_says_nothing_is_known(self, parsed):
        """An empty table makes its tenant known."""
        (layer,) = parsed("[tenants.acme]").layers
        assert (layer.scope, layer.tables) == (Scope("tenant", "acme"), {})

    def test_layers_know_what_they_are_told(self, parsed):
        """Source, sequence and band of a document are those of its layers, and places are found below it."""
        (layer,) = parsed("[tenants.acme.sample]\ndays = 1", source=Source.LOCAL, sequence=4, band=Band.FORCE).layers
        assert (layer.source, layer.sequence, layer.band) == (Source.LOCAL, 4, Band.FORCE)
        assert layer.origin(("sample", "days")).line == 2

    @pytest.mark.parametrize(
        ("text", "name", "line", "column"),
        [
            ("traits = 1", "traits", 1, 1),
            ("[models]\nArticle = 'x'", "models.Article", 2, 1),
            ("tenants = []", "tenants", 1, 1),
            ("[tenants.acme]\nmodels = 3", "tenants.acme.models", 2, 1),
            ("[groups.g.models]\nArticle = 1", "groups.g.models.Article", 2, 1),
        ],
    )
    def test_where_a_table_must_stand(self, faults, text, name, line, column):
        """A plain value in the place of a table is named and placed."""
        ((code, message, *place),) = faults(text)
        assert (code, place) == ("TC103", [line, column])
        assert message.startswith(f"expected a table at '{name}', got ")

    def test_all_faults_and_the_rest(self, parsed):
        """Every fault is found, and what is right is read all the same."""
        found = parsed("traits = 1\nmodels = 2\n[tenants.acme]\nextends = 'g'\nsample.days = 1\n")
        assert [problem.code for problem in found.problems] == ["TC103", "TC103", "TC103"]
        assert [layer.scope.label for layer in found.layers] == ["tenant acme"]


class TestExtends:
    @pytest.mark.parametrize(("text", "names"), [("['a', 'b']", ("a", "b")), ("[]", ())])
    def test_a_list(self, parsed, text, names):
        """A list of groups is kept in its order, an empty one too, with a place for each name."""
        found = parsed(f"[tenants.acme]\nextends = {text}\n")
        extends = found.extends["tenant", "acme"]
        assert extends.names == names
        assert (extends.origin().line, extends.origin().column) == (2, 1)
        columns = [extends.origin(at).column for at in range(len(names))]
        assert columns == [12, 17][: len(names)]

    def test_groups_extend_too(self, parsed):
        """Groups and tenants of one name are different nodes."""
        found = parsed("groups.x.extends = ['a']\ntenants.x.extends = ['b']")
        assert {node: extends.names for node, extends in found.extends.items()} == {
            ("group", "x"): ("a",),
            ("tenant", "x"): ("b",),
        }

    @pytest.mark.parametrize("value", ["'enterprise'", "3", "true", "[1]", "['a', ['b']]", "{ a = 1 }"])
    def test_other_shapes(self, parsed, value):
        """Anything but a list of names is refused at its line, with what to write."""
        found = parsed(f"[tenants.acme]\nextends = {value}\n")
        (problem,) = found.problems
        assert (problem.code, problem.origin.line, problem.hint) == ("TC103", 2, 'write extends = ["group"]')
        assert problem.message.startswith("'extends' must be a list of group names, got ")
        assert not found.extends


class TestIds:
    def test_length(self, parsed):
        """An id has up to 200 characters; one more, or none, is refused at its key."""
        assert not parsed(f"[tenants.{'a' * LONGEST_ID}.sample]\n").problems
        for section in ("tenants", "groups", "models"):
            (problem,) = parsed(f"[{section}.{'a' * (LONGEST_ID + 1)}.sample]\n").problems
            assert (problem.code, problem.origin.column) == ("TC108", len(section) + 3)
            assert problem.message == "an id must have 1 to 200 characters, this one has 201"
        for text in ('[tenants."".sample]', '[tenants.acme.models."".sample]'):
            (problem,) = parsed(text).problems
            assert problem.message == "an id must have 1 to 200 characters, this one has 0"

    @pytest.mark.parametrize("name", ["acme eu", "a.b", "ü", "a@b", "acme/eu", "acme.backup"])
    def test_in_whole_documents_and_file_names(self, parsed, name):
        """Any id can be a quoted key; in a file's name only the plain ones can stand."""
        (layer,) = parsed(f'[tenants."{name}".sample]\ndays = 1').layers
        assert layer.scope.name == name
        found = parsed("[sample]\ndays = 1", ("tenants", name))
        (problem,) = found.problems
        assert (problem.code, found.layers) == ("TC108", [])
        assert problem.message == f"the id {name!r} cannot stand in the name of a file"
        assert problem.hint == "write it as a quoted key in a whole document, or rename the file"

    def test_a_long_file_name(self, faults):
        """An id from a file's name has the same limit."""
        ((code, message, *_),) = faults("[sample]\ndays = 1", ("groups", "a" * 201))
        assert (code, message) == ("TC108", "an id must have 1 to 200 characters, this one has 201")

    def test_the_mark_of_a_folded_name(self, faults):
        """An id cannot begin with the mark that stands for every id that folds to the rest."""
        assert faults('[tenants."*ACME".sample]')[0][:2] == ("TC108", "the id '*ACME' begins with '*'")
        assert faults('[models."*ARTICLE".sample]')[0][0] == "TC108"


class TestBindings:
    def test_class_and_use(self, parsed):
        """A model's table may say which class gets which traits; the rest is configuration."""
        found = parsed('[models.Article]\nclass = "app:Article"\nuse = ["sample", "other"]\nsample.days = 1\n')
        (bound,) = found.bindings
        assert (bound.model, bound.target, bound.traits) == ("Article", "app:Article", ("sample", "other"))
        assert (bound.origin("use", 1).line, bound.origin("use", 1).column) == (3, 18)
        assert [dict(layer.tables) for layer in found.layers] == [{"sample": {"days": 1}}]

    def test_a_qualified_name_is_its_own_class(self, parsed):
        """A model that is named by module and class needs no `class`."""
        (bound,) = parsed('[models."app.models:Article"]\nuse = ["sample"]\n').bindings
        assert bound.target == "app.models:Article"

    def test_rooted(self, parsed):
        """A model's own file may hold its binding, and globs are kept as they are."""
        (bound,) = parsed('class = "app.models:*"\nuse = []\n', ("models", "All")).bindings
        assert (bound.model, bound.target, bound.traits) == ("All", "app.models:*", ())

    @pytest.mark.parametrize(
        ("text", "message", "line"),
        [
            ("class = 3\nuse = ['a']", "models.A: 'class' must be \"module:ClassName\", got 3", 1),
            ("class = 'app.A'\nuse = ['a']", "models.A: 'class' must be \"module:ClassName\", got 'app.A'", 1),
            ("use = ['a']", "models.A: 'class' must be \"module:ClassName\", got 'A'", 1),
            ("class = 'app:A'\nuse = 'a'", "models.A: 'use' must be a list of trait names, got 'a'", 2),
            ("class = 'app:A'\nuse = [1]", "models.A: 'use' must be a list of trait names, got [1]", 2),
            ("class = 'app:A'", "models.A: 'use' must be a list of trait names, got None", 1),
        ],
    )
    def test_wrong_shapes(self, parsed, text, message, line):
        """A binding that could not be made is refused with what to write."""
        found = parsed(text, ("models", "A"))
        (problem,) = found.problems
        assert (problem.code, problem.message, problem.origin.line) == ("TC107", message, line)
        assert problem.hint.startswith("write ")
        assert not found.bindings


class TestStructureOutOfPlace:
    @pytest.mark.parametrize(
        ("text", "message", "line", "hint"),
        [
            ("extends = ['g']", "'extends' cannot stand in global", 1, "groups and tenants extend groups"),
            ("[models.A]\nextends = ['g']", "'extends' cannot stand in model A", 2, "groups and tenants extend groups"),
            ("[tenants.a]\nclass = 'x:y'", "'class' cannot stand in tenant a", 2, "only models have it"),
            ("[tenants.a.models.A]\nuse = ['x']", "'use' cannot stand in tenant a, model A", 2, "only models have it"),
            ("[tenants.a.traits.x]", "'traits' cannot stand in tenant a", 1, "leave it out"),
            ("[groups.g.runtime]", "'runtime' cannot stand in group g", 1, "it stands at the top of a document only"),
            ("[tenants.a.groups.g.x]", "'groups' cannot stand in tenant a", 1, "it stands at the top of a document"),
            ("[models.A.models.B]", "'models' cannot stand in model A", 1, "here the names of traits stand"),
        ],
    )
    def test_it_is_an_error(self, parsed, text, message, line, hint):
        """A word of the structure where only traits can stand is an error, not a trait that nobody knows yet."""
        (problem,) = parsed(text).problems
        assert (problem.code, problem.message, problem.origin.line) == ("TC109", message, line)
        assert problem.hint.startswith(hint)
        assert problem.is_error
