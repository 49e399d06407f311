from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from printed import PRINTED

_SPEC = importlib.util.spec_from_file_location("foreign_suites", Path(__file__).parent / "foreign_suites.py")
foreign = sys.modules["foreign_suites"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(foreign)

# The sdist of sortedcontainers has no tests but the examples of its documentation; the suite of intervaltree, which
# is built on it, calls it a hundred times as often.
SUITES = [
    (
        foreign.Package(
            "sortedcontainers==2.4.0",
            "25caa5a06cc30b6b83d11423433f65d1f9d76c4c6a0c90e3379eaa43b9bfdb88",
            ("--doctest-modules", "sortedcontainers"),
            ("sortedcontainers",),
        ),
        150,
    ),
    (
        foreign.Package(
            "intervaltree==3.2.1",
            "f3f7e8baeb7dd75b9f7a6d33cf3ec10025984a8e66e3016d537e52130c73cfe2",
            ("test/interval_methods", "test/intervaltree_methods", "test/issues"),
            ("intervaltree", "sortedcontainers"),
        ),
        80_000,
    ),
    (
        foreign.Package(
            "cachetools==8.0.1",
            "deb1d376d4d28c2f33f3e3058043b005e0af75c35c094bd54053e27d2906ad95",
            ("tests",),
            ("cachetools",),
        ),
        50_000,
    ),
]


@pytest.mark.parametrize(("package", "calls"), SUITES, ids=[package.name for package, _ in SUITES])
def test_a_foreign_suite_does_not_notice_a_binding(package, calls, record_property):
    """A package's own suite ends the same, test by test, when a trait is bound to all its public classes."""
    bare, bound = foreign.compare(package)
    for title, one in (("unbound", bare), ("bound", bound)):
        record_property(PRINTED, f"{package.requirement} {title}: {one.summary()}")
    assert foreign.differences(bare, bound) == []
    assert bare.calls == 0
    assert "passed" in bare.outcomes.values()
    assert set(bound.classes.values()) == {"bound"}
    assert bound.calls > calls, "hardly anything ran within the trait: the binding proves nothing"


def test_the_suites_together_make_enough_calls():
    """The suites must make more than a hundred thousand calls within the trait."""
    assert sum(calls for _, calls in SUITES) > 100_000


def test_a_difference_is_noticed():
    """A test that fails only when the classes are bound, or is missing then, is named."""
    bare = foreign.Run({"a": "passed", "b": "failed", "c": "passed", "d": "passed"}, {}, 0)
    bound = foreign.Run({"a": "passed", "b": "failed", "c": "failed", "more": "passed", "worse": "failed"}, {}, 9)
    assert foreign.differences(bare, bound) == ["c", "d", "worse"]


def test_another_file_is_refused(tmp_path):
    """An sdist whose hash is not the one that was meant is not run."""
    package = foreign.Package("one==1.0", "0" * 64)
    (tmp_path / "one==1.0").mkdir()
    (tmp_path / "one==1.0" / "one-1.0.tar.gz").write_bytes(b"something")
    with pytest.raises(foreign.ForeignError, match="is not the file that was meant"):
        foreign.fetch(package, tmp_path)
