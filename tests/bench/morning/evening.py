"""The incidents of the evening before: one child each, at the schools of a town."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid5

from aiokafka import AIOKafkaProducer
from uuid_utils.compat import uuid7

from contracts.envelope import Envelope
from contracts.identity import IncidentIdentified
from contracts.vocabulary import ONWARD
from services.kit.headers import headers_of
from services.kit.sealing import Keyring, seal_parts
from tests.services.school_alerts.builders import POLICE, a_child, a_part, an_incident, incident

SCHOOLS = 500
COLUMNS = "URN,LA_code,EstablishmentName,Status,Phase,StatutoryLowAge,StatutoryHighAge"
TOGETHER = 2000
Record = tuple[bytes, bytes, list[tuple[str, bytes]]]


def urn_of(number: int) -> str:
    """The school of the so-manieth child."""
    return str(500_000 + number % SCHOOLS)


def schools_csv() -> str:
    """The town's schools."""
    rows = (f"{urn_of(n)},373,School {n},Open,Primary,4,11" for n in range(SCHOOLS))
    return "\n".join([COLUMNS, *rows]) + "\n"


def incidents(count: int, received_at: datetime, keyring: Keyring) -> Iterator[Record]:
    """Records of identified incidents, their parts sealed."""
    part = a_part(incident_date=received_at.date())
    for number in range(count):
        child = a_child(school=urn_of(number), person_id=uuid5(ONWARD, f"child/{number}"))
        event = an_incident(child, at=received_at, number=number, parts={"c1": part})
        yield record_of(seal_parts(event, keyring), number, received_at)


def record_of(event: IncidentIdentified, number: int, at: datetime) -> Record:
    """The event as the broker takes it."""
    envelope = Envelope(
        id=uuid7(),
        type=event.TOPIC,
        source="/services/person_matching",
        time=at,
        subject=f"{POLICE}/R{number}",
        key=str(event.key),
        correlation_id=incident(number),
    )
    headers = [(name, value.encode()) for name, value in headers_of(envelope).items()]
    body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
    return str(uuid5(ONWARD, f"victim/{number}")).encode(), body, headers


async def publish(bootstrap: str, records: Iterator[Record]) -> int:
    """Put the records on their topic; how many bytes they were."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=20)
    await producer.start()
    size, waiting = 0, []
    try:
        for key, body, headers in records:
            size += len(body)
            sending = producer.send(IncidentIdentified.TOPIC, body, key=key, headers=headers)
            waiting.append(await sending)
            if len(waiting) >= TOGETHER:
                await asyncio.gather(*waiting)
                waiting = []
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()
    return size
