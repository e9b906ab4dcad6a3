"""An alert that was sent, and a browser's way to its page: the room on a real database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from contracts.schools import AlertDue, AlertMailEnded
from contracts.vocabulary import Audience
from services.kit.clock import SteeredClock
from services.kit.dispatch import Dispatcher
from services.kit.runtime import open_runtime
from services.kit.sealing import Keyring, seal_parts
from services.kit.settings import Settings
from services.ops.platform.mail import MailSink, mail_sink
from services.school_alerts.app import SERVICE
from services.school_alerts.door import door
from tests.services.at_work import AtWork
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
    """The room at work with a mail server, and somebody at the school with a browser."""

    room: AtWork
    browser: httpx.AsyncClient
    sink: MailSink
    dispatcher: Dispatcher

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

    async def post(self, gateway: str = "mail") -> None:
        """Hand over what waits for a way out, and hear what came of it."""
        known = len(await self.room.said(AlertMailEnded))
        await self.dispatcher.round(gateway)
        for ended in (await self.room.said(AlertMailEnded))[known:]:
            await self.room.hears(heard(ended, "R1", self.clock.now()))


@asynccontextmanager
async def at_school(url: str, folder: Path, **settings: Any) -> AsyncIterator[School]:
    """An alert to Intake's key adult, sent on Monday at seven."""
    ring = folder / "keyring.json"
    ring.write_text(KEYS.only([Audience.SCHOOL]).to_json(), encoding="utf-8")
    async with mail_sink(folder / "mail") as sink:
        told = Settings(
            database_url=SecretStr(url), keyring_file=ring, smtp_port=sink.port, **settings
        )
        room = AtWork(await open_runtime(SERVICE, told, SteeredClock(MONDAY_7)))
        app, dispatcher = door(room.runtime), Dispatcher(room.runtime)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="https://page.test",
            follow_redirects=True,
        ) as browser:
            school = School(room, browser, sink, dispatcher)
            await plan(school)
            await school.post()
            yield school
        await dispatcher.stop()
        await room.runtime.database.close()


async def plan(school: School) -> None:
    """Friday night's incident, and the timer of Monday morning."""
    event = an_incident(a_child())
    await school.room.hears(seal_parts(event, KEYS).heard_in(event.envelope))
    due = AlertDue(alert_id=alert(INTAKE), incident_id=incident(), content_version=1)
    await school.room.hears(heard(due, "R1", MONDAY_7))
