"""One reader at one alert's page, in one transaction."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from uuid_utils.compat import uuid7

from contracts.envelope import Envelope, Trail
from contracts.partner import SchoolAcknowledgement
from contracts.schools import PupilDisowned
from contracts.vocabulary import AlertId, RecipientRole
from services.kit import outbox
from services.kit.batch import Committed
from services.kit.database import Transaction
from services.kit.doors import take
from services.kit.intents import Intents
from services.kit.runtime import Runtime
from services.kit.sending import Mail, Send
from services.kit.views import note_view
from services.school_alerts.domain.access import (
    CODE_DIGITS,
    CODE_LASTS,
    VISIT_LASTS,
    Code,
    Visit,
    counted,
    digest_of,
    link_has_expired,
    may_send_code,
    reader_of,
)
from services.school_alerts.domain.alert import Stage
from services.school_alerts.domain.content import Content
from services.school_alerts.domain.readers import Reader
from services.school_alerts.handlers.letters import TEMPLATES
from services.school_alerts.store.page import (
    Sheet,
    code_of,
    keep_code,
    keep_visit,
    sheet_of,
    visit_by,
)
from services.school_alerts.working_set import alert_named

NONE = "Enter the code from the mail"
WRONG = "The code is not correct. Check the newest mail and enter its code again"
TOO_OLD = "The code has expired or was tried too often. Ask for a new one"
CODES_GATEWAY = "codes"
"""A way out of its own: a code must not wait behind a morning's alerts."""


@dataclass
class Refusal(Exception):  # noqa: N818
    """The page cannot be opened; `why` is a code that the template puts in words."""

    status: int
    why: str


@dataclass(frozen=True)
class Checked:
    """What came of a guess."""

    token: str | None = None
    error: str | None = None


@dataclass
class Reading:
    """A reader at the page of an alert."""

    runtime: Runtime
    transaction: Transaction
    sheet: Sheet
    reader: Reader
    committed: list[Committed] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.transaction.now

    @property
    def alert_id(self) -> AlertId:
        """The alert."""
        return self.sheet.alert.alert_id

    @property
    def content(self) -> Content | None:
        """What the page shows of the child; nothing of an alert that holds no more."""
        child = self.sheet.case.child(self.sheet.alert.child_ref)
        return child.content if child and self.sheet.alert.stage is Stage.SENT else None

    @property
    def may_disown(self) -> bool:
        """Whether this reader may say that the child is no pupil there, while the alert holds."""
        may = self.reader.is_at_school and self.sheet.school is not None
        return may and self.content is not None

    async def send_code(self) -> None:
        """Mail a new code to the mailbox that was told; only so many an hour."""
        before = await code_of(self.transaction, self.alert_id, self.reader.role)
        if not may_send_code(before, self.now):
            raise Refusal(429, "too_many_codes")
        digits = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        salt = secrets.token_hex(16)
        fresh = Code(self.alert_id, self.reader.role, salt, digest_of(salt, digits), self.now)
        await keep_code(self.transaction, counted(fresh, before))
        await self._mail(digits)

    async def check(self, guess: str) -> Checked:
        """Compare a guess: a right one uses the code up and begins a visit; nothing is no guess."""
        if not guess:
            return Checked(error=NONE)
        code = await code_of(self.transaction, self.alert_id, self.reader.role)
        if code is None or not code.is_open(self.now):
            return Checked(error=TOO_OLD)
        await keep_code(self.transaction, code.guessed(guess))
        if not code.matches(guess):
            return Checked(error=WRONG)
        token = secrets.token_urlsafe(32)
        until = self.now + VISIT_LASTS
        visit = Visit(digest_of("visit", token), self.alert_id, self.reader.role, until)
        await keep_visit(self.transaction, visit)
        return Checked(token=token)

    async def is_proved(self, token: str | None) -> bool:
        """Whether the browser's token is that of a visit to this very page."""
        visit = await visit_by(self.transaction, token, self.now) if token else None
        here = (self.alert_id, self.reader.role)
        return visit is not None and (visit.alert_id, visit.role) == here

    async def note(self) -> None:
        """Record that the alert was read, and by which reader."""
        place = self.sheet.alert.school_urn or self.sheet.alert.recipient
        who = f"{self.reader.role} of {place}"
        await note_view(self.transaction, about=f"alert/{self.alert_id}", who=who, what="alert")

    async def acknowledge(self) -> None:
        """Acknowledge as the school, or as the council for its desk and its lead."""
        alert = self.sheet.alert
        at_desk = alert.is_desk or self.reader.role is RecipientRole.AUTHORITY_LEAD
        source = min(self.sheet.district.councils) if at_desk else alert.school_urn or ""
        told = {"source": source, "alert_id": str(alert.alert_id), "by": "page"}
        body = orjson.dumps({**told, "role": self.reader.role, "at": self.now.isoformat()})
        await take(self.runtime, SchoolAcknowledgement.TOPIC, body, source=source)

    async def disown(self) -> None:
        """Say to ourselves that the child is not a pupil there; once it is heard, no more."""
        if self.sheet.alert.disowned:
            return
        event = PupilDisowned(alert_id=self.alert_id, incident_id=self.sheet.alert.incident_id)
        said = self.runtime.voice.say(event, self._cause(), self.now)
        await outbox.say(self.transaction, [said])
        self.committed.append(Committed(said=1))

    async def _mail(self, digits: str) -> None:
        given = {"digits": digits, "minutes": int(CODE_LASTS.total_seconds() // 60)}
        mail = Mail(
            to=self.reader.address,
            subject="Your code to open an Operation Encompass alert",
            text=TEMPLATES.get_template("code.txt.j2").render(given),
            headers={"X-Onward-Reference": str(self.alert_id), "X-Onward-Step": "code"},
        )
        reference = f"code/{self.alert_id}/{self.reader.role}/{uuid7()}"
        until = self.now + CODE_LASTS
        intents = Intents(self.runtime.voice, steered=self.runtime.clock.steered)
        send: Send[PupilDisowned] = Send(
            reference, mail, gateway=CODES_GATEWAY, expires_at=until, at_most_once=True
        )
        intents.send(send, self._cause(), self.now)
        await intents.save(self.transaction)
        self.committed.append(Committed(sendings=(self.now,)))

    def _cause(self) -> Envelope:
        case = self.sheet.case
        trail = Trail(case.subject, case.correlation_id)
        source = f"/doors/{self.runtime.service.name}"
        return Envelope(
            id=uuid7(),
            type="page",
            source=source,
            time=self.now,
            subject=trail.subject,
            key=str(self.alert_id),
            correlation_id=trail.correlation_id,
        )


@asynccontextmanager
async def open_reading(runtime: Runtime, alert_id: str, role: str) -> AsyncIterator[Reading]:
    """The reader at the page, where the link still opens it; Refusal otherwise."""
    now = runtime.clock.now()
    async with runtime.database.transaction(now, runtime.reference) as transaction:
        reading = await _reading(runtime, transaction, alert_id, role)
        yield reading
    for committed in reading.committed:
        runtime.tell(committed)


async def _reading(runtime: Runtime, transaction: Transaction, alert_id: str, role: str) -> Reading:
    named = alert_named(alert_id)
    sheet = await sheet_of(transaction, named) if named else None
    known = role in RecipientRole._value2member_map_
    reader = reader_of(sheet.alert, RecipientRole(role)) if sheet and known else None
    if sheet is None or reader is None:
        raise Refusal(404, "unknown")
    days = sheet.district.policy.link_days
    if link_has_expired(sheet.alert, transaction.now, days):
        raise Refusal(410, "expired")
    if reader.mailbox in sheet.barred:
        raise Refusal(403, "not_for_you")
    return Reading(runtime, transaction, sheet, reader)
