from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse

import traitconf as tc
from articles.models import Article


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def articles(request: HttpRequest, tenant: str) -> HttpResponse:
    if request.method == "POST":
        article = Article(tenant=tenant, title=request.body.decode())
        article.save()
        return JsonResponse({"slug": article.slug, "by": str(article.audit_trail()[0].actor)}, status=201)
    return StreamingHttpResponse(lines(), content_type="text/plain")


def lines():
    for article in Article.objects.filter(tenant=tc.current_context().tenant).order_by("id"):
        yield f"{article.slug}\n"
