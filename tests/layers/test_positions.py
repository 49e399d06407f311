from __future__ import annotations

import datetime
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitconf.layers.positions import Lines, Position, toml_positions, toml_statement

BARE = st.sampled_from(["a", "b", "c-d", "e_f", "1", "x2"])
ODD = st.sampled_from(["", " ", "a.b", "ü", '"', "\\", "'", "#", "=", "[x]", "tab\there", "😀"])
NAMES = st.one_of(BARE, ODD)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-99, 10**12),
    st.sampled_from([0.5, -1e10]),
    st.sampled_from(["", "text", "ü # no comment", 'say "hi"', "a\\b", "[x] = {", "two\nlines", "'''", '"""', "]]"]),
    st.sampled_from([datetime.date(2026, 1, 2), datetime.time(1, 2, 3), datetime.datetime(2026, 1, 2, 3, 4, 5)]),  # noqa: DTZ001 -- TOML has local ones
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
TABLES = st.dictionaries(NAMES, VALUES, max_size=4)


def paths_of(value, path=()):
    """Every path of keys and indexes below a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, element in inner:
        yield (*path, step)
        yield from paths_of(element, (*path, step))


def are_tables(value):
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def value_at(data, path):
    for step in path:
        data = data[step]
    return data


class Writer:
    """Writes a table as TOML, each part in one of the ways that TOML has for it, as `draw` chooses."""

    def __init__(self, draw):
        self.draw = draw

    def choose(self, *ways):
        return self.draw(st.sampled_from(ways))

    def blank(self):
        return self.choose("", "", " ", "\t")

    def gap(self):
        return self.choose("", "", "\n", "# note = [1\n", "  # ]\n\n", "\n\n")

    def name(self, name):
        quoted = ['"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"']
        if name and name.isascii() and name.replace("-", "a").replace("_", "a").isalnum():
            quoted.append(name)
        if "'" not in name:
            quoted.append(f"'{name}'")
        return self.choose(*quoted)

    def text(self, text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        ways = ['"' + escaped.replace("\n", "\\n") + '"', '"""' + escaped + '"""', '"""\n' + escaped + '"""']
        if "'" not in text:
            ways += ["'''" + text + "'''", *([] if "\n" in text else [f"'{text}'"])]
        return self.choose(*ways)

    def value(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, dict):
            pairs = [f"{self.key(name)}{self.value(inner)}" for name, inner in value.items()]
            return "{" + self.blank() + ", ".join(pairs) + self.blank() + "}"
        if isinstance(value, list):
            parts = [self.gap() + self.value(inner) + self.blank() for inner in value]
            comma = "," if parts and self.choose(True, False) else ""
            return "[" + ",".join(parts) + self.gap() + comma + self.gap() + "]"
        return value.isoformat() if hasattr(value, "isoformat") else repr(value)

    def key(self, *names):
        dotted = f"{self.blank()}.{self.blank()}".join(self.name(name) for name in names)
        return f"{dotted}{self.blank()}={self.blank()}"

    def table(self, table, above=()):
        """Pairs first, then what needs a header of its own."""
        lines, later = [], []
        for name, value in table.items():
            way = self.choose("pair", "header", "dotted")
            if way == "dotted" and isinstance(value, dict) and value:
                lines += [self.key(name, inner) + self.value(element) for inner, element in value.items()]
            elif way == "header" and (isinstance(value, dict) or are_tables(value)):
                later.append((name, value))
            else:
                lines.append(self.key(name) + self.value(value))
        for name, value in later:
            path = (*above, name)
            for one in value if isinstance(value, list) else [value]:
                brackets = ("[[", "]]") if isinstance(value, list) else ("[", "]")
                dotted = f"{self.blank()}.{self.blank()}".join(self.name(part) for part in path)
                lines.append(brackets[0] + self.blank() + dotted + self.blank() + brackets[1])
                lines += self.table(one, path)
        return [self.gap() + self.blank() + line + self.choose("", "  # x = 1") for line in lines]


@st.composite
def documents(draw):
    """A table and one way to write it."""
    data = draw(TABLES)
    return data, "\n".join(Writer(draw).table(data)) + draw(st.sampled_from(["", "\n", "\n# end"]))


def check(text, data, path, position):
    """Assert that a position points at the text of its key or element, and at nothing else."""
    line = text.split("\n")[position.line - 1]
    shown = line[position.column - 1 : position.end_column - 1]
    assert shown, (path, position)
    if isinstance(path[-1], str):
        assert keys_of(shown)[-1] == path[-1]
        assert keys_of(shown) == list(path)[-len(keys_of(shown)) :] or any(isinstance(step, int) for step in path)
        return
    value = value_at(data, path)
    if isinstance(value, dict) and shown[0] != "{":  # in an array of tables, it stands where its header does
        assert keys_of(shown)[-1] == path[-2]
    elif is_value(shown):
        assert tomllib.loads(f"x = {shown}")["x"] == value
    else:  # the first line of several
        assert shown[0] in {dict: "{", list: "["}.get(type(value), "\"'")


def keys_of(shown):
    """The parts of a dotted key, or nothing when the text is none."""
    try:
        data = tomllib.loads(f"{shown} = 0")
    except tomllib.TOMLDecodeError:
        return []
    found = []
    while isinstance(data, dict):
        ((name, data),) = data.items()
        found.append(name)
    return found


def is_value(shown):
    try:
        tomllib.loads(f"x = {shown}")
    except tomllib.TOMLDecodeError:
        return False
    return True


class TestProperties:
    @settings(max_examples=150, deadline=None)
    @given(documents())
    def test_every_place_of_every_document(self, document):
        """However a table is written, every key and element has a place, and the place holds its text."""
        data, text = document
        assert tomllib.loads(text) == data, "the writer is wrong"
        found = toml_positions(text)
        assert set(found) >= set(paths_of(data))
        for path in paths_of(data):
            check(text, data, path, found[path])

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                [*"ab=.,[]{}#\"'1", "\n", "\n", " ", "a = ", "[a]\n", "[[b]]\n", '"""', "'''", "= 1\n", "true", "\\"]
            ),
            max_size=14,
        ).map("".join)
    )
    def test_never_a_wrong_place(self, text):
        """Whatever text the reader accepts, no place is found for what it does not hold, and none is wrong."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return
        for path, position in toml_positions(text).items():
            check(text, data, path, position)


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "path", "place"),
        [
            ("a = 1", ("a",), (1, 1, 2)),
            ("\n\n  a = 1", ("a",), (3, 3, 4)),
            ("[a.'b c']\nd = 1", ("a", "b c"), (1, 4, 9)),
            ("[a.b]\n[a]\n", ("a",), (2, 2, 3)),
            ("a.b.c = 1", ("a", "b"), (1, 1, 4)),
            ("[[a]]\n[[a]]\nb = 1", ("a",), (1, 3, 4)),
            ("[[a]]\n[[a]]\nb = 1", ("a", 1), (2, 3, 4)),
            ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), (3, 1, 2)),
            ("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2", ("a", 1, "b", "c"), (6, 1, 2)),
            ("a = [\n  1, # one\n  'two',\n]", ("a", 1), (3, 3, 8)),
            ("a = [[1], [2, 3]]", ("a", 1, 1), (1, 15, 16)),
            ("a = { b = { c = 1 } }", ("a", "b", "c"), (1, 13, 14)),
            ('a = """\nb = 1\n"""\nc = 2', ("c",), (4, 1, 2)),
            ('a = """x""""\nb = 1', ("b",), (2, 1, 2)),
            ('a = """x\\\\"""\nb = 1', ("b",), (2, 1, 2)),
            ('a = ["""\nx""", 2]', ("a", 0), (1, 6, 9)),
            ('"\\u0061b" = 1', ("ab",), (1, 1, 10)),
            ("a = 1979-05-27 07:32:00 # b = 2\nc = 3", ("c",), (2, 1, 2)),
        ],
    )
    def test_by_hand(self, text, path, place):
        """The places of keys, headers, elements and parts of dotted keys are those that a reader would name."""
        position = toml_positions(text)[path]
        assert (position.line, position.column, position.end_column) == place
        tomllib.loads(text)

    @pytest.mark.parametrize("text", ["a = ", "= 1", "[a", "a b = 1", "a = [1", "a = {b = 1", "\x00", "a = '", "[[a]"])
    def test_what_is_not_understood(self, text):
        """Where the text is not what the index expects, there are no places at all."""
        assert toml_positions(text) == {}

    def test_too_deep(self):
        """A text too deep to walk has no places, and does no harm."""
        assert toml_positions("a = " + "[" * 5000 + "]" * 5000) == {}
        assert toml_statement("a = " + "[" * 5000 + "]" * 5000, 3) is None


class TestStatement:
    @pytest.mark.parametrize(
        ("index", "place"),
        [(0, (2, 1, 6)), (3, (2, 1, 6)), (12, (3, 1, 8)), (20, (5, 1, 4)), (25, (6, 3, 8))],
    )
    def test_which(self, index, place):
        """An index belongs to the statement that holds it, or to the one before it."""
        text = "\na = 1\nb = '''\n'''\n[c]\n  d = 2"
        position = toml_statement(text, index)
        assert (position.line, position.column, position.end_column) == place

    def test_behind_the_fault(self):
        """What stands behind the index may be nonsense; nonsense before it gives nothing."""
        assert toml_statement("a = 1\n\n===", 2) == Position(1, 1, 6)
        assert toml_statement("a = 1\n===", 8) is None


class TestLines:
    def test_there_and_back(self):
        """A character's index and its place say the same, also in empty lines and at the end."""
        text = "ab\n\nc"
        lines = Lines(text)
        places = [lines.position(at, at + 1) for at in range(len(text) + 1)]
        shown = [(place.line, place.column) for place in places]
        assert shown == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2)]
        assert [lines.index(line, column) for line, column in shown] == list(range(len(text) + 1))

    def test_several_lines(self):
        """Of a stretch over several lines the first one counts."""
        assert Lines("ab\ncd").position(1, 5) == Position(1, 2, 3)
