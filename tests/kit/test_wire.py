"""Records become events and events records; whatever a record holds, reading it never raises."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.envelope import EVENTS, Envelope
from contracts.mash import ScreeningWithdrawn
from contracts.partner import ContactRequest, IncidentReport, PupilEnrolment
from contracts.police import IncidentReported
from contracts.vocabulary import incident_id_of, request_id_of
from services.kit import partners
from services.kit.areas import read_areas
from services.kit.fingerprints import FingerprintKey
from services.kit.lenient import Unreadable, read_event
from services.kit.reading import Reader
from services.kit.records import KeptRecord
from services.kit.saying import Voice
from services.kit.sealing import Keyring
from tests.kit.trial import NOON, a_cancellation, incident, trail

NO_KEYS = Keyring({}, {}, FingerprintKey("none", b"none"))
AREAS = read_areas("deploy/areas")
READER = Reader(NO_KEYS, (), AREAS, steered=True)
WALL = Reader(NO_KEYS, (), AREAS)
REPORTS = IncidentReport.TOPIC
CAUSE = Envelope(
    id=UUID(int=5),
    type="t",
    source="s",
    time=NOON,
    subject="a/1",
    key="k",
    correlation_id=UUID(int=6),
)


def a_report(**changes: Any) -> dict[str, Any]:
    report = {
        "source": "south-yorkshire-police",
        "reference": "SYP/1",
        "revision": 1,
        "status": "reported",
        "area": "rotherham",
        "victim": {"given_names": "Ada", "family_name": "Invented"},
    }
    return report | changes


def partners_record(topic: str, content: object, **headers: str) -> KeptRecord:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    found = [(name, value.encode()) for name, value in headers.items()]
    return KeptRecord(topic, None, body, found, int(NOON.timestamp() * 1000))


def as_record(said: Any) -> KeptRecord:
    headers = [(name, value.encode()) for name, value in said.headers.items()]
    return KeptRecord(said.topic, said.key.encode(), said.body, headers, 0, 0, 3)


def test_what_one_service_says_another_hears() -> None:
    event = a_cancellation(1).concerning(trail(1))
    heard = READER.read(as_record(Voice("police_notifications", NO_KEYS).say(event, CAUSE, NOON)))
    assert heard.event is not None
    assert heard.event.model_dump() == event.model_dump()
    envelope = heard.envelope
    assert (envelope.key, envelope.trail) == (str(incident(1)), trail(1))
    assert (envelope.time, envelope.received_at) == (NOON, NOON)
    assert (envelope.source, envelope.causation_id) == ("/services/police_notifications", CAUSE.id)
    assert heard.event.envelope is envelope


def test_a_record_is_a_cloudevent_by_the_books() -> None:
    said = Voice("police_notifications", NO_KEYS).say(a_cancellation(1), CAUSE, NOON)
    headers = {name: value.encode() for name, value in said.headers.items()}
    message = KafkaMessage(headers=headers, key=said.key.encode(), value=said.body)
    event = from_kafka_event(message)
    assert event.get_type() == said.topic
    assert event.get_id() == str(said.id)
    assert said.id.version == 7
    assert event.get_time() == NOON
    assert event.get_subject() == "a/1"


def test_an_event_inherits_the_trail_of_its_cause_unless_it_says_otherwise() -> None:
    voice = Voice("trial", NO_KEYS)
    inherited = voice.say(a_cancellation(1), CAUSE, NOON).headers
    assert (inherited["ce_subject"], inherited["ce_correlationid"]) == ("a/1", str(UUID(int=6)))
    other = voice.say(a_cancellation(1).concerning(trail(2)), CAUSE, NOON).headers
    assert (other["ce_subject"], other["ce_correlationid"]) == ("trial/2", str(UUID(int=2)))


def test_a_timer_has_the_time_it_is_delivered_at() -> None:
    at = NOON + timedelta(hours=1)
    assert Voice("t", NO_KEYS).say(a_cancellation(), CAUSE, NOON, at).headers["ce_time"] == (
        "2026-11-27T13:00:00Z"
    )


def test_a_report_is_about_its_incident_and_a_request_about_itself() -> None:
    report = READER.read(partners_record(REPORTS, a_report(), ce_time="2026-11-27T12:00:00Z"))
    assert isinstance(report.event, IncidentReport)
    assert report.envelope.subject == "south-yorkshire-police/SYP/1"
    assert report.envelope.correlation_id == incident_id_of("south-yorkshire-police", "SYP/1")
    request = {"source": "housing", "reference": "7", "revision": 1, "status": "open"}
    asked = READER.read(partners_record(ContactRequest.TOPIC, request))
    assert asked.envelope.correlation_id == request_id_of("housing", "7")


def test_what_is_about_no_incident_is_about_itself() -> None:
    content = {"source": "rotherham-council", "reference": "9", "child": {}, "from": "2026-09-01"}
    heard = READER.read(partners_record(PupilEnrolment.TOPIC, content | {"as_of": "2026-11-01"}))
    assert heard.envelope.subject == "rotherham-council/9"
    assert heard.envelope.correlation_id == heard.envelope.id


def test_the_same_content_is_the_same_message_whatever_its_key_order_and_day() -> None:
    content = a_report()
    backwards = dict(reversed(content.items()))
    first = READER.read(partners_record(REPORTS, content, ce_time="2026-11-27T12:00:00Z"))
    again = READER.read(partners_record(REPORTS, backwards, ce_time="2026-12-24T12:00:00Z"))
    assert (first.envelope.id, first.day) == (again.envelope.id, again.day)
    assert first.envelope.id == partners.identity_of(REPORTS, orjson.dumps(content))
    changed = READER.read(partners_record(REPORTS, a_report(revision=2)))
    assert changed.envelope.id != first.envelope.id


def test_a_partner_may_bring_an_id_of_their_own() -> None:
    given = str(UUID(int=77))
    heard = READER.read(
        partners_record(REPORTS, a_report(), ce_id=given, ce_time="2026-11-27T12:00:00Z")
    )
    assert (heard.envelope.id, heard.day) == (UUID(given), date(2026, 11, 27))
    named = READER.read(partners_record(REPORTS, a_report(), ce_id="not-a-uuid"))
    assert (
        named.envelope.id
        == READER.read(
            partners_record(REPORTS, a_report(revision=9), ce_id="not-a-uuid")
        ).envelope.id
    )


def test_a_message_is_received_when_the_broker_took_it_in_whatever_the_sender_says() -> None:
    record = partners_record(REPORTS, a_report(), ce_time="2020-01-01T00:00:00Z")
    assert WALL.read(record).envelope.received_at == NOON
    assert READER.read(record).envelope.received_at == datetime(2020, 1, 1, tzinfo=UTC)


def with_half_an_emoji(name: str) -> bytes:
    """A report with a field cut off within a character: JSON that is no text."""
    return json.dumps(a_report(**{name: "\ud83d"})).encode()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", "?/?"),
        (b"\xff", "?/?"),
        (b"[]", "?/?"),
        (a_report(reference=None), "south-yorkshire-police/?"),
        (a_report(source="someone-else"), "someone-else/SYP/1"),
        (a_report(revision="one"), "south-yorkshire-police/SYP/1"),
        (a_report(source="a\x00b", revision=0), "ab/SYP/1"),
        (a_report(reference="N/A"), "south-yorkshire-police/?"),
        (a_report(source="unknown"), "?/SYP/1"),
        (with_half_an_emoji("circumstances"), "south-yorkshire-police/SYP/1"),
        (with_half_an_emoji("reference"), "south-yorkshire-police/?"),
    ],
)
def test_bad_input_is_problems_under_the_reports_key(content: object, key: str) -> None:
    heard = READER.read(partners_record(REPORTS, content))
    assert heard.event is None
    assert heard.problems
    assert heard.envelope.key == heard.envelope.subject == key


def test_who_may_not_send_is_told_so_beside_the_fields_at_fault() -> None:
    stranger = READER.read(partners_record(REPORTS, a_report(source="west-police", revision="x")))
    assert {problem.path for problem in stranger.problems} == {"/source", "/revision"}
    known = READER.read(partners_record(REPORTS, a_report(revision="x")))
    assert {problem.path for problem in known.problems} == {"/revision"}


def test_a_refused_report_that_holds_no_text_is_about_its_incident_all_the_same() -> None:
    heard = READER.read(partners_record(REPORTS, with_half_an_emoji("circumstances")))
    assert heard.envelope.source == "south-yorkshire-police"
    assert heard.envelope.correlation_id == incident_id_of("south-yorkshire-police", "SYP/1")


def test_a_code_we_do_not_know_yet_is_kept_out_where_it_may_be_absent() -> None:
    event = IncidentReported.model_validate(
        {
            "incident_id": str(incident(1)),
            "revision": 1,
            "version": 1,
            "area": "rotherham",
            "received_at": "2026-11-27T12:00:00Z",
            "first_received_at": "2026-11-27T12:00:00Z",
            "risk": {"level": "HIGH"},
            "flags": ["weapon"],
        }
    )
    content = orjson.loads(event.model_dump_json())
    content["flags"] = ["newest", "weapon", "newer"]
    content["custody"] = "on_the_moon"
    assert read_event(IncidentReported, orjson.dumps(content)).model_dump() == event.model_dump()
    content["risk"] = {"level": "EXTREME"}
    with pytest.raises(Unreadable) as fault:
        read_event(IncidentReported, orjson.dumps(content))
    assert "EXTREME" not in str(fault.value)


def test_an_unreadable_message_of_ours_is_a_fault_without_its_values() -> None:
    body = orjson.dumps({"incident_id": "Ada Invented"})
    heard = READER.read(KeptRecord(ScreeningWithdrawn.TOPIC, b"k", body, [], 0))
    assert heard.event is None
    assert heard.fault is not None and "Ada" not in heard.fault


HEADERS = st.lists(
    st.tuples(st.text(max_size=12), st.none() | st.binary(max_size=12)), max_size=4
) | st.just(None)


@settings(max_examples=150)
@given(
    topic=st.sampled_from(sorted(EVENTS)) | st.text(max_size=10),
    key=st.none() | st.binary(max_size=8),
    body=st.none() | st.binary(max_size=40) | st.just(b'{"source":1}'),
    headers=HEADERS,
    stamp=st.integers(-1, 2**40),
)
def test_whatever_a_record_holds_reading_it_never_raises(
    topic: str, key: bytes | None, body: bytes | None, headers: Any, stamp: int
) -> None:
    for name in ("ce_id", "ce_time", "ce_source", "ce_correlationid"):
        for value in (None, b"\xff", b"0000-00-00T99", b"9999-12-31T23:59:59-14:00"):
            record = KeptRecord(topic, key, body, [*(headers or []), (name, value)], stamp)
            heard = READER.read(record)
            assert heard.event is not None or heard.fault or heard.problems
    assert READER.read(KeptRecord(topic, key, body, headers, stamp)).day
