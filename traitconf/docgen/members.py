"""The members that a class has from traits, as statements of a stub."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import textwrap
from types import FunctionType
from typing import Any, Final, TypeVar

from traitconf.bind.binding import bound_class
from traitconf.docgen.names import Imports, place_of_name
from traitconf.schema.base import TraitBase
from traitconf.schema.describe import leading_of
from traitconf.schema.members import Member

ANY: Final = ("typing", "Any")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def member_stubs(cls: type, imports: Imports) -> list[ast.stmt]:
    """Return what traits give to a class, in the order of binding.

    Args:
        cls: a class with traits of its own.
        imports: takes what the annotations need.
    """
    bound = bound_class(cls)
    given = ((name, point.provided) for name, point in bound.points.items()) if bound else ()
    return [_stub(name, *provided, imports) for name, provided in given if provided is not None and "." not in name]


def _stub(name: str, trait: type[TraitBase], member: Member[Any, Any], imports: Imports) -> ast.stmt:
    """Return one member as its host has it: without trait and host."""
    function = inspect.unwrap(member.function)
    node = _source_of(function) or _unknown(member.function)
    wanted = _Annotations(function, node, imports)
    arguments = [*node.args.posonlyargs, *node.args.args]
    leading = leading_of(member)
    wanted.note_host(arguments[1] if len(arguments) > 1 < leading else None)
    made = without_yield(copy.deepcopy(node))
    _drop_leading(made.args, leading)
    wanted.adapt(made)
    made.name, made.decorator_list = name, _decorators(str(member.shape), imports)
    doc = (inspect.getdoc(member.function) or "").partition("\n")[0]
    said = f"{doc} (From {trait.__name__}.)" if doc else f"From {trait.__name__}."
    made.body = [ast.Expr(ast.Constant(said)), ast.Expr(ast.Constant(...))]
    if leading > 1:
        receiver = ast.arg("cls" if member.shape == "classmethod" else "self")
        (made.args.posonlyargs or made.args.args).insert(0, receiver)
    return made


def _source_of(function: Any) -> _Function | None:
    """Return the statement that defines a function, where its source can be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    first = tree.body[0] if tree.body else None
    return first if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _unknown(function: Any) -> _Function:
    """Return a definition with the parameters of a function that has no source; their types are not known."""
    parts: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        bare = parameter.replace(annotation=parameter.empty, default=parameter.empty)
        parts.append(str(bare) + ("" if parameter.default is parameter.empty else "=..."))
        if parameter.kind is parameter.KEYWORD_ONLY and not any(part.startswith("*") for part in parts):
            parts.insert(-1, "*")
    star = "async " if inspect.iscoroutinefunction(function) else ""
    (node,) = ast.parse(f"{star}def unknown({', '.join(parts)}): ...").body
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return node


def _decorators(shape: str, imports: Imports) -> list[ast.expr]:
    if shape == "method":
        return []
    return [ast.Name(imports.name("functools", shape) if shape == "cached_property" else shape)]


def _drop_leading(arguments: ast.arguments, count: int) -> None:
    """Leave out trait and host, and values of defaults that are no plain constants."""
    for _ in range(count):
        for part in (arguments.posonlyargs, arguments.args):
            if part:
                del part[0]
                break
    plain_defaults(arguments)


def plain_defaults(arguments: ast.arguments) -> None:
    """Keep of every default only that there is one, but for constants.

    Args:
        arguments: of a function; changed in place.
    """
    arguments.defaults = [_plain(default) for default in arguments.defaults]
    arguments.kw_defaults = [default and _plain(default) for default in arguments.kw_defaults]


def without_yield(node: _Function) -> _Function:
    """Return a function as a stub declares it: an async generator without its body is no coroutine.

    Args:
        node: the function, with its body.
    """
    if isinstance(node, ast.FunctionDef) or not any(_yields(one) for one in node.body):
        return node
    return ast.FunctionDef(**dict(ast.iter_fields(node)))


def _yields(node: ast.AST) -> bool:
    if isinstance(node, (ast.Yield, ast.YieldFrom)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return False
    return any(_yields(one) for one in ast.iter_child_nodes(node))


def _plain(default: ast.expr) -> ast.expr:
    sign = isinstance(default, ast.UnaryOp) and isinstance(default.operand, ast.Constant)
    return default if isinstance(default, ast.Constant) or sign else ast.Constant(...)


class _Annotations(ast.NodeTransformer):
    """Makes annotations of one module mean the same in the stub of another."""

    def __init__(self, function: Any, node: _Function, imports: Imports) -> None:
        self.module = sys.modules.get(function.__module__)
        self.scope = function.__globals__ if isinstance(function, FunctionType) else {}
        self.imports = imports
        self.parameters = {parameter.name for parameter in getattr(node, "type_params", ())}
        self.host = ""
        self.is_unknown = False

    def note_host(self, argument: ast.arg | None) -> None:
        """Take notice of a type variable that stands for the host: it is the class itself."""
        annotation = argument.annotation if argument is not None else None
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = _parsed(annotation.value)
        if not isinstance(annotation, ast.Name):
            return
        if annotation.id in self.parameters or isinstance(self.scope.get(annotation.id), TypeVar):
            self.host = annotation.id

    def adapt(self, node: _Function) -> None:
        """Adapt every annotation of a function; one that says nothing here becomes `Any`."""
        every = node.args
        arguments = [*every.posonlyargs, *every.args, every.vararg, *every.kwonlyargs, every.kwarg]
        for argument in arguments:
            if argument is not None:
                argument.annotation = self._adapted(argument.annotation)
        node.returns = self._adapted(node.returns)
        if self.host:
            kept = [one for one in getattr(node, "type_params", ()) if one.name != self.host]
            if hasattr(node, "type_params"):
                node.type_params = kept

    def _adapted(self, annotation: ast.expr | None) -> ast.expr:
        self.is_unknown = annotation is None
        found: ast.expr | None = self.visit(copy.deepcopy(annotation)) if annotation is not None else None
        return ast.Name(self.imports.name(*ANY)) if self.is_unknown or found is None else found

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Read an annotation that is written as text."""
        if not isinstance(node.value, str):
            return node
        parsed = _parsed(node.value)
        self.is_unknown |= parsed is None
        return self.visit(parsed) if parsed is not None else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Leave the texts of a Literal alone."""
        node.value = self.visit(node.value)
        last = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if last.lstrip("_").rstrip("_") != "Literal":
            node.slice = self.visit(node.slice)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Call a name as the stub does."""
        if node.id == self.host:
            return ast.Name(self.imports.name("typing", "Self"))
        if node.id in self.parameters:
            return node
        place = place_of_name(self.module, node.id) if self.module is not None else None
        if place is None:
            self.is_unknown = True
            return node
        return ast.Name(self.imports.name(*place)) if place[0] else node


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None
