"""The built-in traits; they are written with the public front door only."""

from __future__ import annotations

from traitconf.traits.auditable import Auditable as Auditable
from traitconf.traits.cacheable import Cacheable as Cacheable
from traitconf.traits.cacheable import cacheable as cacheable
from traitconf.traits.sluggable import Sluggable as Sluggable
from traitconf.traits.soft_deletes import SoftDeletes as SoftDeletes

__all__ = ["Auditable", "Cacheable", "Sluggable", "SoftDeletes", "cacheable"]
