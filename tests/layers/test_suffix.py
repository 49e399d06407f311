from __future__ import annotations

import pytest

from traitconf.layers.layer import Text
from traitconf.layers.suffix import Suffix, SuffixError
from traitconf.types import Band


class TestRead:
    @pytest.mark.parametrize(
        ("tokens", "band", "operation", "encoding"),
        [
            ([], Band.FORCE, "", ""),
            (["NORMAL"], Band.NORMAL, "", ""),
            (["FALLBACK"], Band.FALLBACK, "", ""),
            (["FORCE"], Band.FORCE, "", ""),
            (["LOCK"], Band.LOCK, "", ""),
            (["UNSET"], Band.FORCE, "unset", ""),
            (["APPEND"], Band.NORMAL, "append", ""),
            (["PREPEND"], Band.NORMAL, "prepend", ""),
            (["ADD"], Band.NORMAL, "add", ""),
            (["REMOVE"], Band.NORMAL, "remove", ""),
            (["JSON"], Band.FORCE, "", "JSON"),
            (["FILE"], Band.FORCE, "", "FILE"),
            (["LOCK", "JSON"], Band.LOCK, "", "JSON"),
            (["JSON", "APPEND", "FORCE"], Band.FORCE, "append", "JSON"),
            (["UNSET", "NORMAL"], Band.NORMAL, "unset", ""),
        ],
    )
    def test_bands_operations_encodings(self, tokens, band, operation, encoding):
        """Without a suffix a variable forces, an operation is normal, and one suffix of each kind may stand there."""
        assert Suffix.read(tokens) == Suffix(band, operation, encoding)

    @pytest.mark.parametrize(
        ("tokens", "named"),
        [
            (["LOKC"], "LOKC"),
            (["LOCK", "X"], "X"),
            (["LOCK", "FORCE"], "LOCK__FORCE"),
            (["JSON", "FILE"], "JSON__FILE"),
        ],
    )
    def test_unknown_or_twice(self, tokens, named):
        """What is no suffix, or stands beside another of its kind, is named."""
        with pytest.raises(SuffixError, match=f"^{named}$"):
            Suffix.read(tokens)


class TestValue:
    def test_plain_text(self):
        """Without an encoding the value stays text that the option's type casts later."""
        value = Suffix().value(" 1.10 ", dollared=False)
        assert (value, type(value)) == (" 1.10 ", Text)

    @pytest.mark.parametrize(
        ("text", "value"), [("[1, 2]", [1, 2]), ('{"a": null}', {"a": None}), ('"x"', "x"), ("5", 5)]
    )
    def test_json(self, text, value):
        """`__JSON` gives what a file would hold."""
        assert Suffix(encoding="JSON").value(text, dollared=False) == value

    @pytest.mark.parametrize(("dollared", "name"), [(False, "append"), (True, "$append")])
    def test_operations(self, dollared, name):
        """An operation stands as the directive that a file would write at that place."""
        assert Suffix(operation="append").value("x", dollared=dollared) == {name: "x"}

    @pytest.mark.parametrize(
        ("content", "text"), [(b"pa55\n", "pa55"), (b"pa55", "pa55"), (b"a\n\n", "a\n"), ("ü".encode(), "ü"), (b"", "")]
    )
    def test_file(self, tmp_path, content, text):
        """`__FILE` gives the text of a file, less one line end, as secrets are mounted."""
        (tmp_path / "secret").write_bytes(content)
        value = Suffix(encoding="FILE").value(str(tmp_path / "secret"), dollared=False)
        assert (value, type(value)) == (text, Text)


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[pa55", "the value is not JSON: Expecting value: line 1 column 2"),
            (
                '{"a": 1, "a": 2}',
                "the value is not JSON: the key 'a' stands twice in one object: line 1 column 10",
            ),
            ("[" * 50000, "the value is nested too deeply"),
        ],
        ids=["syntax", "twice", "deep"],
    )
    def test_json(self, text, message):
        """A value that is no JSON is refused without being repeated."""
        with pytest.raises(SuffixError) as error:
            Suffix(encoding="JSON").value(text, dollared=False)
        assert str(error.value).partition(" (char")[0] == message
        assert "pa55" not in str(error.value)

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("gone", "No such file or directory"),
            (".", "Is a directory"),
            ("latin", "it is not UTF-8"),
            ("a\0b", "embedded null"),
        ],
    )
    def test_file(self, tmp_path, name, reason):
        """A file that cannot be read is named, with the reason."""
        (tmp_path / "latin").write_bytes(b"\xe9")
        path = str(tmp_path / name) if name != "." else str(tmp_path)
        with pytest.raises(SuffixError) as error:
            Suffix(encoding="FILE").value(path, dollared=False)
        head = f"cannot read the file {path!r}: "
        assert str(error.value).startswith((f"{head}{reason}", f"{head}stat: {reason}"))  # some Pythons say who
