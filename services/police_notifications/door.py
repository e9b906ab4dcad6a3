"""Where police systems hand reports in over HTTP: the same reading and handler as the topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from contracts.envelope import Event, InputRefused, Problem, Reason
from contracts.partner import IncidentReport
from services.kit import strict_json
from services.kit.authentication import Tokens
from services.kit.batch import Allows
from services.kit.database import Transaction
from services.kit.doors import take
from services.kit.doorway import (
    Backlog,
    ProblemDetails,
    Shut,
    body_of,
    described,
    doorway,
    only_urgent,
    patiently,
    sender_at,
)
from services.kit.partner_reading import read
from services.kit.runtime import Runtime
from services.kit.saying import Said
from services.kit.senders import NOT_ALLOWED
from services.police_notifications.domain.reports import Report
from services.police_notifications.handlers import problems_of
from services.police_notifications.store import key_used_for, remember_key, report_of

PATH = "/v1/incident-reports"
LONGEST_KEY = 255
KEYS_ARE_KEPT = timedelta(days=7)
NOT_YOURS = "A token opens the door for its own sender alone."
KEY_REUSED = Problem(
    path="",
    code="idempotency_key_reused",
    message="This Idempotency-Key came before with another message.",
)


class Revision(BaseModel):
    """A revision that was taken in, and what became of it."""

    revision: int
    outcome: str
    received_at: datetime


class Receipt(BaseModel):
    """What became of a report; nothing personal."""

    incident_id: str
    status: str
    revision: int
    area: str
    received_at: datetime
    marked: tuple[Reason, ...]
    """What was missing, unknown or a placeholder in the present revision."""
    revisions: tuple[Revision, ...]


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails, "content": {"application/problem+json": {}}}
    for status in (401, 403, 413, 422, 503)
}
REPORT = {"$ref": "#/components/schemas/IncidentReport"}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": REPORT}}}}


@dataclass(frozen=True)
class _Knock:
    """A request to hand in a report: by whom, under which key, what, and when the door is full."""

    sender: str
    key: str | None
    digest: str
    only_urgent: bool


def door(runtime: Runtime) -> FastAPI:
    """The door of one running service."""
    app = doorway("Onward: police reports")
    tokens = Tokens(runtime.settings.tokens_file)
    backlog = Backlog(runtime.database, runtime.settings.backlog_limit)

    @app.post(PATH, status_code=202, response_model=Receipt, responses=REFUSALS, openapi_extra=BODY)
    async def hand_in(request: Request) -> Response:
        """Hand in a report, its amendment or its cancellation."""
        sender = sender_at(request, tokens)
        body = await body_of(request)
        _only_for_oneself(sender, body)
        async with patiently():
            urgent = await backlog.is_for_the_urgent()
            key = request.headers.get("idempotency-key")
            return await _taken(runtime, body, _Knock(sender, key, _digest_of(body), urgent))

    @app.get(f"{PATH}/{{source}}/{{reference:path}}", responses=REFUSALS)
    async def receipt(request: Request, source: str, reference: str) -> Receipt:
        """What became of a report."""
        if sender_at(request, tokens) != source:
            raise Shut(403, NOT_YOURS)
        async with patiently():
            report = await _kept(runtime, source, reference)
        if report is None:
            raise Shut(404, "No revision of this report was taken in.")
        return receipt_of(report)

    described(app, {"IncidentReport": IncidentReport})
    return app


def receipt_of(report: Report) -> Receipt:
    """A report's receipt."""
    return Receipt(
        incident_id=str(report.report_id),
        status="cancelled" if report.cancelled else "reported",
        revision=report.revision,
        area=report.area,
        received_at=report.received_at,
        marked=tuple(Reason(code=code, sentence=said) for code, said in report.marks),
        revisions=tuple(
            Revision(revision=one.revision, outcome=one.outcome, received_at=one.received_at)
            for one in report.taken
        ),
    )


def location_of(source: str, reference: str) -> str:
    """Where a report's receipt is."""
    return f"{PATH}/{quote(source, safe='')}/{quote(reference, safe='')}"


def _only_for_oneself(sender: str, body: bytes) -> None:
    try:
        claimed = strict_json.parse(body).get("source")
    except strict_json.NotJson:
        return
    if isinstance(claimed, str) and claimed != sender:
        raise Shut(403, NOT_YOURS, [NOT_ALLOWED])


async def _taken(runtime: Runtime, body: bytes, knock: _Knock) -> Response:
    if knock.key is not None:
        await _honour(runtime, knock.sender, knock.key, knock.digest)
    event = read(IncidentReport, body).event
    allows = _allows(knock, event)
    taken = await take(runtime, IncidentReport.TOPIC, body, source=knock.sender, allows=allows)
    problems = taken.problems or _refused(taken.events)
    report = await _kept(runtime, event.source, event.reference) if event else None
    if event is not None and not taken.new and not problems:
        # The very same message came before; what it was answered then is what the state says.
        problems = tuple(problems_of(event, report))
    if problems or event is None:
        raise Shut(422, "The report cannot be taken in.", problems)
    headers = {"Location": location_of(event.source, event.reference)}
    content = receipt_of(report).model_dump(mode="json") if report else {}
    return JSONResponse(content, 202, headers=headers)


def _digest_of(body: bytes) -> str:
    """What binds a key to its message: the same JSON, whatever its spacing and order of keys."""
    try:
        return strict_json.digest_of(strict_json.parse(body))
    except strict_json.NotJson:
        return sha256(body).hexdigest()


def _refused(events: Sequence[Event]) -> tuple[Problem, ...]:
    refusals = (event for event in events if isinstance(event, InputRefused))
    return tuple(problem for refusal in refusals for problem in refusal.problems)


async def _kept(runtime: Runtime, source: str, reference: str) -> Report | None:
    async with runtime.database.transaction(runtime.clock.now()) as transaction:
        return await report_of(transaction, source, reference)


async def _honour(runtime: Runtime, sender: str, key: str, digest: str) -> None:
    if not key or len(key) > LONGEST_KEY:
        raise Shut(422, f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.")
    async with runtime.database.transaction(runtime.clock.now()) as transaction:
        before = await key_used_for(transaction, sender, key)
    _check(before, digest)


def _allows(knock: _Knock, event: IncidentReport | None) -> Allows:
    async def allows(transaction: Transaction, said: Sequence[Said]) -> None:
        if knock.only_urgent:
            only_urgent(said)
        if knock.key is None or event is None:
            return
        report = await report_of(transaction, event.source, event.reference)
        if report is not None and not problems_of(event, report):
            await _bind(transaction, knock.sender, knock.key, knock.digest)

    return allows


async def _bind(transaction: Transaction, sender: str, key: str, digest: str) -> None:
    """Bind a key to its message with taking it in: of two at one moment the second waits here."""
    await remember_key(transaction, (sender, key, digest), transaction.now - KEYS_ARE_KEPT)
    _check(await key_used_for(transaction, sender, key), digest)


def _check(before: str | None, digest: str) -> None:
    if before not in (None, digest):
        raise Shut(422, KEY_REUSED.message, [KEY_REUSED])
