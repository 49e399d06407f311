"""Members of traits as statements of a stub."""

from __future__ import annotations

import ast

import traitconf as tc
from traitconf.docgen.members import member_stubs
from traitconf.docgen.names import Imports
from traitconf.traits import SoftDeletes

TRAITS = '''\
from __future__ import annotations
import traitconf as tc
from typing import TypeVar
from decimal import Decimal
H = TypeVar("H")

@tc.trait
class Odd(tc.TraitBase):
    """Give odd members."""

    @tc.provides
    def positional(self, host, /, value: "list[Decimal]", other=-1, *, key: str = "a" + "b") -> "None":
        """Take."""

    @tc.provides
    def chained(self, host: "H", others: list[H]) -> H:
        return host

    @tc.provides
    def lost(self, host, one: Nowhere, two: "not python") -> Decimal:  # noqa
        ...

    @tc.provides
    async def stream(self, host) -> Decimal:
        def inner():
            yield 1
        yield Decimal(1)

    @tc.provides
    async def waits(self, host) -> Decimal:
        return [x async for x in (y for y in host)]
'''


def written(cls):
    """Return the members of a class as text."""
    imports = Imports("elsewhere", frozenset())
    return {node.name: ast.unparse(ast.fix_missing_locations(node)) for node in member_stubs(cls, imports)}


def test_every_shape_is_written_as_its_host_has_it(package):
    """Trait and host are left out; names, defaults, unknown annotations and async generators are as a stub needs."""
    module = package({"odd_traits.py": TRAITS}, "odd_traits")

    @tc.use(module.Odd)
    class Article: ...

    found = written(Article)
    assert found["positional"].splitlines()[0] == (
        "def positional(self, value: list[_Decimal], other: _Any=-1, *, key: str=...) -> None:"
    )
    assert found["positional"].splitlines()[1].strip() == '"""Take. (From Odd.)"""'
    assert found["chained"].splitlines()[0] == "def chained(self, others: list[_Self]) -> _Self:"
    assert found["lost"].splitlines()[0] == "def lost(self, one: _Any, two: _Any) -> _Decimal:"
    assert found["stream"].startswith("def stream(self)")
    assert found["waits"].startswith("async def waits(self)")


def test_a_function_without_source_keeps_its_parameters(tc_runtime):
    """Where no source can be had, names and kinds of parameters are known, and types are not."""
    scope = {"tc": tc}
    exec(  # noqa: S102 -- the point is that there is no source
        "def made(self, host, a, b=1, *, c, d=2): ...\nasync def awaited(self, host, *args, **kwargs): ...\n", scope
    )

    @tc.trait
    class Made(tc.TraitBase):
        """Give what was made."""

        made = tc.provides(scope["made"])
        awaited = tc.provides(scope["awaited"])

    @tc.use(Made)
    class Article: ...

    found = written(Article)
    assert found["made"].splitlines()[0] == "def made(self, a: _Any, b: _Any=..., *, c: _Any, d: _Any=...) -> _Any:"
    assert found["awaited"].splitlines()[0] == "async def awaited(self, *args: _Any, **kwargs: _Any) -> _Any:"


def test_hidden_members_are_left_out_and_aliases_are_there(tc_runtime):
    """What the class does not show is no part of its stub."""

    @tc.use(SoftDeletes, exclude={"force_delete"}, alias={"restore": "bring_back"})
    class Article:
        def delete(self): ...

        def restore(self): ...

    assert sorted(written(Article)) == ["bring_back", "trashed"]
