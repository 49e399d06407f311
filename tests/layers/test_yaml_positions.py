from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitconf.layers.files import FileDocument, digest_of, read_file

NAMES = st.sampled_from(
    ["a", "b", "c d", "42", "1.10", "null", "yes", "~", "x-y", "ü", "a.b", "😀", "#", "k: v", "'", '"']
)
PLAIN = ["a", "b", "c d", "42", "1.10", "null", "yes", "~", "x-y", "ü", "a.b", "😀"]
VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.sampled_from(["text", "", "two words", "# no", "- no", "a: b", "ü", "{", "x\ny"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=10,
)


def paths_of(value, path=()):
    """Every path of keys and indexes below a value."""
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
    """A mapping and one way to write it: block and flow style, plain and quoted keys, comments."""

    def choose(*ways):
        return draw(st.sampled_from(ways))

    def name(text):
        ways = [json.dumps(text, ensure_ascii=False), "'" + text.replace("'", "''") + "'"]
        return choose(*ways, *([text, text] if text in PLAIN else []))

    def flow(value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{name(key)}: {flow(inner)}" for key, inner in value.items()) + choose("}", " }")
        if isinstance(value, list):
            return "[" + ", ".join(flow(inner) for inner in value) + choose("]", " ]")
        return json.dumps(value, ensure_ascii=False)

    def block(value, indent):
        lines = []
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            head = indent + (f"{name(step)}:" if isinstance(value, dict) else "-")
            if isinstance(inner, (dict, list)) and inner and choose(True, True, False):
                lines += [head + choose("", " # note: [", "\n"), *block(inner, indent + choose("  ", "   "))]
            else:
                lines.append(f"{head} {flow(inner)}{choose('', '  # k: v')}")
        return lines

    data = draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
    start = choose("", "---\n", "# top\n\n", "%YAML 1.2\n---\n")
    return data, start + "\n".join(block(data, "")) + choose("", "\n", "\n...\n")


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A function that reads a text as a file and returns what it says and where, path by path."""
    directory = tmp_path_factory.mktemp("yaml")

    def find(text):
        path = directory / f"{digest_of(text.encode())}.yaml"
        path.write_text(text, encoding="utf-8", newline="")
        content = read_file(path)
        assert isinstance(content, tuple), (text, content)
        document, data = content
        return data, document.origin

    return find


def shown(origin):
    return origin.excerpt[origin.column - 1 : origin.end_column - 1]


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_place_of_every_document(places, document):
    """However a mapping is written, every key and element has a place, and the place holds its text."""
    data, text = document
    read, origin = places(text)
    assert read == data
    for path in paths_of(data):
        origin_of = origin(path)
        assert origin_of.line, (path, text)
        line, only_key = text.split("\n")[origin_of.line - 1], " " * (origin_of.column - 1) + shown(origin_of) + " …"
        assert origin_of.excerpt in (line, only_key)  # of a line that holds several tables only the key is quoted
        text_there = shown(origin_of)
        if isinstance(path[-1], str):
            plain = {text_there, text_there[1:-1].replace("''", "'")}
            quoted = json.loads(text_there) if text_there.startswith('"') else None
            assert path[-1] in plain | {quoted}
        elif not isinstance(value_at(data, path), (dict, list)):
            assert json.loads(text_there) == value_at(data, path)


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("a: 1", ("a",), (1, 1, 2)),
        ("a:\n  'b c':\n  - 1\n  -   two\n", ("a", "b c"), (2, 3, 8)),
        ("a:\n  'b c':\n  - 1\n  -   two\n", ("a", "b c", 1), (4, 7, 10)),
        ("a: {b: [1, {c: 2}]}", ("a", "b", 1, "c"), (1, 13, 14)),
        ("a:\n- b: 1\n  c: 2\n- b: 3\n", ("a", 0), (2, 3, 7)),
        ("42: {1.10: x}", ("42", "1.10"), (1, 6, 10)),
        ("? a\n: 1\n", ("a",), (1, 3, 4)),
        ('a: "\u2028"\nb: 2\n', ("b",), (2, 1, 2)),
        ('"\ufeffa": {b: 1}', ("\ufeffa", "b"), (1, 8, 9)),
    ],
)
def test_by_hand(places, text, path, place):
    """Keys and elements stand where they begin; lines and columns are those of an editor."""
    origin = places(text)[1](path)
    assert (origin.line, origin.column, origin.end_column) == place


def test_aliases(places):
    """What an alias stands for has its places where it is written first; below the alias, the alias's key stands."""
    data, origin = places("a: &x\n  k: 1\nb: *x\nc:\n  <<: *x\n  l: 2\n")
    assert data == {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1, "l": 2}}
    assert (origin(("a", "k")).line, origin(("b", "k")).line) == (2, 3)
    assert (origin(("c", "k")).line, origin(("c", "l")).line) == (4, 6)


def test_an_alias_that_holds_itself(places):
    """A node that holds itself is walked once."""
    data, origin = places("a: &x\n  k: *x\n")
    assert data["a"]["k"] is data["a"]
    assert (origin(("a", "k")).line, origin(("a", "k", "k")).line) == (2, 2)


def test_keys_that_alias_a_value(places):
    """A value keeps its type although the same node serves as a key, where it is text."""
    data, _ = places("a: &x 1\n*x : b\n")
    assert data == {"a": 1, "1": "b"}


def test_another_text():
    """A document whose text is gone has no places."""
    assert not FileDocument("/nowhere/at/all.yaml", "0").origin(("a",)).line
