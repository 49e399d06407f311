"""`Request`: what the middleware of every framework sees of a request, and `Refused`: why one is not served."""

from __future__ import annotations

import functools
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from traitconf.errors import Problem, TraitconfError

_ENVIRON_NAMES: Final = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_FORWARDING: Final = ("x-forwarded-for", "forwarded", "x-real-ip")
"""Headers from which servers and frameworks take what they call the client's address."""
_WHAT: Final[Mapping[str, tuple[int, str]]] = {
    "TC701": (404, "unknown tenant"),
    "TC720": (400, "the request names no tenant"),
    "TC721": (403, "the tenant is named by somebody who may not"),
    "TC722": (400, "the request names more than one tenant"),
    "TC723": (401, "the token is not accepted"),
    "TC724": (400, "what the request names is no tenant id"),
}
"""The status of a refusal and what the client is told: never an id, never a guess at what was meant."""


@attrs.frozen(eq=False)
class Request:
    """Record: one request, whatever carried it.

    Attributes:
        values: returns all values of a header, by its name in lower case.
        path: decoded.
        peer: address of whoever opened the connection, none where that is unknown, for example on a socket file.
        raw: the framework's own: an ASGI scope, a WSGI environ, Django's request.
    """

    values: Callable[[str], Sequence[str]]
    path: str
    peer: str | None
    raw: Any

    def header(self, name: str) -> str | None:
        """Return the only value of a header, or none.

        Args:
            name: in any case.

        Raises:
            Refused: when it comes more than once (TC722).
        """
        found = self.values(name.lower())
        if len(found) > 1:
            raise Refused("TC722", f"{name} comes {len(found)} times")
        return found[0].strip() if found else None


class Refused(TraitconfError):
    """A request that is not served.

    Args:
        code: `TC701`, or `TC720` to `TC724`.
        detail: for the log only.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """Say what the code stands for."""
        self.code, self.detail = code, detail
        self.status, title = _WHAT[code]
        self.problem = Problem(code, title)
        super().__init__(f"{code}: {title}" + (f" ({detail})" if detail else ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers of the answer."""
        found = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(self.body)))]
        found.append(("Cache-Control", "no-store"))
        return [*found, ("WWW-Authenticate", "Bearer")] if self.status == 401 else found

    @property
    def body(self) -> bytes:
        """The body of the answer (RFC 9457)."""
        told = {"title": self.problem.message, "status": self.status, "code": self.code}
        return json.dumps(told).encode()


class Proxies:
    """The peers that are believed.

    Args:
        trusted: addresses and networks; `"*"` for everybody, `"unix"` for peers without an address.

    Raises:
        ValueError: for something that is no address.

    >>> Proxies(("10.0.0.0/8",)).trusts("10.1.2.3"), Proxies(("10.0.0.0/8",)).trusts("11.1.2.3")
    (True, False)
    """

    def __init__(self, trusted: Iterable[str]) -> None:
        """Read the addresses."""
        if isinstance(trusted, str):
            raise TypeError(f"trusted is a list of addresses, got the text {trusted!r}")
        names = frozenset(trusted)
        self.everybody, self._unix = "*" in names, "unix" in names
        self._networks = tuple(ipaddress.ip_network(name) for name in sorted(names - {"*", "unix"}))

    def trusts(self, peer: str | None) -> bool:
        """Whether a peer is believed.

        Args:
            peer: its address, or none.
        """
        if self.everybody or not peer:
            return self.everybody or self._unix
        address = _address(peer)
        return address is not None and any(address in network for network in self._networks)

    def believes(self, request: Request) -> bool:
        """Whether what proxies say in a request is believed.

        A server may have put an address from a header such as `X-Forwarded-For` in place of the peer's own. One that
        stands in such a header is therefore not taken for the peer's: whoever sends the header could choose it.

        Args:
            request: the request.
        """
        if self.everybody or not self.trusts(request.peer):
            return self.everybody
        peer = _address(request.peer or "")
        told = (text for name in _FORWARDING for value in request.values(name) for text in re.split("[,;]", value))
        return peer is None or peer not in {_address(_bare(text)) for text in told}


def _bare(text: str) -> str:
    """Return an address as a header may hold it: as `for=`, quoted, with brackets, with a port."""
    text = text.strip().rpartition("=")[2].strip(' "')
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


@functools.lru_cache(maxsize=4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def from_environ(environ: Mapping[str, Any], raw: Any = None) -> Request:
    """Return the request of a WSGI environ, or of Django's META.

    Args:
        environ: variables of the request.
        raw: the framework's own object, the environ itself when not given.
    """
    # werkzeug's ProxyFix keeps what it replaced.
    peer = environ.get("werkzeug.proxy_fix.orig", environ).get("REMOTE_ADDR") or None

    def values(name: str) -> Sequence[str]:
        found = environ.get(_ENVIRON_NAMES.get(name) or "HTTP_" + name.upper().replace("-", "_"))
        return () if found is None else (found,)

    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    return Request(values, path.decode("utf-8", "replace"), peer, environ if raw is None else raw)
