"""Fills the handbook: every topic of the running interpreter as an article, for every tenant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import attrs

import traitconf as tc
from traitconf.demo.article import Article
from traitconf.demo.shelf import Shelf
from traitconf.traits import Auditable, Sluggable, SoftDeletes

TENANTS = {"acme": "enterprise", "globex": "business", "initech": "starter"}
"""The tenants and the plans that their files extend."""
TRAITS = (Auditable, Sluggable, SoftDeletes)


def topics() -> Mapping[str, str]:
    """Return the texts that every CPython carries for `help()`, by name.

    >>> "assert" in topics()
    True
    """
    from pydoc_data.topics import topics as carried

    texts: Mapping[str, str] = carried
    return texts


def title_of(text: str, name: str) -> str:
    r"""Return the first line of a topic, which is its headline.

    >>> title_of('The "assert" statement\n****', "assert")
    'The "assert" statement'
    """
    lines = (line.strip().strip("*=-~") for line in text.splitlines())
    return next((line for line in lines if line), name)


def fill(shelf: Shelf, tenant: str, advance: Callable[[], None]) -> None:
    """Import, edit, delete and restore articles of one tenant through the bound traits.

    A topic that is on the shelf already is not imported again.

    Args:
        shelf: where the articles are kept.
        tenant: id of the tenant.
        advance: called after every topic.
    """
    with tc.context(tenant=tenant, actor="demo"):
        for number, (name, text) in enumerate(topics().items()):
            article = shelf.find(tenant, name) or Article(title_of(text, name), text, shelf, name)
            article.save()
            if number % 5 == 0:
                article.body = f"{text}\nReviewed."
                article.save()
            if number % 7 == 0:
                article.delete()
            if number % 21 == 0:
                SoftDeletes.of(article).restore()
            advance()


@attrs.frozen
class Row:
    """Record: what the handbook holds for one tenant.

    Attributes:
        tenant: id of the tenant.
        plan: the group that its file extends.
        articles: all imported ones, soft-deleted included.
        slugs: how many different slugs they have.
        audit_entries: how many entries the audit trail has.
        deleted: how many are soft-deleted.
        differing: the settings that differ from the global ones, each with the layer that decided it.
    """

    tenant: str
    plan: str
    articles: int
    slugs: int
    audit_entries: int
    deleted: int
    differing: tuple[str, ...]


def row(shelf: Shelf, tenant: str) -> Row:
    """Count what the handbook holds for one tenant.

    Args:
        shelf: where the articles are kept.
        tenant: id of the tenant.
    """
    articles = shelf.articles(tenant)
    with tc.tenant(tenant):
        entries = len(Auditable.of(Article).audit_log())
        deleted = sum(SoftDeletes.of(article).trashed for article in articles)
    slugs = len({article.slug for article in articles})
    return Row(tenant, TENANTS[tenant], len(articles), slugs, entries, deleted, tuple(differing(tenant)))


def differing(tenant: str) -> Iterator[str]:
    """Yield the settings that differ from those without a tenant, each with the layer that decided it."""
    for trait in TRAITS:
        name = tc.describe(trait).name
        for mine, everybody in zip(_explained(name, tenant), _explained(name, None), strict=True):
            if mine.value != everybody.value:
                decided = next(reason for reason in mine.reasons if reason.counts)
                yield f"{mine.address} = {json.dumps(mine.value)}  ({decided.scope})"


def _explained(trait: str, tenant: str | None) -> list[tc.Explanation]:
    return tc.process_runtime().explain(trait, Article, tenant)
