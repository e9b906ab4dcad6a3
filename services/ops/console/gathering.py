"""Everything known about one report or request: said, still to come, or held back."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kit.bulk import adapter
from services.kit.database import Database
from services.ops.platform.addresses import SERVICES, Addresses
from services.ops.working_set import Note

COLUMNS = "event_id, topic, key, source, subject, correlation_id, causation_id, time, about, body"
BY_SUBJECT = """
SELECT DISTINCT correlation_id FROM notes WHERE subject = $1
UNION SELECT DISTINCT correlation_id FROM notes WHERE key = $1 AND topic LIKE '%refused%'
"""
BY_REFERENCE = "SELECT DISTINCT correlation_id FROM notes WHERE subject LIKE '%/' || $1"
BY_ID = """
SELECT DISTINCT correlation_id FROM notes WHERE about @> jsonb_build_array($1::text)
UNION SELECT DISTINCT correlation_id FROM notes WHERE correlation_id = $1::uuid
"""
NOTES = f"SELECT {COLUMNS} FROM notes WHERE correlation_id = ANY($1::uuid[])"
ABOUT = f"""
SELECT {COLUMNS} FROM notes
WHERE (topic LIKE 'contact.%' OR topic LIKE 'idva.%' OR topic LIKE '%.input-refused.v1')
  AND EXISTS (
    SELECT 1 FROM unnest($1::text[]) AS thing WHERE about @> jsonb_build_array(thing))
"""
CLOCKS = """
SELECT type AS topic, deliver_at AS at FROM kit.outbox
WHERE deliver_at IS NOT NULL AND headers ->> 'ce_correlationid' = ANY($1::text[])
ORDER BY deliver_at
"""
PARKED = """
SELECT topic, key, reason, parked_at AS at FROM kit.parked
WHERE summary ->> 'incident_id' = ANY($1::text[]) OR summary ->> 'request_id' = ANY($1::text[])
   OR summary ->> 'lead_id' = ANY($1::text[]) OR summary ->> 'alert_id' = ANY($1::text[])
ORDER BY seq
"""
THINGS = ("incident_id", "request_id", "lead_id", "alert_id")


@dataclass(frozen=True, slots=True)
class Clock:
    """A timer that has not come yet."""

    service: str
    topic: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A parked message about this."""

    service: str
    topic: str
    key: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Story:
    """All that is known of a report or request, in the order of time."""

    reference: str
    notes: Sequence[Note]
    clocks: Sequence[Clock] = ()
    parked: Sequence[Held] = ()


async def story_of(addresses: Addresses, reference: str) -> Story:
    """The story of a reference, `source/reference`, or the id of anything in it."""
    ops = await Database.connect(addresses.dsn("ops"), connections=1)
    try:
        trails, notes = await notes_about(ops, reference)
    finally:
        await ops.close()
    clocks: list[Clock] = []
    parked: list[Held] = []
    for service in SERVICES if notes else ():
        async with _connected(addresses.dsn(service)) as connection:
            coming = await connection.fetch(CLOCKS, [str(trail) for trail in trails])
            held = await connection.fetch(PARKED, sorted(_things(notes)))
        clocks += [Clock(service, **row) for row in coming]
        parked += [Held(service, **row) for row in held]
    return Story(reference, notes, sorted(clocks, key=lambda clock: clock.at), parked)


async def notes_about(ops: Database, reference: str) -> tuple[list[UUID], list[Note]]:
    """The correlation ids that a reference means, and what was said of them."""
    trails = await _trails(ops, reference)
    return trails, await _notes(ops, trails)


async def _trails(ops: Database, reference: str) -> list[UUID]:
    asked = [(BY_SUBJECT, reference), (BY_REFERENCE, reference)]
    if _is_id(reference):
        asked = [(BY_ID, reference)]
    for sql, argument in asked:
        found = await ops.fetch(sql, argument)
        if found:
            return [row[0] for row in found]
    return []


async def _notes(ops: Database, trails: Sequence[UUID]) -> list[Note]:
    rows = {row["event_id"]: row for row in await ops.fetch(NOTES, list(trails))}
    # A lead may be another report's too: first what names the incident, then what names the lead.
    # A decision that was refused names only what it was about.
    for names in (("incident_id", "request_id", "review_id"), ("lead_id",)):
        wanted = {
            row["body"][name] for row in rows.values() for name in names if name in row["body"]
        }
        rows |= {row["event_id"]: row for row in await ops.fetch(ABOUT, sorted(wanted))}
    notes = adapter(Note).validate_python([dict(row) for row in rows.values()])
    return sorted(notes, key=lambda note: (note.time, note.event_id))


def _things(notes: Iterable[Note]) -> set[str]:
    return {note.body[name] for note in notes for name in THINGS if name in note.body}


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def _is_id(reference: str) -> bool:
    try:
        UUID(reference)
    except ValueError:
        return False
    return True
