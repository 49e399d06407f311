"""Where a request names its tenant: a header, a subdomain, the path, a token's claim; or any function of a request.

A source is a function: it is given the `Request` and returns the tenant's id, or none where none is named.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import attrs

from traitconf.adapters.request import Proxies, Refused, Request
from traitconf.errors import brief

Source = Callable[[Request], str | Awaitable[str | None] | None]
_PLACE: Final = "{tenant}"


def _host(name: str) -> str:
    return name.strip(".").lower()


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


def _proxies(trusted: Proxies | Iterable[str]) -> Proxies:
    return trusted if isinstance(trusted, Proxies) else Proxies(trusted)


@attrs.frozen
class Header:
    """The tenant stands in a header that a proxy sets.

    Only peers that are named are believed: a client that reaches the server directly could name any tenant.

    Args:
        name: of the header.
        trusted: addresses and networks of the proxies; `"*"` believes everybody, `"unix"` a socket file's peers.

    >>> source = Header("X-Tenant", trusted=["10.0.0.0/8"])
    >>> source(Request(lambda name: ["acme"] if name == "x-tenant" else [], "/", "10.0.0.1", None))
    'acme'
    """

    name: str
    trusted: Proxies = attrs.field(kw_only=True, converter=_proxies)

    def __call__(self, request: Request) -> str | None:
        """Return what the header says.

        Raises:
            Refused: when a peer that is not trusted sends it (TC721), or it comes twice (TC722).
        """
        if not request.values(self.name.lower()):
            return None
        if not self.trusted.believes(request):
            raise Refused("TC721", f"{self.name} from {request.peer}, which is no trusted proxy")
        found = request.header(self.name)
        if found and "," in found:  # so servers join one that came twice
            raise Refused("TC722", f"{self.name}: {brief(found)}")
        return found or None


@attrs.frozen
class Subdomain:
    """The tenant is the subdomain of the host.

    Args:
        domain: below which the tenants' hosts are.
        reserved: subdomains that are no tenants.
        trusted: proxies whose `X-Forwarded-Host` goes before `Host`; none by default.

    >>> request = Request(lambda name: ["acme.example.com:8000"] if name == "host" else [], "/", "", None)
    >>> Subdomain("example.com")(request)
    'acme'
    """

    domain: str = attrs.field(converter=_host)
    reserved: frozenset[str] = attrs.field(default=("www",), kw_only=True, converter=_names)
    trusted: Proxies = attrs.field(factory=lambda: Proxies(()), kw_only=True, converter=_proxies)

    def __call__(self, request: Request) -> str | None:
        """Return the subdomain.

        Raises:
            Refused: when the host is named twice (TC722).
        """
        forwarded = request.header("X-Forwarded-Host") if self.trusted.believes(request) else None
        host = (forwarded or request.header("Host") or "").lower()
        name = host.partition(":")[0].rstrip(".").removesuffix(f".{self.domain}")
        if name == host.partition(":")[0].rstrip(".") or name in self.reserved:
            return None
        return name or None


@attrs.frozen
class PathPart:
    """The tenant is a part of the path.

    Args:
        template: the path's beginning, with `{tenant}` in it.

    >>> PathPart("/shops/{tenant}")(Request(lambda name: [], "/shops/acme/orders/7", "", None))
    'acme'
    """

    template: str = attrs.field()
    _pattern: re.Pattern[str] = attrs.field(init=False, repr=False, eq=False)

    @template.validator
    def _has_a_place(self, attribute: Any, value: str) -> None:  # noqa: ARG002 -- attrs' signature
        if value.split("/").count(_PLACE) != 1:
            raise ValueError(f"a path's template has one part that is {_PLACE}, got {value!r}")

    @_pattern.default
    def _compiled(self) -> re.Pattern[str]:
        before, _, after = self.template.strip("/").partition(_PLACE)
        return re.compile(f"/{re.escape(before)}(?P<tenant>[^/]+){re.escape(after)}(?:/|$)")

    def __call__(self, request: Request) -> str | None:
        """Return the part of the path."""
        match = self._pattern.match(request.path)
        return match["tenant"] if match else None


@attrs.frozen
class Claim:
    """The tenant is a claim of the bearer's token.

    Args:
        name: of the claim; dots lead into nested ones.
        verify: the application's own: it checks a token, signature included, and returns its claims, or raises.

    >>> request = Request(lambda name: ["Bearer t"] if name == "authorization" else [], "/", "", None)
    >>> Claim("org.id", verify=lambda token: {"org": {"id": "acme"}})(request)
    'acme'
    """

    name: str
    verify: Callable[[str], Mapping[str, Any]] = attrs.field(kw_only=True)

    def __call__(self, request: Request) -> str | None:
        """Return the claim of the token, nothing without a token.

        Raises:
            Refused: when the token is not accepted (TC723), or the claim is no text (TC724).
        """
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            found: Any = self.verify(token.strip())
        except Refused:
            raise
        except Exception as error:  # whatever it raises; its text may hold the token
            raise Refused("TC723", type(error).__name__) from error
        if not isinstance(found, Mapping):
            raise TypeError(f"verify= returns the token's claims, got {type(found).__name__}")
        for part in self.name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None and not isinstance(found, str):
            raise Refused("TC724", f"the claim {self.name} is a {type(found).__name__}")
        return found
