"""What stands in the topics after a run: when each incident was decided, to the millisecond."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.kit.headers import texts
from services.ops.topics import places_of

REPORTED = "police.incident-reported.v1"
IDENTIFIED = "identity.incident-identified.v1"
SCREENED = "mash.incident-screened.v1"
ALERTED = ("schools.alert-planned.v1", "schools.alert-withheld.v1")
DECISIONS = (
    SCREENED,
    *ALERTED,
    "idva.advocate-allocated.v1",
    "idva.allocation-queued.v1",
    "idva.marac-listed.v1",
    "contact.lead-granted.v1",
    "contact.request-covered.v1",
    "contact.request-flagged.v1",
    "contact.withheld.v1",
)


@dataclass(frozen=True, slots=True)
class Appended:
    """When the broker appended an event about an incident: milliseconds of its clock."""

    topic: str
    incident: str
    id: str
    cause: str
    at: int


async def appended(
    bootstrap: str, topics: Sequence[str] = (REPORTED, IDENTIFIED, *DECISIONS)
) -> list[Appended]:
    """Everything that was reported, identified and decided until now, or what is on some topics."""
    places = await places_of(bootstrap, topics)
    consumer: Any = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    async with consumer:
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[Appended] = []
        while any([await consumer.position(place) < end for place, end in ends.items() if end]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += map(_appended, records)
    return found


def _appended(record: Any) -> Appended:
    told = texts(record.headers)
    return Appended(
        topic=record.topic,
        incident=told["ce_correlationid"],
        id=told["ce_id"],
        cause=told["ce_causationid"],
        at=record.timestamp,
    )


def rate(log: Iterable[Appended], topics: Sequence[str], incidents: set[str], start: int) -> float:
    """Incidents a second, from the start to the last of these decisions about them."""
    last = max(one.at for one in log if one.topic in topics and one.incident in incidents)
    return len(incidents) / max((last - start) / 1000, 1e-3)


def milliseconds(log: Sequence[Appended], sent: Mapping[str, float]) -> list[float]:
    """From each report to the last decision that it caused, the shortest first."""
    by_id = {one.id: one for one in log}
    last: dict[str, int] = {}
    for one in log:
        root = _root(one, by_id)
        if one.topic in DECISIONS and root.topic == REPORTED:
            last[root.incident] = max(last.get(root.incident, 0), one.at)
    return sorted(last[incident] - at for incident, at in sent.items())


def _root(one: Appended, by_id: Mapping[str, Appended]) -> Appended:
    while one.cause in by_id:
        one = by_id[one.cause]
    return one


def undecided(log: Iterable[Appended], incidents: set[str]) -> int:
    """How many incidents have no screening or no alert: a bench that lost some is no bench."""
    told = list(log)
    screened = {one.incident for one in told if one.topic == SCREENED}
    alerted = {one.incident for one in told if one.topic in ALERTED}
    return len(incidents - (screened & alerted))
