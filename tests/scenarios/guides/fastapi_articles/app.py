from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.responses import StreamingResponse
from models import Article, Base, engine, sessions
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

import traitconf as tc
from traitconf.adapters.asgi import ContextMiddleware
from traitconf.adapters.tenant_source import Header

told: list[str] = []


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    runtime = tc.configure("config/", complete=True)  # every fault is shown before the first request
    Base.metadata.create_all(engine)
    yield
    runtime.stop()


app = FastAPI(lifespan=lifespan)
app.add_middleware(
    ContextMiddleware,
    tenant=Header("X-Tenant", trusted=["127.0.0.1", "10.0.0.0/8"]),
    required=lambda request: request.path != "/health",
    actor=lambda request: request.header("X-User"),
)


class NewArticle(BaseModel):
    title: str


def session() -> Iterator[Session]:
    with sessions.begin() as opened:
        yield opened


Opened = Annotated[Session, Depends(session)]


@app.get("/health")
async def health() -> str:
    return "ok"


@app.post("/articles")
def create(new: NewArticle, opened: Opened, background: BackgroundTasks) -> dict[str, object]:
    article = Article(tenant=tc.current_context().tenant, title=new.title)
    article.save(opened)
    background.add_task(tell)
    return {"slug": article.slug, "audited": [str(entry.actor) for entry in article.audit_trail()]}


def tell() -> None:
    here = tc.current_context()  # a background task runs for the tenant of its request
    told.append(f"{here.tenant}: {here.actor} wrote")


@app.get("/articles")
def export() -> StreamingResponse:
    def lines() -> Iterator[str]:
        with sessions() as opened:  # so does a stream
            mine = select(Article).where(Article.tenant == tc.current_context().tenant).order_by(Article.id)
            for article in opened.scalars(mine):
                yield f"{article.slug}\n"

    return StreamingResponse(lines(), media_type="text/plain")
