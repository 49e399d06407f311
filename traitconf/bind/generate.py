"""Generated code: dispatchers with the exact signature of what they stand for, and the links of call chains.

Code is compiled once for each template and signature, copied once for each place where it is used, and then stamped;
it is in `linecache`, so that tracebacks and debuggers show it. Names of the machinery begin with `_tc_`, which no
parameter does.
"""

from __future__ import annotations

import functools
import itertools
import linecache
from collections.abc import Callable, Mapping
from types import CodeType, FunctionType
from typing import Any, Final

import attrs

from traitconf.bind.shape import Signature
from traitconf.schema.members import flavour_of

_serial = itertools.count(1)

# Two constants, put in by `_own`; `or` keeps the compiler from warning that text cannot be called, and leaves no trace.
_CHAIN: Final = "('_tc_current' or 0)().chains['_tc_index']"
# Hands everything that is sent or thrown into an async generator on to the one behind it.
EACH: Final = """
        try:
            _tc_item = await anext(_tc_run)
            while True:
                try:
                    _tc_sent = yield _tc_item
                except GeneratorExit:
                    raise
                except BaseException as _tc_error:
                    _tc_item = await _tc_run.athrow(_tc_error)
                else:
                    _tc_item = await _tc_run.asend(_tc_sent)
        except StopAsyncIteration:
            pass
        finally:
            await _tc_run.aclose()
"""
_DISPATCH: Final = {
    "sync": "return {chain}({all})",
    "async": "return await {chain}({all})",
    "generator": "return (yield from {chain}({all}))",
    "async generator": f"""
        _tc_run = {{chain}}({{all}})
{EACH}""",
}
# The same for classes whose objects say to which tenant they belong; {fast} is run where that is the running one.
_ASK: Final = """
        _tc_slot = ('_tc_current' or 0)()
        _tc_tenant = {host}.{asked}
"""
_READ_TENANT: Final = """
        _tc_slot = ('_tc_current' or 0)()
        try:
            _tc_tenant = {host}.{asked}
        except AttributeError:
            _tc_tenant = None
"""
_TENANTED: Final = {
    "sync": """
        if _tc_slot.tenant == _tc_tenant:
            return {fast}({all})
        with ('_tc_entered' or 0)(_tc_tenant):
            return {chain}({all})
    """,
    "async": """
        if _tc_slot.tenant == _tc_tenant:
            return await {fast}({all})
        with ('_tc_entered' or 0)(_tc_tenant):
            return await {chain}({all})
    """,
    "generator": """
        if _tc_slot.tenant == _tc_tenant:
            return (yield from {fast}({all}))
        with ('_tc_entered' or 0)(_tc_tenant):
            _tc_inner = {chain}({all})
        return (yield from ('_tc_stepped' or 0)(_tc_tenant, _tc_inner))
    """,
    "async generator": """
        with ('_tc_entered' or 0)(_tc_tenant):
            _tc_run = ({fast} if _tc_slot.tenant == _tc_tenant else {chain})({all})
        if _tc_slot.tenant != _tc_tenant:
            _tc_run = ('_tc_stepped_async' or 0)(_tc_tenant, _tc_run)
    """,
}
_BEFORE: Final = {
    "sync": "{wait}_tc_hook(_tc_trait, {host}{rest}); return _tc_inner({all})",
    "async": "{wait}_tc_hook(_tc_trait, {host}{rest}); return await _tc_inner({all})",
    "generator": "_tc_hook(_tc_trait, {host}{rest}); return (yield from _tc_inner({all}))",
    "async generator": f"""
        {{wait}}_tc_hook(_tc_trait, {{host}}{{rest}})
        _tc_run = _tc_inner({{all}})
{EACH}""",
}
_AFTER: Final = {
    "sync": "_tc_result = _tc_inner({all}); _tc_hook(_tc_trait, {host}, _tc_result{rest}); return _tc_result",
    "async": """
        _tc_result = await _tc_inner({all})
        {wait}_tc_hook(_tc_trait, {host}, _tc_result{rest})
        return _tc_result
    """,
    "generator": """
        _tc_result = yield from _tc_inner({all})
        _tc_hook(_tc_trait, {host}, _tc_result{rest})
        return _tc_result
    """,
    "async generator": f"""
        _tc_run = _tc_inner({{all}})
{EACH}
        {{wait}}_tc_hook(_tc_trait, {{host}}, None{{rest}})
    """,
}
_AROUND: Final = "return _tc_hook(_tc_trait, {host}, _tc_bind({host}){rest})"
_AROUND_STATIC: Final = "return _tc_hook(_tc_trait, {host}, _tc_inner{rest})"
_PROVIDED: Final = "return _tc_hook(_tc_trait, {all})"
_INHERITED: Final = "return _tc_super(_tc_owner, {host}).{name}({rest_only})"
_INHERITED_READ: Final = "return _tc_super(_tc_owner, {host}).{name}"
_INHERITED_STATIC: Final = "return _tc_super(_tc_owner, _tc_owner).{name}({all})"
_READ: Final = "def read(): return _tc_current().chains[{index}] or _tc_first({index})"
_BY_TYPE: Final = "return _tc_chains[_tc_type({host})]({all})"
_BY_CLASS: Final = "return _tc_chains[{host}]({all})"


Baked = tuple[tuple[str, Any], ...]
"""Constants, by the text that stands for them in a template."""


@attrs.frozen
class Tenant:
    """How an object says to which tenant it belongs.

    Attributes:
        asked: what stands behind the object and a dot.
        calls: whether that is a call; an object that has not the attribute yet belongs to nobody.
        baked: the functions that run a call for another tenant than the running one.
    """

    asked: str
    calls: bool
    baked: Baked


Place = tuple[int, int]
"""Where generated code is used: the index of a join point, and the position of a hook or interceptor on it."""
_ANYWHERE: Final = (0, 0)
_SPACE: Final[dict[str, Any]] = {"__name__": "traitconf.generated"}


@functools.lru_cache(maxsize=4096)
def _factory(
    template: str,
    flavour: str,
    names: tuple[str, ...],
    signature: Signature,
    place: Place,  # noqa: ARG001 -- the key of the cache
    baked: tuple[tuple[str, Any], ...],
    *,
    wait: bool,
) -> CodeType:
    """Return the code of a function that takes the values of the names and returns the function of a template.

    Every place has code of its own, because the interpreter keeps in the code what it has learnt about the calls.
    """
    return _own(_compiled(template, flavour, names, signature, wait=wait), dict(baked))


def _own(code: CodeType, baked: Mapping[str, Any]) -> CodeType:
    """Copy code, with constants in the place of their names.

    They cost less than the cells of a closure, but hide what they hold from the garbage collector: they are only for
    what is part of no cycle.
    """
    consts = (
        _own(const, baked) if isinstance(const, CodeType) else baked.get(const, const) if type(const) is str else const
        for const in code.co_consts
    )
    return code.replace(co_consts=tuple(consts))


@functools.lru_cache(maxsize=4096)
def _compiled(template: str, flavour: str, names: tuple[str, ...], signature: Signature, *, wait: bool) -> CodeType:
    """Compile a template for a signature."""
    prefix = "async def" if flavour.startswith("async") else "def"
    body = template.format(
        all=signature.everything,
        chain=_CHAIN,
        host=signature.receiver,
        rest=signature.rest,
        rest_only=signature.rest.removeprefix(", "),
        name=signature.name,
        wait="await " if wait else "",
    )
    indented = "\n".join("        " + line for line in _dedented(body))
    source = (
        f"def _tc_make({', '.join(names)}):\n"
        f"    {prefix} {signature.name}({signature.definition}):\n{indented}\n"
        f"    return {signature.name}\n"
    )
    filename = f"<traitconf {signature.name}({signature.definition}) {next(_serial)}>"
    space: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), space)  # noqa: S102 -- the source is made of templates and identifiers only
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    code: CodeType = space["_tc_make"].__code__
    return code


def _dedented(body: str) -> list[str]:
    lines = [line for line in body.splitlines() if line.strip()]
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return [line[margin:] for line in lines]


def stamp(
    template: str,
    signature: Signature,
    flavour: str = "sync",
    *,
    place: Place = _ANYWHERE,
    wait: bool = False,
    space: dict[str, Any] = _SPACE,
    baked: tuple[tuple[str, Any], ...] = (),
    is_kept: bool = True,
    **values: Any,
) -> FunctionType:
    """Return a function made from a template.

    Args:
        template: its body, with `{all}`, `{host}`, `{rest}` for the arguments.
        signature: its parameters.
        flavour: whether it is defined with `async def`.
        place: where it is used.
        wait: whether a hook in it is awaited.
        space: its global variables.
        baked: constants, by the text that stands for them in the template.
        is_kept: whether the code is kept for the next one; not where its constants must be free to go.
        **values: what the names of the template stand for.
    """
    factory = _factory if is_kept else _factory.__wrapped__
    make = FunctionType(factory(template, flavour, tuple(values), signature, place, baked, wait=wait), space)
    function: FunctionType = make(*values.values())
    return function


def dispatcher(
    signature: Signature,
    flavour: str,
    current: Callable[[], Any],
    index: int,
    space: dict[str, Any],
    tenant: Tenant | None = None,
) -> FunctionType:
    """Return the function that stands on the class: it looks its call chain up and calls it.

    Args:
        signature: its parameters.
        flavour: of the method.
        current: returns the running slot.
        index: of the join point.
        space: its global variables.
        tenant: how an object says to which tenant it belongs, where it does.
    """
    baked: Baked = (("_tc_current", current), ("_tc_index", index))
    if tenant is None:
        return stamp(_DISPATCH[flavour], signature, flavour, place=(index, 0), space=space, baked=baked)
    template = _tenanted(flavour, tenant, "_tc_slot.chains['_tc_index']")
    return stamp(template, signature, flavour, place=(index, 0), space=space, baked=(*baked, *tenant.baked))


def tenanted_link(
    signature: Signature, flavour: str, current: Callable[[], Any], index: int, tenant: Tenant, inner: Any
) -> FunctionType:
    """Return a link that runs a chain for the tenant of the object; for subclasses that say more than their base.

    Args:
        signature: as in `dispatcher`.
        flavour: as in `dispatcher`.
        current: as in `dispatcher`.
        index: as in `dispatcher`.
        tenant: as in `dispatcher`.
        inner: what runs where the tenant is the running one.
    """
    baked = (("_tc_current", current), ("_tc_index", index), *tenant.baked)
    template = _tenanted(flavour, tenant, "_tc_fast")
    return stamp(template, signature, flavour, place=(index, 0), baked=baked, _tc_fast=inner)


def _tenanted(flavour: str, tenant: Tenant, fast: str) -> str:
    asked = (_ASK if tenant.calls else _READ_TENANT).replace("{asked}", tenant.asked)
    body = "\n".join([*_dedented(asked), *_dedented(_TENANTED[flavour].replace("{fast}", fast))])
    if flavour == "async generator":
        body += "\n" + "\n".join(_dedented(EACH))
    return body


def table_reader(current: Callable[[], Any], first: Callable[[int], Any], index: int) -> FunctionType:
    """Return a function that returns an entry of the running table, or what `first` makes of its index.

    Its code holds the index: a cell for it, or a comparison with `None`, would cost a tenth more.
    """
    space: dict[str, Any] = {"__name__": "traitconf.generated", "_tc_current": current, "_tc_first": first}
    exec(_READ.format(index=index), space)  # noqa: S102 -- the source holds nothing but a number
    read: FunctionType = space.pop("read")  # its globals would hold it for ever
    return read


def side_link(
    kind: str, signature: Signature, flavour: str, place: Place, hook: Any, trait: Any, inner: Any
) -> FunctionType:
    """Return a link that calls a before or after hook beside what it encloses."""
    template = (_BEFORE if kind == "before" else _AFTER)[flavour]
    wait = flavour_of(hook) == "async"
    return stamp(template, signature, flavour, place=place, wait=wait, _tc_hook=hook, _tc_trait=trait, _tc_inner=inner)


def around_link(signature: Signature, place: Place, hook: Any, trait: Any, inner: FunctionType) -> FunctionType:
    """Return a link that calls an around hook; in every flavour it only hands the hook's result on."""
    if signature.static:
        return stamp(_AROUND_STATIC, signature, place=place, _tc_hook=hook, _tc_trait=trait, _tc_inner=inner)
    bind = inner.__get__  # makes a bound method for less than `MethodType` does
    return stamp(_AROUND, signature, place=place, _tc_hook=hook, _tc_trait=trait, _tc_bind=bind)


def provided_link(signature: Signature, index: int, function: Any, trait: Any) -> FunctionType:
    """Return a link that calls a trait's own function."""
    link = stamp(_PROVIDED, signature, place=(index, 0), _tc_hook=function, _tc_trait=trait)
    link.__traitconf_provided__ = (function, trait)  # type: ignore[attr-defined]  # whoever encloses it may call them
    return link


def inherited_link(signature: Signature, owner: type, *, reads: bool = False) -> FunctionType:
    """Return a body that calls what the class inherits, or reads it where it is a property."""
    template = _INHERITED_READ if reads else _INHERITED_STATIC if signature.static else _INHERITED
    return stamp(template, signature, _tc_super=super, _tc_owner=owner)


def by_type_link(signature: Signature, index: int, chains: Any, *, of_class: bool) -> FunctionType:
    """Return a link that chooses the chain by the type of the receiver."""
    if of_class:
        return stamp(_BY_CLASS, signature, place=(index, 0), _tc_chains=chains)
    return stamp(_BY_TYPE, signature, place=(index, 0), _tc_chains=chains, _tc_type=type)
