"""Where the keys of a YAML document stand, read off the marks of its composed nodes; and keys that are always text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from traitconf.layers.positions import Lines, Path, Position

_TEXT: Final = "tag:yaml.org,2002:str"
_MERGE: Final = "tag:yaml.org,2002:merge"


def yaml_positions(root: Any, text: str) -> Mapping[Path, Position]:
    """Return the place of every key and every sequence element.

    What an alias stands for has its places where it is written first, and nowhere else.

    Args:
        root: the composed root node; mappings hold pairs of nodes, sequences hold nodes, each with marks.
        text: what it was composed from.

    Returns:
        places by path.
    """
    lines = Lines(text)
    found: dict[Path, Position] = {}
    pending: list[tuple[Any, Path]] = [(root, ())]
    seen: set[int] = set()
    while pending:
        node, path = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        children = _children(node)
        for name, place, _ in children:
            # By index: the columns of the marks leave out characters that editors count.
            found[*path, name] = lines.position(place.start_mark.index, place.end_mark.index)
        pending += [(value, (*path, name)) for name, _, value in reversed(children)]
    return found


def with_text_keys(root: Any, yaml: Any) -> Any:
    """Return the root node with every key made text, as it is written.

    Args:
        root: the composed root node; it is changed.
        yaml: the package that composed it.

    Raises:
        ConstructorError: for a key that is a list or a table.
    """
    pending, seen = [root], set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "mapping":
            node.value = [(_text_key(key, yaml), value) for key, value in node.value]
            pending += [value for _, value in node.value]
        elif node.id == "sequence":
            pending += node.value
    return root


def _text_key(key: Any, yaml: Any) -> Any:
    if key.id != "scalar":
        raise yaml.constructor.ConstructorError(None, None, "a key must be text", key.start_mark)
    if key.tag in (_TEXT, _MERGE):
        return key
    # A new node: an alias may share this one with a value.
    return yaml.nodes.ScalarNode(_TEXT, key.value, key.start_mark, key.end_mark)


def _children(node: Any) -> list[tuple[str | int, Any, Any]]:
    if getattr(node, "id", "") == "mapping":
        return [(key.value, key, value) for key, value in node.value if isinstance(key.value, str)]
    if getattr(node, "id", "") == "sequence":
        return [(index, element, element) for index, element in enumerate(node.value)]
    return []
