from __future__ import annotations

import subprocess

import pytest

from traitconf.layers.tracked import tracked_files


@pytest.fixture
def repository(write):
    """A repository with one tracked file, one in a folder, and one that is not tracked."""
    directory = write({"a.toml": "", "tenants/é x.toml": "", "b.toml": ""})
    subprocess.run(["git", "init", "-q"], cwd=directory.parent, check=True)
    subprocess.run(["git", "add", "config/a.toml", "config/tenants"], cwd=directory.parent, check=True)
    return directory


def test_a_directory(repository):
    """Every tracked file below a directory is found, by the path that begins with the directory as it was named."""
    assert tracked_files([repository]) == {str(repository / "a.toml"), str(repository / "tenants/é x.toml")}


def test_a_relative_path(repository, monkeypatch):
    """A relative directory gives relative names."""
    monkeypatch.chdir(repository.parent)
    assert tracked_files([repository.relative_to(repository.parent)]) == {"config/a.toml", "config/tenants/é x.toml"}


def test_single_files(repository):
    """Of named files those are found that are tracked; a name is no pattern."""
    (repository / "[a].toml").write_text("", encoding="utf-8")
    assert tracked_files([repository / "a.toml", repository / "b.toml", repository / "[a].toml"]) == {
        str(repository / "a.toml")
    }


@pytest.mark.parametrize("name", [".", "missing", "missing/too.toml", "nul\0.toml"])
def test_no_repository(write, name, monkeypatch):
    """Where there is no repository, or no such file, nothing is tracked."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", "/")
    assert tracked_files([write({"a.toml": ""}) / name]) == frozenset()


def test_no_git(repository, monkeypatch):
    """Without git nothing is known, and nothing goes wrong."""
    monkeypatch.setenv("PATH", str(repository))
    assert tracked_files([repository]) == frozenset()


def test_variables_of_git_lead_nowhere_else(repository, tmp_path_factory, monkeypatch):
    """A hook's variables, which name another repository, are not heeded."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("other")))
    assert str(repository / "a.toml") in tracked_files([repository])
