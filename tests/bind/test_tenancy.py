from __future__ import annotations

import asyncio
import gc
import warnings

import attrs
import pytest

import traitconf as tc
from traitconf.bind.tenancy import declared_tenant, tenant_of


def running():
    return tc.current_context().tenant


@pytest.fixture
def naming():
    """A trait that tells for whom its hook, its member and its host ran."""

    @tc.trait
    class Naming(tc.TraitBase):
        """Tell the tenant."""

        name: str = tc.option("nobody", doc="The tenant's name, as its own file says.")

        @tc.around("save", optional=True)
        def note(self, host, proceed, /, *args):
            return [self.name, running(), *proceed(*args)]

        @note.twin
        async def note_async(self, host, proceed, /, *args):
            return [self.name, running(), *await proceed(*args)]

        @tc.before("count", optional=True)
        def begin(self, host, /): ...

        @tc.provides
        def told(self, host) -> str:
            """Who it is."""
            return self.name

    return Naming


@pytest.fixture
def invoice(naming):
    """A class whose objects have an attribute with their tenant."""

    @tc.use(naming)
    class Invoice:
        tenant_of = "tenant"

        def __init__(self, tenant=None):
            self.tenant = tenant

        def save(self):
            return [running()]

        def count(self):
            for _ in range(2):
                sent = yield running()
                if sent:
                    yield sent

        @classmethod
        def label(cls):
            return running()

    return Invoice


@pytest.fixture
def tenants(tc_config):
    """Two tenants, each with its name."""
    return lambda **runtime: tc_config(
        {f"tenants/{name}.toml": f'naming.name = "{name}"\n' for name in ("acme", "globex")}
        | {"runtime.toml": "".join(f'{name} = "{value}"\n' for name, value in runtime.items())}
    )


def test_a_call_runs_for_the_tenant_of_the_object(invoice, tenants):
    """Where no tenant runs, the object's does: for the hooks, the body, the member, and the view's options."""
    tenants()
    one = invoice("acme")
    assert one.save() == ["acme", "acme", "acme"]
    assert one.told() == tc.traits_of(one)[0].of(one).name == "acme"
    assert running() is None
    with tc.tenant("acme"):
        assert one.save() == ["acme", "acme", "acme"]


def test_an_object_of_nobody_runs_for_whomever_runs(invoice, tenants):
    """An object without a tenant leaves the running one alone, also one that has not the attribute yet."""
    tenants()
    one = invoice()
    assert one.save() == ["nobody", None, None]
    with tc.tenant("globex"):
        assert one.save() == ["globex", "globex", "globex"]
        del one.tenant
        assert one.save() == ["globex", "globex", "globex"]


def test_a_mismatch_is_refused(invoice, tenants):
    """While another tenant runs, the call is refused, and the body does not run."""
    tenants()
    with tc.tenant("globex"):
        with pytest.raises(tc.TenantMismatch, match="of tenant 'acme' is used while 'globex' runs; run inside"):
            invoice("acme").save()
        with pytest.raises(tc.TenantMismatch):
            next(invoice("acme").count())
        assert running() == "globex"


def test_a_mismatch_may_be_warned_of(invoice, tenants):
    """With `warn` the call runs for the object's tenant, and says so."""
    tenants(tenant_mismatch="warn")
    with tc.tenant("globex"), pytest.warns(UserWarning, match="the call runs for 'acme'"):
        assert invoice("acme").save() == ["acme", "acme", "acme"]


def test_a_mismatch_may_be_settled_by_the_object(invoice, tenants):
    """With `instance` the call runs for the object's tenant, silently, and the caller's comes back."""
    tenants(tenant_mismatch="instance")
    with tc.tenant("globex"), warnings.catch_warnings(action="error"):
        assert invoice("acme").save() == ["acme", "acme", "acme"]
        assert running() == "globex"


def test_a_generator_changes_the_tenant_only_while_it_runs(invoice, tenants):
    """Between the steps of a generator the caller's tenant runs; items, what is sent and closing pass through."""
    tenants(tenant_mismatch="instance")
    with tc.tenant("globex"):
        generator = invoice("acme").count()
        assert (next(generator), running(), generator.send(7), running()) == ("acme", "globex", 7, "globex")
        assert list(generator) == ["acme"]
        generator = invoice("acme").count()
        next(generator)
        with pytest.raises(KeyError):
            generator.throw(KeyError("thrown"))


def test_async_methods_and_generators(naming, tenants):
    """A coroutine runs for the object's tenant while it is awaited, an async generator in each of its steps."""
    tenants(tenant_mismatch="instance")

    @tc.use(naming)
    class Invoice:
        tenant_of = "tenant"

        def __init__(self, tenant):
            self.tenant = tenant

        async def save(self):
            await asyncio.sleep(0)
            return [running()]

        async def count(self):
            try:
                sent = yield running()
                yield sent
            except KeyError:
                yield "caught"

    async def use(one):
        with tc.tenant("globex"):
            saved = await one.save()
            counting = one.count()
            counted = [await anext(counting), running(), await counting.asend(7), running()]
            await counting.aclose()
            other = one.count()
            await anext(other)
            return saved, counted, await other.athrow(KeyError()), running()

    expected = ["acme", "acme", "acme"], ["acme", "globex", 7, "globex"], "caught", "globex"
    assert asyncio.run(use(Invoice("acme"))) == expected


@pytest.mark.parametrize("kind", ["method", "property", "path", "slot"])
def test_how_it_is_declared(kind, naming, tenants):
    """`tenant_of` is a method, a property or field of that name, or names a path of attributes."""
    tenants()

    @attrs.define
    class Account:
        name: str

    class Body:
        def __init__(self):
            self.account = Account("acme")

        def save(self):
            return [running()]

    declared = {
        "method": {"tenant_of": lambda self: self.account.name},
        "property": {"tenant_of": property(lambda self: self.account.name)},
        "path": {"tenant_of": "account.name"},
    }
    if kind == "slot":
        cls = attrs.define(type("Invoice", (Body,), {"__annotations__": {"tenant_of": str}}))
        one = tc.bind(cls, naming)("acme")
    else:
        one = tc.bind(type("Invoice", (Body,), declared[kind]), naming)()
    assert one.save() == ["acme", "acme", "acme"]
    assert tenant_of(one) == "acme"


def test_a_tenant_that_is_no_text(invoice, tenants):
    """A number that is a tenant's id stands for its text."""
    tenants()
    assert invoice(7).save()[1:] == ["7", "7"]
    with tc.tenant("7"):
        assert invoice(7).save()[1:] == ["7", "7"]


def test_what_the_method_raises_is_raised(naming):
    """An AttributeError within a `tenant_of` method is not taken for a missing tenant."""

    @tc.use(naming)
    class Invoice:
        def tenant_of(self):
            return self.account

        def save(self):
            return []

    with pytest.raises(AttributeError, match="account"):
        Invoice().save()


def test_classmethods_have_no_object(naming, tenants):
    """A classmethod and a staticmethod run for whomever runs."""
    tenants()

    @tc.trait
    class Labelling(tc.TraitBase):
        """Wrap what has no object."""

        @tc.around("label", "shout")
        def note(self, host, proceed, /):
            return proceed()

    @tc.use(Labelling)
    class Invoice:
        tenant_of = "tenant"
        tenant = "acme"

        @classmethod
        def label(cls):
            return running()

        @staticmethod
        def shout():
            return running()

    assert (Invoice.label(), Invoice.shout()) == (None, None)


def test_a_subclass_may_declare_it(naming, tenants):
    """Where only a subclass says to whom its objects belong, the methods that it inherits ask them, too."""
    tenants()

    @tc.use(naming)
    class Document:
        def save(self):
            return [running()]

    class Invoice(Document):
        tenant_of = "tenant"

        def __init__(self, tenant):
            self.tenant = tenant

    class Bill(Invoice):
        def save(self):
            return [*super().save(), "bill"]

    assert Document().save() == ["nobody", None, None]
    assert Invoice("acme").save() == ["acme", "acme", "acme"]
    assert Bill("acme").save() == ["acme", "acme", "acme", "bill"]
    with tc.tenant("globex"), pytest.raises(tc.TenantMismatch):
        Invoice("acme").save()


def test_a_required_tenant_is_the_objects(tc_runtime):
    """A trait that needs a tenant is content with that of the object."""

    @tc.trait(tenant="required")
    class Scoped(tc.TraitBase):
        """Need a tenant."""

        @tc.before("save")
        def check(self, host, /): ...

    @tc.use(Scoped)
    class Invoice:
        tenant_of = "tenant"
        tenant = "acme"

        def save(self):
            return running()

    assert Invoice().save() == "acme"


def test_a_declaration_of_nothing_is_refused(naming):
    """TC632 for a name that the objects do not have, with a suggestion; the class is as before."""

    @attrs.define
    class Invoice:
        account: str = "acme"
        tenant_of = "acount"

    before = dict(vars(Invoice))
    for wrong, hint in (("acount", "did you mean 'account'?"), ("a b", "name an attribute")):
        Invoice.tenant_of = wrong
        before["tenant_of"] = wrong
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Invoice, naming)
        (problem,) = error.value.problems
        assert problem.code == "TC632"
        assert hint in problem.hint
        assert dict(vars(Invoice)) == before


def test_what_declares_nothing():
    """A class without `tenant_of` declares nothing, and its objects belong to nobody."""
    assert declared_tenant(int) == ""
    assert tenant_of(3) is None


def test_nothing_is_kept(invoice, tenants):
    """Calls for other tenants keep neither objects nor contexts alive."""
    tenants()
    one = invoice("acme")
    one.save()
    list(one.count())
    contexts = len(list(tc.process_runtime().snapshot.contexts))
    del one
    gc.collect()
    assert not [found for found in gc.get_objects() if type(found) is invoice]
    assert len(list(tc.process_runtime().snapshot.contexts)) <= contexts
