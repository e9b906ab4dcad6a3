"""What every door shares: who knocks, how much may be handed in, and how a refusal reads."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from contracts.envelope import Problem
from services.kit.authentication import Tokens, TokensWrong
from services.kit.database import Database
from services.kit.faults import is_infrastructure
from services.kit.logging import kind_of, logger
from services.kit.saying import URGENT, Said

BODY_LIMIT = 256 * 1024
PATIENCE = 20.0
"""Seconds that a request may wait for the database."""
RETRY_AFTER = "15"
WAITING = """
SELECT count(*) FROM (
    SELECT 1 FROM kit.outbox WHERE deliver_at IS NULL AND failed_at IS NULL LIMIT $1
) AS waiting
"""
ASK_AGAIN_AFTER = 1.0
log = logger("doorway")


class ProblemDetails(BaseModel):
    """A refusal as `application/problem+json` (RFC 9457); it quotes no value."""

    type: str = "about:blank"
    title: str
    status: int
    problems: tuple[Problem, ...] = ()


@dataclass
class Shut(Exception):  # noqa: N818
    """A request ends here."""

    status: int
    title: str
    problems: Sequence[Problem] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """As it is answered."""
        details = ProblemDetails(
            title=self.title, status=self.status, problems=tuple(self.problems)
        )
        return JSONResponse(
            details.model_dump(mode="json"),
            self.status,
            headers={"Cache-Control": "no-store", **self.headers},
            media_type="application/problem+json",
        )


def doorway(title: str) -> FastAPI:
    """An application whose refusals are problem details, and whose description is served."""
    app = FastAPI(title=title, version="1", docs_url=None, redoc_url=None)

    @app.exception_handler(Shut)
    async def shut(request: Request, refusal: Shut) -> Response:
        return refusal.response()

    @app.exception_handler(TokensWrong)
    async def nobody_is_known(request: Request, fault: TokensWrong) -> Response:
        return not_now().response()

    return app


def sender_at(request: Request, tokens: Tokens) -> str:
    """The sender whose token the request carries; no token, no entry."""
    sender = tokens.sender_of(request.headers.get("authorization"))
    if sender is None:
        raise Shut(401, "A sender's token is needed.", headers={"WWW-Authenticate": "Bearer"})
    return sender


async def body_of(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """The body, refused as soon as it is longer than the limit."""
    too_long = Shut(413, f"A message may have at most {limit // 1024} KiB.")
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_long
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise too_long
    return bytes(body)


@asynccontextmanager
async def patiently() -> AsyncIterator[None]:
    """What happens inside may wait for the database, and is asked for again where it is away."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except Exception as fault:
        if not is_infrastructure(fault):
            raise
        log.warning("door_waits", fault=kind_of(fault))
        raise not_now() from None


def not_now() -> Shut:
    """The same request may succeed later."""
    return Shut(503, "Not now: try again later.", headers={"Retry-After": RETRY_AFTER})


class Threshold:
    """Where a door will be: whoever comes before it opens is told to come again."""

    def __init__(self) -> None:
        self._app: Any = not_now().response()

    def opens(self, door: Any) -> None:
        """From now on this door answers."""
        self._app = door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        await self._app(scope, receive, send)


class Backlog:
    """How much waits to be published; asked for at most once a second."""

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit
        self._waiting = 0
        self._asked_at = float("-inf")

    async def admit(self) -> None:
        """Shut the door while too much waits for the broker."""
        if await self.is_for_the_urgent():
            raise not_now()

    async def is_for_the_urgent(self) -> bool:
        """Whether what is routine must come later; at twice the limit the door is shut to all."""
        if monotonic() - self._asked_at > ASK_AGAIN_AFTER:
            self._asked_at = monotonic()
            [[self._waiting]] = await self._database.fetch(WAITING, 2 * self._limit)
        if self._waiting >= 2 * self._limit:
            raise not_now()
        return self._waiting >= self._limit


def only_urgent(said: Sequence[Said]) -> None:
    """Keep out what says nothing urgent."""
    if all(row.lane != URGENT for row in said):
        raise not_now()


def described(app: FastAPI, models: Mapping[str, type[BaseModel]]) -> None:
    """Add models to the description that a route refers to but reads by itself."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        schema = plain()
        shapes = schema.setdefault("components", {}).setdefault("schemas", {})
        for name, model in models.items():
            shape = model.model_json_schema(ref_template="#/components/schemas/{model}")
            shapes |= {**shape.pop("$defs", {}), name: shape}
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
