from __future__ import annotations

from traitconf.adapters.tenant_source import PathPart

SECRET_KEY = "only for this example"
ALLOWED_HOSTS = ["localhost", "testserver"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["articles"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "articles.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "traitconf.adapters.django_requests.ContextMiddleware",
    "django.middleware.common.CommonMiddleware",
]
TRAITCONF_REQUESTS = {
    "tenant": PathPart("/t/{tenant}"),
    "required": lambda request: request.path != "/health",
    "actor": lambda request: request.raw.headers.get("X-User"),
}
