"""The measured limits of the house: sizes, depth, places, docstrings, front doors."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator

import attrs

FILE_LINES = 400
FUNCTION_LINES = 50
CLASS_LINES = 300
PUBLIC_METHODS = 12
INIT_FIELDS = 7

# What may lie at the top of the repository, beside dot-files.
TOP_LEVEL = {
    "LICENSE",
    "Makefile",
    "README.md",
    "config",
    "docs",
    "pyproject.toml",
    "tests",
    "traitconf",
}
# What may lie directly in the package: the floors, and the few files that belong to none.
PACKAGE_LEVEL = {
    "__init__.py",
    "__main__.py",
    "adapters",
    "bind",
    "changes",
    "cli",
    "demo",
    "docgen",
    "errors",
    "layers",
    "py.typed",
    "resolve",
    "runtime",
    "schema",
    "testing",
    "traits",
    "types.py",
    "web",
}
# Folders of a floor that may hold files of their own.
DEEPER = {
    ("traitconf", "adapters", "sql"),  # one adapter, several tables
    ("traitconf", "web", "static"),  # served, not imported
    ("traitconf", "web", "templates"),  # rendered, not imported
}
# A docstring that begins like this says that the class is a record: it is read, compared and printed field by field,
# and splitting it would only hide how much there is to say. It has no behaviour beyond that.
RECORD = "Record: "
RECORD_METHODS = 3

TOO_LONG = "{path}:{line}: {what} has {size} lines, at most {limit}"


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _oversized(sources, kinds, limit: int) -> tuple[int, list[str]]:
    """Return how many definitions were measured, and those beyond the limit."""
    nodes = [(s.path, n) for s in sources for n in ast.walk(s.tree) if isinstance(n, kinds)]
    faults = [
        TOO_LONG.format(path=path, line=node.lineno, what=node.name, size=_lines(node), limit=limit)
        for path, node in nodes
        if _lines(node) > limit
    ]
    return len(nodes), faults


def _own_classes(modules) -> list[type]:
    """Return every class that the package defines, once."""
    found = {
        value
        for module in modules.values()
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
    }
    return sorted(found, key=lambda cls: (cls.__module__, cls.__qualname__))


def _public_methods(cls: type) -> set[str]:
    """Return the methods that our own classes give a class; what it takes from elsewhere is not ours."""
    return {
        name
        for base in cls.__mro__
        if base.__module__.partition(".")[0] == "traitconf"
        for name, value in vars(base).items()
        if not name.startswith("_") and _is_method(value)
    }


def _is_method(value: object) -> bool:
    return inspect.isfunction(value) or isinstance(value, classmethod | staticmethod)


def _faults(found: Iterator[str] | list[str]) -> str:
    return "\n".join(sorted(found))


def test_files_are_short(sources):
    """No file of the package is longer than its limit."""
    sizes = {source.path: len(source.text.splitlines()) for source in sources}
    assert sizes
    assert not _faults(f"{path}: {size} lines" for path, size in sizes.items() if size > FILE_LINES)


def test_functions_are_short(sources):
    """No function of the package is longer than its limit."""
    measured, faults = _oversized(sources, (ast.FunctionDef, ast.AsyncFunctionDef), FUNCTION_LINES)
    assert measured
    assert not _faults(faults)


def test_classes_are_short(sources):
    """No class of the package is longer than its limit."""
    measured, faults = _oversized(sources, ast.ClassDef, CLASS_LINES)
    assert measured
    assert not _faults(faults)


def test_classes_have_few_public_methods(modules):
    """No class has more public methods, inherited ones of ours included, than a reader can hold."""
    counted = {cls: _public_methods(cls) for cls in _own_classes(modules)}
    assert any(counted.values())
    assert not _faults(
        f"{cls.__module__}.{cls.__qualname__}: {len(names)} public methods: {', '.join(sorted(names))}"
        for cls, names in counted.items()
        if len(names) > PUBLIC_METHODS
    )


def test_constructors_take_few_fields(modules):
    """No ordinary attrs class takes more fields than its limit; traits and records are exempt."""
    root = modules["traitconf.schema.base"].TraitBase
    counted = {
        cls: [field.name for field in attrs.fields(cls) if field.init]
        for cls in _own_classes(modules)
        if attrs.has(cls) and not _is_exempt(cls, root)
    }
    assert counted
    assert not _faults(
        f"{cls.__module__}.{cls.__qualname__}: {len(names)} fields: {', '.join(names)}"
        for cls, names in counted.items()
        if len(names) > INIT_FIELDS
    )


def _is_exempt(cls: type, root: type) -> bool:
    # The fields of a trait are its options: there are as many as the behaviour needs.
    return issubclass(cls, root) or (cls.__doc__ or "").startswith(RECORD)


def test_records_only_hold(modules):
    """A class that calls itself a record has next to no public methods."""
    records = [cls for cls in _own_classes(modules) if (cls.__doc__ or "").startswith(RECORD)]
    assert records
    assert not _faults(
        f"{cls.__module__}.{cls.__qualname__}" for cls in records if len(_public_methods(cls)) > RECORD_METHODS
    )


def test_the_package_is_flat(files):
    """No file lies deeper than traitconf/<floor>/<noun>, the few named folders apart."""
    packaged = [path for path in files if path.parts[0] == "traitconf"]
    assert packaged
    assert not [str(path) for path in packaged if len(path.parts) > 3 and path.parts[:3] not in DEEPER]


def test_the_top_level_holds_nothing_else(files):
    """The repository's top level holds the agreed entries and dot-files only."""
    entries = {path.parts[0] for path in files}
    assert entries
    assert {name for name in entries if not name.startswith(".")} <= TOP_LEVEL


def test_the_package_holds_the_floors_only(files):
    """Directly in the package lie the floors and the few agreed files."""
    entries = {path.parts[1] for path in files if path.parts[0] == "traitconf"}
    assert entries
    assert entries <= PACKAGE_LEVEL


def test_every_test_states_its_fact(test_sources):
    """Every test function has a docstring."""
    tests = [
        (source.path, node)
        for source in test_sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert tests
    assert not _faults(
        f"{path}:{node.lineno}: {node.name} has no docstring"
        for path, node in tests
        if not (ast.get_docstring(node) or "").strip()
    )


def _doors(modules, check: Callable[[str, list[str]], list[str]]) -> tuple[int, list[str]]:
    doors = {name: list(module.__all__) for name, module in modules.items() if hasattr(module, "__all__")}
    return len(doors), [fault for name, names in doors.items() for fault in check(name, names)]


def test_front_doors_are_sorted(modules):
    """Every `__all__` is sorted and without repetition."""
    measured, faults = _doors(
        modules, lambda name, names: [] if names == sorted(set(names)) else [f"{name}.__all__ is not sorted"]
    )
    assert measured
    assert not faults


def test_front_doors_open(modules):
    """Every name of an `__all__` can be had, lazily loaded or not."""
    measured, faults = _doors(
        modules,
        lambda door, names: [f"{door}.{name}" for name in names if not hasattr(modules[door], name)],
    )
    assert measured
    assert not faults


def test_the_users_front_door_lists_what_it_has(modules):
    """`traitconf` has an `__all__`, and `dir(traitconf)` shows all of it before it is loaded."""
    package = modules["traitconf"]
    assert package.__all__
    assert set(package.__all__) <= set(dir(package))
