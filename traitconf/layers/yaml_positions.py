"""Where the keys of a YAML document stand, read off the marks of its composed nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traitconf.layers.positions import Path, Position


def yaml_positions(root: Any) -> Mapping[Path, Position]:
    """Return the place of every key and every sequence element.

    Args:
        root: the composed root node; mappings hold pairs of nodes, sequences hold nodes, each with marks.

    Returns:
        places by path.
    """
    found: dict[Path, Position] = {}
    pending: list[tuple[Any, Path]] = [(root, ())]
    seen: set[int] = set()
    while pending:
        node, path = pending.pop()
        if id(node) in seen:  # an alias stands for a node that has its places already
            continue
        seen.add(id(node))
        for name, place, value in _children(node):
            found[*path, name] = _position(place)
            pending.append((value, (*path, name)))
    return found


def _children(node: Any) -> list[tuple[str | int, Any, Any]]:
    if getattr(node, "id", "") == "mapping":
        return [(key.value, key, value) for key, value in node.value if isinstance(key.value, str)]
    if getattr(node, "id", "") == "sequence":
        return [(index, element, element) for index, element in enumerate(node.value)]
    return []


def _position(node: Any) -> Position:
    start, end = node.start_mark, node.end_mark
    last = end.column if end.line == start.line else start.column + 1
    return Position(start.line + 1, start.column + 1, last + 1)
