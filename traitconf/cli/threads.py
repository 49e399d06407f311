"""Work that source code hands to other threads without the running context, so that it runs for no tenant."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from traitconf.errors import Problem
from traitconf.types import Origin, Severity, Source

_POOL: Final = "ThreadPoolExecutor"
_COPY: Final = "copy_context"
_CARRY: Final = "propagate"


def handovers(file: Path) -> list[Problem]:
    """Return a problem for each place where a Python file hands work to a thread without the running context.

    Only the text is read. Recognised are `submit` and `map` of thread pools, `run_in_executor` and `Thread`; work
    that `tc.propagate` or a copy of the context carries is as it should be.

    Args:
        file: the source file; one that cannot be read or is no Python has no problems.
    """
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    names = _Names(tree)
    return [
        _problem(file, call, work)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for work in _handed(call, names)
        if not names.carries(work)
    ]


class _Names:
    """What the names of a module stand for, as far as it matters here."""

    def __init__(self, tree: ast.Module) -> None:
        self.pools: set[str] = set()
        self.carried: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                self._note(node.value, *node.targets)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._note(node.value, node.target)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._note(node.context_expr, node.optional_vars)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._note_function(node)

    def _note(self, value: ast.expr, *targets: ast.expr) -> None:
        called = _last(value.func) if isinstance(value, ast.Call) else ""
        if called == _POOL:
            self.pools.update(map(_last, targets))
        elif called in (_CARRY, _COPY):
            self.carried.update(map(_last, targets))

    def _note_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if any(_last(decorator) == _CARRY for decorator in node.decorator_list):
            self.carried.add(node.name)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self.pools.update(one.arg for one in arguments if one.annotation is not None and _last(one.annotation) == _POOL)

    def carries(self, work: ast.expr) -> bool:
        """Whether a function takes the context along."""
        if isinstance(work, ast.Call):
            return _last(work.func) == _CARRY
        if isinstance(work, ast.Attribute) and work.attr == "run":
            copied = work.value
            return _last(copied.func if isinstance(copied, ast.Call) else copied) in (_COPY, *self.carried)
        return _last(work) in self.carried


def _handed(call: ast.Call, names: _Names) -> Iterator[ast.expr]:
    """Yield the function that a call hands to another thread."""
    name = _last(call.func)
    receiver = _last(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name == "Thread" and not getattr(sys.flags, "thread_inherit_context", False):
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "target")
    elif name == "run_in_executor":
        yield from call.args[1:2]
    elif name in ("submit", "map") and receiver in names.pools:
        yield from call.args[:1]


def _last(node: ast.expr) -> str:
    """Return the last name of a dotted expression, for a call that of what is called."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.rpartition(".")[2]
    if isinstance(node, ast.Call):
        return _last(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def _problem(file: Path, call: ast.Call, work: ast.expr) -> Problem:
    shown = ast.unparse(work)
    how = _last(call.func)
    text = f"{shown} is handed to another thread by {how}() and runs there without tenant and context"
    origin = Origin(Source.DECORATOR, str(file), work.lineno, work.col_offset + 1)
    hint = f"hand over tc.propagate({shown})"
    return Problem("TC645", text, origin, hint=hint, severity=Severity.WARNING)
