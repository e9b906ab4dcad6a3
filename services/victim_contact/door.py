"""Where a lead's agency reads the safe contact points, and tells what came of its attempts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from contracts.contact import ContactInputRefused
from contracts.envelope import Problem
from contracts.partner import ContactOutcomeTold
from contracts.vocabulary import RiskLevel
from services.kit import strict_json
from services.kit.authentication import Tokens
from services.kit.doors import take
from services.kit.doorway import (
    Backlog,
    ProblemDetails,
    Shut,
    body_of,
    described,
    doorway,
    patiently,
    sender_at,
)
from services.kit.partner_reading import read
from services.kit.runtime import Runtime
from services.kit.views import note_view
from services.victim_contact.domain.details import Window
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.sheet import Page, pages
from services.victim_contact.domain.states import State, state_of
from services.victim_contact.handlers.telling_outcomes import point_problems, problems_of
from services.victim_contact.store import group_led, highest_fence, uuid_in

LEAD = "/v1/leads/{lead_id}"
OUTCOMES = f"{LEAD}/outcomes"
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails, "content": {"application/problem+json": {}}}
    for status in (401, 403, 404, 410, 422, 503)
}
OUTCOME = {"$ref": "#/components/schemas/ContactOutcomeTold"}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": OUTCOME}}}}
NOT_YOURS = "This lead is another agency's."


class ContactTime(BaseModel):
    """When contact is safe, in London's time."""

    days: tuple[str, ...]
    opens: str = Field(serialization_alias="from")
    closes: str = Field(serialization_alias="to")


class Way(BaseModel):
    """A safe way to reach her; nothing else may be used."""

    id: UUID
    channel: str
    value: str
    voicemail_ok: bool


class Contact(BaseModel):
    """One person to contact; several of a group may be the same person."""

    person_id: UUID
    given_names: str | None
    family_name: str | None
    known_as: tuple[str, ...]
    date_of_birth: date | None
    interpreter_language: str | None
    code_word_agreed: bool
    suspect_name: str | None
    """For the worker's safety."""
    risk_level: RiskLevel | None
    children_count: int
    one_chance: bool
    """No voicemail, no letter, never through family."""
    advocates: tuple[str, ...]
    windows: tuple[ContactTime, ...]
    contact_points: tuple[Way, ...]


class LeadSheet(BaseModel):
    """What the lead's agency may know while it leads."""

    lead_id: UUID
    agency: str
    fence: int
    episode_id: UUID
    state: State
    first_attempt_due_at: datetime
    expires_at: datetime
    next_attempt_due_at: datetime | None
    persons: tuple[Contact, ...]


def door(runtime: Runtime) -> FastAPI:
    """The door of one running service."""
    app = doorway("Onward: victim contact")
    tokens = Tokens(runtime.settings.tokens_file)
    backlog = Backlog(runtime.database, runtime.settings.backlog_limit)

    @app.get(LEAD, responses=REFUSALS)
    async def read_lead(request: Request, response: Response, lead_id: str) -> LeadSheet:
        """Read the safe contact points of a lead while it stands; each reading is recorded."""
        response.headers["Cache-Control"] = "no-store"
        agency = sender_at(request, tokens)
        async with patiently():
            return await _sheet(runtime, lead_id, agency)

    @app.post(OUTCOMES, status_code=202, responses=REFUSALS, openapi_extra=BODY)
    async def tell_outcome(request: Request, lead_id: str) -> Response:
        """Tell what came of an attempt; `source`, `agency` and `lead_id` may be left out."""
        agency = sender_at(request, tokens)
        lead = _id(lead_id)
        body = _completed(await body_of(request), agency, lead)
        async with patiently():
            await backlog.admit()
            await _owned(runtime, lead, agency)
            taken = await take(runtime, ContactOutcomeTold.TOPIC, body, source=agency)
        refused = [event for event in taken.events if isinstance(event, ContactInputRefused)]
        problems = taken.problems or tuple(p for event in refused for p in event.problems)
        if not taken.new and not problems:
            async with patiently():
                problems = await _faults(runtime, lead, body)
        if problems:
            raise Shut(422, "The outcome cannot be taken in.", problems)
        return JSONResponse({"lead_id": str(lead), "new": taken.new}, 202)

    described(app, {"ContactOutcomeTold": ContactOutcomeTold})
    return app


async def _sheet(runtime: Runtime, lead_id: str, agency: str) -> LeadSheet:
    async with runtime.database.transaction(runtime.clock.now()) as transaction:
        lead, group = await group_led(transaction, _id(lead_id))
        if lead is None:
            raise Shut(404, "No such lead was ever granted.")
        if lead.agency != agency:
            raise Shut(403, NOT_YOURS)
        if group is None:
            raise Shut(410, "This lead has ended: please do not contact her.")
        await note_view(transaction, about=str(lead.lead_id), who=agency, what="contact points")
        return sheet_of(lead, group)


async def _owned(runtime: Runtime, lead_id: UUID, agency: str) -> None:
    """An outcome may be told of a lead that ended, but only by the agency that held it."""
    async with runtime.database.transaction(runtime.clock.now()) as transaction:
        lead, _ = await group_led(transaction, lead_id)
    if lead is None:
        raise Shut(404, "No such lead was ever granted.")
    if lead.agency != agency:
        raise Shut(403, NOT_YOURS)


async def _faults(runtime: Runtime, lead_id: UUID, body: bytes) -> tuple[Problem, ...]:
    """What the very same message was refused for when it came before: the state says so still."""
    event = read(ContactOutcomeTold, body).event
    if event is None:
        return ()
    async with runtime.database.transaction(runtime.clock.now()) as transaction:
        lead, _ = await group_led(transaction, lead_id)
        highest = await highest_fence(transaction, lead) if lead else 0
    return problems_of(event, lead, highest) or point_problems(event, lead)


def _id(lead_id: str) -> UUID:
    found = uuid_in(lead_id)
    if found is None:
        raise Shut(404, "No such lead was ever granted.")
    return found


def _completed(body: bytes, agency: str, lead_id: UUID) -> bytes:
    """The message with what the path and the token say already; another's word is refused."""
    try:
        told = strict_json.parse(body)
    except strict_json.NotJson:
        return body
    known = {"source": agency, "agency": agency}
    if any(told.get(name, value) != value for name, value in known.items()) or (
        uuid_in(told.get("lead_id", lead_id)) != lead_id
    ):
        raise Shut(403, "A token opens the door for its own agency and this lead alone.")
    return orjson.dumps({**told, **known, "lead_id": str(lead_id)})


def sheet_of(lead: Lead, group: Group) -> LeadSheet:
    """The lead as its worker reads it."""
    return LeadSheet(
        lead_id=lead.lead_id,
        agency=lead.agency,
        fence=lead.fence,
        episode_id=lead.episode_id,
        state=state_of(group),
        first_attempt_due_at=lead.first_due_at,
        expires_at=lead.expires_at,
        next_attempt_due_at=lead.due.due_at if lead.due else None,
        persons=tuple(contact_of(page) for page in pages(group, lead)),
    )


def contact_of(page: Page) -> Contact:
    """One person of the sheet."""
    details = page.details
    return Contact(
        person_id=page.person_id,
        given_names=details.given_names,
        family_name=details.family_name,
        known_as=details.known_as,
        date_of_birth=details.date_of_birth,
        interpreter_language=details.interpreter_language,
        code_word_agreed=details.code_word_agreed,
        suspect_name=details.suspect_name,
        risk_level=page.risk_level,
        children_count=details.children_count,
        one_chance=page.one_chance,
        advocates=page.advocates,
        windows=tuple(time_of(window) for window in page.windows),
        contact_points=tuple(
            Way(id=w.id, channel=w.channel, value=w.value, voicemail_ok=w.voicemail_ok)
            for w in page.ways
        ),
    )


def time_of(window: Window) -> ContactTime:
    """A window in the words of the sender's form."""
    closes = f"{window.closes:%H:%M}" if window.closes else "24:00"
    return ContactTime(days=window.days, opens=f"{window.opens:%H:%M}", closes=closes)
