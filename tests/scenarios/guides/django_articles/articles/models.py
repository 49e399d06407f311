from __future__ import annotations

from django.db import models

import traitconf as tc
from traitconf.traits import Auditable, Sluggable


@tc.use(Sluggable(source="title"), Auditable)
class Article(models.Model):
    """An article of one tenant."""

    tenant = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    slug = models.SlugField(null=True)
