from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitconf.errors import (
    AdapterRequired,
    CallError,
    ConfigError,
    Problem,
    TenantRequired,
    TraitconfError,
    TraitDisabled,
    Veto,
    did_you_mean,
    edit_distance,
    is_near,
    raise_errors,
)
from traitconf.types import Origin, Severity, Source

PLACE = Origin(Source.FILE, "config/models/Article.toml", 2, 1, 15, excerpt="retention_dayz = 365")
PROBLEM = Problem("TC101", "unknown option 'auditable.retention_dayz'", PLACE, hint="did you mean 'retention_days'?")
WARNING = Problem("TC301", "defined twice", severity=Severity.WARNING)
WORDS = st.text("abc", max_size=5)


class TestRender:
    def test_as_the_design_shows(self):
        """A problem with a line reads exactly as the design shows, caret below the name."""
        assert PROBLEM.render() == (
            "error[TC101]: unknown option 'auditable.retention_dayz'\n"
            "  --> config/models/Article.toml:2:1\n"
            "   |\n"
            "  2| retention_dayz = 365\n"
            "   | ^^^^^^^^^^^^^^ did you mean 'retention_days'?"
        )

    def test_related_places(self):
        """Every related place follows as a note with its own line."""
        other = Origin(Source.FILE, "config/traits.toml", 1234, 3, 4, excerpt="\tx = 1")
        problem = Problem("TC210", "locked", PLACE, severity=Severity.NOTE, related=((other, "locked here"),))
        assert problem.render() == (
            "note[TC210]: locked\n"
            "  --> config/models/Article.toml:2:1\n"
            "   |\n"
            "  2| retention_dayz = 365\n"
            "   | ^^^^^^^^^^^^^^\n"
            "note: locked here\n"
            "  --> config/traits.toml:1234:3\n"
            "    |\n"
            "1234|  x = 1\n"
            "    |   ^"
        )

    def test_without_a_line(self):
        """Where the line is unknown, that is said and the hint stands below."""
        problem = Problem("TC001", "no such file", Origin(Source.FILE, "/nowhere/a.toml"), hint="create it")
        assert problem.render() == (
            "error[TC001]: no such file\n  --> /nowhere/a.toml (line unknown)\n   = help: create it"
        )

    def test_a_variable(self):
        """A variable is named, and no hint leaves no line behind."""
        problem = Problem("TC142", "unknown trait", Origin(Source.VARIABLE, name="TRAITCONF_X"))
        assert problem.render() == "error[TC142]: unknown trait\n  --> env TRAITCONF_X"

    def test_without_any_place(self):
        """A problem that stands nowhere has its hint below the message."""
        problem = Problem("TC127", "cannot be had", hint="repair it", severity=Severity.WARNING)
        assert problem.render() == "warning[TC127]: cannot be had\n   = help: repair it"

    def test_unprintable_characters(self):
        """What a terminal would obey, or could not print, is a space in the excerpt; columns stay right."""
        place = Origin(Source.FILE, "/nowhere/a.toml", 1, 5, 6, excerpt="\x1b[2J\udcffx\u2028")
        lines = Problem("TC004", "syntax error", place).render().splitlines()
        assert lines[3:] == ["  1|  [2J x ", "   |     ^"]

    @pytest.mark.parametrize(("end", "carets"), [(0, "^"), (3, "^"), (4, "^"), (6, "^^^")])
    def test_at_least_one_caret(self, end, carets):
        """However short the place is, one caret points at it."""
        place = Origin(Source.FILE, "/nowhere/a.toml", 1, 3, end, excerpt="abcdef")
        assert Problem("TC004", "x", place).render().splitlines()[-1] == f"   |   {carets}"


class TestDiagnostic:
    def test_keys(self):
        """The record for `--json` has exactly the keys of the design, in their order, with relative paths."""
        other = Origin(Source.VARIABLE, name="TRAITCONF_X")
        problem = Problem("TC101", "unknown", PLACE, "auditable.x", hint="drop it", related=((other, "see"),))
        assert problem.as_diagnostic() == {
            "code": "TC101",
            "severity": "error",
            "message": "unknown",
            "address": "auditable.x",
            "file": "config/models/Article.toml",
            "line": 2,
            "column": 1,
            "hint": "drop it",
            "related": [{"file": "TRAITCONF_X", "line": None, "column": None, "message": "see"}],
        }
        keys = ["code", "severity", "message", "address", "file", "line", "column", "hint", "related"]
        assert list(problem.as_diagnostic()) == keys

    def test_unknown_places(self):
        """What is unknown is null, and the whole is ready for JSON."""
        shown = json.loads(json.dumps(Problem("TC127", "x").as_diagnostic()))
        assert (shown["file"], shown["line"], shown["column"], shown["related"]) == (None, None, None, [])
        line_unknown = Problem("TC001", "x", Origin(Source.FILE, "/nowhere/a.toml")).as_diagnostic()
        assert (line_unknown["file"], line_unknown["line"]) == ("/nowhere/a.toml", None)


class TestConfigError:
    def test_every_problem_is_said(self):
        """The text holds every problem and ends with how many there are."""
        text = str(ConfigError([PROBLEM, WARNING, WARNING]))
        assert text == f"{PROBLEM.render()}\n\n{WARNING.render()}\n\n{WARNING.render()}\n\n1 error, 2 warnings"

    @pytest.mark.parametrize(
        ("problems", "headline"),
        [([PROBLEM], "1 error"), ([PROBLEM, PROBLEM], "2 errors"), ([WARNING], "1 warning")],
    )
    def test_headline(self, problems, headline):
        """The group's own message counts in words."""
        assert ConfigError(problems).message == headline

    def test_it_is_a_group(self):
        """It is one of ours and an ExceptionGroup with one exception for each problem."""
        error = ConfigError([PROBLEM, WARNING])
        assert isinstance(error, TraitconfError)
        assert isinstance(error, ExceptionGroup)
        assert [str(one) for one in error.exceptions] == [PROBLEM.render(), WARNING.render()]
        assert error.problems == (PROBLEM, WARNING)

    def test_split(self):
        """Splitting the group keeps the type, and each part knows its own problems."""
        group = ConfigError([PROBLEM, WARNING])
        errors, others = group.split(lambda one: one is group.exceptions[0])
        assert (type(errors), errors.problems) == (ConfigError, (PROBLEM,))
        assert (type(others), others.problems) == (ConfigError, (WARNING,))

    def test_except_star(self):
        """`except*` catches it."""
        caught = []
        try:
            raise ConfigError([PROBLEM])
        except* TraitconfError as group:
            caught.append(group)
        assert [group.problems for group in caught] == [(PROBLEM,)]

    def test_pickle(self):
        """It survives pickling, problems and text included."""
        error = pickle.loads(pickle.dumps(ConfigError([PROBLEM, WARNING])))  # noqa: S301 -- our own bytes
        assert error.problems == (PROBLEM, WARNING)
        assert str(error) == str(ConfigError([PROBLEM, WARNING]))


class TestRaiseErrors:
    def test_warnings_pass(self):
        """Without an error nothing is raised."""
        assert raise_errors(iter([WARNING])) is None

    def test_one_error_takes_all_along(self):
        """One error is enough, and the warnings are told as well."""
        with pytest.raises(ConfigError) as caught:
            raise_errors(iter([WARNING, PROBLEM]))
        assert caught.value.problems == (WARNING, PROBLEM)


class TestCallErrors:
    def test_the_tree(self):
        """What a call may raise has one root below that of everything else."""
        for kind in (TraitDisabled, TenantRequired, Veto, AdapterRequired):
            assert issubclass(kind, CallError)
        assert issubclass(CallError, TraitconfError)
        assert not issubclass(ConfigError, CallError)

    def test_veto_has_a_reason(self):
        """A veto carries its reason."""
        assert (Veto("closed").reason, str(Veto("closed"))) == ("closed", "closed")


class TestSuggestions:
    def test_nearest_word(self):
        """The nearest known word is suggested, and none where nothing is near."""
        assert did_you_mean("retention_dayz", ["fields", "retention_days"]) == "did you mean 'retention_days'?"
        assert not did_you_mean("zzz", ["fields"])
        assert not did_you_mean("zzz", [])

    @pytest.mark.parametrize(
        ("one", "other", "distance"),
        [("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1), ("kitten", "sitting", 3)],
    )
    def test_distance(self, one, other, distance):
        """Insertions, deletions and replacements count one each."""
        assert edit_distance(one, other) == distance

    @given(WORDS, WORDS, WORDS)
    def test_distance_is_a_metric(self, one, other, third):
        """The distance is symmetric, zero for equal words only, and no detour is shorter."""
        assert edit_distance(one, other) == edit_distance(other, one)
        assert (edit_distance(one, other) == 0) == (one == other)
        assert edit_distance(one, third) <= edit_distance(one, other) + edit_distance(other, third)

    @given(WORDS, st.lists(WORDS, max_size=3))
    def test_near_is_within_two(self, word, known):
        """A word is near when some known word is within edit distance two."""
        assert is_near(word, known) == any(edit_distance(word, other) <= 2 for other in known)
