"""Generated code: dispatchers with the exact signature of what they stand for, and the links of call chains.

Code is compiled once for each template and signature and then stamped; it is in `linecache`, so that tracebacks and
debuggers show it. Names of the machinery begin with `_tc_`, which no parameter does.
"""

from __future__ import annotations

import functools
import itertools
import linecache
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from traitconf.bind.shape import Signature

_serial = itertools.count(1)

_DISPATCH: Final = {
    "sync": "return _tc_current().chains[_tc_index]({all})",
    "async": "return await _tc_current().chains[_tc_index]({all})",
    "generator": "return (yield from _tc_current().chains[_tc_index]({all}))",
    "async generator": """
        _tc_inner = _tc_current().chains[_tc_index]({all})
        try:
            _tc_item = await anext(_tc_inner)
            while True:
                try:
                    _tc_sent = yield _tc_item
                except GeneratorExit:
                    raise
                except BaseException as _tc_error:
                    _tc_item = await _tc_inner.athrow(_tc_error)
                else:
                    _tc_item = await _tc_inner.asend(_tc_sent)
        except StopAsyncIteration:
            return
        finally:
            await _tc_inner.aclose()
    """,
}
_BEFORE: Final = {
    "sync": "{wait}_tc_hook(_tc_trait, {host}{rest}); return _tc_inner({all})",
    "async": "{wait}_tc_hook(_tc_trait, {host}{rest}); return await _tc_inner({all})",
    "generator": "_tc_hook(_tc_trait, {host}{rest}); return (yield from _tc_inner({all}))",
    "async generator": """
        {wait}_tc_hook(_tc_trait, {host}{rest})
        async for _tc_item in _tc_inner({all}):
            yield _tc_item
    """,
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
    "async generator": """
        async for _tc_item in _tc_inner({all}):
            yield _tc_item
        {wait}_tc_hook(_tc_trait, {host}, None{rest})
    """,
}
_AROUND: Final = "return _tc_hook(_tc_trait, {host}, _tc_bind(_tc_inner, {host}){rest})"
_PROVIDED: Final = "return _tc_hook(_tc_trait, {all})"
_INHERITED: Final = "return _tc_super(_tc_owner, {host}).{name}({rest_only})"
_INHERITED_STATIC: Final = "return _tc_super(_tc_owner, _tc_owner).{name}({all})"
_BY_TYPE: Final = "return _tc_chains[_tc_type({host})]({all})"
_BY_CLASS: Final = "return _tc_chains[{host}]({all})"


@functools.lru_cache(maxsize=4096)
def _factory(
    template: str, flavour: str, names: tuple[str, ...], signature: Signature, *, wait: bool
) -> Callable[..., Any]:
    """Compile a template for a signature; the factory takes the values of the names and returns the function."""
    prefix = "async def" if flavour.startswith("async") else "def"
    body = template.format(
        all=signature.everything,
        host=signature.receiver if signature.parameters else "None",
        rest=signature.rest if signature.parameters else "",
        rest_only=signature.rest.removeprefix(", ") if signature.parameters else "",
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
    space: dict[str, Any] = {"__name__": "traitconf.generated"}
    exec(compile(source, filename, "exec"), space)  # noqa: S102 -- the source is made of templates and identifiers only
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    factory: Callable[..., Any] = space["_tc_make"]
    return factory


def _dedented(body: str) -> list[str]:
    lines = [line for line in body.splitlines() if line.strip()]
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return [line[margin:] for line in lines]


def stamp(
    template: str, signature: Signature, flavour: str = "sync", *, wait: bool = False, **values: Any
) -> FunctionType:
    """Return a function made from a template.

    Args:
        template: its body, with `{all}`, `{host}`, `{rest}` for the arguments.
        signature: its parameters.
        flavour: whether it is defined with `async def`.
        wait: whether a hook in it is awaited.
        **values: what the names of the template stand for.
    """
    names = tuple(values)
    function: FunctionType = _factory(template, flavour, names, signature, wait=wait)(*values.values())
    return function


def dispatcher(signature: Signature, flavour: str, current: Callable[[], Any], index: int) -> FunctionType:
    """Return the function that stands on the class: it looks its call chain up and calls it."""
    return stamp(_DISPATCH[flavour], signature, flavour, _tc_current=current, _tc_index=index)


def before_link(signature: Signature, flavour: str, hook: Any, trait: Any, inner: Any, *, wait: bool) -> FunctionType:
    """Return a link that calls a before hook, then what it encloses."""
    return stamp(_BEFORE[flavour], signature, flavour, wait=wait, _tc_hook=hook, _tc_trait=trait, _tc_inner=inner)


def after_link(signature: Signature, flavour: str, hook: Any, trait: Any, inner: Any, *, wait: bool) -> FunctionType:
    """Return a link that calls what it encloses, then an after hook."""
    return stamp(_AFTER[flavour], signature, flavour, wait=wait, _tc_hook=hook, _tc_trait=trait, _tc_inner=inner)


def around_link(signature: Signature, hook: Any, trait: Any, inner: Any, bind: Any) -> FunctionType:
    """Return a link that calls an around hook; in every flavour it only hands the hook's result on."""
    return stamp(_AROUND, signature, _tc_hook=hook, _tc_trait=trait, _tc_inner=inner, _tc_bind=bind)


def provided_link(signature: Signature, function: Any, trait: Any) -> FunctionType:
    """Return a link that calls a trait's own function."""
    return stamp(_PROVIDED, signature, _tc_hook=function, _tc_trait=trait)


def inherited_link(signature: Signature, owner: type, *, static: bool) -> FunctionType:
    """Return a body that calls what the class inherits."""
    return stamp(_INHERITED_STATIC if static else _INHERITED, signature, _tc_super=super, _tc_owner=owner)


def by_type_link(signature: Signature, chains: Any, *, of_class: bool) -> FunctionType:
    """Return a link that chooses the chain by the type of the receiver."""
    if of_class:
        return stamp(_BY_CLASS, signature, _tc_chains=chains)
    return stamp(_BY_TYPE, signature, _tc_chains=chains, _tc_type=type)
