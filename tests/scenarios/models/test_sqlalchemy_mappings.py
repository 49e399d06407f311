"""Two tenants, and mappings of every shape: inheritance, many to many, write-only, dynamic, deferred, computed."""

from __future__ import annotations

import pytest

import traitconf as tc

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
from sqlalchemy import orm  # noqa: E402 -- after the skip


@pytest.fixture
def world(tc_runtime, database):
    """Groups with members, of two tenants; every group has members of both, and a member may be a guest."""

    class Base(orm.DeclarativeBase):
        pass

    @tc.trait(tenant="required", guard=True)
    class Owned(tc.TraitBase):
        """Rows belong to a tenant."""

        @tc.scope
        def own(self, model):
            return tc.where("owner", "=", tc.current_context().tenant)

    links = sa.Table(
        "mappings_links",
        Base.metadata,
        sa.Column("group_id", sa.ForeignKey("mappings_group.id"), primary_key=True),
        sa.Column("member_id", sa.ForeignKey("mappings_member.id"), primary_key=True),
    )

    @tc.use(Owned)
    class Member(Base):
        __tablename__ = "mappings_member"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        owner = orm.mapped_column(sa.String(20), nullable=False)
        kind = orm.mapped_column(sa.String(20))
        name = orm.mapped_column(sa.String(20), deferred=True)
        boss_id = orm.mapped_column(sa.ForeignKey("mappings_member.id"))
        boss = orm.relationship("Member", remote_side="Member.id", back_populates="staff")
        staff = orm.relationship("Member", back_populates="boss")
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "member"}  # noqa: RUF012 -- SQLAlchemy's way

    class Guest(Member):
        __tablename__ = "mappings_guest"
        id = orm.mapped_column(sa.ForeignKey("mappings_member.id"), primary_key=True)
        until = orm.mapped_column(sa.String(20))
        __mapper_args__ = {"polymorphic_identity": "guest"}  # noqa: RUF012 -- as above

    class Group(Base):
        __tablename__ = "mappings_group"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        many = orm.relationship(Member, secondary=links)
        eager = orm.relationship(Member, secondary=links, viewonly=True, lazy="joined")
        chosen = orm.relationship(Member, secondary=links, viewonly=True, lazy="selectin")
        written = orm.relationship(Member, secondary=links, viewonly=True, lazy="write_only")
        dynamic = orm.relationship(Member, secondary=links, viewonly=True, lazy="dynamic")

    Group.size = orm.column_property(
        sa.select(sa.func.count(Member.id))
        .join(links, links.c.member_id == Member.id)
        .where(links.c.group_id == Group.id)
        .correlate(Group.__table__)
        .scalar_subquery(),
        deferred=True,
    )
    orm.configure_mappers()
    engine = sa.create_engine(database)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        made = [
            Guest(id=number, owner=owner, name=owner, boss_id=1) for number, owner in enumerate(("acme", "globex"), 1)
        ]
        session.add(Group(id=1, many=made))
        session.commit()
        session.expunge_all()
        names = {"Member": Member, "Guest": Guest, "Group": Group, "Owned": Owned, "session": session}
        yield type("World", (), names)
    engine.dispose()


def _group(w):
    return w.session.get(w.Group, 1)


def _all(w, statement):
    return [one.id for one in w.session.scalars(statement).unique()]


ROUTES = {
    "subclass": lambda w: _all(w, sa.select(w.Guest)),
    "get of a subclass": lambda w: [o.id for i in (1, 2) if (o := w.session.get(w.Guest, i))],
    "get_one": lambda w: [i for i in (1, 2) if _found(w, i)],
    "get for update": lambda w: [i for i in (1, 2) if w.session.get(w.Member, i, with_for_update=True)],
    "get anew": lambda w: [i for i in (1, 2) if w.session.get(w.Member, i, populate_existing=True)],
    "query.get": lambda w: [i for i in (1, 2) if w.session.query(w.Member).filter_by(id=i).one_or_none()],
    "with_polymorphic": lambda w: _all(w, sa.select(orm.with_polymorphic(w.Member, "*"))),
    "columns of the subclass": lambda w: list(w.session.scalars(sa.select(w.Guest.id))),
    "bundle": lambda w: [row.one.id for row in w.session.execute(sa.select(orm.Bundle("one", w.Member.id)))],
    "many to many": lambda w: [one.id for one in _group(w).many],
    "joined by the mapping": lambda w: [one.id for one in _group(w).eager],
    "selectin by the mapping": lambda w: [one.id for one in _group(w).chosen],
    "write-only": lambda w: _all(w, _group(w).written.select()),
    "dynamic": lambda w: [one.id for one in _group(w).dynamic],
    "dynamic count": lambda w: [w.session.info["mine"]] * _group(w).dynamic.count(),
    "join of many to many": lambda w: list(w.session.scalars(sa.select(w.Member.id).join(w.Group.many))),
    "joined load": lambda w: [
        one.id for one in _only(w, sa.select(w.Group).options(orm.joinedload(w.Group.many))).many
    ],
    "nested eager load": lambda w: [
        one.id
        for group in w.session.scalars(
            sa.select(w.Group).options(orm.selectinload(w.Group.many).joinedload(w.Member.boss))
        ).unique()
        for one in group.many
    ],
    "immediate load": lambda w: [
        one.id for one in _only(w, sa.select(w.Group).options(orm.immediateload(w.Group.many))).many
    ],
    "computed column": lambda w: [w.session.info["mine"]] * w.session.scalar(sa.select(w.Group.size)),
    "scalar subquery": lambda w: (
        [w.session.info["mine"]] * w.session.scalar(sa.select(sa.select(sa.func.count(w.Member.id)).scalar_subquery()))
    ),
    "except": lambda w: list(
        w.session.scalars(sa.except_(sa.select(w.Member.id), sa.select(w.Member.id).where(w.Member.id > 9)))
    ),
    "in": lambda w: [
        one.id for one in w.session.scalars(sa.select(w.Guest).where(w.Guest.id.in_(sa.select(w.Member.id))))
    ],
    "entity of a subquery": lambda w: _all(w, sa.select(orm.aliased(w.Member, sa.select(w.Member).subquery()))),
    "from a cte": lambda w: _all(w, sa.select(orm.aliased(w.Member, sa.select(w.Member).cte()))),
    "window": lambda w: [row[0] for row in w.session.execute(sa.select(w.Member.id, sa.func.count().over()))],
    "partitions": lambda w: [
        one.id
        for part in w.session.scalars(sa.select(w.Member).execution_options(yield_per=1)).partitions()
        for one in part
    ],
}


def _found(w, number):
    try:
        return w.session.get_one(w.Member, number)
    except sa.exc.NoResultFound:
        return None


def _only(w, statement):
    return w.session.scalars(statement).unique().one()


@pytest.mark.parametrize("tenant", ["acme", "globex"])
@pytest.mark.parametrize("route", ROUTES)
def test_no_shape_of_a_mapping_leads_to_another_tenant(route, tenant, world):
    """Through every kind of mapping a tenant sees its own member only."""
    mine = {"acme": 1, "globex": 2}[tenant]
    world.session.info["mine"] = mine
    with tc.tenant(tenant):
        assert ROUTES[route](world) == [mine]


def test_a_deferred_column_of_another_tenants_object_is_not_loaded(world):
    """What is left of a held object of another tenant is not fetched behind the back of the guard."""
    with tc.tenant("acme"):
        (member,) = world.session.scalars(sa.select(world.Member))
    with tc.tenant("globex"), pytest.raises(orm.exc.ObjectDeletedError):
        member.name  # noqa: B018 -- reading it loads it
    with tc.tenant("acme"):
        assert member.name == "acme"


def test_a_relation_to_itself_does_not_lead_to_another_tenant(world):
    """The boss of another tenant is not seen, nor the staff of another one."""
    with tc.tenant("globex"):
        member = world.session.get(world.Member, 2)
        assert (member.boss_id, member.boss) == (1, None)
    world.session.expunge_all()
    with tc.tenant("acme"):
        assert [one.id for one in world.session.get(world.Member, 1).staff] == [1]
