"""One door per dependency, wherever and however the import is written.

import-linter holds the same rule over its graph; here also count imports inside functions, imports by
`importlib.import_module("…")`, and products that no contract names yet.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

import pytest

# Third-party package → the modules, or floors with all below, that may import it.
DOORS = {
    "a2wsgi": {"traitconf.web"},
    "asgiref": {"traitconf.adapters.django_requests"},
    "cachetools": {"traitconf.runtime.cache"},
    "cattr": set(),
    "cattrs": {"traitconf.resolve.convert"},
    "click": {"traitconf.cli"},
    "django": {
        "traitconf.adapters.django_models",
        "traitconf.adapters.django_queries",
        "traitconf.adapters.django_requests",
        "traitconf.adapters.django_signals",
    },
    "dynaconf": {"traitconf.adapters.dynaconf", "traitconf.layers.files"},
    "hypothesis": {"traitconf.testing"},
    "jinja2": {"traitconf.web"},
    "pyrsistent": {"traitconf.layers.graph"},
    "pytest": {"traitconf.testing"},
    "redis": {"traitconf.adapters.redis"},
    "rich": {"traitconf.cli", "traitconf.demo"},
    "sqlalchemy": {"traitconf.adapters.sql", "traitconf.adapters.sqlalchemy"},
    "starlette": {"traitconf.web"},
    "statsd": {"traitconf.adapters.statsd"},
    "typing_extensions": {"traitconf.bind.view"},  # for checkers only, which bring it along
}
# attrs is the language that the records are written in; both of its names are allowed.
EVERYWHERE = {"attr", "attrs", "traitconf", *sys.stdlib_module_names}

# The floors that the users' front door is built from: importing it there would be importing upwards.
BELOW_THE_FRONT_DOOR = {"bind", "changes", "errors", "layers", "resolve", "runtime", "schema", "types"}
FLOORS = BELOW_THE_FRONT_DOOR | {"adapters", "cli", "demo", "docgen", "testing", "web"}


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything that a module imports, wherever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # ruff refuses relative imports; a leading dot would be a file of ours in any case.
            name = node.module or ""
            yield from ((node.lineno, f"{name}.{alias.name}") for alias in node.names if not node.level)
        elif isinstance(node, ast.Call) and _imports_by_name(node.func):
            yield from ((node.lineno, text) for text in _texts(node.args[:1]))


def _imports_by_name(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"import_module", "__import__"}


def _texts(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _inside(module: str, door: str) -> bool:
    return module == door or module.startswith(f"{door}.")


def stranger(module: str, imported: str) -> bool:
    """Say whether a module imports a product that it is no door of."""
    product = imported.partition(".")[0]
    if product in EVERYWHERE:
        return False
    # A product without an entry belongs to one file of adapters/.
    doors = DOORS.get(product, {"traitconf.adapters"})
    return not any(_inside(module, door) for door in doors)


def test_third_party_products_have_one_door(sources):
    """Only its door imports a third-party product, functions and `import_module` included."""
    found = [
        (source, line, name)
        for source in sources
        for line, name in imports(source.tree)
        if name.partition(".")[0] not in EVERYWHERE
    ]
    assert found, "the package imports no third-party product at all"
    faults = [f"{s.path}:{line}: imports {name}" for s, line, name in found if stranger(s.module, name)]
    assert not faults


def test_an_adapter_product_has_one_file(sources):
    """A product without an entry of its own is imported by one file of adapters/ only."""
    users: dict[str, set[str]] = {}
    for source in sources:
        for _, name in imports(source.tree):
            product = name.partition(".")[0]
            if product not in EVERYWHERE and product not in DOORS:
                users.setdefault(product, set()).add(str(source.path))
    assert {product: sorted(paths) for product, paths in users.items() if len(paths) > 1} == {}


def test_floors_do_not_use_the_front_door(sources):
    """What the front door is built from does not import it, not even lazily."""
    below = [source for source in sources if source.floor in BELOW_THE_FRONT_DOOR]
    assert below
    faults = [
        f"{source.path}:{line}: imports {name}"
        for source in below
        for line, name in imports(source.tree)
        if name == "traitconf" or (name.startswith("traitconf.") and name.split(".")[1] not in FLOORS)
    ]
    assert not faults


def test_traits_use_the_front_door_only(sources):
    """Built-in traits import names of `traitconf` only, and reach no floor through it."""
    traits = [source for source in sources if source.floor == "traits"]
    assert traits, "there is no built-in trait"
    assert not [fault for source in traits for fault in _privileges(source)]


def _privileges(source) -> Iterator[str]:
    """Yield each way in which a trait uses more than the front door."""
    for line, name in imports(source.tree):
        parts = name.split(".")
        if parts[0] == "traitconf" and (*parts, "")[1] in FLOORS:
            yield f"{source.path}:{line}: imports {name}"
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "traitconf"
    }
    for node in ast.walk(source.tree):
        # `tc.runtime` after `import traitconf as tc` is a floor as well, and no import shows it.
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in aliases
            and node.attr in FLOORS
        ):
            yield f"{source.path}:{node.lineno}: uses {node.value.id}.{node.attr}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import click", ["click"]),
        ("from rich.table import Table", ["rich.table.Table"]),
        ("def f():\n    import statsd", ["statsd"]),
        ("import importlib\nimportlib.import_module('dynaconf')", ["importlib", "dynaconf"]),
        ("__import__('cattrs')", ["cattrs"]),
        ("from traitconf import errors", ["traitconf.errors"]),
    ],
)
def test_no_way_to_import_is_overlooked(code, expected):
    """Every way of writing an import with a literal name is seen."""
    assert sorted(name for _, name in imports(ast.parse(code))) == sorted(expected)


@pytest.mark.parametrize(
    ("module", "imported", "refused"),
    [
        ("traitconf.cli.main", "click", False),
        ("traitconf.client", "click", True),
        ("traitconf.resolve.convert", "cattrs", False),
        ("traitconf.resolve.merge", "cattrs.errors", True),
        ("traitconf.schema.base", "attrs", False),
        ("traitconf.schema.base", "json.decoder", False),
        ("traitconf.runtime.jobs", "celery", True),
        ("traitconf.adapters.celery", "celery", False),
    ],
)
def test_the_rule_tells_doors_from_walls(module, imported, refused):
    """The rule refuses exactly what is not a door."""
    assert stranger(module, imported) is refused
