"""`Imports`: the names that annotations of one module need in the stub of another."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Final

import attrs

_BUILTINS: Final = frozenset(dir(builtins))


@attrs.define
class Imports:
    """Imports that a stub needs beside those of its module, under names that the module does not use.

    Attributes:
        module: the stub's module.
        taken: names that mean something there.
        aliases: the name in the stub, by module and name (empty for the module itself).
    """

    module: str
    taken: frozenset[str]
    aliases: dict[tuple[str, str], str] = attrs.Factory(dict)

    def name(self, module: str, name: str = "") -> str:
        """Return how the stub calls something, which is imported from now on.

        Args:
            module: where it is.
            name: of the thing in it; empty for the module itself.
        """
        if module == self.module and name:
            return name
        key = (module, name)
        if key not in self.aliases:
            alias = "_" + (name or module.replace(".", "_")).lstrip("_")
            while alias in self.taken or alias in self.aliases.values():
                alias += "_"
            self.aliases[key] = alias
        return self.aliases[key]

    def statements(self) -> list[ast.stmt]:
        """Return the import statements, sorted."""
        whole: list[ast.stmt] = []
        for (module, name), alias in sorted(self.aliases.items()):
            one = [ast.alias(name or module, alias)]
            whole.append(ast.ImportFrom(module, one, 0) if name else ast.Import(one))
        return whole


def source_of(module: ModuleType) -> str:
    """Return the text of a module.

    Args:
        module: any module.

    Raises:
        OSError: when it has none.
    """
    file = getattr(module, "__file__", None) or ""
    if not file.endswith(".py"):
        raise OSError(f"{module.__name__} has no source")
    return importlib.util.decode_source(Path(file).read_bytes())


def place_of_name(module: ModuleType, name: str) -> tuple[str, str] | None:
    """Return from which module a name of a module is imported, and what it is called there.

    Args:
        module: where the name is used.
        name: a name, as annotations of that module say it.

    Returns:
        module and name, the name empty where it is a module; both empty for a builtin; `None` for what is not
        known at the top of the module.
    """
    found = _top_level(module.__name__).get(name)
    if found is not None:
        return found
    return ("", "") if name in _BUILTINS else None


@lru_cache(maxsize=256)
def _top_level(module: str) -> dict[str, tuple[str, str]]:
    """Return every name at the top of a module with the place that it comes from."""
    live = sys.modules[module]
    try:
        tree = ast.parse(source_of(live))
    except (OSError, SyntaxError):
        return {name: (module, name) for name in vars(live)}
    found: dict[str, tuple[str, str]] = {}
    for statement in _statements(tree.body):
        if isinstance(statement, ast.ImportFrom):
            source = absolute(live, statement)
            found |= {alias.asname or alias.name: (source, alias.name) for alias in statement.names}
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0],
                    "",
                )
        else:
            found |= {name: (module, name) for name in defined(statement)}
    return found


def absolute(module: ModuleType, statement: ast.ImportFrom) -> str:
    """Return the module that a `from` statement names, without dots at its beginning.

    Args:
        module: in which the statement stands.
        statement: the statement.
    """
    if not statement.level:
        return statement.module or ""
    is_package = hasattr(module, "__path__")
    parts = module.__name__.split(".")
    base = parts[: len(parts) - statement.level + is_package]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements, those behind conditions included."""
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        for part in ("body", "orelse", "finalbody"):
            if isinstance(statement, (ast.If, ast.Try, ast.With)):
                found += _statements(getattr(statement, part, []))
        for handler in getattr(statement, "handlers", []):
            found += _statements(handler.body)
    return found


def defined(statement: ast.stmt) -> set[str]:
    """Return the names that a statement gives a meaning, imports apart.

    Args:
        statement: any statement.
    """
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    elif type(statement).__name__ == "TypeAlias":
        targets = [statement.name]  # type: ignore[attr-defined]  # known from Python 3.12 on
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
