from __future__ import annotations

from articles import views
from django.urls import path

urlpatterns = [
    path("health", views.health),
    path("t/<str:tenant>/articles", views.articles),
]
