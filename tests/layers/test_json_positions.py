from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitconf.layers.files import load_json
from traitconf.layers.json_positions import json_positions, repeated_name

NAMES = st.sampled_from(["a", "b", "", "a.b", 'q"', "\\", "ü", "😀", "{", "\u2028", "\n", "a\tb"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from([0.5, -1e10, "", "]", "}", '"', "a:b", "ü\n"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=10,
)
BLANKS = ["", "", " ", "\n", "\t", "\n  ", " \n\n"]


def paths_of(value, path=()):
    """Every path of names and indexes below a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, element in inner:
        yield (*path, step)
        yield from paths_of(element, (*path, step))


def value_at(data, path):
    for step in path:
        data = data[step]
    return data


@st.composite
def documents(draw):
    """An object and one way to write it."""

    def blank():
        return draw(st.sampled_from(BLANKS))

    def scalar(value):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))

    def write(value):
        if isinstance(value, dict):
            parts = [f"{blank()}{scalar(name)}{blank()}:{write(inner)}" for name, inner in value.items()]
            return blank() + "{" + ",".join(parts) + blank() + "}" + blank()
        if isinstance(value, list):
            return blank() + "[" + ",".join(write(inner) for inner in value) + blank() + "]" + blank()
        return blank() + scalar(value) + blank()

    data = draw(st.dictionaries(NAMES, VALUES, max_size=4))
    return data, write(data)


def check(text, data, path, position):
    """Assert that a position points at the text of its name or element, and at nothing else."""
    lines = text.split("\n")
    shown = lines[position.line - 1][position.column - 1 : position.end_column - 1]
    if isinstance(path[-1], str):
        assert json.loads(shown) == path[-1]
        return
    rest = "\n".join([lines[position.line - 1][position.column - 1 :], *lines[position.line :]])
    value, end = json.JSONDecoder().raw_decode(rest)
    assert value == value_at(data, path)
    assert shown == rest[:end].split("\n")[0]


@settings(max_examples=200, deadline=None)
@given(documents())
def test_every_place_of_every_document(document):
    """However an object is written, every name and element has a place, and the place holds its text."""
    data, text = document
    assert json.loads(text) == data, "the writer is wrong"
    found = json_positions(text)
    assert set(found) == set(paths_of(data))
    for path, position in found.items():
        check(text, data, path, position)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*'{}[],:"\\ \n1', '"a"', "null", "-1e3", '{"b":']), max_size=12).map("".join))
def test_never_a_wrong_place(text):
    """Whatever text the reader accepts, no place is found for what it does not hold, and none is wrong."""
    try:
        data = load_json(text)
    except ValueError:
        return
    found = json_positions(text)
    assert set(found) == set(paths_of(data))
    for path, position in found.items():
        check(text, data, path, position)


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ('{"a": 1}', ("a",), (1, 2, 5)),
        ('{\n  "a" : {\n"b": [1, "x"]}}', ("a", "b"), (3, 1, 4)),
        ('{\n  "a" : {\n"b": [1, "x"]}}', ("a", "b", 1), (3, 10, 13)),
        ('{"a": [{"b": 1}, {"b": 2}]}', ("a", 1, "b"), (1, 19, 22)),
        ('{"a": [\n[1,\n2], 3]}', ("a", 0), (2, 1, 4)),
        ('{"\\u0061": NaN, "b": 2}', ("a",), (1, 2, 10)),
        ('{"ü": 1, "b": 2}', ("b",), (1, 10, 13)),
    ],
)
def test_by_hand(text, path, place):
    """Names stand where their quotes begin, elements where they begin; columns count characters."""
    position = json_positions(text)[path]
    assert (position.line, position.column, position.end_column) == place


@pytest.mark.parametrize("text", ["", "{", '{"a" 1', '{"a": [', "]", "{1: 2}", '{"a": }', '{"\\x": 1}', "[" * 5000])
def test_what_is_not_understood(text):
    """Where the text is not what the index expects, there are no places at all."""
    assert json_positions(text) == {}


class TestRepeatedName:
    @pytest.mark.parametrize(
        ("text", "index"),
        [
            ('{"a": 1, "a": 2}', 9),
            ('{"a": {"b": 1, "b": 2}, "a": 3}', 15),
            ('{"a": {"a": 1}, "b": {"a": 2}}', None),
            ('[{"a": 1}, {"a": 2}]', None),
            ('[{"a": 1}, {"b": 2, "\\u0062": 3}]', 20),
            ('{"a": 1, "a": 2} nonsense', 9),
            ('{"a": 1, "a": ===', 9),
            ("===", None),
        ],
    )
    def test_first_one(self, text, index):
        """The first name that stands twice in one object is found, whatever follows it."""
        assert repeated_name(text) == index
