"""Mixins among the bases of models that a framework's metaclass makes."""

from __future__ import annotations

import itertools
from typing import ClassVar

import pytest

import traitconf as tc

_numbers = itertools.count()


def mixin():
    """Return a mixin of its own for every test."""

    class Paged:
        page_size = 20
        columns: ClassVar[list[str]] = ["id"]

        def pages(self, count):
            return count // self.page_size

    return Paged


def pydantic_model(paged):
    pydantic = pytest.importorskip("pydantic")

    class Host(paged, pydantic.BaseModel):
        x: int = 1
        columns: ClassVar[list[str]] = ["own"]

    return Host


def frozen_pydantic_model(paged):
    pydantic = pytest.importorskip("pydantic")

    class Host(paged, pydantic.BaseModel):
        model_config = pydantic.ConfigDict(frozen=True)
        x: int = 1
        columns: ClassVar[list[str]] = ["own"]

    return Host


def sqlalchemy_model(paged):
    pytest.importorskip("sqlalchemy")
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import DeclarativeBase

    class Base(DeclarativeBase): ...

    class Host(paged, Base):
        __tablename__ = "hosts"
        x = Column(Integer, primary_key=True)
        columns = ["own"]  # noqa: RUF012 -- SQLAlchemy takes an annotated attribute for a column

    return Host


def mapped_dataclass(paged):
    pytest.importorskip("sqlalchemy")
    from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

    class Base(MappedAsDataclass, DeclarativeBase): ...

    annotations = {"x": Mapped[int]}
    body = {"__tablename__": "hosts", "__annotations__": annotations, "x": mapped_column(primary_key=True, default=1)}
    return type("Host", (paged, Base), body | {"columns": ["own"]})


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "model", [pydantic_model, frozen_pydantic_model, sqlalchemy_model, mapped_dataclass], ids=lambda made: made.__name__
)
def test_models_of_frameworks_are_governed(model, when):
    """Attributes of the mixin and of the model itself, and methods, are governed, made before or after adopting."""
    paged, trait = mixin(), f"framed_{next(_numbers)}"
    if when == "before":
        tc.adopt(paged, trait, overrides="govern")
    host = model(paged)
    if when == "after":
        tc.adopt(paged, trait, overrides="govern")
    assert (host.page_size, host.columns, host().pages(40)) == (20, ["own"], 2)
    with tc.override({f"models.Host.{trait}.page_size": 4, f"models.Host.{trait}.columns": ["a", "b"]}):
        assert (host.page_size, host().page_size, host().pages(8), host.columns) == (4, 4, 2, ["a", "b"])
    with tc.override({f"{trait}.enabled": False}):
        assert (host.page_size, host.columns) == (20, ["own"])
        with pytest.raises(tc.TraitDisabled):
            host().pages(8)
