"""Secret references, such as `env:DB_PW` or `file:/run/secrets/db`, and how the secrets behind them are read.

A reference is read when a trait is resolved, once for each snapshot; nothing here keeps or shows more of a secret than
it must, and no message quotes one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import attrs

from traitconf.errors import did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "traitconf.secrets"
"""The entry point group: name of the scheme → function from the rest of the reference to the secret."""
LARGEST_FILE: Final = 1 << 20
Scheme = Callable[[str], str]


class SecretError(Exception):
    """A secret that cannot be had.

    Args:
        message: why; never a part of the secret.
        hint: what to do.
        code: TC402 where it is not there, TC403 for a wrong reference, TC404 for a file outside the declared roots.
    """

    def __init__(self, message: str, hint: str = "", code: str = "TC402") -> None:
        """Keep message, hint and code."""
        super().__init__(message)
        self.hint = hint
        self.code = code


@attrs.frozen
class Reference:
    """Where a secret is to be had.

    Attributes:
        scheme: `env`, `file`, or one that an application or a package has registered.
        name: what the scheme understands: a variable's name, a path.
    """

    scheme: str
    name: str

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read a reference.

        Args:
            text: `scheme:name`.

        Raises:
            SecretError: when it is none. The text is not quoted: it may be the secret itself, put in the wrong place.

        >>> str(Reference.parse("env:DB_PW"))
        'env:DB_PW'
        """
        scheme, colon, name = text.partition(":") if isinstance(text, str) else ("", "", "")
        if not (colon and name and scheme.isidentifier()):
            hint = 'write secret = "env:NAME" or "file:PATH"'
            raise SecretError("a secret must be a reference, scheme:name", hint, "TC403")
        return cls(scheme, name)

    def __str__(self) -> str:
        """Return it as files write it."""
        return f"{self.scheme}:{self.name}"


class SecretReader:
    """Reads secrets, each once: within one snapshot a reference always means the same.

    Args:
        environ: the variables that `env:` looks into.
        roots: the directories below which `file:` may read.
        base: what relative paths are relative to; without it they are refused.
    """

    def __init__(
        self, environ: Mapping[str, str] | None = None, roots: Iterable[str] = (), base: Path | None = None
    ) -> None:
        """Read nothing yet."""
        self._environ: Mapping[str, str] = environ or {}
        self._roots = tuple(root for root in roots if root)
        self._base = base
        self._known: dict[Reference, str | SecretError] = {}

    def read(self, reference: Reference) -> str:
        """Return the secret behind a reference.

        Args:
            reference: to it.

        Raises:
            SecretError: when it cannot be had; the next reader may have more luck.
        """
        if reference not in self._known:
            try:
                self._known[reference] = self._fetch(reference)
            except SecretError as error:
                self._known[reference] = error
        found = self._known[reference]
        if isinstance(found, SecretError):
            raise SecretError(str(found), found.hint, found.code)
        return found

    def _fetch(self, reference: Reference) -> str:
        if reference.scheme == "env":
            return self._variable(reference.name)
        if reference.scheme == "file":
            return _content(self._below_a_root(reference.name))
        return _from_plugin(scheme_of(reference.scheme), reference)

    def _variable(self, name: str) -> str:
        if name not in self._environ:
            raise SecretError(f"the environment variable {name} is not set", "set it, or correct its name")
        return self._environ[name]

    def _below_a_root(self, name: str) -> Path:
        """Return the real path of a file, all links followed, where it lies below a declared root."""
        try:
            path = self._absolute(name).resolve()
            roots = [self._absolute(root).resolve() for root in self._roots]
        except (OSError, ValueError, RuntimeError) as error:  # a null character, a circle of links
            raise SecretError(f"the path {name!r} cannot be followed: {type(error).__name__}") from None
        if any(path.is_relative_to(root) and path != root for root in roots):
            return path
        declared = ", ".join(self._roots) or "none"
        hint = f"declared by runtime.secret_roots: {declared}"
        raise SecretError(f"the file {name!r} lies outside the declared roots", hint, "TC404")

    def _absolute(self, name: str) -> Path:
        path = Path(name)
        if path.is_absolute():
            return path
        if self._base is None:
            raise SecretError(f"the path {name!r} is relative, and there is no configuration directory", code="TC404")
        return self._base.absolute() / path


_schemes: Final[dict[str, Scheme]] = {}


def secret_scheme(name: str, read: Scheme) -> None:
    """Teach traitconf a further kind of secret reference, for this process.

    Packages advertise theirs through the entry point group `traitconf.secrets` instead.

    Args:
        name: what stands before the colon of a reference.
        read: gets what stands behind the colon and returns the secret, or raises; it limits its own waiting time. It
            is called again with every reload.

    Raises:
        ValueError: when the name is no word, or one of the built-in schemes.

    >>> import traitconf as tc
    >>> tc.secret_scheme("vault", {"db/password": "…"}.__getitem__)
    """
    if not name.isidentifier() or name in ("env", "file"):
        raise ValueError(f"a scheme needs a name of its own, got {name!r}")
    _schemes[name] = read


def is_known(scheme: str) -> bool:
    """Whether somebody reads the references of a scheme, so that one may be shown: it is no misplaced secret."""
    return scheme in ("env", "file") or scheme in _schemes or scheme in _advertised()


def _advertised() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=GROUP)}


def scheme_of(name: str) -> Scheme:
    """Return what reads the references of a scheme.

    Args:
        name: of the scheme.

    Raises:
        SecretError: when nobody knows the scheme, or its package cannot be loaded. An unknown name is not quoted: what
            stands before a colon may be a part of a secret.
    """
    if name in _schemes:
        return _schemes[name]
    advertised = _advertised()
    if name not in advertised:
        known = ["env", "file", *_schemes, *advertised]
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        raise SecretError("nobody knows the scheme of this reference", hint, "TC403")
    try:
        loaded: Scheme = advertised[name].load()
    except Exception as error:  # noqa: BLE001 -- somebody else's package
        text = f"the scheme {name!r} cannot be loaded from {advertised[name].value}: {type(error).__name__}"
        raise SecretError(text, "repair the package, or uninstall it") from None
    return loaded


def _from_plugin(read: Scheme, reference: Reference) -> str:
    try:
        secret = read(reference.name)
    except Exception as error:  # noqa: BLE001 -- somebody else's code; what it says may quote the secret
        text = f"the scheme {reference.scheme!r} failed with {type(error).__name__}"
        raise SecretError(text) from None
    if not isinstance(secret, str):
        raise SecretError(f"the scheme {reference.scheme!r} gave no text")
    return secret


def _content(path: Path) -> str:
    """Return what a regular file of moderate size holds, without the line end at its end."""
    no_wait = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)  # a pipe would never end; links are followed
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | no_wait), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise SecretError(f"{str(path)!r} is no regular file")
            if about.st_size > LARGEST_FILE:
                raise SecretError(f"the file {str(path)!r} is larger than {LARGEST_FILE} bytes")
            data = file.read(LARGEST_FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SecretError(f"the file {str(path)!r} cannot be read: {reason}") from None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise SecretError(f"the file {str(path)!r} is not UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")
