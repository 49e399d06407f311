"""The door to Pydantic: models that are validated records, without a store of their own."""

from __future__ import annotations

from pydantic import BaseModel

from traitconf.adapters.plain import PlainModels


class PydanticModels(PlainModels):
    """The adapter for Pydantic models; they are stored, deleted and loaded by their own methods, as plain ones."""

    def claims(self, cls: type) -> bool:
        """Whether a class is a Pydantic model."""
        return issubclass(cls, BaseModel)

    def fields(self, cls: type) -> tuple[str, ...]:
        """Return the fields of the model; aliases are names of the wire, not of the object."""
        return tuple(cls.model_fields) if issubclass(cls, BaseModel) else ()
