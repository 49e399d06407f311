"""Traits that are made from what exists, not declared by a class statement."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from typing import Any

import attrs

from traitconf.errors import ConfigError
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import catalog
from traitconf.schema.kinds import METADATA
from traitconf.schema.options import OptionMeta
from traitconf.schema.spec import spec_of
from traitconf.schema.trait import trait
from traitconf.types import Origin


@attrs.frozen
class MadeOption:
    """An option of a trait that is made.

    Attributes:
        name: the option's.
        annotation: its type.
        default: its default, immutable.
        doc: one sentence.
        origin: where the default is written.
    """

    name: str
    annotation: Any
    default: Any
    doc: str
    origin: Origin


def make_trait(
    name: str, doc: str, options: Iterable[MadeOption], origin: Origin, place: tuple[str, str]
) -> type[TraitBase]:
    """Make a trait, and put it into the catalog.

    Args:
        name: as in configuration files.
        doc: what it is for.
        options: its options.
        origin: who asks for it.
        place: module and qualified name of the class.

    Raises:
        ConfigError: for every fault at once, at `origin`.
    """
    module, qualname = place
    options = list(options)
    body: dict[str, Any] = {"__doc__": doc, "__module__": module, "__qualname__": qualname}
    body["__annotations__"] = {option.name: option.annotation for option in options}
    for option in options:
        meta = OptionMeta(doc=option.doc, origin=option.origin, default=option.default)
        body[option.name] = attrs.field(default=option.default, kw_only=True, metadata={METADATA: meta})
    # Whether the name may stand is judged below; attrs needs one that Python can compile.
    spelt = re.sub(r"\W|^(?=\d)", "_", qualname.rpartition(".")[2])
    bare: Any = types.new_class(spelt, (TraitBase,), exec_body=lambda space: space.update(body))
    catalog.find(name)  # one that a package advertises has the name, too
    try:
        made: type[TraitBase] = trait(name=name)(bare)
    except ConfigError as error:
        raise ConfigError([attrs.evolve(problem, origin=origin) for problem in error.problems]) from None
    spec = attrs.evolve(spec_of(made), origin=origin)
    type.__setattr__(made, "__traitconf_spec__", spec)
    catalog.add(spec)
    return made
