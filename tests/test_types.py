from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitconf.types import (
    CURRENT,
    MISSING,
    Actor,
    Band,
    ByteSize,
    FrozenMap,
    Origin,
    Secret,
    Severity,
    Source,
    shown_path,
)


def pickled(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 -- our own bytes


class TestSentinels:
    def test_they_read_well_in_signatures(self):
        """`MISSING` and `CURRENT` show themselves by their names."""
        assert (repr(MISSING), repr(CURRENT)) == ("MISSING", "CURRENT")

    def test_they_stay_one_object(self):
        """A sentinel that was pickled or copied is still found by `is`."""
        assert pickled(MISSING) is MISSING
        assert copy.deepcopy(CURRENT) is CURRENT


class TestRanks:
    def test_bands_rise(self):
        """Bands sort fallback < normal < force < lock."""
        assert sorted(Band, reverse=True) == [Band.LOCK, Band.FORCE, Band.NORMAL, Band.FALLBACK]

    def test_sources_rise(self):
        """Sources sort as the design says, decorator arguments weakest and overrides strongest."""
        order = ("DECORATOR", "FILE", "ENVIRONMENT_FILE", "LOCAL", "STORE", "VARIABLE", "OVERRIDE")
        assert [source.name for source in sorted(Source) if source is not Source.DEFAULT] == list(order)

    def test_severities_are_text(self):
        """A severity is the word that is printed."""
        assert [f"{severity}" for severity in Severity] == ["error", "warning", "note"]


class TestOrigin:
    @pytest.mark.parametrize(
        ("origin", "text"),
        [
            (Origin(Source.FILE, "/nowhere/a.toml", 2, 5), "/nowhere/a.toml:2:5"),
            (Origin(Source.DECORATOR, "/nowhere/a.py", 7), "/nowhere/a.py:7"),
            (Origin(Source.FILE, "/nowhere/a.toml"), "/nowhere/a.toml (line unknown)"),
            (Origin(Source.FILE, "/nowhere/a.toml", column=4), "/nowhere/a.toml (line unknown)"),
            (Origin(Source.VARIABLE, name="TRAITCONF_TRAITS__A__B"), "env TRAITCONF_TRAITS__A__B"),
            (Origin(Source.OVERRIDE, name="override()"), "override()"),
            (Origin(Source.STORE), "store"),
        ],
    )
    def test_text(self, origin, text):
        """An origin reads as file, line and column, as a variable or by its name; an unknown line is said."""
        assert str(origin) == text

    def test_below_the_working_directory(self, tmp_path, monkeypatch):
        """A file below the working directory is shown relative to it."""
        monkeypatch.chdir(tmp_path)
        origin = Origin(Source.FILE, str(tmp_path / "config" / "traits.toml"), 2, 1)
        assert str(origin) == str(Path("config", "traits.toml")) + ":2:1"

    def test_the_excerpt_says_nothing_about_equality(self):
        """Two origins of one place are equal, whatever text stands there."""
        one, other = (Origin(Source.FILE, "a.toml", 1, 1, 2, excerpt=text) for text in ("a = 1", "a = 2"))
        assert one == other
        assert hash(one) == hash(other)


class TestShownPath:
    def test_elsewhere_it_is_absolute(self, tmp_path, monkeypatch):
        """A file that is not below the working directory is shown absolute."""
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        assert shown_path("../there.toml") == str(tmp_path / "here" / ".." / "there.toml")

    def test_without_a_working_directory(self, tmp_path, monkeypatch):
        """When the working directory is gone, a path is shown as it was given."""
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        assert shown_path("a.toml") == "a.toml"

    def test_a_name_that_is_no_text(self):
        """A name with bytes that are no UTF-8 can be printed everywhere."""
        assert shown_path("/nowhere/\udcff.toml").encode() == rb"/nowhere/\udcff.toml"


class TestActor:
    def test_name(self):
        """An actor is shown by name, or by id where there is no name."""
        assert [str(Actor("u1", "Ana")), str(Actor("u1"))] == ["Ana", "u1"]


class TestFrozenMap:
    def test_it_is_a_mapping(self):
        """It reads and compares like the dict that it was made of."""
        data = {"a": 1, "b": 2}
        assert FrozenMap(data) == data
        assert (list(FrozenMap(data)), len(FrozenMap(data)), repr(FrozenMap(data))) == (["a", "b"], 2, repr(data))

    def test_it_cannot_be_changed(self):
        """It offers no way to change it, and does not see changes of what it was made of."""
        data = {"a": 1}
        frozen = FrozenMap(data)
        data["a"] = 2
        assert frozen["a"] == 1
        with pytest.raises(TypeError):
            frozen["a"] = 3
        with pytest.raises(AttributeError):
            frozen.extra = 1

    @given(st.dictionaries(st.text(max_size=3), st.integers()))
    def test_equal_ones_hash_equally(self, data):
        """Order of insertion changes neither equality nor hash, and pickling keeps both."""
        one, other = FrozenMap(data), FrozenMap(dict(reversed(data.items())))
        assert one == other == pickled(one)
        assert hash(one) == hash(other)

    def test_empty(self):
        """Without data it is empty and false."""
        assert not FrozenMap()


class TestByteSize:
    @pytest.mark.parametrize(
        ("text", "size"),
        [
            ("0", 0),
            ("12", 12),
            ("12b", 12),
            ("10MB", 10_000_000),
            ("10 mb", 10_000_000),
            ("4KiB", 4096),
            (" 1.5k ", 1500),
            ("0.5GiB", 536_870_912),
            ("2TB", 2_000_000_000_000),
            ("9007199254740993", 9_007_199_254_740_993),
        ],
    )
    def test_parse(self, text, size):
        """Text with a decimal or binary unit is read exactly."""
        assert ByteSize.parse(text) == size
        assert type(ByteSize.parse(text)) is ByteSize

    @pytest.mark.parametrize("text", ["", "MB", "-1", "1.2.3", "10XB", "1e3", "ten"])
    def test_no_size(self, text):
        """What is no size is refused, and the message shows it."""
        with pytest.raises(ValueError, match="expected a size such as 10MB or 4KiB"):
            ByteSize.parse(text)

    def test_a_very_large_size(self):
        """A size beyond every float is no reason to stumble."""
        assert ByteSize.parse("9" * 400 + "KB") == int("9" * 400) * 1000

    def test_repr(self):
        """It can be told from a plain int."""
        assert repr(ByteSize(5)) == "ByteSize(5)"


class TestSecret:
    def test_it_never_shows_itself(self):
        """`repr`, `str` and format strings give dots, also inside containers."""
        secret = Secret("pa55word")
        shown = f"{secret} {secret!r} {secret!s} {[secret]} {secret!a}"
        assert "pa55word" not in shown
        assert shown.count("Secret(•••)") == 4

    def test_reveal(self):
        """The value comes out in one place."""
        assert Secret("pa55word").reveal() == "pa55word"

    def test_equality(self):
        """Secrets are equal when what they hide is; a secret equals nothing that is no secret."""
        assert Secret("a") == Secret("a")
        assert hash(Secret("a")) == hash(Secret("a"))
        assert Secret("a") != Secret("b")
        assert Secret("a") != "a"

    def test_no_pickle(self):
        """A secret refuses to be pickled, and the message does not tell it."""
        with pytest.raises(TypeError, match="cannot be pickled") as error:
            pickle.dumps(Secret("pa55word"))
        assert "pa55word" not in str(error.value)
