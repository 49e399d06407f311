from __future__ import annotations

import os
import subprocess
import sys

import pytest

import traitconf as tc
from traitconf.layers import secrets
from traitconf.layers.secrets import LARGEST_FILE, Reference, SecretError, SecretReader, is_known, secret_scheme


@pytest.fixture
def schemes(monkeypatch):
    """The registered schemes, as they were after the test."""
    monkeypatch.setattr(secrets, "_schemes", {})


@pytest.fixture
def vault(tmp_path):
    """A declared root with a file in it."""
    root = tmp_path / "vault"
    root.mkdir()
    (root / "pw").write_text("top\n")
    return root


def refused(reader, text):
    """Return the refusal of a reference."""
    with pytest.raises(SecretError) as caught:
        reader.read(Reference.parse(text))
    return caught.value


class TestReference:
    @pytest.mark.parametrize("text", ["env:DB_PW", "file:/run/secrets/x", "vault:a/b:c"])
    def test_reads_back(self, text):
        """A reference is written as it was read; only the first colon separates."""
        assert str(Reference.parse(text)) == text

    @pytest.mark.parametrize("text", ["hunter2", ":x", "env:", "a b:c", "1x:y", "", 5, None, ["env:X"]])
    def test_what_is_none_is_not_quoted(self, text):
        """What is no reference is refused without a word of it."""
        with pytest.raises(SecretError) as caught:
            Reference.parse(text)
        assert (str(caught.value), caught.value.code) == ("a secret must be a reference, scheme:name", "TC403")


class TestVariables:
    def test_are_read(self):
        """`env:` gives the variable of the given environment, whatever it holds."""
        reader = SecretReader({"PW": " x\n", "EMPTY": ""})
        assert reader.read(Reference("env", "PW")) == " x\n"
        assert reader.read(Reference("env", "EMPTY")) == ""

    def test_that_are_not_set(self):
        """A variable that is not set is named."""
        found = refused(SecretReader({}), "env:PW")
        assert (str(found), found.code) == ("the environment variable PW is not set", "TC402")

    def test_of_the_process_are_not_seen(self, monkeypatch):
        """Without an environment there is none: nothing leaks in from the process."""
        monkeypatch.setenv("PW", "x")
        assert "PW" in str(refused(SecretReader(), "env:PW"))


class TestFiles:
    def test_below_a_root(self, vault):
        """A file below a declared root is read, without the line end at its end."""
        reader = SecretReader(roots=(str(vault),))
        assert reader.read(Reference("file", str(vault / "pw"))) == "top"

    @pytest.mark.parametrize(("data", "secret"), [(b"a\r\n", "a"), (b"a\n\n", "a\n"), (b" a ", " a "), (b"", "")])
    def test_one_line_end_is_dropped(self, vault, data, secret):
        """Exactly one line end is dropped, nothing else."""
        (vault / "pw").write_bytes(data)
        assert SecretReader(roots=(str(vault),)).read(Reference("file", str(vault / "pw"))) == secret

    def test_relative_to_the_base(self, tmp_path, vault):
        """Relative roots and references are below the configuration directory."""
        assert SecretReader(roots=("vault",), base=tmp_path).read(Reference("file", "vault/pw")) == "top"

    def test_relative_to_nothing(self, vault):
        """Without a configuration directory a relative path is refused, never looked up where the process runs."""
        assert refused(SecretReader(roots=(str(vault),)), "file:pw").code == "TC404"

    @pytest.mark.parametrize("name", ["../outside", "../vault2/pw", "../vault", ".", "../../../etc/passwd"])
    def test_outside_the_roots(self, tmp_path, vault, name):
        """A path that leads out of the roots is refused, however it is written; so is a root itself."""
        (tmp_path / "outside").write_text("secret of others")
        (tmp_path / "vault2").mkdir()
        (tmp_path / "vault2" / "pw").write_text("secret of others")
        found = refused(SecretReader(roots=(str(vault),)), f"file:{vault}/{name}")
        assert found.code == "TC404"
        assert found.hint == f"declared by runtime.secret_roots: {vault}"

    def test_links_out_of_the_roots(self, tmp_path, vault):
        """A link that leads out of the roots is refused; one that stays inside is followed, as ConfigMaps have them."""
        (tmp_path / "outside").write_text("secret of others")
        (vault / "out").symlink_to(tmp_path / "outside")
        (vault / "in").symlink_to("pw")
        reader = SecretReader(roots=(str(vault),))
        assert reader.read(Reference("file", f"{vault}/in")) == "top"
        assert refused(reader, f"file:{vault}/out").code == "TC404"

    def test_no_roots(self, vault):
        """Without declared roots, and with an empty one, no file is read."""
        for roots in ((), ("",)):
            assert refused(SecretReader(roots=roots, base=vault), f"file:{vault}/pw").code == "TC404"

    def test_a_circle_of_links(self, vault):
        """Links in a circle are refused."""
        (vault / "a").symlink_to("b")
        (vault / "b").symlink_to("a")
        assert refused(SecretReader(roots=(str(vault),)), f"file:{vault}/a").code in ("TC402", "TC404")

    @pytest.mark.parametrize(
        ("name", "why"),
        [("none", "cannot be read"), ("pipe", "is no regular file"), ("deep", "is no regular file")],
    )
    def test_what_cannot_be_read(self, vault, name, why):
        """A missing file, a pipe and a directory are refused at once: nobody waits for a writer."""
        os.mkfifo(vault / "pipe")
        (vault / "deep").mkdir()
        found = refused(SecretReader(roots=(str(vault),)), f"file:{vault}/{name}")
        assert found.code == "TC402"
        assert why in str(found) or "Is a directory" in str(found)

    def test_too_large_or_no_text(self, vault):
        """A file beyond the limit and one that is not UTF-8 are refused, without a byte of them."""
        (vault / "large").write_bytes(b"x" * (LARGEST_FILE + 1))
        (vault / "binary").write_bytes(b"\xff\xfehunter2")
        reader = SecretReader(roots=(str(vault),))
        assert "is larger than" in str(refused(reader, f"file:{vault}/large"))
        found = refused(reader, f"file:{vault}/binary")
        assert str(found).endswith("is not UTF-8")
        assert "hunter2" not in str(found)

    def test_a_hostile_name(self, vault):
        """A null character in a path is refused."""
        assert refused(SecretReader(roots=(str(vault),)), f"file:{vault}/a\0b").code == "TC402"


class TestSchemes:
    def test_registered(self, schemes):
        """A registered scheme gets what stands behind the colon."""
        tc.secret_scheme("vault", {"a/b": "top"}.__getitem__)
        assert SecretReader().read(Reference.parse("vault:a/b")) == "top"
        assert is_known("vault")

    @pytest.mark.parametrize("name", ["env", "file", "a b", "", "a:b"])
    def test_names_that_cannot_be(self, schemes, name):
        """The built-in schemes cannot be replaced, and a name is a word."""
        with pytest.raises(ValueError, match="a scheme needs a name of its own"):
            secret_scheme(name, str)
        assert is_known(name) == (name in ("env", "file"))

    def test_unknown(self, schemes):
        """An unknown scheme is not quoted, but what may have been meant is told."""
        secret_scheme("vault", str)
        found = refused(SecretReader(), "vualt:hunter2")
        assert (str(found), found.hint) == ("nobody knows the scheme of this reference", "did you mean 'vault'?")
        assert refused(SecretReader(), "hunter2:x").hint == "known are env, file, vault"

    def test_that_fail(self, schemes):
        """What a scheme raises is told by its type only: its words may quote the secret."""

        def leak(name):
            raise LookupError(f"no hunter2 at {name}")

        secret_scheme("vault", leak)
        found = refused(SecretReader(), "vault:x")
        assert str(found) == "the scheme 'vault' failed with LookupError"
        assert found.__cause__ is None

    def test_that_give_no_text(self, schemes):
        """A scheme that gives something else than text is refused."""
        secret_scheme("vault", lambda name: b"hunter2")
        assert str(refused(SecretReader(), "vault:x")) == "the scheme 'vault' gave no text"

    def test_of_installed_packages(self, tmp_path):
        """A package advertises a scheme through an entry point; one that cannot be loaded is said so."""
        site = tmp_path / "site"
        (site / "acme_vault-1.dist-info").mkdir(parents=True)
        (site / "acme_vault-1.dist-info" / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: acme-vault\nVersion: 1\n"
        )
        (site / "acme_vault-1.dist-info" / "entry_points.txt").write_text(
            "[traitconf.secrets]\nvault = acme_vault:read\nbroken = acme_vault:nothing\n"
        )
        (site / "acme_vault.py").write_text("def read(name):\n    return name.upper()\n")
        program = (
            "from traitconf.layers.secrets import Reference, SecretError, SecretReader, is_known\n"
            "print(SecretReader().read(Reference.parse('vault:a')), is_known('vault'))\n"
            "try:\n    SecretReader().read(Reference.parse('broken:a'))\n"
            "except SecretError as error:\n    print(error)\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ended.stdout.splitlines() == [
            "A True",
            "the scheme 'broken' cannot be loaded from acme_vault:nothing: AttributeError",
        ]


class TestReader:
    def test_reads_each_once(self, schemes):
        """Within one reader a reference always means the same, and is asked for once; so is one that fails."""
        asked = []

        def read(name):
            asked.append(name)
            if name == "bad":
                raise OSError
            return f"{name}{len(asked)}"

        secret_scheme("vault", read)
        reader = SecretReader()
        assert reader.read(Reference("vault", "a")) == reader.read(Reference("vault", "a")) == "a1"
        refused(reader, "vault:bad")
        refused(reader, "vault:bad")
        assert asked == ["a", "bad"]
        assert SecretReader().read(Reference("vault", "a")) == "a3"

    def test_does_not_show_what_it_knows(self):
        """Neither the reader nor a reference's refusal shows a secret."""
        reader = SecretReader({"PW": "hunter2"})
        assert reader.read(Reference("env", "PW")) == "hunter2"
        assert "hunter2" not in repr(reader)
