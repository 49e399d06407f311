from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

import traitconf as tc

MODELS = ("", ".models.Document", ".models.Article")
# Every scope of the model Article and the tenant acme, weakest first; the index is the strength.
SCOPES = [
    "traits",
    "models.Document",
    "models.Article",
    *(node + model for node in ("groups.far", "groups.near", "tenants.acme") for model in MODELS),
]
EXTENDS = {"0.toml": '[tenants.acme]\nextends = ["near", "far"]\n[groups.near]\n[groups.far]\n'}


def covers_less(lock: str, other: str) -> bool:
    """Whether the definition also covers models that the lock does not."""
    widths = {"Article": 1, "Document": 2}
    width = lambda scope: widths.get(scope.rpartition(".")[2], 3)  # noqa: E731 -- a word for one line
    return width(other) > width(lock)


@pytest.mark.parametrize(("lock", "other"), [*permutations(SCOPES, 2)])
def test_a_lock_stands_against_every_scope(tc_config, subject, article, lock, other):
    """What sorts after a lock is TC210, a lint where it also covers unlocked models; what sorts before is shadowed."""
    files = EXTENDS | {"1.toml": f"[{other}.subject]\nsize = 20\n", "2.toml": f"[{lock}.subject]\nsize.lock = 10\n"}
    if SCOPES.index(other) > SCOPES.index(lock) and not covers_less(lock, other):
        with pytest.raises(tc.ConfigError) as caught:
            tc_config(files)
        (problem,) = caught.value.problems
        assert (problem.code, Path(problem.origin.file).name) == ("TC210", "1.toml")
        assert [Path(origin.file).name for origin, _ in problem.related] == ["2.toml"]
        return
    runtime = tc_config(files)
    assert tc.resolve(subject, article, "acme").size == 10
    lint = SCOPES.index(other) > SCOPES.index(lock)
    assert [problem.code for problem in runtime.warnings] == ["TC302"] * lint


def test_a_partly_locked_definition_counts_elsewhere(tc_config, subject, article):
    """A tenant's definition for all models is shadowed for the locked one and holds for the others."""

    @tc.use(subject)
    class Comment: ...

    files = {"1.toml": "[models.Article.subject]\nsize.lock = 10\n", "2.toml": "[tenants.acme.subject]\nsize = 20\n"}
    (lint,) = tc_config(files).warnings
    assert (lint.code, lint.is_error) == ("TC302", False)
    assert tc.resolve(subject, article, "acme").size == 10
    assert tc.resolve(subject, Comment, "acme").size == 20


def test_the_same_value_is_no_fault(tc_config, subject):
    """A definition that says what the lock says is allowed, another lock too."""
    files = {
        "1.toml": "[subject]\nsize.lock = 10\n",
        "2.toml": "[groups.g.subject]\nsize.lock = 10\n",
        "3.toml": '[tenants.acme]\nextends = ["g"]\n[tenants.acme.subject]\nsize = 10\n',
    }
    assert tc_config(files).warnings == ()
    assert tc.resolve(subject, tenant="acme").size == 10


def test_an_operation_against_a_lock_is_a_fault(problems_of, subject):
    """An operation could change the value, so it is refused whatever it holds."""
    files = {"1.toml": '[subject]\nplain.lock = ["a"]\n', "2.toml": "[tenants.acme.subject]\nplain.append = []\n"}
    assert [problem.code for problem in problems_of(files)] == ["TC210"]


def test_a_lock_of_another_option_is_no_fault(tc_config, subject):
    """Locks hold for their own option, also inside records."""
    files = {
        "1.toml": "[subject]\nsize.lock = 10\ncache.ttl.lock = '1s'\n",
        "2.toml": "[tenants.a.subject]\nmost = 2\n",
    }
    assert tc_config(files | {"3.toml": "[tenants.a.subject.cache]\njitter = 0.2\n"}).warnings == ()


def test_a_locked_record_locks_its_fields(problems_of, subject):
    """A lock around a record locks what is written in it, field by field."""
    files = {
        "1.toml": '[subject.cache."$lock"]\nttl = "1s"\n',
        "2.toml": "[tenants.a.subject.cache]\nttl = '2s'\njitter = 0.2\n",
    }
    assert [problem.address for problem in problems_of(files)] == ["subject.cache.ttl"]


def test_every_broken_lock_is_reported(problems_of, subject):
    """Each contradicting definition is a problem of its own."""
    files = {f"tenants/{name}.toml": "[subject]\nsize = 3\n" for name in "abc"}
    problems = problems_of(files | {"traits.toml": "[subject]\nsize.lock = 10\n"})
    assert sorted(problem.scope for problem in problems) == ["tenant a", "tenant b", "tenant c"]


def test_a_later_source_of_the_same_scope_is_a_fault(problems_of, tc_config, subject):
    """Within one scope the order of sources decides what comes after a lock."""
    lock, plain = "[subject]\nsize.lock = 10\n", "[subject]\nsize = 20\n"
    assert [problem.code for problem in problems_of({"a.toml": lock, "b.local.toml": plain})] == ["TC210"]
    tc_config({"b.toml": plain, "c.local.toml": lock})
    assert tc.resolve(subject).size == 10


def test_a_decorator_sorts_before_its_models_files(tc_config, problems_of, subject):
    """Arguments of a decorator are shadowed by a lock of their model, and refused against a global one."""

    @tc.use(subject(size=5))
    class Article: ...

    tc_config({"models/Article.toml": "[subject]\nsize.lock = 10\n"})
    assert tc.resolve(subject, Article).size == 10
    (problem,) = problems_of({"traits.toml": "[subject]\nsize.lock = 10\n"})
    assert (problem.code, Path(problem.origin.file).name) == ("TC210", Path(__file__).name)


SIBLINGS = {
    "groups/a.toml": "[subject]\nsize.lock = 10\n",
    "groups/b.toml": "[subject]\nsize.lock = 20\n",
}


class TestSiblings:
    def test_different_locks_are_refused_at_the_extending_line(self, problems_of, subject):
        """Groups that lock differently cannot be extended together; both places are named."""
        (problem,) = problems_of(SIBLINGS | {"tenants/acme.toml": '# contract\nextends = ["a", "b"]\n'})
        assert (problem.code, Path(problem.origin.file).name, problem.origin.line) == ("TC210", "acme.toml", 2)
        assert sorted(Path(origin.file).name for origin, _ in problem.related) == ["a.toml", "b.toml"]

    def test_every_extending_line_is_reported(self, problems_of, subject):
        """Each tenant and group that brings them together is a fault, those that extend it are not."""
        files = SIBLINGS | {
            "groups/both.toml": 'extends = ["a", "b"]\n',
            "tenants/direct.toml": 'extends = ["b", "a"]\n',
            "tenants/other.toml": 'extends = ["b", "a"]\n',
            "tenants/indirect.toml": 'extends = ["both"]\n',
        }
        places = [Path(problem.origin.file).name for problem in problems_of(files)]
        assert sorted(places) == ["both.toml", "direct.toml", "other.toml"]

    def test_the_default_groups_are_siblings_too(self, problems_of, subject):
        """`runtime.default_extends` is an extending line like any other."""
        (problem,) = problems_of(SIBLINGS | {"runtime.toml": 'default_extends = ["a", "b"]\n'})
        assert (problem.code, problem.message.partition(" groups")[0]) == ("TC210", "runtime.default_extends names")

    def test_apart_they_do_not_matter(self, tc_config, subject):
        """Groups that nobody extends together may lock as they like, and so may equal ones."""
        tc_config(SIBLINGS | {"tenants/x.toml": 'extends = ["a"]\n', "tenants/y.toml": 'extends = ["b"]\n'})
        assert tc.resolve(subject, tenant="x").size == 10
        assert tc.resolve(subject, tenant="y").size == 20
        same = {"groups/b.toml": "[subject]\nsize.lock = 10\n", "tenants/z.toml": 'extends = ["a", "b"]\n'}
        assert tc_config(SIBLINGS | same).warnings == ()

    def test_locks_of_other_models_do_not_meet(self, tc_config, subject, article):
        """Locks for unrelated models do not contradict each other."""

        @tc.use(subject)
        class Comment: ...

        files = {
            "groups/a.toml": "[models.Article.subject]\nsize.lock = 10\n",
            "groups/b.toml": "[models.Comment.subject]\nsize.lock = 20\n",
            "tenants/acme.toml": 'extends = ["a", "b"]\n',
        }
        assert tc_config(files).warnings == ()
        assert tc.resolve(subject, article, "acme").size == 10
        assert tc.resolve(subject, Comment, "acme").size == 20

    def test_one_that_extends_the_other_is_no_sibling(self, problems_of, subject):
        """Where one group extends the other, the contradicting definition itself is blamed."""
        files = SIBLINGS | {"groups/b.toml": 'extends = ["a"]\n' + SIBLINGS["groups/b.toml"]}
        (problem,) = problems_of(files)
        assert (problem.code, Path(problem.origin.file).name, problem.origin.line) == ("TC210", "b.toml", 3)


@pytest.mark.parametrize("locked", ["traits", "tenants.acme", "groups.g", "models.Article"])
def test_an_override_cannot_break_a_lock(tc_config, subject, article, locked):
    """An override sorts after every scope, so it contradicts a lock of any of them; the same value is no fault."""
    files = {
        "a.toml": f"[{locked}.subject]\nsize.lock = 10\n",
        "b.toml": '[tenants.acme]\nextends = ["g"]\n[groups.g]\n',
    }
    tc_config(files)
    address = "models.Article.subject.size"
    with pytest.raises(tc.ConfigError) as caught, tc.override({address: 20}):
        pass
    assert [problem.code for problem in caught.value.problems] == ["TC210"]
    with tc.override({address: 10}):
        assert tc.resolve(subject, article, "acme").size == 10


def test_an_overriding_lock_holds_against_inner_overrides(tc_runtime, subject):
    """A lock in an override cannot be broken by an override inside it."""
    with tc.override({"subject.size.lock": 10}):
        with pytest.raises(tc.ConfigError), tc.override({"subject.size": 20}):
            pass
        assert tc.resolve(subject).size == 10


def test_locks_of_one_override_are_compared(tc_runtime, subject):
    """An override that holds nothing but locks may still contradict itself."""
    with pytest.raises(tc.ConfigError) as caught:
        tc.override({"subject.size.lock": 3, "tenants.acme.subject.size.lock": 4})
    assert [(problem.code, problem.scope) for problem in caught.value.problems] == [("TC210", "tenant acme")]


def test_a_locked_setting_cannot_be_overridden(tc_config):
    """Settings of the framework are locked as options are."""
    tc_config({"runtime.toml": 'unknown_tenants = { lock = "error" }\n'})
    with pytest.raises(tc.ConfigError) as caught:
        tc.override({"runtime.unknown_tenants": "allow"})
    assert [(problem.code, problem.address) for problem in caught.value.problems] == [
        ("TC210", "runtime.unknown_tenants")
    ]
