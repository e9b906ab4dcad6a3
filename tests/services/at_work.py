"""A service at work on a real database: records in, everything it announced out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from contracts.envelope import EVENTS, Event
from services.kit.clock import SteeredClock
from services.kit.headers import headers_of
from services.kit.records import KeptRecord
from services.kit.runner import Runner
from services.kit.runtime import Runtime, open_runtime
from services.kit.service import Service
from services.kit.settings import Settings

OUTBOX = "SELECT aggregatetype, payload, deliver_at FROM kit.outbox ORDER BY seq"


@dataclass
class AtWork:
    """A steered service and what stands in its outbox."""

    runtime: Runtime

    async def hears(self, *events: Any) -> int:
        """Hand it these events in one batch; how many were new to it."""
        return await Runner(self.runtime, lambda _: None).take(records(events))

    async def said(self, kind: type[Event]) -> list[Any]:
        """What it announced of one kind, in order."""
        rows = await self.runtime.database.fetch(OUTBOX)
        bodies = [orjson.loads(row[1]) for row in rows if row[0] == kind.TOPIC]
        return [EVENTS[kind.TOPIC].model_validate(body) for body in bodies]

    async def announced(self) -> list[str]:
        """The topics of everything it announced, timers included, in order."""
        return [row[0] for row in await self.runtime.database.fetch(OUTBOX)]

    async def parked(self) -> int:
        """How many messages it could not handle."""
        rows = await self.runtime.database.fetch("SELECT count(*) FROM kit.parked")
        return int(rows[0][0])


async def at_work(service: Service, url: str, now: datetime, keyring: Path | None = None) -> AtWork:
    """The service on a database that was migrated for it."""
    settings = Settings(
        database_url=SecretStr(url), area_dir=Path("deploy/areas"), keyring_file=keyring, port=0
    )
    return AtWork(await open_runtime(service, settings, SteeredClock(now)))


def records(events: Sequence[Any]) -> list[KeptRecord]:
    """Events as they stand on their topics, in the envelope they were built with."""
    return [record_of(event) for event in events]


def record_of(event: Any) -> KeptRecord:
    """One event as the broker has it."""
    envelope = event.envelope
    headers = [(name, value.encode()) for name, value in headers_of(envelope).items()]
    body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
    timestamp = int(envelope.time.timestamp() * 1000)
    return KeptRecord(event.TOPIC, envelope.key.encode(), body, headers, timestamp)
