"""Messages of ours that no retry can help, and those behind them: kept in order, never skipped."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.kit.bulk import to_json
from services.kit.database import Transaction
from services.kit.headers import stamp, storable, time_in
from services.kit.records import Headers, Incoming, KeptRecord

BEHIND = "behind"
"""The reason of a message that is well but must wait for an earlier one of its key."""
HELD = """
SELECT DISTINCT p.topic, p.key FROM kit.parked p
JOIN unnest($1::text[], $2::text[]) AS asked(topic, key)
    ON p.topic = asked.topic AND p.key = asked.key
"""
PARK = """
INSERT INTO kit.parked
    (event_id, topic, key, partition, record_offset, record_timestamp, body, headers, event_time,
     reason, detail, behind, attempts, traceparent, summary, parked_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::bigint[],
    $7::bytea[], $8::jsonb[], $9::timestamptz[], $10::text[], $11::text[], $12::boolean[],
    $13::int[], $14::text[], $15::jsonb[], $16::timestamptz[])
"""
ACT = """
INSERT INTO kit.parked_acts (event_id, topic, act, who, why, at) VALUES ($1, $2, $3, $4, $5, $6)
"""
LONGEST_DETAIL = 500
PLAIN = ("incident_id", "request_id", "lead_id", "alert_id", "contact_group", "victim_id", "area")


@dataclass(frozen=True, slots=True)
class Parked:
    """A message to park: why, and whether it only waits behind another."""

    item: Incoming
    reason: str
    detail: str = ""
    attempts: int = 1

    @property
    def behind(self) -> bool:
        """Whether the message itself is well."""
        return self.reason == BEHIND


@dataclass
class Held:
    """Places with parked messages, as one batch finds and makes them."""

    places: set[tuple[str, str]]
    parked: list[Parked] = field(default_factory=list)
    _aside: Incoming | None = None

    def sort_out(self, items: Iterable[Incoming]) -> list[Incoming]:
        """Those that may be handled; the unreadable, and all behind a parked one, are parked."""
        return [item for item in items if not self._parks(item)]

    def set_aside(self, parked: Parked) -> None:
        """Park this one, unless something of its key is parked already: then it is behind that."""
        if parked.item.place not in self.places:
            self.places.add(parked.item.place)
            self.parked.append(parked)
            self._aside = parked.item

    def _parks(self, item: Incoming) -> bool:
        if item is self._aside:
            return True
        if item.place in self.places:
            self.parked.append(Parked(item, BEHIND, item.fault or ""))
        elif item.fault is not None:
            self.places.add(item.place)
            self.parked.append(Parked(item, "unreadable", item.fault))
        else:
            return False
        return True


def lock_name(place: tuple[str, str]) -> str:
    """The lock under which a key's parked messages are added to, redriven and freed."""
    return f"parked/{place[0]}/{place[1]}"


async def held(transaction: Transaction, items: Sequence[Incoming]) -> Held:
    """Which of these keys have parked messages; those that do are locked until the commit."""
    places = {item.place for item in items}
    found = await _held(transaction, places)
    if found:
        await transaction.lock(lock_name(place) for place in found)
        found = await _held(transaction, found)
    return Held(found)


async def _held(transaction: Transaction, places: set[tuple[str, str]]) -> set[tuple[str, str]]:
    topics, keys = [place[0] for place in places], [place[1] for place in places]
    return {(row[0], row[1]) for row in await transaction.fetch(HELD, topics, keys)}


async def park(transaction: Transaction, parked: Sequence[Parked], at: datetime) -> None:
    """Keep them, bytes and headers as they came, in order."""
    if not parked:
        return
    items = [each.item for each in parked]
    await transaction.execute(
        PARK,
        [item.envelope.id for item in items],
        [item.record.topic for item in items],
        [item.envelope.key for item in items],
        [item.record.partition for item in items],
        [item.record.offset for item in items],
        [item.record.timestamp for item in items],
        [item.record.value for item in items],
        [to_json(kept_headers(item.record.headers)) for item in items],
        [item.envelope.time for item in items],
        [each.reason for each in parked],
        [storable(each.detail)[:LONGEST_DETAIL] for each in parked],
        [each.behind for each in parked],
        [each.attempts for each in parked],
        [item.envelope.traceparent for item in items],
        [summary_of(item) for item in items],
        [at] * len(items),
    )


async def note(
    transaction: Transaction, act: str, event: tuple[UUID, str], by: tuple[str, str]
) -> None:
    """Remember who did what to a parked message, and why."""
    await transaction.execute(ACT, event[0], event[1], act, by[0], by[1], transaction.now)


def kept_headers(headers: Headers) -> list[list[str | None]]:
    """Headers as JSON, exactly as they came: values in base64, null stays null."""
    return [
        [storable(name), None if value is None else base64.b64encode(value).decode()]
        for name, value in headers or ()
    ]


def record_of(row: Mapping[str, Any]) -> KeptRecord:
    """The record of a parked row, as it came from the broker."""
    headers = [
        (name, None if value is None else base64.b64decode(value)) for name, value in row["headers"]
    ]
    return KeptRecord(
        topic=row["topic"],
        key=row["key"].encode(),
        value=row["body"],
        headers=headers,
        timestamp=row["record_timestamp"],
        partition=row["partition"],
        offset=row["record_offset"],
    )


def summary_of(item: Incoming) -> dict[str, Any]:
    """What a human may see of it without opening it: ids, the grade and the clock."""
    try:
        content = orjson.loads(item.record.value or b"")
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(content, dict):
        return {}
    plain = {name: content[name] for name in PLAIN if isinstance(content.get(name), str)}
    return {name: storable(value)[:80] for name, value in (plain | _gravity(content)).items()}


def _gravity(content: Mapping[str, Any]) -> dict[str, Any]:
    risk = content.get("risk")
    level = risk.get("level") if isinstance(risk, dict) else content.get("risk_after")
    clock = content.get("due_at") or content.get("first_attempt_due_at") or content.get("due_by")
    due_at = time_in({"due_at": clock}, "due_at") if isinstance(clock, str) else None
    found = {"risk": level, "due_at": stamp(due_at) if due_at else None}
    return {name: value for name, value in found.items() if isinstance(value, str)}
