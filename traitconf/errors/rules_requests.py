"""TC72x: requests that the middleware does not serve."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Rule

RULES: Final = (
    Rule(
        code="TC720",
        title="request without a tenant",
        meaning="A tenant is required, by the middleware's `required=` or by a trait that the request used, and no"
        " source found one in the request. The answer is 400.",
        reason="Without a tenant the request would get the behaviour that belongs to nobody, or everybody.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC721",
        title="tenant that is named by somebody who may not",
        meaning="A header that names the tenant comes from a peer that is none of the `trusted` proxies, or whose"
        " address may have been taken from `X-Forwarded-For` by the server. The answer is 403. Behind a proxy that is"
        " known, name its address, and have the server leave the peer's address alone, for example by"
        " `uvicorn --no-proxy-headers`.",
        reason="Whoever reaches the server directly could be any tenant.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC722",
        title="request with more than one tenant",
        meaning="Several sources name different tenants, or a header that counts once comes twice, or holds a comma, by"
        " which servers join what came twice. The answer is 400.",
        reason="Which one is meant cannot be known, and one of them may be forged.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC723",
        title="token that is not accepted",
        meaning="The application's `verify=` has raised for the bearer's token. The answer is 401.",
        reason="What an unverified token claims is worth nothing.",
        wrong=(),
        right=(),
    ),
    Rule(
        code="TC724",
        title="text that is no tenant id",
        meaning="What a source found is empty, longer than 200 characters, not printable, or no text. The answer is"
        " 400.",
        reason="Such an id is a slip or an attack.",
        wrong=(),
        right=(),
    ),
)
