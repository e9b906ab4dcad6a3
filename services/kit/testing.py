"""For tests: empty databases cloned from a migrated one, topics, records as the broker has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from uuid_utils.compat import uuid7

from contracts.envelope import Envelope, Event, Trail
from services.kit.headers import headers_of
from services.kit.migrations import migrate
from services.kit.records import KeptRecord

_numbers = count(1)


@dataclass
class Databases:
    """Empty databases on a test server, each test its own."""

    server: str
    """The superuser's address of any database there."""
    made: list[str] = field(default_factory=list)
    _templates: dict[str, str] = field(default_factory=dict)

    async def new(self, service: str) -> str:
        """The address of a new database, migrated for the service."""
        template = self._templates.get(service) or await self._template(service)
        return await self._create(f"{service}_{next(_numbers)}", template)

    async def drop(self) -> None:
        """Drop those made since the last time; the templates stay."""
        names, self.made = self.made, []
        connection = await asyncpg.connect(self.server)
        try:
            for name in names:
                await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await connection.close()

    async def _template(self, service: str) -> str:
        name = f"template_{service}"
        await migrate(await self._create(name, "template0"), service)
        self.made.remove(name)
        self._templates[service] = name
        return name

    async def _create(self, name: str, template: str) -> str:
        connection = await asyncpg.connect(self.server)
        try:
            await connection.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
            )
        finally:
            await connection.close()
        self.made.append(name)
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))


async def make_topics(bootstrap: str, topics: Iterable[str], partitions: int = 1) -> None:
    """Create topics anew: what stood on them is gone."""
    names = sorted(topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        standing = set(await admin.list_topics())
        if gone := [name for name in names if name in standing]:
            await admin.delete_topics(gone)
        await admin.create_topics([NewTopic(name, partitions, 1) for name in names])
    finally:
        await admin.close()


def a_record(
    event: Event, *, at: datetime, trail: Trail, event_id: UUID | None = None, sequence: int = 0
) -> KeptRecord:
    """An event as it stands on its topic; `sequence`: the place of the input it comes from."""
    envelope = Envelope(
        id=event_id or uuid7(),
        type=event.TOPIC,
        source="/services/test",
        time=at,
        subject=trail.subject,
        key=event.key or "",
        correlation_id=trail.correlation_id,
        sequence=sequence,
    )
    headers = [(name, value.encode()) for name, value in headers_of(envelope).items()]
    body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
    timestamp = int(at.timestamp() * 1000)
    return KeptRecord(event.TOPIC, envelope.key.encode(), body, headers, timestamp)
