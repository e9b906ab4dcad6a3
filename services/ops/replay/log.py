"""The broker's log under a steered clock: partners' lines go in, everything said is read out."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from contracts.envelope import EVENTS, PartnerEvent
from services.kit.headers import stamp, texts, time_in, uuid_in
from services.kit.partners import envelope_of
from services.kit.records import appended_at
from services.ops.replay.lines import Line
from services.ops.replay.said import Everything, Said
from services.ops.topics import places_of

LARGEST = 4 * 1024 * 1024 + 64 * 1024
FETCH = 16 * 1024 * 1024
UNKNOWN = "?"


class Feed:
    """Puts partners' lines on their topics, with the line's time as the event's."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def put(self, lines: Sequence[Line]) -> dict[str, int]:
        """Publish lines in order; the new end of each topic."""
        waiting = [
            await self._producer.send(
                line.topic, value=line.body, key=_key_of(line), headers=_headers_of(line)
            )
            for line in lines
        ]
        ends: dict[str, int] = {}
        for acknowledgement in waiting:
            record = await acknowledgement
            ends[record.topic] = max(ends.get(record.topic, 0), record.offset + 1)
        return ends


@asynccontextmanager
async def feed(bootstrap: str) -> AsyncIterator[Feed]:
    """A way in for partners' lines."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, max_request_size=LARGEST
    )
    async with producer:
        yield Feed(producer)


async def everything_said(bootstrap: str, topics: Iterable[str]) -> Everything:
    """Every record of these topics, from their beginning to their present end."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=FETCH,
        max_partition_fetch_bytes=FETCH,
    )
    places = await places_of(bootstrap, topics)
    async with consumer:
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        records: list[ConsumerRecord] = []
        while await _behind(consumer, ends):
            for found in (await consumer.getmany(timeout_ms=500)).values():
                records.extend(found)
    return Everything.of(said_of(record) for record in records)


async def _behind(consumer: Any, ends: dict[TopicPartition, int]) -> bool:
    for place, end in ends.items():
        if end and await consumer.position(place) < end:
            return True
    return False


def said_of(record: ConsumerRecord) -> Said:
    """A record as an event; a partner's is named and dated as the services name and date it."""
    kind = EVENTS.get(record.topic)
    if kind is not None and issubclass(kind, PartnerEvent):
        return _partners(record, kind)
    found = texts(record.headers)
    body, raw = _body_of(record.value)
    return Said(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=_text(record.key),
        id=found.get("ce_id", UNKNOWN),
        source=found.get("ce_source", UNKNOWN),
        time=time_in(found, "ce_time") or appended_at(record),
        subject=found.get("ce_subject", ""),
        correlation_id=str(uuid_in(found, "ce_correlationid") or ""),
        causation_id=found.get("ce_causationid"),
        dataschema=found.get("ce_dataschema"),
        data=body,
        raw=raw,
    )


def _partners(record: ConsumerRecord, kind: type[PartnerEvent]) -> Said:
    envelope = envelope_of(record, kind, steered=True)
    body, raw = _body_of(record.value)
    return Said(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=envelope.key,
        id=str(envelope.id),
        source=envelope.source,
        time=envelope.time,
        subject=envelope.subject,
        correlation_id=str(envelope.correlation_id),
        causation_id=None,
        dataschema=texts(record.headers).get("ce_dataschema"),
        data=body,
        raw=raw,
    )


def _body_of(value: bytes | None) -> tuple[dict[str, Any], str | None]:
    try:
        read = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return {}, (value or b"").decode(errors="replace")
    return (read, None) if isinstance(read, dict) else ({}, orjson.dumps(read).decode())


def _key_of(line: Line) -> bytes:
    kind = EVENTS[line.topic]
    read = _body_of(line.body)[0]
    if "reference" in kind.model_fields:
        return f"{_field(read, 'source')}/{_field(read, 'reference')}".encode()
    return _field(read, kind.KEY or "").encode()


def _field(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) and value else UNKNOWN


def _headers_of(line: Line) -> list[tuple[str, bytes]]:
    headers = {"ce_specversion": "1.0", "ce_type": line.topic, "ce_time": stamp(line.at)}
    headers["ce_sequence"] = str(line.place)
    if line.sender:
        headers["ce_source"] = line.sender
    return [(name, text.encode(errors="replace")) for name, text in headers.items()]


def _text(key: bytes | None) -> str | None:
    return None if key is None else key.decode(errors="replace")
