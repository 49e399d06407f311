"""`Shelf`: where the demonstration's articles are kept, by tenant; one for each run."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

import traitconf as tc

if TYPE_CHECKING:
    from traitconf.demo.article import Article


@attrs.frozen(eq=False)
class Shelf:
    """The articles of every tenant, in the order in which they were saved first."""

    _articles: dict[str, list[Article]] = attrs.field(factory=dict)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def put(self, article: Article) -> None:
        """Keep an article of the running tenant; one that is kept already stays where it is."""
        with self._lock:
            kept = self._articles.setdefault(_tenant(), [])
            if not any(other is article for other in kept):
                kept.append(article)

    def remove(self, article: Article) -> None:
        """Forget an article of the running tenant."""
        with self._lock:
            kept = self._articles.get(_tenant(), [])
            kept[:] = [other for other in kept if other is not article]

    def articles(self, tenant: str) -> list[Article]:
        """Return a tenant's articles.

        Args:
            tenant: id of the tenant.
        """
        return list(self._articles.get(tenant, ()))

    def write(self, path: Path) -> None:
        """Write every article as one line of JSON.

        Args:
            path: of the file.
        """
        with path.open("w", encoding="utf-8") as file:
            for tenant in sorted(self._articles):
                for article in self._articles[tenant]:
                    row = {"tenant": tenant, "slug": article.slug, "title": article.title, "body": article.body}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _tenant() -> str:
    return tc.current_context().tenant or ""
