from __future__ import annotations

import pytest

import traitconf as tc
from matrix_table import fact

CALLED = ["tracing<", ">tracing"]


@fact("super")
def test_wrapped_own_method_that_calls_super(kind, make, tracing, log):
    """A method that calls super() runs within the hooks, arguments and result unchanged."""
    one = kind.one(make(tracing()))
    assert one.save("a") == "aaHello"
    assert one.save(note="a", times=1) == "aHello"
    assert log == CALLED * 2


@fact()
def test_wrapped_own_method(kind, make, tracing, log):
    """A method of the class runs within the hooks, and so does its exception."""
    one = kind.one(make(tracing("publish")))
    assert one.publish() == "published"
    with pytest.raises(KeyError, match="Hello"):
        one.publish(fail=True)
    assert log == [*CALLED, "tracing<", "tracing!KeyError", ">tracing"]


@fact("bases")
def test_wrapped_inherited_method(kind, make, tracing, log):
    """A method that the class inherits runs within the hooks; the base's own objects do not know of it."""
    module = make(tracing("archive"))
    assert kind.one(module).archive("?") == "Hello?"
    assert log == CALLED
    assert "archive" not in {name for name in vars(module.Stored) if "traitconf" in repr(vars(module.Stored)[name])}


@fact()
def test_wrapped_classmethod(kind, make, tracing, log):
    """A classmethod runs within the hooks, on the class and on an object."""
    module = make(tracing("label"))
    assert module.Article.label() == kind.one(module).label() == "Article!"
    assert log == CALLED * 2


@fact()
def test_wrapped_staticmethod(kind, make, tracing, log):
    """A staticmethod runs within the hooks, on the class and on an object."""
    module = make(tracing("shout"))
    assert module.Article.shout("a") == kind.one(module).shout("a") == "A"
    assert log == CALLED * 2


@fact()
def test_wrapped_property(kind, make, tracing, log):
    """A property is read within the hooks, and stays a property with its docstring."""
    module = make(tracing("heading"))
    assert kind.one(module).heading == "HELLO"
    assert log == CALLED
    assert isinstance(module.Article.heading, property)
    assert module.Article.heading.__doc__ == "In capitals."


@fact("dict")
def test_wrapped_cached_property(kind, make, tracing, log):
    """A cached property is computed within the hooks, once, and kept as the kind keeps it."""
    module = make(tracing("digest"))
    one = kind.one(module)
    assert one.digest is one.digest
    assert one.digest == ["Hello"]
    assert log == CALLED
    tc.unbind(module.Article)
    assert kind.one(module).digest == one.digest
    assert log == CALLED


@fact("subclass", "super")
def test_override_that_calls_super_is_covered_once(kind, make, tracing, log):
    """An override in a later subclass runs within the hooks, which do not run again for super()."""
    assert kind.special(make(tracing())).save("a") == "aaHello specially"
    assert log == CALLED


@fact("subclass")
def test_override_without_super_is_covered_once(kind, make, tracing, log):
    """An override that does not call super() runs within the hooks of the class above it."""
    assert kind.special(make(tracing()), calls_super=False).save("a") == "aa specially"
    assert log == CALLED


@fact("subclass")
def test_override_that_is_there_already_is_covered_once(kind, make, tracing, log):
    """A subclass that is older than the binding is covered by it."""
    module = make()
    special = kind.special(module, calls_super=False)
    tc.bind(module.Article, tracing())
    assert special.save("a") == "aa specially"
    assert log == CALLED
    tc.unbind(module.Article)
    assert special.save("a") == "aa specially"
    assert log == CALLED


@fact("subclass", "super", "diamond")
def test_diamond_is_covered_once(kind, make, tracing, log):
    """Two overrides that call each other by super() run within the hooks once."""
    assert kind.diamond(make(tracing())).save("a") == "aaHello right left"
    assert log == CALLED


@fact("subclass")
def test_overridden_property_is_covered_once(kind, make, tracing, log):
    """A property that overrides one which hooks run around is read within them, once."""
    module = make(tracing("heading"))
    text = f"class Special(Article):\n    {kind.sub}\n    @property\n    def heading(self):\n"
    kind.extend(module, text + "        return super().heading + '!'\n")
    assert kind.one_special(module).heading == "HELLO!"
    assert log == CALLED


@fact()
def test_off_for_one_tenant(kind, make, tracing, log, tc_config):
    """Whether the hooks act is decided by the tenant for every call."""
    module = make(tracing("publish"))
    tc_config({"tenants/quiet.toml": "[tracing]\nenabled = false\n"})
    one = kind.one(module)
    with tc.tenant("quiet"):
        assert one.publish() == "published"
    assert log == []
    with tc.tenant("loud"):
        assert one.publish() == "published"
    assert log == CALLED
