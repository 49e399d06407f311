from __future__ import annotations

import datetime
import os
import sys

import pytest

from traitconf.errors import Problem
from traitconf.layers import files
from traitconf.layers.files import digest_of, load_json, may_be_quoted, read_file
from traitconf.types import Source

DOCUMENTS = {
    "a.toml": "[sample]\ndays = 3\nsinks = ['kafka']\n",
    "a.yaml": "sample:\n  days: 3\n  sinks: [kafka]\n",
    "a.yml": "sample: {days: 3, sinks: [kafka]}\n",
    "a.json": '{"sample": {"days": 3, "sinks": ["kafka"]}}',
}


@pytest.fixture
def read_one(write):
    """A function that writes one file and reads it."""

    def read(name, content):
        return read_file(write({name: content}) / name)

    return read


@pytest.fixture
def fault(read_one):
    """A function that writes one file, reads it and returns the problem that prevents it."""

    def find(name, content):
        problem = read_one(name, content)
        assert isinstance(problem, Problem), problem[1]
        return problem

    return find


def places(problem):
    return problem.origin.line, problem.origin.column


class TestFormats:
    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_same_content(self, read_one, name):
        """The three formats say the same, as plain dicts and lists."""
        _, data = read_one(name, DOCUMENTS[name])
        assert data == {"sample": {"days": 3, "sinks": ["kafka"]}}
        assert type(data["sample"]) is dict
        assert type(data["sample"]["sinks"]) is list

    @pytest.mark.parametrize("name", DOCUMENTS)
    @pytest.mark.parametrize("change", ["bom", "crlf"])
    def test_editors_from_elsewhere(self, read_one, name, change):
        """A byte order mark and line ends of Windows change neither content nor places."""
        plain = DOCUMENTS[name].encode()
        data = b"\xef\xbb\xbf" + plain if change == "bom" else plain.replace(b"\n", b"\r\n")
        document, content = read_one(name, data)
        expected, same = read_one("b" + name, plain)
        assert content == same
        for path in (("sample",), ("sample", "days"), ("sample", "sinks", 0)):
            one, other = document.origin(path), expected.origin(path)
            assert (one.line, one.column, one.excerpt) == (other.line, other.column, other.excerpt)
            assert one.line

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.toml", ""), ("a.yaml", ""), ("a.yaml", "# only words\n"), ("a.json", "{}"), ("a.toml", "#")],
    )
    def test_empty(self, read_one, name, content):
        """An empty file says nothing, and that is no fault."""
        assert read_one(name, content)[1] == {}

    def test_a_text_that_ends_like_a_name(self, read_one):
        """The text of a file is never taken for the name of another."""
        assert read_one("a.yaml", "x: /etc/other.yaml")[1] == {"x": "/etc/other.yaml"}
        assert read_one("a.toml", "x = 1 # b.toml")[1] == {"x": 1}

    @pytest.mark.parametrize("name", ["a.toml", "a.yaml", "a.json"])
    def test_nothing_is_merged_or_renamed(self, read_one, name):
        """Words of dynaconf are data to the reader: it merges, casts and renames nothing."""
        text = {
            "a.toml": 'dynaconf_merge = true\nX__y = "@int 3"\nLOWER = 1',
            "a.yaml": "dynaconf_merge: true\nX__y: '@int 3'\nLOWER: 1",
            "a.json": '{"dynaconf_merge": true, "X__y": "@int 3", "LOWER": 1}',
        }[name]
        assert read_one(name, text)[1] == {"dynaconf_merge": True, "X__y": "@int 3", "LOWER": 1}

    def test_types_of_toml(self, read_one):
        """TOML's moments are Python's."""
        _, data = read_one("a.toml", "a = 2026-01-02\nb = 2026-01-02T03:00:00Z\nc = 03:00:00")
        assert data["a"] == datetime.date(2026, 1, 2)
        assert data["b"] == datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC)
        assert data["c"] == datetime.time(3)

    def test_yaml_follows_its_newer_rules(self, read_one):
        """In YAML 1.2 `yes`, `on` and `010` are no booleans and no octal number."""
        _, data = read_one("a.yaml", "a: yes\nb: on\nc: true\nd: 010\n")
        assert data == {"a": "yes", "b": "on", "c": True, "d": 10}

    def test_keys_are_text(self, read_one):
        """A key in YAML is what is written, whatever type it would have as a value."""
        _, data = read_one("a.yaml", "42: a\n1.10: b\ntrue: c\n~: d\n2026-01-02: e\n'x': f\n")
        assert data == {"42": "a", "1.10": "b", "true": "c", "~": "d", "2026-01-02": "e", "x": "f"}


class TestUnreadable:
    def test_a_directory(self, tmp_path):
        """A directory that is named like a file cannot be read, and the operating system's reason is told."""
        (tmp_path / "traits.toml").mkdir()
        problem = read_file(tmp_path / "traits.toml")
        assert (problem.code, problem.message) == ("TC002", "cannot read traits.toml: Is a directory")

    def test_a_dangling_link(self, tmp_path):
        """A link to nowhere is said to be missing."""
        (tmp_path / "traits.toml").symlink_to(tmp_path / "gone.toml")
        problem = read_file(tmp_path / "traits.toml")
        assert (problem.code, problem.message) == ("TC002", "cannot read traits.toml: No such file or directory")
        assert str(problem.origin).endswith("traits.toml (line unknown)")

    @pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, write):
        """A file that may not be read is a problem."""
        path = write({"a.toml": ""}) / "a.toml"
        path.chmod(0)
        assert read_file(path).message == "cannot read a.toml: Permission denied"

    @pytest.mark.parametrize("name", ["a.ini", "a", "a.TOML", "a.toml.bak"])
    def test_an_unknown_format(self, fault, name):
        """A file in another format is refused before it is looked at, with the formats that there are."""
        problem = fault(name, "x = 1")
        assert (problem.code, problem.message) == ("TC002", f"cannot read {name}: unknown format")
        assert problem.hint.endswith("end in .toml, .yaml, .yml, .json")

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_no_utf8(self, fault, name):
        """A file that is not UTF-8 says which byte, and where."""
        problem = fault(name, b"# \xc3\xbc\n# \xe9\n")
        assert (problem.code, places(problem)) == ("TC003", (2, 3))

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("a.json", "[]", "list"),
            ("a.json", "0", "int"),
            ("a.json", '""', "str"),
            ("a.json", "null", "NoneType"),
            ("a.json", "false", "bool"),
            ("a.yaml", "[]", "list"),
            ("a.yaml", "just words", "str"),
            ("a.yaml", "- a\n", "list"),
        ],
    )
    def test_no_table(self, fault, name, content, kind):
        """A document that holds no table is refused, also where what it holds is empty."""
        problem = fault(name, content)
        assert (problem.code, problem.message) == ("TC103", f"{name} must hold a table, it holds a {kind}")
        assert places(problem) == (1, 1)


class TestSyntax:
    @pytest.mark.parametrize(
        ("name", "content", "message", "place"),
        [
            ("a.toml", "a = 1\nb = = 2\n", "Invalid value", (2, 5)),
            ("a.toml", "a = 1\r\nb = = 2\r\n", "Invalid value", (2, 5)),
            ("a.toml", 'a = 1\nb = "x', "Unterminated string", (2, 7)),
            ("a.toml", "a = 1\ra = 2", "Expected newline or end of document after a statement", (1, 6)),
            ("a.toml", "a = 1\n\na = 3\n", "Cannot overwrite a value", (3, 1)),
            ("a.yaml", "a: 1\nb: [1\n", "expected ',' or ']', but got '<stream end>'", (3, 1)),
            ("a.yaml", "a:\n\tb: 1\n", "found character '\\t' that cannot start any token", (2, 1)),
            ("a.yaml", "a: 1\nb: 2\na: 3\n", 'found duplicate key "a"', (3, 1)),
            ("a.yaml", "42: 1\r'42': 2\r", 'found duplicate key "42"', (2, 1)),
            ("a.yaml", "a: 1\n---\nb: 2\n", "but found another document", (2, 1)),
            ("a.yaml", "a: 1\nb: \x00\n", "the character #x0000 is not allowed", (2, 4)),
            ("a.yaml", "a: !!python/name:os.system x\n", "could not determine a constructor for the tag ", (1, 4)),
            ("a.yaml", "a:\n  - 2026-02-31\n", "day is out of range for month", (2, 5)),
            ("a.yaml", "a: !!bool maybe\n", "'maybe'", (1, 4)),
            ("a.yaml", "? [a, b]\n: 1\n", "a key must be text", (1, 3)),
            ("a.yaml", "a:\n  ? {b: 1}\n  : 1\n", "a key must be text", (2, 5)),
            ("a.yaml", "a: *b\n", "found undefined alias 'b'", (1, 4)),
            ("a.json", "", "Expecting value", (1, 1)),
            ("a.json", '{"a": 1,\n "b" 2}', "Expecting ':' delimiter", (2, 6)),
            ("a.json", '{"a": 1,\r "b" 2}', "Expecting ':' delimiter", (2, 6)),
            ("a.json", '{"a": 1} x', "Extra data", (1, 10)),
            ("a.json", '{"a": {"b": 1,\n  "b": 2}}', "the key 'b' stands twice in one object", (2, 3)),
            ("a.json", '{"a": 1,\n', "Expecting property name enclosed in double quotes", (1, 9)),
        ],
    )
    def test_places(self, fault, name, content, message, place):
        """Each reader's fault has its message, its line and its column."""
        problem = fault(name, content)
        assert problem.code == "TC004"
        assert problem.message.startswith(f"syntax error: {message}")
        assert places(problem) == place
        text = content.replace("\r\n", "\n").replace("\r", "\n" if name != "a.toml" else "\r")
        assert problem.origin.excerpt == text.split("\n")[place[0] - 1]

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.json", '{"a": ' + "[" * 50000), ("a.toml", "a = " + "[" * 50000), ("a.yaml", "a: " + "[" * 1500)],
    )
    def test_too_deep(self, fault, name, content):
        """A document that is nested beyond reason is refused, not crashed upon."""
        assert fault(name, content).message == "syntax error: it is nested too deeply"

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.json", '{"a": "\\ud800"}'), ("a.json", '{"\\uDFFF": 1}'), ("a.yaml", 'a: ["\\ud83d"]\n')],
    )
    def test_half_a_character(self, fault, name, content):
        """Text that no terminal could print and no file could hold is refused."""
        problem = fault(name, content)
        assert (problem.code, problem.message) == (
            "TC004",
            "syntax error: an escape \\u… stands for half of a character",
        )

    def test_whole_characters(self, read_one):
        """Two halves make a character, and an escaped backslash is none."""
        assert read_one("a.json", '{"a": "\\ud83d\\ude00 \\\\ud800"}')[1] == {"a": "😀 \\ud800"}


class TestPlaces:
    def test_the_file_as_it_was_read(self, write):
        """Places are looked up in the very text that was read; once the file has changed the line is unknown."""
        path = write({"a.toml": "x = 1\ny = 2\n"}) / "a.toml"
        document, _ = read_file(path)
        assert document.origin(("y",)).line == 2
        path.write_text("# new\nx = 1\ny = 2\n", encoding="utf-8")
        origin = document.origin(("y",))
        assert str(origin) == f"{path} (line unknown)"
        assert origin.source is Source.FILE
        again, _ = read_file(path)
        assert (again.origin(("y",)).line, again.digest) == (3, digest_of(path.read_bytes()))
        path.write_text("x = 1\ny = 2\n", encoding="utf-8")
        assert (document.origin(("y",)).line, again.origin(("y",)).line) == (2, 0)

    def test_a_file_that_is_gone(self, write):
        """Once the file is gone the line is unknown."""
        path = write({"a.toml": "x = 1\n"}) / "a.toml"
        document, _ = read_file(path)
        path.unlink()
        assert not document.origin(("x",)).line

    def test_the_nearest_place_above(self, read_one):
        """What has no place of its own stands where the nearest thing around it does."""
        document, _ = read_one("a.toml", "[a]\nb = { c = 1 }\n")
        origin = document.origin(("a", "b", "x", 3))
        assert (origin.line, origin.column, origin.excerpt) == (2, 1, "b = { c = 1 }")
        whole = document.origin(())
        assert (whole.line, whole.column) == (1, 1)

    @pytest.mark.parametrize("content", ["", "# nothing\n"])
    def test_nothing_has_no_place(self, read_one, content):
        """In a file that says nothing, the line of what is asked for is unknown."""
        assert not read_one("a.toml", content)[0].origin(("a",)).line

    def test_lines_that_only_python_knows(self, read_one):
        """Characters that Python takes for line ends, and no editor does, move no line."""
        document, _ = read_one("a.json", '{"a": "\u2028\x85", \n"b": 1}')
        origin = document.origin(("b",))
        assert (origin.line, origin.column, origin.excerpt) == (2, 1, '"b": 1}')

    def test_secrets_are_not_quoted(self, read_one):
        """No line of a `.secrets.*` file is ever shown, neither for a place nor for a fault."""
        document, _ = read_one(".secrets.toml", "password = 'pa55'\n")
        origin = document.origin(("password",))
        assert (origin.line, origin.column, origin.excerpt) == (1, 1, "")
        problem = read_one(".secrets.yaml", "password: [pa55\n")
        assert problem.code == "TC004"
        assert problem.origin.line
        assert "pa55" not in problem.render()
        assert [may_be_quoted(name) for name in ("a/.secrets.toml", "a/secrets.toml")] == [False, True]

    def test_a_shallower_stack(self, read_one):
        """A place that is asked for with hardly any stack left is unknown, not an error."""
        document, _ = read_one("a.yaml", "a: " + "[" * 60 + "]" * 60 + "\n")

        def dive(depth):
            return document.origin(("a",)) if depth == 0 else dive(depth - 1)

        limit = sys.getrecursionlimit()
        used = len(list(iter_frames(sys._getframe())))
        origin = dive(limit - used - 120)
        assert origin.line == 0
        assert origin.file.endswith("a.yaml")
        assert document.origin(("a",)).line == 1


def iter_frames(frame):
    while frame is not None:
        yield frame
        frame = frame.f_back


class TestLoadJson:
    def test_duplicates(self):
        """A name that stands twice in one object is refused at its place; in two objects it is fine."""
        assert load_json('[{"a": 1}, {"a": 2}]') == [{"a": 1}, {"a": 2}]
        with pytest.raises(ValueError, match=r"the key 'a' stands twice in one object: line 1 column 10"):
            load_json('{"a": 1, "a": 2}')


class TestUnchangedFiles:
    """Of a file that has not changed the places are kept; a change is noticed all the same."""

    @pytest.fixture
    def document(self, tmp_path):
        """A file that was read, one of its places asked for."""
        path = tmp_path / "a.toml"
        path.write_text("[a]\nb = 1\n", encoding="utf-8")
        found, _ = files.read_file(path)
        assert found.origin(("a", "b")).line == 2
        return path, found

    def test_are_not_read_again(self, document, monkeypatch):
        """Asking for another place does not read the file."""
        monkeypatch.setattr(files, "read_content", None)
        assert document[1].origin(("a",)).line == 1

    @pytest.mark.parametrize("text", ["[a]\nb = 2\n", "", "[a]\nb = 1\n\n"])
    def test_changes_are_noticed(self, document, text):
        """What is written anew makes the line unknown, whatever its length and its time of change."""
        path, found = document
        before = path.stat()
        while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of a file system may be coarse
            path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert found.origin(("a", "b")).line == 0

    def test_removal_is_noticed(self, document):
        """So does a file that is gone."""
        document[0].unlink()
        assert document[1].origin(("a", "b")).line == 0
