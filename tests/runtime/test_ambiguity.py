from __future__ import annotations

import sys
import types

import pytest

import traitconf as tc


@pytest.fixture
def cards(badge):
    """Two modules, each with a class Card that has the badge."""
    made = []
    for name in ("ambiguous_one", "ambiguous_two"):
        module = sys.modules[name] = types.ModuleType(name)
        exec("class Card:\n    def save(self): return 'saved'\n", vars(module))  # noqa: S102 -- a module for the test
        made.append(tc.bind(module.Card, badge))
    yield made
    for name in ("ambiguous_one", "ambiguous_two"):
        del sys.modules[name]


def ambiguous(problems):
    """Return what is said about ambiguous names."""
    return [problem for problem in problems if problem.code == "TC130"]


def test_it_is_a_warning_at_the_start_and_an_error_at_a_check(cards, tc_config):
    """Both qualified names are named, at the place that uses the short one; the program runs on."""
    runtime = tc_config({"models/Card.toml": "[badge]\nsize = 2\n"})
    (warned,) = ambiguous(runtime.warnings)
    assert not warned.is_error
    assert "ambiguous_one:Card and for ambiguous_two:Card" in warned.message
    assert warned.origin.file.endswith("models/Card.toml")
    (checked,) = ambiguous(runtime.check())
    assert (checked.is_error, checked.message) == (True, warned.message)


@pytest.mark.parametrize("table", ['models."ambiguous_one:Card".badge', "traits.badge", "models.Card.sash"])
def test_only_what_reaches_several_is_ambiguous(cards, tc_config, table):
    """A qualified name, no model at all, or a trait that none of the two has: nothing is ambiguous."""
    tc.trait(name="sash")(type("Sash", (tc.TraitBase,), {"__doc__": "Another trait."}))
    runtime = tc_config({"a.toml": f"[{table}]\nenabled = true\n"})
    assert ambiguous(runtime.warnings) == ambiguous(runtime.check()) == []


def test_a_class_whose_module_is_gone_counts_no_more(cards, tc_config):
    """What nobody can import any more, or was made anew, does not make a name ambiguous."""
    runtime = tc_config({"models/Card.toml": "[badge]\nsize = 2\n"})
    sys.modules["ambiguous_two"].Card = None
    assert ambiguous(runtime.check()) == []


def test_a_tenants_table_counts_too(cards, tc_config):
    """A tenant's table for the model is a use of the name as well."""
    runtime = tc_config({"tenants/acme.toml": "[models.Card.badge]\nsize = 2\n"})
    assert len(ambiguous(runtime.check())) == 1
