"""Two tenants in one database, and in one session: no route of the ORM shows the other one's rows."""

from __future__ import annotations

import importlib
import warnings
from typing import Literal

import pytest

import traitconf as tc

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
from sqlalchemy import orm  # noqa: E402 -- after the skip

from traitconf.errors import TenantMismatchWarning  # noqa: E402 -- as above


@pytest.fixture
def world(tc_runtime, database):
    """Customers with orders, of two tenants, and a session that has seen all of them."""

    class Base(orm.DeclarativeBase):
        pass

    @tc.trait(tenant="required", guard=True)
    class Owned(tc.TraitBase):
        """Rows belong to the tenant under which they are written."""

        mismatch: Literal["error", "warn", "instance"] = tc.option("error", doc="What a foreign object does.")
        bulk: Literal["refuse", "warn", "expand", "ignore"] = tc.option("ignore", doc="Filters hold there as well.")

        @tc.around("save", "delete")
        def check(self, host, proceed, /):
            owner = tc.tenant_for(host, self.mismatch)
            if host.owner is None:
                host.owner = owner
            with tc.tenant(owner):
                return proceed()

        @tc.scope
        def own(self, model):
            return tc.where("owner", "=", tc.current_context().tenant)

    @tc.use(Owned)
    class Customer(Base):
        __tablename__ = "tenants_customer"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        owner = orm.mapped_column(sa.String(20), nullable=False)
        name = orm.mapped_column(sa.String(20))
        orders = orm.relationship("Order", back_populates="customer")
        tenant_of = "owner"

    @tc.use(Owned)
    class Order(Base):
        __tablename__ = "tenants_order"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        owner = orm.mapped_column(sa.String(20), nullable=False)
        customer_id = orm.mapped_column(sa.ForeignKey("tenants_customer.id"))
        customer = orm.relationship(Customer, back_populates="orders")
        tenant_of = "owner"

    orm.configure_mappers()
    engine = sa.create_engine(database)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        for number, tenant in enumerate(("acme", "globex")):
            with tc.tenant(tenant):
                session.add(Customer(id=number + 1, name=tenant))
                session.flush()
                # Both orders hang on the customer of acme: as a slip, or an attack, would have it.
                session.add(Order(id=number + 1, customer_id=1))
                session.commit()
        with tc.unscoped(Owned):
            session.info["held"] = [*session.scalars(sa.select(Customer)), *session.scalars(sa.select(Order))]
        names = {"Customer": Customer, "Order": Order, "Owned": Owned, "session": session, "engine": engine}
        yield type("World", (), names)
    engine.dispose()


def _customers(w, how):
    return lambda: [
        o.id
        for c in w.session.scalars(sa.select(w.Customer).options(how(w.Customer.orders))).unique()
        for o in c.orders
    ]


ROUTES = {
    "get": lambda w: [o.id for i in (1, 2) if (o := w.session.get(w.Order, i))],
    "get of what is not held": lambda w: (
        w.session.expunge_all() or [o.id for i in (1, 2) if (o := w.session.get(w.Order, i))]
    ),
    "load by the adapter": lambda w: [
        o.id for i in (1, 2) if (o := tc.adapter_of(w.Order).load(w.Order, i, w.session))
    ],
    "filter": lambda w: [o.id for o in w.session.query(w.Order).filter(w.Order.id > 0)],
    "filter by the other tenant": lambda w: [
        o.id
        for o in w.session.scalars(sa.select(w.Order).where(sa.or_(w.Order.owner == "acme", w.Order.owner == "globex")))
    ],
    "columns": lambda w: list(w.session.scalars(sa.select(w.Order.id))),
    "alias": lambda w: [o.id for o in w.session.scalars(sa.select(orm.aliased(w.Order)))],
    "join": lambda w: list(w.session.scalars(sa.select(w.Order.id).join(w.Customer, sa.true()))),
    "union": lambda w: list(w.session.scalars(sa.union(sa.select(w.Order.id), sa.select(w.Order.id)))),
    "exists": lambda w: [
        i for i in (1, 2) if w.session.scalar(sa.select(sa.select(w.Order.id).where(w.Order.id == i).exists()))
    ],
    "bulk update": lambda w: [
        i
        for i in (1, 2)
        if w.session.execute(sa.update(w.Order).where(w.Order.id == i).values(customer_id=None)).rowcount
    ],
    "bulk delete": lambda w: [i for i in (1, 2) if w.session.query(w.Order).filter_by(id=i).delete()],
    "bulk update with returning": lambda w: list(
        w.session.scalars(sa.update(w.Order).values(customer_id=None).returning(w.Order.id))
    ),
    "refresh": lambda w: [o.id for o in w.session.info["held"] if isinstance(o, w.Order) and _refreshes(w, o)],
    "expired attribute": lambda w: [i for i, o in enumerate(w.session.info["held"][2:], 1) if _reads(w, o)],
}


def _refreshes(w, host):
    try:
        w.session.refresh(host)
    except sa.exc.InvalidRequestError:
        return False
    return True


def _reads(w, host):
    w.session.expire(host)
    try:
        return host.owner
    except orm.exc.ObjectDeletedError:
        return None


@pytest.mark.parametrize("tenant", ["acme", "globex"])
@pytest.mark.parametrize("route", ROUTES)
def test_no_route_shows_the_rows_of_another_tenant(route, tenant, world):
    """Each of the listed routes shows a tenant its own order, also where the session holds both."""
    with tc.tenant(tenant):
        assert ROUTES[route](world) == [{"acme": 1, "globex": 2}[tenant]]


RELATIONS = {
    "lazy collection": lambda w: [o.id for o in w.session.get(w.Customer, 1).orders],
    "joinedload": lambda w: _customers(w, orm.joinedload)(),
    "selectinload": lambda w: _customers(w, orm.selectinload)(),
    "subqueryload": lambda w: _customers(w, orm.subqueryload)(),
    "any": lambda w: [
        i
        for i in (1, 2)
        if w.session.scalars(sa.select(w.Customer).where(w.Customer.orders.any(w.Order.id == i))).all()
    ],
}


@pytest.mark.parametrize("route", RELATIONS)
def test_no_relation_leads_to_another_tenant(route, world):
    """A collection in which rows of two tenants hang shows those of the running one."""
    world.session.expunge_all()
    with tc.tenant("acme"):
        assert RELATIONS[route](world) == [1]


def test_a_many_to_one_does_not_lead_to_another_tenant(world):
    """An order that points to a customer of another tenant has none, whether or not that is held by the session."""
    with tc.tenant("globex"):
        order = world.session.get(world.Order, 2)
        assert order.customer_id == 1
        assert order.customer is None
        world.session.expunge_all()
        assert world.session.get(world.Order, 2).customer is None


def test_an_object_keeps_no_filter_of_the_tenant_that_loaded_it(world):
    """What is lazily loaded later is filtered by the tenant of that moment."""
    world.session.expunge_all()
    with tc.tenant("acme"):
        customer = world.session.get(world.Customer, 1)
    with tc.unscoped(world.Owned):
        assert [order.id for order in customer.orders] == [1, 2]


def test_a_merge_does_not_overwrite_another_tenants_row(world):
    """A key that belongs to another tenant is no object to merge into; the database refuses the second row."""
    world.session.expunge_all()
    with tc.tenant("globex"):
        world.session.merge(world.Order(id=1, owner="globex"))
        with pytest.raises(sa.exc.IntegrityError):
            world.session.flush()
    world.session.rollback()
    with tc.tenant("acme"):
        assert world.session.get(world.Order, 1).owner == "acme"


def test_without_a_tenant_nothing_is_queried_or_written(world):
    """A trait that needs a tenant refuses queries and flushes where there is none."""
    with pytest.raises(tc.TenantRequired):
        world.session.scalars(sa.select(world.Order))
    world.session.add(world.Order(id=3))
    with pytest.raises(tc.TenantRequired):
        world.session.flush()
    world.session.rollback()
    with tc.unscoped(world.Owned):
        assert len(world.session.scalars(sa.select(world.Order)).all()) == 2


@pytest.mark.parametrize("change", ["save", "delete"])
@pytest.mark.parametrize("policy", ["error", "warn", "instance"])
def test_a_mismatch_of_context_and_object_obeys_the_policy(policy, change, world, tc_override):
    """Saving or deleting an object of another tenant is refused, warned of, or done for its own tenant."""
    tc_override({"owned.mismatch": policy})
    order = next(one for one in world.session.info["held"] if isinstance(one, world.Order) and one.id == 1)
    with tc.tenant("acme"):
        world.session.refresh(order)
    with tc.tenant("globex"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if change == "save":
            order.customer_id = None
        else:
            world.session.delete(order)
        if policy == "error":
            with pytest.raises(tc.ModelError, match="TC665") as raised:
                world.session.flush()
            assert "acme" not in str(raised.value)
            world.session.rollback()
        else:
            world.session.commit()
    assert [one.category for one in caught] == [TenantMismatchWarning] * (policy == "warn")
    with tc.tenant("acme"):
        found = world.session.scalars(sa.select(world.Order)).all()
        left = [(one.id, one.customer_id) for one in found]
    assert left == ([(1, 1)] if policy == "error" else [(1, None)] if change == "save" else [])


BY_KEY = {
    "update by key": lambda w, row: w.session.execute(sa.update(w.Order), [row]),
    "update past the ORM": lambda w, row: w.session.execute(
        sa.update(w.Order).where(w.Order.id == 1).values(customer_id=None),
        execution_options={"dml_strategy": "core_only"},
    ),
    "upsert": lambda w, row: w.session.execute(
        _insert(w)
        .values(owner="globex", **row)
        .on_conflict_do_update(index_elements=["id"], set_={"customer_id": None})
    ),
    "bulk_update_mappings": lambda w, row: w.session.bulk_update_mappings(w.Order, [row]),
    "bulk_save_objects": lambda w, row: w.session.bulk_save_objects([_changed(w)]),
}


def _insert(w):
    dialect = w.engine.dialect.name
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(w.Order)


def _changed(w):
    with tc.unscoped(w.Owned):
        order = w.session.get(w.Order, 1)
        order.customer_id = None
    w.session.expunge(order)
    return order


@pytest.mark.parametrize("policy", ["ignore", "expand", "refuse"])
@pytest.mark.parametrize("route", BY_KEY)
def test_a_write_by_key_does_not_reach_another_tenants_row(route, policy, world, tc_override):
    """SQLAlchemy filters no bulk write by primary key, so that one is refused where a trait filters."""
    tc_override({"owned.bulk": policy})
    with tc.tenant("globex"), pytest.raises(tc.ModelError, match="TC664"):
        BY_KEY[route](world, {"id": 1, "customer_id": None})
    world.session.rollback()
    with tc.tenant("acme"):
        assert world.session.scalars(sa.select(world.Order.customer_id)).all() == [1]
