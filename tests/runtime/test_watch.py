from __future__ import annotations

import os

import pytest

from traitconf.runtime import watch as module
from traitconf.runtime.watch import Watch


@pytest.fixture
def watch(tmp_path):
    """A watch over a directory with one file."""
    (tmp_path / "a.toml").write_text("x = 1\n", encoding="utf-8")
    return Watch((tmp_path,), {})


@pytest.mark.parametrize("suspicious", [0, 10**18])
def test_contents_decide(watch, tmp_path, suspicious, monkeypatch):
    """Another content is another content, whatever the dates say; the same content is the same, whatever they say."""
    monkeypatch.setattr(module, "_SUSPICIOUS", suspicious)
    file = tmp_path / "a.toml"
    first = watch.contents()
    os.utime(file, ns=(1, 1))
    assert watch.contents() == first
    status = file.stat()
    file.write_text("x = 2\n", encoding="utf-8")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert watch.contents() != first
    file.write_text("x = 1\n", encoding="utf-8")
    assert watch.contents() == first


def test_what_has_not_changed_is_not_read_again(watch, tmp_path, monkeypatch):
    """A file whose dates are old enough is read once."""
    monkeypatch.setattr(module, "_SUSPICIOUS", -(10**18))
    first = watch.contents()
    monkeypatch.setattr(module, "digest_of", lambda data: pytest.fail("was read again"))
    assert watch.contents() == first


def test_files_come_and_go(watch, tmp_path):
    """A new file, a removed one and a renamed one are changes."""
    seen = [watch.contents()]
    (tmp_path / "b.toml").write_text("", encoding="utf-8")
    seen.append(watch.contents())
    (tmp_path / "b.toml").rename(tmp_path / "c.toml")
    seen.append(watch.contents())
    (tmp_path / "c.toml").unlink()
    assert watch.contents() == seen[0]
    assert seen[0] != seen[1] != seen[2] != seen[0]


def test_trouble_is_a_content_as_well(watch, tmp_path):
    """A directory that is gone, a link to nothing and a directory in a file's place are seen and raise nothing."""
    first = watch.contents()
    (tmp_path / "b.toml").symlink_to(tmp_path / "nothing")
    second = watch.contents()
    (tmp_path / "b.toml").unlink()
    (tmp_path / "b.toml").mkdir()
    third = watch.contents()
    (tmp_path / "b.toml").rmdir()
    (tmp_path / "a.toml").unlink()
    tmp_path.rmdir()
    fourth = watch.contents()
    tmp_path.mkdir()
    assert len({str(one) for one in (first, second, third, fourth)}) == 4


def test_files_behind_variables_are_seen(tmp_path):
    """A file that a variable points at is watched wherever it lies; other variables are not files."""
    (tmp_path / "size").write_text("1", encoding="utf-8")
    environ = {"TRAITCONF_TRAITS__BADGE__SIZE__FILE": str(tmp_path / "size"), "HOME": "/x", "TRAITCONF_X": "y"}
    watch = Watch((), environ)
    first = watch.contents()
    assert list(first) == ["$TRAITCONF_TRAITS__BADGE__SIZE__FILE"]
    (tmp_path / "size").write_text("2", encoding="utf-8")
    assert watch.contents() != first


def test_the_chosen_environment_is_seen(tmp_path):
    """The tree of TRAITCONF_ENV is part of what is watched."""
    (tmp_path / "environments" / "prod").mkdir(parents=True)
    (tmp_path / "environments" / "prod" / "a.toml").write_text("", encoding="utf-8")
    assert Watch((tmp_path,), {}).contents() == {}
    assert len(Watch((tmp_path,), {"TRAITCONF_ENV": "prod"}).contents()) == 1
