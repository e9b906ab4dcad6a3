"""Records taken straight from the broker, up to an end where they are known to stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords

from services.kit.records import KeptRecord

WAIT_MS = 500
AT_MOST = 64 * 1024 * 1024
AT_MOST_A_PARTITION = 8 * 1024 * 1024
UNCOMMITTED = 0


@dataclass
class Span:
    """What is wanted of a partition: from its position up to its end."""

    position: int
    end: int


async def fetch(client: Any, wanted: Mapping[TopicPartition, Span]) -> list[KeptRecord]:
    """Every record of these spans; one request for all of them, and more only where it is full."""
    found: list[KeptRecord] = []
    missing = dict(wanted)
    while missing:
        for node, places in _by_leader(client, missing).items():
            request = _request({place: missing[place].position for place in places})
            response = await client.send(node, request)
            for place, records in _answered(response):
                found += _wanted(place, records, missing[place])
        missing = {place: span for place, span in missing.items() if span.position < span.end}
    return found


def _by_leader(client: Any, missing: Mapping[TopicPartition, Span]) -> dict[int, list[Any]]:
    leaders: dict[int, list[Any]] = {}
    for place in missing:
        leaders.setdefault(client.cluster.leader_for_partition(place), []).append(place)
    return leaders


def _request(positions: Mapping[TopicPartition, int]) -> FetchRequest:
    topics = [
        (place.topic, [(place.partition, position, AT_MOST_A_PARTITION)])
        for place, position in positions.items()
    ]
    return FetchRequest(WAIT_MS, 1, AT_MOST, UNCOMMITTED, topics, rack_id="")


def _answered(response: Any) -> Iterator[tuple[TopicPartition, Any]]:
    for topic, partitions in response.topics:
        for number, code, *rest in partitions:
            if code:
                raise for_code(code)(topic)
            yield TopicPartition(topic, number), MemoryRecords(rest[-1])


def _wanted(place: TopicPartition, records: Any, span: Span) -> Iterator[KeptRecord]:
    while records.has_next():
        batch = records.next_batch()
        for record in batch:
            if span.position <= record.offset < span.end:
                yield _kept(place, record)
        span.position = max(span.position, batch.next_offset)


def _kept(place: TopicPartition, record: Any) -> KeptRecord:
    return KeptRecord(
        topic=place.topic,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp=record.timestamp,
        partition=place.partition,
        offset=record.offset,
    )
