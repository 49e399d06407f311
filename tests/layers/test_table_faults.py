from __future__ import annotations

import attrs
import pytest

import traitconf as tc
from traitconf.layers.definition import definitions_of
from traitconf.layers.grammar import parse
from traitconf.layers.layer import GLOBAL, CodeDocument, Layer, Scope, Unquoted, is_trusted
from traitconf.schema.spec import spec_of
from traitconf.types import Origin, Severity, Source

PLACE = Origin(Source.FILE, "/nowhere/a.toml", 1, 1)


@attrs.frozen
class Afar:
    """A document that others may write into from afar."""

    trusted: bool = False

    def origin(self, path):
        """Return a place that tells the path."""
        return Origin(Source.FILE, name=".".join(map(str, path)))


@pytest.fixture
def guarded(scratch):
    """A trait with options that only trusted sources may say everything of."""

    @tc.trait
    class Guarded(tc.TraitBase):
        """Guarded."""

        days: int = tc.option(3, doc="Days.")
        name: str = tc.option("a", doc="Name.")
        token: tc.Secret[str] = tc.option(tc.Secret(""), doc="Token.")
        weeks: int = tc.option(3, deprecated="days", doc="Weeks.")
        years: int = tc.option(3, deprecated="count days", doc="Years.")

    return Guarded


@pytest.fixture
def said(guarded):
    """A function that returns what a table says, and what is wrong with it."""

    def read(table, source=Source.FILE, document=None):
        problems = []
        layer = Layer(GLOBAL, source, 0, {"guarded": table}, document or CodeDocument(PLACE))
        return [*definitions_of(layer, spec_of(guarded), problems.append)], problems

    return read


class TestTrust:
    @pytest.mark.parametrize(
        ("table", "directive"),
        [
            ({"token": {"secret": "env:PW"}}, "secret"),
            ({"token": {"lock": {"secret": "env:PW"}}}, "secret"),
            ({"name": {"allow": {"pattern": "a+"}}}, "pattern"),
        ],
    )
    @pytest.mark.parametrize(
        ("source", "document", "is_refused"),
        [
            (Source.STORE, CodeDocument(PLACE), True),
            (Source.FILE, Afar(), True),
            (Source.FILE, Unquoted(Afar()), True),
            (Source.FILE, CodeDocument(PLACE), False),
            (Source.FILE, Afar(trusted=True), False),
            (Source.OVERRIDE, CodeDocument(PLACE), False),
        ],
    )
    def test_of_directives(self, said, table, directive, source, document, is_refused):
        """`secret` and `pattern` are refused from the store and from documents that say so, and from nobody else."""
        definitions, problems = said(table, source, document)
        assert [(one.code, one.message) for one in problems] == (
            [("TC230", f"'{directive}' is refused from a source that is not trusted")] if is_refused else []
        )
        assert len(definitions) == (0 if is_refused else 1)

    def test_of_harmless_directives(self, said):
        """Everything else may come from everywhere."""
        table = {"days": {"value": 5, "until": "2027-01-01", "allow": {"max": 9}}, "name": {"lock": "b"}}
        definitions, problems = said(table, Source.STORE, Afar())
        assert (len(definitions), problems) == (3, [])

    @pytest.mark.parametrize(("source", "trusted"), [(Source.STORE, True), (Source.FILE, False)])
    def test_of_bindings(self, source, trusted):
        """`class` and `use` are refused from sources that are not trusted; the rest of the model's table is kept."""
        data = {"models": {"Article": {"class": "a:B", "use": ["x"], "guarded": {"days": 1}}, "B": {"use": ["y"]}}}
        parsed = parse(Afar(trusted), data, source=source)
        assert [(one.code, one.message, one.origin.name) for one in parsed.problems] == [
            ("TC230", "'class' is refused from a source that is not trusted", "models.Article.class"),
            ("TC230", "'use' is refused from a source that is not trusted", "models.B.use"),
        ]
        assert parsed.bindings == []
        assert next((one.scope, dict(one.tables)) for one in parsed.layers) == (
            Scope(model="Article"),
            {"guarded": {"days": 1}},
        )

    @pytest.mark.parametrize(
        ("root", "data", "place"),
        [
            ((), {"runtime": {"app": "x", "secret_roots": ["/"], "unknown_tenants": "warn"}}, "runtime."),
            (("runtime",), {"app": "x", "secret_roots": ["/"], "unknown_tenants": "warn"}, ""),
        ],
    )
    def test_of_settings(self, root, data, place):
        """Settings that import modules or open files are refused as well, the others are kept."""
        parsed = parse(Afar(), data, root)
        assert [(one.code, one.message, one.origin.name) for one in parsed.problems] == [
            ("TC230", "'runtime.app' is refused from a source that is not trusted", f"{place}app"),
            ("TC230", "'runtime.secret_roots' is refused from a source that is not trusted", f"{place}secret_roots"),
        ]
        assert [one.tables for one in parsed.layers] == [{"runtime": {"unknown_tenants": "warn"}}]
        assert not parse(Afar(trusted=True), data, root).problems
        assert [one.is_trusted for one in parsed.layers] == [False]

    def test_is_assumed(self):
        """A document that says nothing is trusted."""
        assert is_trusted(CodeDocument(PLACE))
        assert not is_trusted(Unquoted(Afar()))


class TestDeprecated:
    def test_renamed(self, said):
        """What is written under the old name is a definition of the new one, with a warning at the place."""
        ((definition,), (problem,)) = said({"weeks": {"lock": 5}})
        assert (definition.option.name, definition.raw, definition.place) == ("days", 5, ("guarded", "weeks", "lock"))
        assert (problem.code, problem.severity, problem.hint) == ("TC320", Severity.WARNING, "write days")
        assert problem.message == "'guarded.weeks' is deprecated; its value is taken for 'guarded.days'"

    def test_without_successor(self, said):
        """An option that is deprecated with a text keeps its value, and the text is told."""
        ((definition,), (problem,)) = said({"years": 5})
        assert (definition.option.name, problem.severity) == ("years", Severity.WARNING)
        assert problem.message == "'guarded.years' is deprecated: count days"

    def test_both(self, said):
        """Both names in one table contradict each other."""
        _, problems = said({"weeks": 5, "days": 5})
        assert [(one.code, one.is_error) for one in problems] == [("TC320", False), ("TC321", True)]
        assert problems[1].message == "'guarded.weeks' and its replacement 'days' are both given"


class TestSecrets:
    def test_of_options_that_show_their_values(self, said):
        """Only an option that never shows its value can refer to a secret."""
        _, (problem,) = said({"name": {"secret": "env:PW"}})
        assert (problem.code, problem.message) == (
            "TC106",
            "'secret' does not suit 'guarded.name', whose values are shown",
        )

    def test_that_are_no_references(self, said):
        """A literal in the place of a reference is refused and not quoted."""
        _, (problem,) = said({"token": {"secret": "hunter2"}})
        assert problem.code == "TC403"
        assert "hunter2" not in problem.render()

    def test_beside_a_value(self, said):
        """A value and a reference contradict each other."""
        _, problems = said({"token": {"secret": "env:PW", "value": "hunter2"}})
        assert [(one.code, one.message) for one in problems] == [
            ("TC114", "'guarded.token' has both a value and a secret")
        ]
