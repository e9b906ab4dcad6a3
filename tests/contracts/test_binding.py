"""Our records are CloudEvents, and any CloudEvent of ours is read: the SDK is the oracle.

The SDK is strict and slow, so it judges here and is used nowhere else.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent

from contracts.envelope import Envelope
from contracts.vocabulary import incident_id_of, named
from services.kit.headers import headers_of, schema_of, stamp, texts, time_in, uuid_in
from services.ops.contract_tools.examples import Example, read_examples
from services.ops.contract_tools.spoken import spoken

VALID = [one for one in read_examples() if one.path is None and not one.topic.startswith("partner")]
AN_ENVELOPE = Envelope(
    id=UUID("01990000-0000-7000-8000-000000000001"),
    type="police.incident-reported.v1",
    source="/services/police_notifications",
    time=datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    subject="south-yorkshire-police/SYP 1/ü",
    key=str(incident_id_of("south-yorkshire-police", "SYP 1/ü")),
    correlation_id=incident_id_of("south-yorkshire-police", "SYP 1/ü"),
    causation_id=named("input", "x"),
    dataschema=schema_of("police.incident-reported.v1", 0),
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def record(envelope: Envelope, body: bytes) -> KafkaMessage:
    """A record as the relay produces it."""
    headers = {name: value.encode() for name, value in headers_of(envelope).items()}
    return KafkaMessage(headers, envelope.key, body)


@pytest.mark.parametrize("example", VALID, ids=lambda example: example.name)
def test_the_sdk_reads_what_we_say(example: Example) -> None:
    envelope = replace(AN_ENVELOPE, type=example.topic, dataschema=schema_of(example.topic, 0))
    event = spoken()[example.topic].model_validate_json(json.dumps(example.data))
    body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
    heard = from_binary_event(record(envelope, body))
    assert heard.get_type() == example.topic
    assert heard.get_data() == json.loads(body)


def test_every_attribute_means_to_the_sdk_what_we_meant() -> None:
    heard = from_binary_event(record(AN_ENVELOPE, b"{}"))
    assert heard.get_id() == str(AN_ENVELOPE.id)
    assert heard.get_source() == AN_ENVELOPE.source
    assert heard.get_time() == AN_ENVELOPE.time
    assert heard.get_subject() == AN_ENVELOPE.subject
    assert heard.get_dataschema() == AN_ENVELOPE.dataschema
    assert heard.get_datacontenttype() == "application/json"
    assert heard.get_extension("correlationid") == str(AN_ENVELOPE.correlation_id)
    assert heard.get_extension("causationid") == str(AN_ENVELOPE.causation_id)


def test_we_read_what_the_sdk_says() -> None:
    attributes = {
        "id": str(AN_ENVELOPE.id),
        "source": "south-yorkshire-police",
        "type": "partner.incident-report.v1",
        "time": AN_ENVELOPE.time,
        "subject": AN_ENVELOPE.subject,
        "partitionkey": "south-yorkshire-police/1",
    }
    said = to_binary_event(CloudEvent(attributes, {"source": "south-yorkshire-police"}))
    found = texts([(name, value) for name, value in said.headers.items()])
    assert uuid_in(found, "ce_id") == AN_ENVELOPE.id
    assert time_in(found, "ce_time") == AN_ENVELOPE.time
    assert found["ce_type"] == "partner.incident-report.v1"


@pytest.mark.parametrize(
    "time",
    [
        datetime(2027, 10, 31, 0, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 11, 27, 18, tzinfo=UTC),
    ],
)
def test_a_time_comes_back_as_it_was(time: datetime) -> None:
    assert time_in({"ce_time": stamp(time)}, "ce_time") == time
    heard = from_binary_event(record(replace(AN_ENVELOPE, time=time), b"{}"))
    assert heard.get_time() == time
