"""An alert that was sent, and a browser's way to its page: the room on a real database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson

from contracts.identity import IncidentIdentified
from contracts.schools import AlertDue, AlertMailEnded
from contracts.vocabulary import Audience, RecipientRole
from services.kit.clock import SteeredClock
from services.kit.sealing import Keyring, seal_parts
from services.school_alerts.app import SERVICE
from services.school_alerts.door import door
from tests.services.at_work import AtWork, at_work
from tests.services.school_alerts.builders import (
    INTAKE,
    MONDAY_7,
    a_child,
    alert,
    an_incident,
    heard,
    incident,
)

PAGE = f"/alerts/{alert(INTAKE)}/key_adult"
CODES = "SELECT message FROM kit.sendings WHERE gateway = 'codes' ORDER BY created_at, reference"
KEYS = Keyring.generated()


@dataclass
class School:
    """The room at work, and somebody at the school with a browser."""

    room: AtWork
    browser: httpx.AsyncClient

    @property
    def clock(self) -> SteeredClock:
        """The clock that the room goes by."""
        clock = self.room.runtime.clock
        assert isinstance(clock, SteeredClock)
        return clock

    async def codes(self) -> list[str]:
        """The codes that were mailed so far."""
        rows = await self.room.runtime.database.fetch(CODES)
        return [re.findall(r"\b\d{6}\b", orjson.loads(row[0])["text"])[0] for row in rows]

    async def prove(self, page: str = PAGE) -> httpx.Response:
        """Ask for a code, enter it, and come to the alert."""
        known = set(await self.codes())
        await self.browser.post(f"{page}/code")
        [code] = set(await self.codes()) - known
        return await self.browser.post(f"{page}/check", data={"code": code})

    async def views(self) -> list[tuple[str, str]]:
        """Who read what."""
        rows = await self.room.runtime.database.fetch(
            "SELECT about, who FROM kit.views ORDER BY id"
        )
        return [(row[0], row[1]) for row in rows]


@asynccontextmanager
async def at_school(url: str, folder: Path) -> AsyncIterator[School]:
    """An alert to Intake's key adult, sent on Monday at seven; it is a minute later."""
    ring = folder / "keyring.json"
    ring.write_text(KEYS.only([Audience.SCHOOL]).to_json(), encoding="utf-8")
    room = await at_work(SERVICE, url, MONDAY_7, ring)
    await tell(room, an_incident(a_child()))
    transport = httpx.ASGITransport(app=door(room.runtime))
    async with httpx.AsyncClient(
        transport=transport, base_url="https://page.test", follow_redirects=True
    ) as browser:
        yield School(room, browser)
    await room.runtime.database.close()


async def tell(room: AtWork, event: IncidentIdentified, recipient: str = INTAKE) -> None:
    """Plan and send the alert."""
    await room.hears(seal_parts(event, KEYS).heard_in(event.envelope))
    role = RecipientRole.KEY_ADULT if recipient == INTAKE else RecipientRole(recipient)
    named = {"alert_id": alert(recipient), "incident_id": incident(), "content_version": 1}
    await room.hears(heard(AlertDue.model_validate(named), "R1", MONDAY_7))
    given = {"step": "first", "role": role, "outcome": "accepted", "at": MONDAY_7}
    await room.hears(heard(AlertMailEnded.model_validate({**named, **given}), "R1", MONDAY_7))
