"""dynaconf's tokens and markers in files: what they become, and what is refused, each with its place."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

import traitconf as tc
from traitconf.layers.layer import CodeDocument
from traitconf.layers.tokens import Siblings, report_tokens, translate
from traitconf.runtime.runtime import Runtime
from traitconf.types import Band, Origin, Source

BASE = """
[sample]
days = 9
sinks = ["log", "db"]
tags = ["a", "b"]
labels = { x = "1", y = "2" }
limits = { soft = 5, hard = 6 }
"""


@pytest.fixture
def resolve(write, sample):
    """A function that resolves the sample for a tenant whose file says this, over a base without tokens."""

    def of(text, name="tenants/acme.toml", **environ):
        path = write({"traits.toml": BASE, name: text})
        return Runtime((path,), environ=environ).start().resolve(sample, tenant="acme")

    return of


@pytest.fixture
def problems(write, sample):
    """A function that returns the problems of a tenant's file."""

    def of(text, name="tenants/acme.toml"):
        runtime = Runtime((write({"traits.toml": BASE, name: text}),), environ={})
        with pytest.raises(tc.ConfigError) as caught:
            runtime.start()
        return caught.value.problems

    return of


class TestComputed:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ('days = "@int 30"', 30),
            ('days = "@json 31"', 31),
            ('days = "@int @format {env[COUNT]}"', 12),
            ('days = "@get sample.cache.jitters @int 4"', 4),
            ('enabled = "@bool off"', False),
            ('enabled = "@bool Yes"', True),
            ('name = "@str 1.10"', "1.10"),
            ('name = "@str @int 3"', "@int 3"),
            ('name = "@upper abc"', "ABC"),
            ('name = "@format {env[WHO]}-x"', "me-x"),
            ('name = "@format {this.sample.labels.known}"', "text"),
            ('name = "@format {this.SAMPLE.Labels.KNOWN}"', "text"),
            ('name = "@get sample.other_name nobody"', "nobody"),
            ('name = "@get sample.labels.known"', "text"),
            ('name = "@none"', None),
            ('name = "@note to be done"', None),
            ("sinks = '@json [\"x\"]'", ("x",)),
            ('sinks = ["@format {env[WHO]}", "b"]', ("me", "b")),
            ("sinks = '@json [\"@int 3\"]'", ("@int 3",)),
        ],
    )
    def test_a_value(self, resolve, line, expected):
        """A token that computes a value gives what dynaconf gives, over the variables that are read."""
        found = resolve(f'[sample]\n{line}\nlabels.known = "text"\n', WHO="me", COUNT="12")
        assert getattr(found, line.partition(" ")[0]) == expected

    def test_a_number_as_a_float(self, resolve):
        """`@float` gives a float."""
        assert resolve('[sample.events]\nsample = "@float 0.5"\n').events.sample == 0.5

    @pytest.mark.skipif(find_spec("jinja2") is None, reason="jinja2 is not installed")
    def test_a_template(self, resolve):
        """`@jinja` renders where jinja2 is installed, and an unsafe template is refused."""
        assert resolve('[sample]\nname = "@jinja {{ env.WHO }}-{{ 1 + 1 }}"\n', WHO="me").name == "me-2"
        with pytest.raises(tc.ConfigError) as caught:
            resolve("[sample]\nname = \"@jinja {{ ''.__class__.__mro__ }}\"\n")
        assert [problem.code for problem in caught.value.problems] == ["TC005"]

    @pytest.mark.skipif(find_spec("jinja2") is not None, reason="jinja2 is installed")
    def test_no_template(self, problems):
        """Without jinja2 a template is a problem that says what to do."""
        (problem,) = problems('[sample]\nname = "@jinja {{ 1 + 1 }}"\n')
        assert (problem.code, problem.hint) == ("TC005", "install jinja2, or write @format")

    def test_a_file_that_is_read(self, resolve, tmp_path):
        """`@read_file` gives the content of a file as it is, and its default where there is none."""
        (tmp_path / "name").write_text("from a file", encoding="utf-8")
        assert resolve(f'[sample]\nname = "@read_file {tmp_path}/name"\n').name == "from a file"
        assert resolve(f'[sample]\nname = "@read_file {tmp_path}/none standby"\n').name == "standby"

    def test_texts_that_look_like_tokens(self, resolve):
        """What is no token of dynaconf stays a text."""
        assert resolve('[sample]\nname = "@somebody else"\n').name == "@somebody else"
        assert resolve('[sample]\nname = "me@int 3"\n').name == "me@int 3"

    @pytest.mark.parametrize("name", ["tenants/acme.yaml", "tenants/acme.json"])
    def test_every_format(self, resolve, name):
        """Tokens and markers work in YAML and JSON as in TOML, escapes included."""
        text = {
            "tenants/acme.yaml": 'sample: {days: "\\x40int 4", sinks: [dynaconf_merge, kafka]}\n',
            "tenants/acme.json": '{"sample": {"days": "\\u0040int 4", "sinks": ["dynaconf_merge", "kafka"]}}',
        }[name]
        found = resolve(text, name)
        assert (found.days, found.sinks) == (4, ("log", "db", "kafka"))

    def test_a_token_that_an_application_added(self, resolve):
        """A converter that the application gave dynaconf is a token like the others."""
        from dynaconf.utils import parse_conf

        parse_conf.add_converter("shout", lambda text: f"{text}!")
        try:
            assert resolve('[sample]\nname = "@shout hello"\n').name == "hello!"
        finally:
            del parse_conf.converters["@shout"]


class TestOperations:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ('sinks = ["dynaconf_merge", "kafka"]', ("log", "db", "kafka")),
            ('sinks = ["kafka", "log", "dynaconf_merge"]', ("log", "db", "kafka", "log")),
            ('sinks = ["dynaconf_merge_unique", "kafka", "log"]', ("db", "kafka", "log")),
            ('sinks.dynaconf_merge = ["kafka"]', ("log", "db", "kafka")),
            ('sinks.dynaconf_merge_unique = ["log"]', ("db", "log")),
            ('sinks = "@merge kafka"', ("log", "db", "kafka")),
            ('sinks = "@merge a,b"', ("log", "db", "a", "b")),
            ('sinks = \'@merge ["a", "b"]\'', ("log", "db", "a", "b")),
            ('sinks = "@merge_unique log,x"', ("db", "log", "x")),
            ('sinks = "@merge @format {env[WHO]}"', ("log", "db", "me")),
            ('sinks = "@insert first"', ("first", "log", "db")),
            ('sinks = "@insert 0 first"', ("first", "log", "db")),
            ('sinks = "@del"', ()),
            ('sinks = "@del "', ()),
            ('sinks.force = "@merge kafka"', ("kafka",)),
        ],
    )
    def test_a_list(self, resolve, line, expected):
        """A list is appended to, prepended to and unset as dynaconf would merge it."""
        assert resolve(f"[sample]\n{line}\n", WHO="me").sinks == expected

    @pytest.mark.parametrize("line", ['["dynaconf_merge", "c"]', '"@merge c"', '"@merge_unique c"', '"@insert c"'])
    def test_a_set(self, resolve, line):
        """To a set every way of merging adds."""
        assert resolve(f"[sample]\ntags = {line}\n").tags == {"a", "b", "c"}

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            ('labels = { dynaconf_merge = true, z = "3" }', {"x": "1", "y": "2", "z": "3"}),
            ('labels = { dynaconf_merge = false, z = "3" }', {"z": "3"}),
            ('labels.dynaconf_merge = { z = "3" }', {"x": "1", "y": "2", "z": "3"}),
            ('labels = "@merge z=\\"three\\""', {"x": "1", "y": "2", "z": "three"}),
            ('labels = { x = "@del", z = "3" }', {"y": "2", "z": "3"}),
            ('labels = "@del"', {}),
            ('labels = \'@json {"x": "@int 3"}\'', {"x": "@int 3", "y": "2"}),
        ],
    )
    def test_a_mapping(self, resolve, lines, expected):
        """A mapping merges by key, loses keys, or is replaced."""
        assert dict(resolve(f"[sample]\n{lines}\n").labels) == expected

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            ("limits = { dynaconf_merge = true, soft = 3 }", (3, 6)),
            ("limits = { dynaconf_merge = false, soft = 3 }", (3, 2)),
            ('limits = "@merge soft=3"', (3, 6)),
            ('limits = { soft = "@del" }', (1, 6)),
            ('limits = "@del"', (1, 2)),
        ],
    )
    def test_a_record(self, resolve, lines, expected):
        """A record merges by field, loses fields, or is replaced."""
        limits = resolve(f"[sample]\n{lines}\n").limits
        assert (limits.soft, limits.hard) == expected

    def test_a_scalar_is_unset(self, resolve):
        """`@del` brings an option back to its default."""
        assert resolve('[sample]\ndays = "@del"\n').days == 3

    def test_markers_above_options_say_what_is_true_anyhow(self, resolve):
        """`dynaconf_merge = true` for a file, a trait or a model asks for what always happens."""
        text = "dynaconf_merge = true\n[sample]\ndynaconf_merge = true\ndays = 4\n"
        found = resolve(text)
        assert (found.days, found.sinks) == (4, ("log", "db"))

    def test_explained_as_our_own_words(self, write, sample):
        """An explanation names the operation and the line of the marker."""
        path = write({"traits.toml": BASE, "tenants/acme.toml": '[sample]\n\nsinks = "@merge kafka"\n'})
        found = Runtime((path,), environ={}).start().explain("sample.sinks", tenant="acme")[0].reasons[0]
        assert (found.operation, found.band, found.origin.line, found.origin.column) == ("append", "", 3, 1)


class TestRefused:
    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ('days = "@int many"', "the value of '@int' cannot be read"),
            ('enabled = "@bool maybe"', "the value of '@bool' is neither true nor false"),
            ('name = "@format {env[NOBODY]}"', "'@format' cannot be followed: Dynaconf can't interpolate"),
            ('name = "@format {this.sample.nothing}"', "'@format' cannot be followed"),
            ('name = "@get sample.nothing"', "'@get' cannot be followed"),
            ('name = "@get sample.name"', "the value of 'sample.name' is '@get' itself"),
            ('name = "@read_file /nowhere/at/all"', "'@read_file' cannot be followed"),
            ('sinks = "@insert 2 x"', "'@insert 2'"),
            ('sinks = "@insert -1 x"', "'@insert -1'"),
            ('days = "@reset 3"', "'@reset' has no equivalent"),
            ('days = "@empty"', "'@empty' has no equivalent"),
            ('sinks = ["@merge x"]', "'@merge' cannot be followed inside a list"),
            ('sinks = ["x", { dynaconf_merge = true, a = 1 }]', "'dynaconf_merge' cannot be followed inside a list"),
            ('days = "@merge 3"', "'@merge' does not suit 'days', a int"),
            ('days = "@insert 3"', "'@insert' does not suit 'days', a int"),
            ("sinks = '@merge a=\"b\"'", "'@merge' needs a list for 'sinks', got dict"),
            ('labels = "@merge a,b"', "'@merge' needs a table for 'labels', got list"),
            ('labels = { x = "@merge a" }', "'@merge' cannot be followed inside 'labels.x'"),
            ("labels = { dynaconf_merge = 3 }", "'dynaconf_merge' must be true or false"),
            ("whole = { dynaconf_merge = true, soft = 3 }", "it is always replaced whole (law atomic)"),
            ('whole = { soft = "@del" }', "'@del' cannot be followed inside 'whole'"),
            ("sinks = { dynaconf_merge = true, append = ['x'] }", "'dynaconf_merge' does not suit 'sinks'"),
            ('sinks.append = "@merge x"', "'@merge' cannot stand under 'append'"),
            ('limits = { "$force" = "@merge soft=3", hard = 1 }', "stand together"),
        ],
    )
    def test_at_its_place(self, problems, line, text):
        """What has no equivalent is one problem, at the option's place, and says what to write instead."""
        (problem,) = problems(f"[sample]\n{line}\n")
        assert text in problem.message
        assert (problem.code, problem.origin.line, bool(problem.hint)) == ("TC005", 2, True)

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ('sample = "@del"\n', 1),
            ('extends = ["dynaconf_merge", "a"]\n', 1),
            ('[models]\nArticle = "@merge a=1"\n', 2),
            ("[sample]\ndynaconf_merge = false\n", 1),
        ],
    )
    def test_where_no_option_stands(self, problems, text, line):
        """A mark that stands where no option can is refused."""
        found = problems(text)
        assert [(one.code, one.origin.line) for one in found] == [("TC005", line)]

    def test_the_rest_is_read(self, problems):
        """Every fault of a file is found at once, tokens and others."""
        found = problems('[sample]\ndays = "@int many"\nname = 3\nsinks = "@reset"\n')
        assert sorted((one.code, one.origin.line) for one in found) == [("TC005", 2), ("TC005", 4), ("TC103", 3)]

    def test_secrets_are_not_repeated(self, problems):
        """A value that cannot be read is not quoted in a message about a `.secrets.*` file."""
        (problem,) = problems("[tenants.acme.sample]\ndays = '@json {pa55word'\n", ".secrets.toml")
        assert "pa55word" not in problem.render()

    def test_too_deep(self):
        """A document that is nested too deeply to be walked is a problem, not an error."""
        table: dict = {"a": "@int 1"}
        for _ in range(100_000):
            table = {"a": table}
        found = translate(CodeDocument(Origin(Source.FILE, "a.json")), table, (), {})
        assert [problem.code for problem in found.problems] == ["TC004"]
        while table:  # taken apart by hand: the interpreter would recurse
            table = table.pop("a") if isinstance(table.get("a"), dict) else {}

    def test_aliases_without_end(self, read, sample):
        """Aliases of YAML that stand for more values than fit anywhere cost nothing; a circle of them is a fault."""
        lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
        reading = read({"a.yaml": "\n".join([*lines, "sample: {days: '@int 4'}"]) + "\n"})
        assert not reading.problems
        tables = {name: value for layer in reading.graph.all_layers() for name, value in layer.tables.items()}
        assert tables["sample"] == {"days": 4}
        (problem,) = read({"a.yaml": "sample: &a {days: '@int 4', name: *a}\n"}).problems
        assert (problem.code, problem.message) == ("TC004", "it is nested too deeply")

    def test_marks_without_end(self, read, sample, monkeypatch):
        """Aliases that repeat a mark without end are a fault as soon as there are too many values."""
        monkeypatch.setattr("traitconf.layers.tokens._MOST_VALUES", 1_000)
        lines = ["a0: &a0 {b: {c: '@del'}}", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
        (problem,) = read({"a.yaml": "\n".join(lines) + "\n"}).problems
        assert (problem.code, problem.message) == ("TC004", "it holds too many values")

    def test_a_long_text_to_search(self, problems):
        """A text that dynaconf would search for very long is refused."""
        (problem,) = problems(f'[sample]\nsinks = "@merge {"a" * 1_000_000}"\n')
        assert (problem.code, problem.message) == ("TC005", "the value of '@merge' is too long")


class TestCheap:
    def test_files_without_tokens_are_not_walked(self, read, monkeypatch, sample):
        """A file in which no token can stand is never looked through, and one in which one can is."""
        walked = []
        monkeypatch.setattr("traitconf.layers.read.translate", lambda document, *rest: walked.append(document.file))
        with pytest.raises(AttributeError):  # nothing is returned for the file that is walked
            read({"a.toml": BASE, "b.toml": "[sample]\nname = 'a@b'\n"})
        assert [name.rpartition("/")[2] for name in walked] == ["b.toml"]


class TestFingerprint:
    def test_what_comes_from_outside_counts(self, write, sample):
        """A variable that a token reads is part of the content hash."""
        path = write({"a.toml": '[sample]\nname = "@format {env[WHO]}"\n'})
        hashes = {Runtime((path,), environ={"WHO": who}).start().snapshot.content_hash for who in ("a", "b", "a")}
        assert len(hashes) == 2


class TestVariables:
    @pytest.mark.parametrize(
        ("suffix", "value", "expected", "band"),
        [
            ("SINKS", "@merge kafka", ("log", "db", "kafka"), ""),
            ("SINKS", "@del", (), "force"),
            ("SINKS", '@json ["x"]', ("x",), "force"),
            ("SINKS__NORMAL", '@json ["x"]', ("x",), ""),
            ("DAYS", "@int 12", 12, "force"),
            ("NAME", "@format {env[WHO]}", "me", "force"),
            ("NAME", "@someone", "@someone", "force"),
            ("NAME__JSON", '"@int 3"', "@int 3", "force"),
            ("SINKS__LOCK__APPEND", "x", ("x",), "lock"),
        ],
    )
    def test_like_their_suffixes(self, write, sample, suffix, value, expected, band):
        """A token in a variable does what the suffix of that meaning does, in the band of that suffix."""
        environ = {f"TRAITCONF_TRAITS__SAMPLE__{suffix}": value, "WHO": "me"}
        runtime = Runtime((write({"traits.toml": BASE}),), environ=environ).start()
        option = suffix.partition("__")[0].lower()
        assert getattr(runtime.resolve(sample), option) == expected
        assert runtime.explain(f"sample.{option}")[0].reasons[0].band == band

    def test_a_fault(self, read, sample):
        """A token that cannot be read is a fault of the variable."""
        (problem,) = read({}, {"TRAITCONF_TRAITS__SAMPLE__DAYS": "@int x"}).problems
        assert (problem.code, problem.origin.name) == ("TC005", "TRAITCONF_TRAITS__SAMPLE__DAYS")


class TestSiblings:
    def test_looking_up(self):
        """Values are found by dotted names in any case; tables can be walked, and are not values of a format."""
        this = Siblings({"Sample": {"days": 3, "names": ["a"]}})
        assert ("sample.days" in this, "sample__DAYS" in this, "sample.x" in this) == (True, True, False)
        assert (this.SAMPLE.days, this["sample"]["names"], this.get("sample.x", "standby")) == (3, ["a"], "standby")
        with pytest.raises(AttributeError):
            _ = this.nothing


def test_tokens_of_untrusted_sources():
    """Every token and marker inside a value is reported with its place, and `@none` is our own word."""
    found = []
    value = {"a": ["@int 3", "x", "@none"], "dynaconf_merge": True, "b": {"c": "@del"}, "d": "@who"}
    report_tokens(value, ("top",), lambda token, path: found.append((token, path)))
    assert found == [
        ("@int", ("top", "a", 0)),
        ("dynaconf_merge", ("top", "dynaconf_merge")),
        ("@del", ("top", "b", "c")),
    ]


def test_bands_are_those_of_files(read, sample):
    """A translated operation keeps the band that a file gives it."""
    (layer,) = read({"traits.toml": '[sample]\nsinks = "@merge x"\n'}).graph.all_layers()
    assert layer.band is Band.NORMAL
