"""`Resolution`: a trait resolved for a model and a tenant, each value with its whole chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from traitconf.errors import Problem
from traitconf.layers.graph import Node
from traitconf.resolve.fold import Folded
from traitconf.resolve.order import Model
from traitconf.schema.spec import TraitSpec


@attrs.frozen(eq=False)
class Resolution:
    """Record: the value of every option of a trait for one model and tenant.

    Attributes:
        spec: the trait.
        trait: the frozen instance that hooks and members receive.
        model: the model, or none.
        tenant: id of the tenant, or none.
        lineage: the tenant and what it extends, nearest first.
        problems: what is wrong with the whole, for example a required option that is missing.
        pending: what options would be, were the program started anew, where that differs; by their paths.
        refold: folds again when somebody asks for the chain; the same fold that gave the values.
    """

    spec: TraitSpec
    trait: Any
    model: Model | None
    tenant: str | None
    lineage: tuple[Node, ...]
    problems: tuple[Problem, ...]
    refold: Callable[[], Mapping[tuple[str, ...], Folded]]
    pending: Mapping[tuple[str, ...], Any] = attrs.field(factory=dict)

    def chain(self, path: tuple[str, ...]) -> Folded:
        """Return the value of one folded option with every step that led there.

        Args:
            path: names from the trait downwards.

        Raises:
            KeyError: when there is no such option.
        """
        return self.refold()[path]
