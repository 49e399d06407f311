"""`TRAITCONF_INLINE`: a whole document in a variable."""

from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.layers.inline import inline_document
from traitconf.runtime.runtime import Runtime

DAYS = "TRAITCONF_TRAITS__SAMPLE__DAYS"
FILES = {"traits.toml": "[sample]\ndays = 9\nsinks = ['log']\n", "tenants/acme.toml": "[sample]\ndays = 20\n"}


@pytest.fixture
def start(write, sample):
    """A function that starts a runtime over files with an inline document."""

    def over(text, **environ):
        return Runtime((write(FILES),), environ={"TRAITCONF_INLINE": text, **environ}).start()

    return over


@pytest.mark.parametrize(
    "text",
    [
        "[sample]\ndays = 5\n[tenants.acme.sample]\nname = 'x'\n",
        '{"sample": {"days": 5}, "tenants": {"acme": {"sample": {"name": "x"}}}}',
        '\n\t{"traits": {"sample": {"days": 5}}, "tenants": {"acme": {"sample": {"name": "x"}}}}',
        "traits.sample.days = 5\r\ntenants.acme.sample.name = 'x'\r\n",
    ],
)
def test_both_formats(start, sample, text):
    """TOML and JSON are told apart, and every address of a whole document works."""
    found = start(text).resolve(sample, tenant="acme")
    assert (found.days, found.name) == (5, "x")


def test_values_override_and_operations_join_in(start, sample):
    """Values have band force, as variables without a suffix; operations have band normal, as suffixes have."""
    runtime = start("[sample]\ndays = 5\nsinks.append = ['kafka']\n")
    assert runtime.resolve(sample, tenant="acme").days == 5
    assert runtime.resolve(sample).sinks == ("log", "kafka")
    assert [runtime.explain(f"sample.{option}")[0].reasons[0].band for option in ("days", "sinks")] == ["force", ""]


@pytest.mark.parametrize(
    ("line", "sinks"),
    [
        ("sinks.force.append = ['x']", ("x",)),
        ("sinks.lock = ['x']", ("x",)),
        ("sinks.unset = true", ()),
        ("sinks.fallback = ['x']", ("log",)),
    ],
)
def test_bands_that_are_named(start, sample, line, sinks):
    """A band that the document names is the one that counts; `unset` forces, as `__UNSET` does."""
    assert start(f"[sample]\n{line}\n").resolve(sample).sinks == sinks


def test_mappings_lose_keys_beside_the_files(start, sample, write):
    """`$remove` joins in with the files as an operation, and forces when it is told to."""
    write({"more.toml": "[sample]\nlabels = { a = '1', b = '2' }\n"})
    assert dict(start("[sample.labels]\n'$remove' = ['a']\n").resolve(sample).labels) == {"b": "2"}


def test_single_variables_are_more_exact(start, sample):
    """A variable of its own beats the document, and the document beats every file."""
    assert start("[sample]\ndays = 5\n", **{DAYS: "6"}).resolve(sample).days == 6


def test_groups_tenants_and_settings(start, sample):
    """The document may define groups, say what tenants extend, and hold the framework's own settings."""
    text = (
        "[groups.gold.sample]\nname = 'g'\n[tenants.acme]\nextends = ['gold']\n[runtime]\nunknown_tenants = 'error'\n"
    )
    runtime = start(text)
    assert runtime.resolve(sample, tenant="acme").name == "g"
    assert runtime.snapshot.settings.unknown_tenants == "error"


def test_explained_with_line_and_column(start, sample):
    """An explanation names the variable, with line and column inside it."""
    (found,) = start('{"sample":\n  {"days": 5}}').explain("sample.days")
    assert str(found.reasons[0].origin) == "env TRAITCONF_INLINE:2:4"


@pytest.mark.parametrize(
    ("text", "code", "place", "caret"),
    [
        ("[sample]\nday = 5\n", "TC101", (2, 1), "^^^"),
        ('{"sample": {"days": "x"}}', "TC103", (1, 13), "^^^^^^"),
        ("[sample\n", "TC004", (1, 8), "^"),
        ('{"sample": {"days": 1,\n "days": 2}}', "TC004", (2, 2), "^"),
        ("[sample]\ndays = 1\ndays = 2\n", "TC004", (3, 1), "^^^^^^^^"),
        ("[sample]\ndays = '@int x'\n", "TC005", (2, 1), "^^^^"),
        ("[groups.'*x']\n", "TC108", (1, 9), "^^^^"),
        ("{", "TC004", (1, 2), "^"),
    ],
)
def test_faults(start, text, code, place, caret):
    """A fault has its line and column inside the variable, and is shown with a caret."""
    with pytest.raises(tc.ConfigError) as caught:
        start(text)
    (problem,) = caught.value.problems
    assert (problem.code, (problem.origin.line, problem.origin.column)) == (code, place)
    assert (problem.origin.name, problem.origin.file) == ("TRAITCONF_INLINE", "")
    assert problem.render().splitlines()[-1].split("| ", 1)[1].split()[0] == caret
    assert "--> env TRAITCONF_INLINE:" in problem.render()


def test_bytes_that_are_no_text(start):
    """A variable that is not UTF-8 is a fault."""
    with pytest.raises(tc.ConfigError) as caught:
        start("[sample]\nname = '\udcff'\n")
    assert [problem.code for problem in caught.value.problems] == ["TC003"]


@pytest.mark.parametrize("text", ["", " \n", "# nothing\n", "{}"])
def test_nothing_in_it(text):
    """An empty variable says nothing."""
    parsed, outside = inline_document({"TRAITCONF_INLINE": text})
    assert (parsed.layers, parsed.problems, outside) == ([], [], ())


def test_too_deep(start):
    """A document that is nested too deeply is a fault, not an error."""
    with pytest.raises(tc.ConfigError) as caught:
        start("{" + '"a":{' * 100_000)
    assert [problem.code for problem in caught.value.problems] == ["TC004"]


def test_tokens(start, sample):
    """The document is as trusted as a file: tokens are read."""
    runtime = start("[sample]\nname = '@format {env[WHO]}'\nsinks = '@merge kafka'\n", WHO="me")
    found = runtime.resolve(sample)
    assert (found.name, found.sinks) == ("me", ("log", "kafka"))
