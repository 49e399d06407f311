from __future__ import annotations

import json
import tomllib

import pytest

from traitconf.layers.syntax import encoding_problem, syntax_problem


def toml(text):
    """The problem of a TOML text."""
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(text)
    return syntax_problem("/nowhere/a.toml", text, error.value)


class TestToml:
    @pytest.mark.parametrize(
        ("text", "message", "place"),
        [
            ("a = 1\nb = \n", "Invalid value", (2, 5)),
            ("a = 1\nb = [1,", "Invalid value", (2, 8)),
            ("a = 1\nb = [1,\n\n\n", "Invalid value", (2, 8)),
            ("a = 1\n\n b c = 3\n", "Expected '=' after a key in a key/value pair", (3, 4)),
            ('"ü" = "x\n', "Illegal character '\\n'", (1, 9)),
            ("# \u2028 \x85\na = = 1\n", "Invalid value", (2, 5)),
        ],
    )
    def test_places(self, text, message, place):
        """A fault stands where the reader stumbled, or at the end of what is there."""
        problem = toml(text)
        assert (problem.code, problem.message) == ("TC004", f"syntax error: {message}")
        assert (problem.origin.line, problem.origin.column) == place
        assert problem.origin.excerpt == text.split("\n")[place[0] - 1]

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("a = 1\nb = 2\na = 3\n", (3, 1, 6)),
            ('a = 1\n  a = """\n\n"""\nb = 1', (2, 3, 10)),
            ("[a]\n[b]\n[a]\nc = 1", (3, 1, 4)),
            ("a = 1\n[a]\n", (2, 1, 4)),
            ("a = {}\n# note\na.b = 1\n", (3, 1, 8)),
            ("[[a]]\n[a]\n", (2, 1, 4)),
        ],
    )
    def test_what_stands_twice(self, text, place):
        """A key or table that stands twice is placed where it stands the second time, not behind its value."""
        origin = toml(text).origin
        assert (origin.line, origin.column, origin.end_column) == place


class TestOtherReaders:
    def test_json(self):
        """A JSON fault has the reader's message and its place."""
        text = '{"a": 1,\n  "b" 2}'
        with pytest.raises(json.JSONDecodeError) as error:
            json.loads(text)
        problem = syntax_problem("/nowhere/a.json", text, error.value)
        assert problem.render() == (
            "error[TC004]: syntax error: Expecting ':' delimiter\n"
            "  --> /nowhere/a.json:2:7\n"
            "   |\n"
            '  2|   "b" 2}\n'
            "   |       ^"
        )

    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (RecursionError("maximum recursion depth exceeded"), "it is nested too deeply"),
            (ValueError("month must be in 1..12"), "month must be in 1..12"),
        ],
    )
    def test_no_place(self, error, message):
        """Where the reader gives no place, the line is unknown, never guessed."""
        problem = syntax_problem("/nowhere/a.toml", "a = 1", error)
        assert problem.message == f"syntax error: {message}"
        assert str(problem.origin) == "/nowhere/a.toml (line unknown)"

    def test_a_line_that_may_not_be_shown(self):
        """The text of a file of secrets stays out of the problem; the place does not."""
        error = json.JSONDecodeError("Expecting value", '{"a": pa55}', 6)
        problem = syntax_problem("/nowhere/.secrets.json", '{"a": pa55}', error, quoted=False)
        assert (problem.origin.line, problem.origin.column) == (1, 7)
        assert "pa55" not in repr(problem)


class TestEncoding:
    @pytest.mark.parametrize(
        ("data", "place", "byte"),
        [
            (b'a = 1\nb = "\xe9"\n', (2, 6), "0xe9"),
            ("ü = 'é'".encode() + b"\xff", (1, 8), "0xff"),
            (b"\xef\xbb\xbfa = \xff", (1, 5), "0xff"),
            ("a = 1".encode("utf-16"), (1, 1), "0xff"),
        ],
    )
    def test_first_byte(self, data, place, byte):
        """The first byte that is no UTF-8 is named, with its place in characters."""
        with pytest.raises(UnicodeDecodeError) as error:
            data.decode("utf-8-sig")
        problem = encoding_problem("/nowhere/a.toml", error.value)
        assert problem.code == "TC003"
        assert problem.message == f"the file is not UTF-8: byte {byte} cannot be read"
        assert (problem.origin.line, problem.origin.column, problem.hint) == (*place, "save it as UTF-8")
