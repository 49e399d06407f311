from __future__ import annotations


class SlugMixin:
    """What the application has had for years."""

    slug_length = 20

    def make_slug(self) -> str:
        return self.title.lower().replace(" ", "-")[: self.slug_length]

    def save(self) -> None:
        self.slug = self.make_slug()
