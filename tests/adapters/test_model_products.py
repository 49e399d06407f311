"""What the products of models cost where they are not used: nothing is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

import traitconf as tc

PRODUCTS = ("django", "pydantic", "sqlalchemy", "greenlet")
BIND = """
import traitconf as tc

@tc.trait
class Noted(tc.TraitBase):
    "Note."

    @tc.before("save")
    def note(self, host, /): ...

@tc.use(Noted)
class Page:
    def save(self): ...

Page().save()
"""


def imported(program):
    """Return the names of the modules that a program has imported, in a process of its own."""
    text = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "program", ["import traitconf, sys; [getattr(traitconf, name) for name in dir(traitconf)]", BIND]
)
def test_no_product_and_no_adapter_is_imported(program):
    """Neither the whole front door nor a bound class of no product imports a product, or the adapter of one."""
    found = imported(program)
    assert "traitconf" in found
    assert [name for name in found if name.partition(".")[0] in PRODUCTS] == []
    assert [name for name in found if name.startswith("traitconf.adapters.")] == []


def test_entry_points_are_read_where_an_adapter_may_be_found():
    """Adapters are looked for when a class is bound that may be a product's, not when the front door is opened."""
    assert "importlib.metadata" not in imported("import traitconf")
    assert "importlib.metadata" not in imported(BIND)
    base = 'Base = type("Base", (), {"__module__": "product.models"})\n'
    assert "importlib.metadata" in imported(base + BIND.replace("class Page:", "class Page(Base):"))


@pytest.mark.parametrize("product", ["sqlalchemy.orm", "django.db.models", "pydantic"])
def test_a_product_that_is_imported_leaves_a_plain_class_plain(product):
    """A class of no product has the adapter for plain ones, whatever else the program has imported."""
    pytest.importorskip(product, reason=f"{product} comes with the extra [all]")

    class Page:
        id = 7

    assert type(tc.adapter_of(Page)).__name__ == "PlainModels"
