"""Runs one loader of dynaconf, such as its own for Redis or Vault, and catches what it would load; nothing is kept.

The settings object that the loader gets is made for it alone. It holds dynaconf's defaults and what `[runtime]` gives,
never a variable of the process. What the loader sets is written down as it comes: not merged, renamed or computed.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from traitconf.layers.files import parser, settings_type

_OWN: Final = "_FOR_DYNACONF"
DEFAULTS: Final[Mapping[str, Any]] = {
    "APPLY_DEFAULT_ON_NONE": None,
    "AUTO_CAST": True,
    "COMMENTJSON_ENABLED": False,
    "CORE_LOADERS": ["YAML", "TOML", "INI", "JSON", "PY"],
    "DEFAULT_ENV": "DEFAULT",
    "DOTENV_OVERRIDE": False,
    "DOTENV_PATH": None,
    "DOTENV_VERBOSE": False,
    "DOTTED_LOOKUP": True,
    "ENCODING": "utf-8",
    "ENV": "DEVELOPMENT",
    "ENVIRONMENTS": False,
    "ENVVAR": "SETTINGS_FILE_FOR_DYNACONF",
    "ENVVAR_PREFIX": "DYNACONF",
    "ENV_SWITCHER": "ENV_FOR_DYNACONF",
    "FORCE_ENV": None,
    "FRESH_VARS": [],
    "IGNORE_UNKNOWN_ENVVARS": False,
    "INCLUDES": [],
    "INDEX_SEPARATOR": None,
    "INSTANCE": None,
    "LOADERS": ["dynaconf.loaders.env_loader"],
    "LOWERCASE_READ": True,
    "MAIN_ENV": "MAIN",
    "MERGE_ENABLED": False,
    "NESTED_SEPARATOR": "__",
    "PRELOAD": [],
    "REDIS": {"host": "localhost", "port": 6379, "db": 0, "decode_responses": True, "username": None, "password": None},
    "REDIS_ENABLED": False,
    "REDIS_URL": None,
    "ROOT_PATH": None,
    "SECRETS": None,
    "SETTINGS_FILE": [],
    "SILENT_ERRORS": True,
    "SKIP_FILES": [],
    "SYSENV_FALLBACK": False,
    "VALIDATE_ON_UPDATE": False,
    "VAULT": {
        "url": "http://localhost:8200",
        "token": None,
        "cert": None,
        "verify": None,
        "timeout": None,
        "proxies": None,
        "allow_redirects": None,
        "namespace": None,
    },
    "VAULT_AUTH_ROLE": None,
    "VAULT_AUTH_WITH_IAM": False,
    "VAULT_ENABLED": False,
    "VAULT_KV_VERSION": 1,
    "VAULT_MOUNT_POINT": "secret",
    "VAULT_PASSWORD": None,
    "VAULT_PATH": "dynaconf",
    "VAULT_ROLE_ID": None,
    "VAULT_ROOT_TOKEN": None,
    "VAULT_SECRET_ID": None,
    "VAULT_TOKEN_RENEW": False,
    "VAULT_USERNAME": None,
    "YAML_LOADER": "safe_load",
}
"""dynaconf's settings of itself where no variable is set, without their ending; a contract test compares them."""
_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "REDIS": {
        "host": "REDIS_HOST",
        "port": "REDIS_PORT",
        "db": "REDIS_DB",
        "decode_responses": "REDIS_DECODE",
        "username": "REDIS_USERNAME",
        "password": "REDIS_PASSWORD",
    },
    "VAULT": {
        "url": "VAULT_URL",
        "token": "VAULT_TOKEN",
        "cert": "VAULT_CERT",
        "verify": "VAULT_VERIFY",
        "timeout": "VAULT_TIMEOUT",
        "proxies": "VAULT_PROXIES",
        "allow_redirects": "VAULT_ALLOW_REDIRECTS",
        "namespace": "VAULT_NAMESPACE",
    },
}
"""Settings that dynaconf puts together from others."""


@attrs.frozen
class Caught:
    """One thing that a loader set.

    Attributes:
        key: as the loader spelled it.
        value: as the loader gave it, in plain dictionaries and lists.
        env: dynaconf's environment that it belongs to, empty when the loader says none.
    """

    key: str
    value: Any = attrs.field(repr=False)
    env: str = ""


class LoaderError(RuntimeError):
    """A loader that cannot be imported, that fails, or that does not come back."""


def settings_of_loaders(given: Mapping[str, str]) -> dict[str, Any]:
    """Return all of dynaconf's settings of itself.

    Args:
        given: name → text as one exports it for dynaconf; the ending `_FOR_DYNACONF` may be left out.

    >>> settings_of_loaders({"REDIS_PORT_FOR_DYNACONF": "7000"})["REDIS_FOR_DYNACONF"]["port"]
    7000
    """
    said = {name.upper().removesuffix(_OWN): _read(text) for name, text in given.items()}
    found = {**DEFAULTS, **said}
    for whole, parts in _PARTS.items():
        if whole not in said:
            found[whole] = {name: said.get(part, DEFAULTS[whole][name]) for name, part in parts.items()}
    # Tokens are never computed for a source that is not trusted, and tables stay plain.
    return {f"{name}{_OWN}": value for name, value in found.items()} | {f"AUTO_CAST{_OWN}": False, "DYNABOXIFY": False}


def _read(text: str) -> Any:
    """Read a value in dynaconf's own notation; tokens in trusted files have been read before."""
    box = {f"AUTO_CAST{_OWN}": False, "DYNABOXIFY": False}
    try:
        return parser().parse_conf_data(parser().boolean_fix(text), tomlfy=True, box_settings=box)
    except Exception as error:  # noqa: BLE001 -- its message may quote a password
        raise LoaderError(f"a value of runtime.loader_settings cannot be read ({type(error).__name__})") from None


def run_loader(name: str, settings: Mapping[str, Any], env: str, seconds: float) -> list[Caught]:
    """Run a loader on a thread of its own.

    Args:
        name: of its module.
        settings: dynaconf's settings of itself, all of them.
        env: dynaconf's environment to load; empty for the one that the settings name.
        seconds: how long to wait for it.

    Raises:
        LoaderError: when it cannot be imported, fails, or takes too long.
    """
    caught: list[Caught] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            _load(name, settings, env, caught.append)
        except BaseException as error:  # noqa: BLE001 -- whatever ends a loader ends this source, not the program
            failed.append(error)

    thread = threading.Thread(target=work, name=f"traitconf loader {name}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise LoaderError(f"the loader {name} does not answer within {seconds:g} s")
    if failed:
        raise LoaderError(f"the loader {name} fails: {type(failed[0]).__name__}: {failed[0]}")
    return caught


def _load(name: str, settings: Mapping[str, Any], env: str, catch: Callable[[Caught], None]) -> None:
    module = importlib.import_module(name)
    module.load(_catcher(settings, catch), env=env or None, silent=False)


def _catcher(settings: Mapping[str, Any], catch: Callable[[Caught], None]) -> Any:
    """Return a settings object that hands on whatever is set."""
    is_made: list[bool] = []

    class Catcher(settings_type()):  # type: ignore[misc]  # dynaconf ships no types
        def set(self, key: Any, value: Any, loader_identifier: Any = None, *rest: Any, **more: Any) -> None:
            if not is_made or str(key).endswith(_OWN):
                super().set(key, value, loader_identifier, *rest, **more)
            else:
                catch(Caught(_text(key), _plain(value), str(getattr(loader_identifier, "env", ""))))

    made = Catcher(dynaconf_skip_loaders=True, dynaconf_skip_validators=True, **settings)
    is_made.append(True)
    return made


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _plain(value: Any) -> Any:
    """Return a value in plain dictionaries and lists; what dynaconf would compute stays a text that begins with it."""
    if isinstance(value, (parser().Lazy, parser().MetaValue)):
        return f"@{getattr(value, 'formatter', type(value).__name__.lower())} …"
    if isinstance(value, parser().DataDict):
        value = dict(value.items(bypass_eval=True))
    if isinstance(value, Mapping):
        return {_text(key): _plain(element) for key, element in value.items()}
    if isinstance(value, list):
        return [_plain(element) for element in list.__iter__(value)]  # as it lies there: a DataList computes
    if isinstance(value, (tuple, set, frozenset)):
        return [_plain(element) for element in value]
    return _text(value) if isinstance(value, bytes) else value
