from __future__ import annotations

import os
from pathlib import Path

import pytest

from traitconf.layers.directory import source_files
from traitconf.types import Source


@pytest.fixture
def tree(write):
    """A function that makes empty files and returns how the directory is read: path, root and source of each."""

    def make(*names, environment=""):
        directory = write(dict.fromkeys(names, ""))
        found, problems = source_files(directory, environment)
        assert not problems
        return [(file.path.relative_to(directory).as_posix(), file.root, file.source) for file in found]

    return make


class TestRoots:
    @pytest.mark.parametrize(
        ("name", "root"),
        [
            ("runtime.toml", ("runtime",)),
            ("traits.yaml", ("traits",)),
            ("models/Article.toml", ("models", "Article")),
            ("models/app.models:Article.toml", ("models", "app.models:Article")),
            ("groups/enterprise.yml", ("groups", "enterprise")),
            ("tenants/acme.json", ("tenants", "acme")),
            ("models.Article.toml", ("models", "Article")),
            ("groups.enterprise.toml", ("groups", "enterprise")),
            ("tenants.acme.toml", ("tenants", "acme")),
            ("tenants.acme.local.toml", ("tenants", "acme")),
            ("traits.local.toml", ("traits",)),
            ("tenants/acme.local.yaml", ("tenants", "acme")),
            (".secrets.traits.toml", ("traits",)),
            ("tenants/.secrets.acme.toml", ("tenants", "acme")),
            (".secrets.toml", ()),
            ("tenants/.secrets.toml", ()),
            ("tenants.toml", ()),
            ("models.toml", ()),
            ("config.toml", ()),
            ("other/traits.toml", ()),
            ("tenants/europe/acme.toml", ()),
            ("traits/auditable.toml", ()),
        ],
    )
    def test_by_place(self, tree, name, root):
        """A file's place says the address of its first level; every other file is a whole document."""
        ((_, found, _),) = tree(name)
        assert found == root

    def test_one_file(self, tmp_path):
        """A single file is a whole document unless its own name gives it a root."""
        roots = {"anything.toml": (), "traits.toml": ("traits",), "tenants.acme.toml": ("tenants", "acme")}
        for name, root in roots.items():
            path = tmp_path / name
            path.touch()
            ((file,), problems) = source_files(path)
            assert (file.path, file.root, file.source, problems) == (path, root, Source.FILE, [])


class TestOrder:
    def test_lexicographic(self, tree):
        """Files are read in the order of their paths, whatever their formats and folders."""
        names = ["z.toml", "a.yaml", "models/B.toml", "models/A.json", "groups/x.toml", "b.yml", "10.toml", "9.toml"]
        expected = ["10.toml", "9.toml", "a.yaml", "b.yml", "groups/x.toml", "models/A.json", "models/B.toml", "z.toml"]
        assert [path for path, _, _ in tree(*names)] == expected

    def test_base_then_environment_then_local(self, tree):
        """The tree of the environment follows the base, and local files and secrets follow both."""
        found = tree(
            "z.toml",
            "a.local.toml",
            ".secrets.toml",
            "environments/prod/a.toml",
            "environments/prod/tenants/acme.toml",
            "environments/prod/b.local.toml",
            "environments/dev/a.toml",
            environment="prod",
        )
        assert found == [
            ("z.toml", (), Source.FILE),
            ("environments/prod/a.toml", (), Source.ENVIRONMENT_FILE),
            ("environments/prod/tenants/acme.toml", ("tenants", "acme"), Source.ENVIRONMENT_FILE),
            (".secrets.toml", (), Source.LOCAL),
            ("a.local.toml", (), Source.LOCAL),
            ("environments/prod/b.local.toml", (), Source.LOCAL),
        ]

    def test_without_an_environment(self, tree):
        """Without a chosen environment no tree of one is read."""
        assert tree("a.toml", "environments/prod/a.toml", "environments/b.toml") == [("a.toml", (), Source.FILE)]

    def test_other_files(self, tree):
        """Other formats, hidden files and hidden folders are no configuration."""
        names = ["a.toml", "a.toml.bak", "a.ini", "README.md", ".hidden.toml", ".git/a.toml", "..data/a.toml", "a.TOML"]
        assert [path for path, _, _ in tree(*names)] == ["a.toml"]

    def test_an_empty_directory(self, tree):
        """A directory without files is a configuration that says nothing."""
        assert tree() == []


class TestLinks:
    def test_mounted_config_map(self, tmp_path):
        """Files that are links into a hidden folder, as Kubernetes mounts them, are read where the links stand."""
        (tmp_path / "..2026").mkdir()
        (tmp_path / "..2026" / "tenants.acme.toml").touch()
        (tmp_path / "..data").symlink_to("..2026")
        (tmp_path / "tenants.acme.toml").symlink_to("..data/tenants.acme.toml")
        ((file,), problems) = source_files(tmp_path)
        assert (file.path, file.root, problems) == (tmp_path / "tenants.acme.toml", ("tenants", "acme"), [])

    def test_linked_folders(self, tmp_path):
        """A folder that is a link is read like a folder."""
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared" / "acme.toml").touch()
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "tenants").symlink_to(tmp_path / "shared")
        ((file,), problems) = source_files(tmp_path / "config")
        assert (file.root, problems) == (("tenants", "acme"), [])

    def test_a_circle(self, write):
        """A folder that links to one above it is not walked for ever."""
        directory = write({"a.toml": "", "sub/b.toml": ""})
        (directory / "sub" / "up").symlink_to(directory)
        (directory / "self").symlink_to("self")
        found, problems = source_files(directory)
        assert [file.path.name for file in found] == ["a.toml", "b.toml"]
        assert not problems


class TestNothingThere:
    def test_a_missing_path(self, tmp_path):
        """A configured path that does not exist is an error with a hint, never silence."""
        found, (problem,) = source_files(tmp_path / "gone")
        assert (found, problem.code) == ([], "TC001")
        assert problem.message == f"the configuration {tmp_path / 'gone'} does not exist"
        assert problem.hint == "create it, or name another with --config or TRAITCONF_CONFIG"

    def test_below_a_file(self, write):
        """A path below something that is no directory does not exist."""
        _, (problem,) = source_files(write({"a.toml": ""}) / "a.toml" / "b.toml")
        assert problem.code == "TC001"

    def test_a_dangling_link(self, tmp_path):
        """A link to nowhere does not exist."""
        (tmp_path / "config").symlink_to(tmp_path / "gone")
        _, (problem,) = source_files(tmp_path / "config")
        assert problem.code == "TC001"

    def test_a_missing_environment(self, write):
        """An environment without a directory is an error; the base is listed all the same."""
        for name in ("prod", "x" * 300):
            found, (problem,) = source_files(write({"a.toml": ""}), name)
            assert [file.path.name for file in found] == ["a.toml"]
            assert (problem.code, problem.message) == ("TC001", f"the environment {name!r} has no directory")
            assert problem.hint == "create it, or change TRAITCONF_ENV"

    @pytest.mark.parametrize(
        ("path", "reason"),
        [(Path("x" * 300), "File name too long"), (Path("a\0b"), "embedded null")],
        ids=["long", "null"],
    )
    def test_no_path_at_all(self, path, reason):
        """A path that the operating system refuses is a problem with its reason."""
        found, (problem,) = source_files(path)
        assert (found, problem.code) == ([], "TC002")
        assert problem.message.startswith("cannot read the configuration: ")
        assert reason in problem.message

    def test_neither_file_nor_directory(self, tmp_path):
        """Something that is neither is refused instead of being read as empty."""
        os.mkfifo(tmp_path / "pipe.toml")
        _, (problem,) = source_files(tmp_path / "pipe.toml")
        assert (problem.code, problem.message) == ("TC002", "the configuration is neither a file nor a directory")


class TestDirectoriesNamedLikeFiles:
    def test_they_are_listed(self, write):
        """A directory that is named like a file is listed as one, so that reading it says what is wrong."""
        directory = write({"a.toml": ""})
        (directory / "traits.toml").mkdir()
        (directory / "traits.toml" / "b.toml").touch()
        found, _ = source_files(directory)
        assert [file.path.name for file in found] == ["a.toml", "traits.toml"]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
    def test_no_permission_to_list(self, write):
        """A folder that may not be listed is a problem, never silence."""
        directory = write({"tenants/acme.toml": ""})
        (directory / "tenants").chmod(0)
        try:
            _, (problem,) = source_files(directory)
        finally:
            (directory / "tenants").chmod(0o700)
        assert (problem.code, problem.message) == ("TC002", "cannot list this directory: Permission denied")
