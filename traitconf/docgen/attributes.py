"""The attributes that methods set on their objects: a stub has no bodies, so that it must declare them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from traitconf.docgen.names import defined

_SIMPLE: Final = frozenset({"bool", "bytes", "complex", "float", "int", "str"})
_DISPLAYS: Final = {
    ast.List: "list[{any}]",
    ast.ListComp: "list[{any}]",
    ast.Dict: "dict[{any}, {any}]",
    ast.DictComp: "dict[{any}, {any}]",
    ast.Set: "set[{any}]",
    ast.SetComp: "set[{any}]",
    ast.Tuple: "tuple[{any}, ...]",
    ast.JoinedStr: "str",
    ast.Compare: "bool",
}
_CONTAINERS: Final = {
    "dict": "dict[{any}, {any}]",
    "list": "list[{any}]",
    "set": "set[{any}]",
    "tuple": "tuple[{any}, ...]",
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def attribute_stubs(node: ast.ClassDef, any_name: str, inherited: Iterable[str] = ()) -> list[ast.stmt]:
    """Return declarations of what the methods of a class set on their objects and its body does not declare.

    They are properties, as a bare annotation would be a field of a dataclass, an attrs class or a model.

    Args:
        node: the class, with the bodies of its methods.
        any_name: how the stub calls `typing.Any`.
        inherited: names that a base declares.
    """
    known = {*inherited} | {
        name for statement in ast.walk(node) if isinstance(statement, ast.stmt) for name in _declared(statement)
    }
    found: dict[str, str] = {}
    for method in (
        statement for statement in node.body if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
    ):
        for name, kind in _set_by(method, any_name):
            if name not in known and not name.startswith("__") and found.get(name, any_name) == any_name:
                found[name] = kind
    is_plain = not node.decorator_list and not node.bases and not node.keywords
    return [one for name, kind in found.items() for one in _declaration(name, kind, is_plain=is_plain)]


def _declared(statement: ast.stmt) -> set[str]:
    return defined(statement) if not isinstance(statement, ast.AugAssign) else set()


def _set_by(method: _Function, any_name: str) -> Iterator[tuple[str, str]]:
    """Yield names and types of the attributes that a method sets on its first parameter."""
    arguments = [*method.args.posonlyargs, *method.args.args]
    if not arguments or any(_name(one) in ("staticmethod", "classmethod") for one in method.decorator_list):
        return
    types = {one.arg: ast.unparse(one.annotation) for one in [*arguments, *method.args.kwonlyargs] if one.annotation}
    for statement in ast.walk(method):
        value, targets, written = None, list[ast.expr](), ""
        if isinstance(statement, ast.Assign):
            value, targets = statement.value, statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets, written = [statement.target], ast.unparse(statement.annotation)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            targets = [item.optional_vars for item in statement.items if item.optional_vars is not None]
        for target, part in _pairs(targets, value):
            for node in ast.walk(target):
                if isinstance(node, ast.Attribute) and _name(node.value) == arguments[0].arg and _is_stored(node):
                    yield node.attr, written or (_type_of(part, types, any_name) if part else any_name)


def _pairs(targets: list[ast.expr], value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield targets with what is put into each, where the text shows it."""
    for target in targets:
        if not isinstance(target, ast.Tuple):
            yield target, value
        elif isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
            yield from zip(target.elts, value.elts, strict=True)
        else:
            yield target, None


def _is_stored(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def _type_of(value: ast.expr, types: dict[str, str], any_name: str) -> str:
    """Return what the text of a value says about its type; `Any` where it says nothing."""
    if isinstance(value, ast.Name):
        return types.get(value.id, any_name)
    if isinstance(value, ast.Constant):
        kind = type(value.value).__name__
        return kind if kind in _SIMPLE else any_name
    if isinstance(value, ast.Call):
        called = _name(value.func)
        if called in _CONTAINERS:
            return _CONTAINERS[called].format(any=any_name)
        return ast.unparse(value.func) if called in _SIMPLE or called[:1].isupper() else any_name
    return _DISPLAYS.get(type(value), "{any}").format(any=any_name)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _declaration(name: str, kind: str, *, is_plain: bool) -> list[ast.stmt]:
    if is_plain:
        return ast.parse(f"{name}: {kind}").body
    read = f"@property\ndef {name}(self) -> {kind}: ..."
    return ast.parse(f"{read}\n@{name}.setter\ndef {name}(self, value: {kind}) -> None: ...").body
