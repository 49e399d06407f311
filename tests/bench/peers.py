"""The configuration packages that are measured beside us; each is imported by the function that uses it.

A peer loads tenants the way its manual has it: for each tenant one object, of the common values with the tenant's own
on top. None of them knows models, so a tenant's values for one model are left out: they have less to do.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from rounds import Contender
from tenants import Held

MODULES: Final = {
    "dynaconf": "dynaconf",
    "OmegaConf": "omegaconf",
    "pydantic-settings": "pydantic_settings",
    "typed-settings": "typed_settings",
    "traitlets": "traitlets",
}
"""Every peer with the module that it is."""


def absent() -> dict[str, str]:
    """Return the peers that cannot be measured, each with the reason."""
    reason = "not installed: `make bench` installs the extra [bench]"
    return {name: reason for name, module in MODULES.items() if importlib.util.find_spec(module) is None}


def contenders() -> dict[str, Contender]:
    """Return what reads one value through each peer that is there."""
    reads = {
        "dynaconf": ("held.NAMED.limit", _dynaconf_held),
        "OmegaConf": ("held.named.limit", _omegaconf_held),
        "pydantic-settings": ("held.named.limit", _pydantic_held),
        "typed-settings": ("held.named.limit", _typed_settings_held),
        "traitlets": ("held.limit", _traitlets_held),
    }
    there = reads.keys() - absent().keys()
    return {name: Contender(reads[name][0], {"held": reads[name][1]()}) for name in reads if name in there}


def load(peer: str, directory: Path) -> Any:
    """Load a corpus through a peer: everything is read, merged, and checked where the peer checks.

    Args:
        peer: its name.
        directory: of a corpus in JSON.
    """
    common, tenants = (json.loads((directory / name).read_text()) for name in ("common.json", "customers.json"))
    own = {tenant: table.get("site", {}) for tenant, table in tenants["tenants"].items()}
    return LOADS[peer](common["traits"]["site"], own)


Own = Mapping[str, Mapping[str, Any]]


def _dynaconf_held() -> Any:
    import dynaconf

    return dynaconf.Dynaconf(settings_files=[], core_loaders=[], loaders=[], NAMED={"limit": 3})


def _omegaconf_held() -> Any:
    import omegaconf

    held = omegaconf.OmegaConf.create({"named": {"limit": 3}})
    omegaconf.OmegaConf.set_readonly(held, True)
    return held


def _pydantic_held() -> Any:
    import pydantic
    import pydantic_settings

    named = pydantic.create_model("Named", limit=(int, 3))
    return pydantic.create_model("Settings", __base__=pydantic_settings.BaseSettings, named=(named, named()))()


def _typed_settings_held() -> Any:
    import typed_settings

    named = attrs.make_class("Named", {"limit": attrs.field(default=3, type=int)}, frozen=True)
    settings = attrs.make_class("Settings", {"named": attrs.field(default=named(), type=named)}, frozen=True)
    return typed_settings.load_settings(settings, [])


def _traitlets_held() -> Any:
    import traitlets

    return type("Named", (traitlets.HasTraits,), {"limit": traitlets.Int(3)})()


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(dict(below))
    for name, value in above.items():
        found[name] = _merged(found.get(name, {}), value) if isinstance(value, dict) else value
    return found


def _load_dynaconf(common: Mapping[str, Any], own: Own) -> Any:
    import dynaconf

    with tempfile.TemporaryDirectory(prefix="traitconf-bench-") as directory:
        file = Path(directory) / "settings.json"
        document = {"default": {"site": common}} | {name: {"site": table} for name, table in own.items()}
        file.write_text(json.dumps(document), encoding="utf-8")
        settings = dynaconf.Dynaconf(settings_files=[str(file)], environments=True, merge_enabled=True)
        return [settings.from_env(name).SITE for name in own]


def _load_omegaconf(common: Mapping[str, Any], own: Own) -> Any:
    import omegaconf

    base = omegaconf.OmegaConf.create(dict(common))
    return [omegaconf.OmegaConf.merge(base, table) for table in own.values()]


def _load_pydantic(common: Mapping[str, Any], own: Own) -> Any:
    import pydantic
    import pydantic_settings

    def model(record: type[Any], **base: Any) -> Any:
        fields = attrs.fields(attrs.resolve_types(record))
        kinds = ((field.name, model(field.type) if attrs.has(field.type) else field.type) for field in fields)
        return pydantic.create_model(record.__name__, **base, **{name: (kind, ...) for name, kind in kinds})

    settings = model(Held, __base__=pydantic_settings.BaseSettings)
    return [settings(**_merged(common, table)) for table in own.values()]


def _load_typed_settings(common: Mapping[str, Any], own: Own) -> Any:
    import typed_settings
    from typed_settings.loaders import DictLoader

    settings, below = attrs.resolve_types(Held), DictLoader(common)
    return [typed_settings.load_settings(settings, [below, DictLoader(table)]) for table in own.values()]


def _load_traitlets(common: Mapping[str, Any], own: Own) -> Any:
    import traitlets
    from traitlets.config import Config, Configurable

    kinds = {bool: traitlets.Bool, int: traitlets.Int, float: traitlets.Float, str: traitlets.Unicode}
    values = [*_leaves(common)]
    space = {"_".join(path): kinds[type(value)]().tag(config=True) for path, value in values}
    site = type("Site", (Configurable,), space)
    base = Config({"Site": {"_".join(path): value for path, value in values}})

    def made(table: Mapping[str, Any]) -> Any:
        config = copy.deepcopy(base)
        config.merge({"Site": {"_".join(path): value for path, value in _leaves(table)}})
        return site(config=config)

    return [made(table) for table in own.values()]


LOADS: Final[Mapping[str, Callable[[Mapping[str, Any], Own], Any]]] = {
    "dynaconf": _load_dynaconf,
    "OmegaConf": _load_omegaconf,
    "pydantic-settings": _load_pydantic,
    "typed-settings": _load_typed_settings,
    "traitlets": _load_traitlets,
}


def _leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value
