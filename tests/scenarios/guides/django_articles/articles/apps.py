from __future__ import annotations

from django.apps import AppConfig

import traitconf as tc


class Articles(AppConfig):
    name = "articles"

    def ready(self) -> None:
        tc.configure("config/", complete=True)  # the models are imported, so unknown names are errors
