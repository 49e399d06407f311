from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

import traitconf as tc
from traitconf.adapters.plain import PlainModels
from traitconf.testing.models import CHECKS

_spec = importlib.util.spec_from_file_location("model_harnesses", Path(__file__).with_name("model_harnesses.py"))
harnesses = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(harnesses)


@pytest.mark.parametrize("product", harnesses.HARNESSES)
@pytest.mark.parametrize("check", CHECKS)
def test_adapters_conform(product, check, tc_runtime):
    """Every adapter passes every check of the published suite, on real objects and a real SQLite."""
    if product != "plain":
        pytest.importorskip(product, reason=f"{product} comes with the extra [all]")
    with harnesses._open:
        CHECKS[check](harnesses.HARNESSES[product]())


class ForgetfulChanges(PlainModels):
    """Says that nothing ever changes."""

    def changes(self, host):
        return {}


class AnyKey(PlainModels):
    """Takes every key."""

    def load(self, cls, key, source=None):
        return cls.load(key[0] if isinstance(key, tuple) and key else key)


class Eager(PlainModels):
    """Forgets in which context it was asked."""

    def after_commit(self, host, action, source=None):
        with tc.tenant(None):
            action()


class NoTenant(PlainModels):
    """Does not know whose an object is."""

    def tenant(self, host):
        return None


class TextKey(PlainModels):
    """Gives keys as text."""

    def key(self, host):
        found = super().key(host)
        return found and tuple(map(str, found))


class Greedy(PlainModels):
    """Gives private fields as well."""

    def fields(self, cls):
        return (*super().fields(cls), "_cache")


class Lax(PlainModels):
    """Accepts columns that nobody can add."""

    def add_column(self, cls, column):
        pass


class Clinging(PlainModels):
    """Leaves something of itself on the class."""

    def follow(self, cls):
        cls.followed = True


class Deaf(PlainModels):
    """Says that its product saves and deletes, and never tells of it."""

    def points(self, cls):
        return {"save": None, "delete": None}


class Lost(PlainModels):
    """Finds nothing."""

    def load(self, cls, key, source=None):
        return None


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (Clinging, "unbinding"),
        (Deaf, "saving"),
        (Deaf, "deleting"),
        (Lost, "loads"),
        (ForgetfulChanges, "changes"),
        (AnyKey, "wrong_keys"),
        (Eager, "committing"),
        (NoTenant, "tenants"),
        (TextKey, "keys"),
        (Greedy, "fields"),
        (Lax, "columns"),
    ],
)
def test_the_suite_finds_a_wrong_adapter(wrong, check, tc_runtime, monkeypatch):
    """The check that a deliberately wrong adapter breaks fails for it."""
    adapter = wrong()
    # By its name the module is hidden behind the verb `bind` of the front door.
    models = sys.modules["traitconf.bind.models"]
    monkeypatch.setattr(models, "_loaded", lambda _: adapter)
    monkeypatch.setattr(models, "_entries", lambda: ("builtins", "sys"))
    monkeypatch.setattr(models, "_may_be_claimed", lambda _: True)  # its plain class looks like nobody's
    harness = harnesses.plain(adapter)
    with pytest.raises(AssertionError):
        CHECKS[check](harness)
