"""`Shelf`: where the demonstration's articles are kept, by tenant; one for each run."""

from __future__ import annotations

import datetime
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

    def find(self, tenant: str, topic: str) -> Article | None:
        """Return a tenant's article on a topic, if there is one."""
        return next((article for article in self._articles.get(tenant, ()) if article.topic == topic), None)

    def write(self, path: Path) -> None:
        """Write every article, one JSON object a line.

        Args:
            path: of the file.
        """
        with path.open("w", encoding="utf-8") as file:
            for tenant in sorted(self._articles):
                for article in self._articles[tenant]:
                    at = article.deleted_at
                    row = {
                        "tenant": tenant,
                        "topic": article.topic,
                        "slug": article.slug,
                        "deleted_at": at.isoformat() if at is not None else None,
                        "title": article.title,
                        "body": article.body,
                    }
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def read(self, path: Path) -> None:
        """Take the articles that an earlier run has written; a file that does not exist holds none.

        Args:
            path: of the file.
        """
        from traitconf.demo.article import Article

        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            row = json.loads(line)
            at = row["deleted_at"]
            article = Article(row["title"], row["body"], self, row["topic"], row["slug"])
            article.deleted_at = datetime.datetime.fromisoformat(at) if at is not None else None
            self._articles.setdefault(row["tenant"], []).append(article)


def _tenant() -> str:
    return tc.current_context().tenant or ""
