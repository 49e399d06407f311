from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import traitconf as tc
from traitconf.layers.environ import CONTROL, fold
from traitconf.layers.layer import Text
from traitconf.schema.catalog import catalog
from traitconf.types import Band, FrozenMap, Severity, Source

FILES = {
    "tenants.toml": "[tenants.acme-eu]\n[tenants.globex.sample]\ndays = 1\n",
    "groups/enterprise.toml": "",
    "models/Article.toml": "[sample]\ndays = 1\n",
}


@pytest.fixture
def layers(read, sample):
    """A function that reads variables beside some files and returns their layers: scope, tables and band."""

    def make(**environ):
        reading = read(FILES, {f"TRAITCONF_{name}": value for name, value in environ.items()})
        assert not reading.problems
        found = [layer for layer in reading.graph.all_layers() if layer.source is Source.VARIABLE]
        return [(layer.scope.label, dict(layer.tables), layer.band) for layer in found]

    return make


@pytest.fixture
def fault(read, sample):
    """A function that reads one variable beside some files and returns the one problem that it has."""

    def make(name, value="1", files=FILES):
        reading = read(files, {f"TRAITCONF_{name}": value})
        (problem,) = reading.problems
        assert problem.origin.name == f"TRAITCONF_{name}"
        assert str(problem.origin) == f"env TRAITCONF_{name}"
        assert not [layer for layer in reading.graph.all_layers() if layer.source is Source.VARIABLE]
        return problem.code, problem.message.removeprefix(f"TRAITCONF_{name}: "), problem.hint

    return make


class TestAddresses:
    @pytest.mark.parametrize(
        ("name", "scope", "path"),
        [
            ("TRAITS__SAMPLE__DAYS", "global", "sample.days"),
            ("SAMPLE__DAYS", "global", "sample.days"),
            ("MODELS__ARTICLE__SAMPLE__DAYS", "model ARTICLE", "sample.days"),
            ("GROUPS__ENTERPRISE__SAMPLE__DAYS", "group enterprise", "sample.days"),
            ("TENANTS__ACME_EU__SAMPLE__DAYS", "tenant acme-eu", "sample.days"),
            ("TENANTS__GLOBEX__MODELS__ARTICLE__SAMPLE__NAME", "tenant globex, model ARTICLE", "sample.name"),
            ("TENANTS__STRANGER__SAMPLE__DAYS", "tenant STRANGER", "sample.days"),
            ("TRAITS__SAMPLE__LIMITS__SOFT", "global", "sample.limits.soft"),
            ("TRAITS__SAMPLE__LABELS__COLOUR", "global", "sample.labels.colour"),
            ("TRAITS__SAMPLE__CACHE__NEGATIVE_TTL", "global", "sample.cache.negative_ttl"),
            ("RUNTIME__UNKNOWN_TENANTS", "global", "runtime.unknown_tenants"),
        ],
    )
    def test_every_scope(self, layers, name, scope, path):
        """The name is the address, upper-cased, and each token is looked up at its place."""
        ((label, table, band),) = layers(**{name: "5"})
        for part in path.split("."):
            ((found, table),) = table.items()
            assert found == part
        assert (label, table, type(table), band) == (scope, "5", Text, Band.FORCE)

    def test_a_tenant_that_no_file_names(self, layers, read, sample):
        """A token that no file names stands for every id that folds to it; one that a file names for that id."""
        reading = read(
            FILES, {"TRAITCONF_TENANTS__NEW__SAMPLE__DAYS": "1", "TRAITCONF_TENANTS__GLOBEX__SAMPLE__DAYS": "1"}
        )
        assert reading.graph.nodes("tenant") == ["*NEW", "acme-eu", "globex"]

    def test_control_variables_and_strangers(self, layers):
        """Variables that steer the framework, and those of others, are no configuration."""
        assert layers(**dict.fromkeys({*CONTROL} - {"CONFIG", "ENV", "INLINE"}, "x"), INLINE="") == []

    def test_other_programs(self, read, sample):
        """Without the prefix a variable is nobody's business."""
        reading = read(FILES, {"PATH": "/", "traitconf_traits__sample__days": "1", "XTRAITCONF_A": "1"})
        assert not reading.problems
        assert all(layer.source is Source.FILE for layer in reading.graph.all_layers())

    def test_each_variable_is_one_layer(self, layers):
        """Variables stand in the order of their names."""
        found = layers(SAMPLE__NAME="b", SAMPLE__DAYS="1")
        assert [table for _, table, _ in found] == [{"sample": {"days": "1"}}, {"sample": {"name": "b"}}]


class TestSuffixes:
    @pytest.mark.parametrize(
        ("name", "value", "raw", "band"),
        [
            ("DAYS__LOCK", "5", "5", Band.LOCK),
            ("DAYS__NORMAL", "5", "5", Band.NORMAL),
            ("DAYS__FALLBACK", "5", "5", Band.FALLBACK),
            ("DAYS__UNSET", "true", {"unset": "true"}, Band.FORCE),
            ("DAYS__JSON", "5", 5, Band.FORCE),
            ("SINKS__APPEND", "a,b", {"append": "a,b"}, Band.NORMAL),
            ("SINKS__APPEND__JSON", '["a"]', {"append": ["a"]}, Band.NORMAL),
            ("TAGS__ADD", "a", {"add": "a"}, Band.NORMAL),
            ("TAGS__REMOVE__FORCE", "a", {"force": {"remove": "a"}}, Band.FORCE),
            ("LABELS__REMOVE__LOCK", "a", {"$lock": {"$remove": "a"}}, Band.LOCK),
            ("LABELS__UNSET", "true", {"$unset": "true"}, Band.FORCE),
            ("LABELS__REMOVE", "a", {"$remove": "a"}, Band.NORMAL),
            ("LABELS__JSON", '{"a": "b"}', {"a": "b"}, Band.FORCE),
            ("LIMITS__JSON", '{"soft": 3}', {"soft": 3}, Band.FORCE),
            ("LIMITS__UNSET", "true", {"$unset": "true"}, Band.FORCE),
            ("WHOLE__JSON__LOCK", '{"soft": 3}', {"soft": 3}, Band.LOCK),
        ],
    )
    def test_with_what_a_file_would_say(self, layers, name, value, raw, band):
        """A suffix says band, operation and notation; the raw value is what a file would hold."""
        ((_, tables, found),) = layers(**{f"TRAITS__SAMPLE__{name}": value})
        ((option, given),) = tables["sample"].items()
        assert (option, given, found) == (name.split("__")[0].lower(), raw, band)

    def test_a_file(self, layers, tmp_path):
        """`__FILE` reads the value from a file."""
        (tmp_path / "name").write_text("from a file\n", encoding="utf-8")
        ((_, tables, _),) = layers(TRAITS__SAMPLE__NAME__FILE=str(tmp_path / "name"))
        assert tables == {"sample": {"name": "from a file"}}

    def test_a_field_with_the_name_of_a_suffix(self, read, declare_with_file_field):
        """Where a record has a field of a suffix's name, the field is meant."""
        reading = read({}, {"TRAITCONF_TRAITS__FILED__X__FILE": "3", "TRAITCONF_TRAITS__FILED__X__LOCK__LOCK": "4"})
        assert not reading.problems
        found = [(dict(layer.tables), layer.band) for layer in reading.graph.all_layers()]
        assert found == [
            ({"filed": {"x": {"file": "3"}}}, Band.FORCE),
            ({"filed": {"x": {"lock": "4"}}}, Band.LOCK),
        ]


@pytest.fixture
def declare_with_file_field(scratch):
    @attrs.frozen(kw_only=True)
    class Fields:
        file: int = tc.option(1, doc="File.")
        lock: int = tc.option(1, doc="Lock.")

    globals()["Fields"] = Fields

    @tc.trait
    class Filed(tc.TraitBase):
        """Filed."""

        x: Fields = tc.option(Fields(), doc="X.")

    return Filed


class TestPending:
    def test_a_trait_that_may_still_come(self, layers):
        """A trait that nobody knows yet is kept under lower-case names, its suffixes read."""
        found = layers(TRAITS__SEARCHABLE__MAX_HITS__LOCK="5", TENANTS__GLOBEX__SEARCHABLE__FUZZY__X="a")
        assert [(label, tables, band) for label, tables, band in found] == [
            ("global", {"searchable": {"max_hits": "5"}}, Band.LOCK),
            ("tenant globex", {"searchable": {"fuzzy": {"x": "a"}}}, Band.FORCE),
        ]

    @pytest.mark.parametrize(
        ("name", "value", "code", "text"),
        [
            ("TRAITS__SEARCHABLE__X__LOCK__Y", "1", "TC143", "unknown suffix Y"),
            ("TRAITS__SEARCHABLE__X__LOCK__FORCE", "1", "TC143", "unknown suffix LOCK__FORCE"),
            ("TRAITS__SEARCHABLE__X__JSON", "{pa55", "TC004", "the value is not JSON"),
            ("TRAITS__SEARCHABLE", "1", "TC140", "the name ends before the option"),
        ],
    )
    def test_its_faults(self, fault, name, value, code, text):
        """What is wrong whatever the trait turns out to be is told at once, without the value."""
        found, message, _ = fault(name, value)
        assert found == code
        assert message.startswith(text)
        assert "pa55" not in message


ENDS = "write TRAITCONF_TRAITS__<TRAIT>__<OPTION>"
INSIDE = "set one of them, or add __JSON"
UNDERSCORES = "three or more underscores stand together"


class TestFaults:
    @pytest.mark.parametrize(
        ("name", "code", "message", "hint"),
        [
            ("TRAITS__SAMPEL__DAYS", "TC142", "unknown trait or section SAMPEL", "did you mean 'SAMPLE'?"),
            ("TRIATS__SAMPLE__DAYS", "TC142", "unknown trait or section TRIATS", "did you mean 'TRAITS'?"),
            ("CONFG", "TC142", "unknown trait or section CONFG", "did you mean 'CONFIG'?"),
            ("QQQQQQQ", "TC142", "unknown trait or section QQQQQQQ", "it addresses nothing"),
            ("TRAITS__SAMPLE__DAYZ", "TC101", "'sample' has no option DAYZ", "did you mean 'DAYS'?"),
            ("TRAITS__SAMPLE__LIMITS__SOFTT", "TC101", "'sample.limits' has no option SOFTT", "did you mean 'SOFT'?"),
            ("TRAITS__SAMPLE__LIMITS__QQ", "TC101", "'sample.limits' has no option QQ", "known are SOFT, HARD"),
            ("TRAITS__SAMPLE__DAYS__LOKC", "TC143", "unknown suffix LOKC", "did you mean 'LOCK'?"),
            ("TRAITS__SAMPLE__DAYS__LOCK__FORCE", "TC143", "unknown suffix LOCK__FORCE", "did you mean 'FORCE'?"),
            ("TRAITS__SAMPLE__LABELS__A__B", "TC143", "unknown suffix B", "known are FALLBACK, NORMAL"),
            ("TRAITS__SAMPLE__LIMITS", "TC140", "'limits' has options of its own", INSIDE),
            ("TRAITS__SAMPLE__LIMITS__LOCK", "TC140", "'limits' has options of its own", INSIDE),
            ("TRAITS__SAMPLE", "TC140", "the name ends before the option", ENDS),
            ("TRAITS", "TC140", "the name ends before the trait", ENDS),
            ("MODELS", "TC140", "the name ends before a model", ""),
            ("TENANTS__ACME_EU", "TC140", "the name ends before the trait", ENDS),
            ("TENANTS__ACME_EU__MODELS", "TC140", "the name ends before a model", ""),
            ("GROUPS", "TC140", "the name ends before a group", ""),
            ("GROUPS__ENTERPRIZE__SAMPLE__DAYS", "TC110", "unknown group ENTERPRIZE", "did you mean 'ENTERPRISE'?"),
            ("TRAITS__SAMPLE____DAYS", "TC140", UNDERSCORES, "two underscores stand for a dot"),
            ("", "TC140", UNDERSCORES, "two underscores stand for a dot"),
        ],
    )
    def test_what_addresses_nothing(self, fault, name, code, message, hint):
        """A variable that addresses nothing is an error with a suggestion."""
        found, text, told = fault(name)
        assert (found, text) == (code, message)
        assert told.startswith(hint)

    def test_bad_json(self, fault):
        """A value that its suffix promises and does not keep is refused, and not repeated."""
        code, message, _ = fault("TRAITS__SAMPLE__SINKS__JSON", '["pa55')
        assert code == "TC004"
        assert message.startswith("the value is not JSON: ")
        assert "pa55" not in message

    def test_a_missing_file(self, fault):
        """A file that is not there is named."""
        code, message, _ = fault("TRAITS__SAMPLE__NAME__FILE", "/nowhere/at/all")
        assert (code, message) == ("TC004", "cannot read the file '/nowhere/at/all': No such file or directory")

    def test_bytes_that_are_no_text(self, fault, read, sample):
        """A value or a name that is not UTF-8 is a problem that can be printed."""
        assert fault("TRAITS__SAMPLE__NAME", "\udcff")[:2] == ("TC003", "the variable is not UTF-8")
        (problem,) = read({}, {"TRAITCONF_TRAITS__\udcff": "1"}).problems
        assert problem.message.encode() == rb"TRAITCONF_TRAITS__\udcff: the variable is not UTF-8"

    def test_every_fault_at_once(self, read, sample):
        """Every wrong variable is told, in order, and the right ones count."""
        environ = {f"TRAITCONF_{name}": "1" for name in ("Z", "A", "SAMPLE__DAYS", "SAMPLE__DAYZ")}
        reading = read({}, environ)
        assert [problem.origin.name for problem in reading.problems] == [
            "TRAITCONF_A",
            "TRAITCONF_SAMPLE__DAYZ",
            "TRAITCONF_Z",
        ]
        assert {problem.severity for problem in reading.problems} == {Severity.ERROR}
        assert len(list(reading.graph.all_layers())) == 1


class TestFolding:
    @pytest.mark.parametrize(
        ("name", "token"),
        [("acme", "ACME"), ("acme-eu", "ACME_EU"), ("acme & co.", "ACME_CO"), ("--a--", "A"), ("a.b:C", "A_B_C")],
    )
    def test_fold(self, name, token):
        """An id is upper-cased, and runs of other characters become one underscore."""
        assert fold(name) == token

    @given(st.text(max_size=8))
    def test_tokens_can_be_told_from_dots(self, name):
        """No folded id holds two underscores in a row or one at an end, and folding twice changes nothing."""
        token = fold(name)
        assert "__" not in token
        assert token == token.strip("_")
        assert fold(token) == token

    @pytest.mark.parametrize(
        ("files", "name", "message"),
        [
            (
                {"tenants.toml": "[tenants.acme-eu]\n[tenants.acme_eu]\n"},
                "TENANTS__ACME_EU__SAMPLE__DAYS",
                "the tenants 'acme-eu' and 'acme_eu' both read ACME_EU in a variable's name",
            ),
            (
                {"groups.toml": "[groups.a]\n[groups.A]\n"},
                "GROUPS__A__SAMPLE__DAYS",
                "the groups 'A' and 'a' both read A in a variable's name",
            ),
            (
                {"models.toml": "[models.Html.sample]\ndays = 1\n[models.HTML.sample]\ndays = 2\n"},
                "MODELS__HTML__SAMPLE__DAYS",
                "the models 'HTML' and 'Html' both read HTML in a variable's name",
            ),
            (
                {"models.toml": "[models.Html.sample]\ndays = 1\n[models.HTML.sample]\ndays = 2\n"},
                "TENANTS__X__MODELS__HTML__SAMPLE__DAYS",
                "the models 'HTML' and 'Html' both read HTML in a variable's name",
            ),
        ],
    )
    def test_two_ids_with_one_token(self, fault, files, name, message):
        """Two ids that fold to one token are an error when the token is used, naming both."""
        code, text, hint = fault(name, files=files)
        assert (code, text, hint) == ("TC141", message, "set the option in a file, or rename one of them")

    def test_unused_tokens_are_no_fault(self, read, sample):
        """As long as no variable uses the token, such ids are fine."""
        files = {"tenants.toml": "[tenants.acme-eu]\n[tenants.acme_eu]\n"}
        assert not read(files, {"TRAITCONF_TENANTS__GLOBEX__SAMPLE__DAYS": "1"}).problems

    def test_two_options_with_one_token(self, read, scratch):
        """Options that differ in case only cannot be told in a variable, and none of them is guessed."""

        @tc.trait
        class Twins(tc.TraitBase):
            """Twins."""

            ab: int = tc.option(1, doc="One.")
            aB: int = tc.option(1, doc="Two.")  # noqa: N815 -- the point
            c: Mapping[str, int] = tc.option(FrozenMap(), doc="Three.")

        (problem,) = read({}, {"TRAITCONF_TRAITS__TWINS__AB": "1"}).problems
        assert problem.code == "TC141"
        assert problem.message.endswith("the options 'ab' and 'aB' both read AB in a variable's name")
        assert catalog.find("twins").cls is Twins
