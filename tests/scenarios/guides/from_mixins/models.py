from __future__ import annotations

from behaviours import Slugged
from mixins import SlugMixin

import traitconf as tc


@tc.use(Slugged)
class Article(SlugMixin):
    """Unchanged, but for one line above it."""

    slug_length = 12

    def __init__(self, title: str) -> None:
        self.title, self.slug = title, ""
