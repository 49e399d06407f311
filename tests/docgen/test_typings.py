"""Which stubs there must be, how those that are there differ, and what is left alone."""

from __future__ import annotations

import typing

import pytest

import traitconf as tc
from traitconf.docgen.typings import typings
from traitconf.traits import SoftDeletes

HOST = """\
import traitconf as tc
from traitconf.traits import SoftDeletes
@tc.use(SoftDeletes)
class Host:
    def delete(self): ...
"""
HOOKED = '''\
import traitconf as tc
@tc.trait
class Hooking(tc.TraitBase):
    """Only hook."""
    @tc.after("save")
    def note(self, host, result, /): ...
@tc.use(Hooking)
class Hooked:
    def save(self): ...
'''


@pytest.fixture
def host(package):
    """A class in a package in a package."""
    files = {"typed_top/__init__.py": "", "typed_top/sub/__init__.py": "VALUE = 1\n", "typed_top/sub/hosts.py": HOST}
    return package(files, "typed_top.sub.hosts").Host


def states(found):
    """Return path → state."""
    return {file.path.as_posix(): file.state for file in found.files}


def test_a_module_and_its_packages_have_stubs(host, tmp_path):
    """The packages around a module have stubs too: without them mypy would not look below."""
    found = typings([host], tmp_path)
    assert found.sources == ("typed_top.sub.hosts",)
    assert states(found) == dict.fromkeys(
        ("typed_top/__init__.pyi", "typed_top/sub/__init__.pyi", "typed_top/sub/hosts.pyi"), "missing"
    )


def test_a_model_in_the_package_itself(package, tmp_path):
    """A class in a package's `__init__` has its stub there."""
    module = package({"typed_whole/__init__.py": HOST}, "typed_whole")
    assert states(typings([module.Host], tmp_path)) == {"typed_whole/__init__.pyi": "missing"}


def test_states_from_missing_to_superfluous(host, tmp_path):
    """Written files are unchanged, edited ones stale, unneeded ones superfluous; writing repairs all of it."""
    typings([host], tmp_path).write(tmp_path)
    assert set(states(typings([host], tmp_path)).values()) == {"unchanged"}
    (tmp_path / "typed_top/sub/hosts.pyi").write_text("edited\n", encoding="utf-8")
    found = typings([host], tmp_path)
    (stale,) = found.differing()
    assert (stale.state, "-edited" in stale.diff(), "+class Host:" in stale.diff()) == ("stale", True, True)
    found.write(tmp_path)
    assert typings([host], tmp_path).differing() == []
    tc.unbind(host)
    gone = typings([host], tmp_path)
    assert set(states(gone).values()) == {"superfluous"}
    gone.write(tmp_path)
    assert list(tmp_path.rglob("*.pyi")) == []


def test_files_of_others_are_left_alone(host, tmp_path):
    """A stub that somebody wrote by hand is neither reported nor removed."""
    (tmp_path / "requests").mkdir(parents=True)
    theirs = tmp_path / "requests" / "__init__.pyi"
    theirs.write_text("def get() -> None: ...\n", encoding="utf-8")
    found = typings([], tmp_path)
    found.write(tmp_path)
    assert (found.files, theirs.exists()) == ((), True)


def test_classes_without_members_need_no_stub(package, tmp_path):
    """A trait that only hooks changes no type."""
    module = package({"typed_hooked.py": HOOKED}, "typed_hooked")
    assert typings([module.Hooked], tmp_path).files == ()


def test_what_cannot_have_a_stub_is_told(package, tmp_path):
    """A local class and one of the standard library are left out, each with its reason."""

    @tc.use(SoftDeletes)
    class Local:
        def delete(self): ...

    class Plain(typing.Generic[typing.TypeVar("T")]): ...

    main = type("Main", (), {"__module__": "__main__", "delete": lambda self: None})
    std = type("Std", (), {"__module__": "argparse", "delete": lambda self: None})
    for cls in (main, std):
        cls.__qualname__ = cls.__name__
        tc.bind(cls, SoftDeletes)
    found = typings([Local, Plain, main, std], tmp_path)
    assert found.files == ()
    assert [reason for _, reason in found.left_out] == [
        "it is made inside a function",
        "its module is run, not imported",
        "it belongs to the standard library",
    ]
