"""What a partner's message is identified by, is about, and is refused for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from contracts.envelope import Envelope, PartnerEvent, Trail
from contracts.vocabulary import incident_id_of, named, request_id_of
from services.kit import strict_json
from services.kit.headers import sequence_in, storable, texts, time_in, uuid_in
from services.kit.placeholders import means_nothing
from services.kit.records import Record, appended_at

REPORTS = "partner.incident-report.v1"
REQUESTS = "partner.contact-request.v1"
UNDATED = date(1970, 1, 1)
"""The inbox's day of what has no id or time of its own: its copies may come on any day."""
NOBODY = "?"


@dataclass(frozen=True, slots=True)
class Content:
    """A body as far as it can be read: enough to say whose it is."""

    fields: Mapping[str, Any]
    canonical: str

    @classmethod
    def of(cls, body: bytes | None) -> "Content":
        """The body's fields; what is no text or no JSON is identified by its bytes."""
        try:
            read = orjson.loads(body or b"")
        except orjson.JSONDecodeError:
            return cls(_fields(body or b""), hashlib.sha256(body or b"").hexdigest())
        canonical = orjson.dumps(read, option=orjson.OPT_SORT_KEYS).decode()
        return cls(read if isinstance(read, dict) else {}, canonical)

    def text(self, name: str) -> str | None:
        """A field that is a text with something in it, a filler being nothing."""
        value = self.fields.get(name)
        text = storable(value) if isinstance(value, str) else ""
        return text if text and not means_nothing(text, name) else None


def _fields(body: bytes) -> Mapping[str, Any]:
    try:
        return strict_json.parse(body)
    except strict_json.NotJson:
        return {}


def identity_of(topic: str, body: bytes | None) -> UUID:
    """The id of a partner's message without `ce_id`: its topic and content, key order aside."""
    return named("input", topic, Content.of(body).canonical)


def envelope_of(record: Record, kind: type[PartnerEvent], *, steered: bool) -> Envelope:
    """The envelope of a partner's message, however little of it can be read."""
    found = texts(record.headers)
    content = Content.of(record.value)
    event_id = _id(record.topic, found, content)
    key = _key(record, kind, content)
    trail = _trail(record.topic, content, key, event_id)
    time = time_in(found, "ce_time") or appended_at(record)
    return Envelope(
        id=event_id,
        type=record.topic,
        source=found.get("ce_source") or content.text("source") or NOBODY,
        time=time,
        subject=trail.subject,
        key=key,
        correlation_id=trail.correlation_id,
        traceparent=found.get("traceparent"),
        received_at=time if steered else appended_at(record),
        sequence=sequence_in(found),
    )


def day_of(record: Record, time: datetime) -> date:
    """The inbox's day: of `ce_time` where both id and time were given."""
    found = texts(record.headers)
    dated = "ce_id" in found and time_in(found, "ce_time") is not None
    return time.date() if dated and 2000 <= time.year < 2200 else UNDATED


def _id(topic: str, found: Mapping[str, str], content: Content) -> UUID:
    given = found.get("ce_id")
    if given is None:
        return named("input", topic, content.canonical)
    return uuid_in(found, "ce_id") or named("input", topic, found.get("ce_source", ""), given)


def _key(record: Record, kind: type[PartnerEvent], content: Content) -> str:
    named_by_sender = f"{content.text('source') or NOBODY}/{content.text('reference') or NOBODY}"
    if record.topic == REPORTS:
        return named_by_sender
    if record.key:
        return storable(record.key.decode(errors="replace"))
    if "reference" in kind.model_fields:
        return named_by_sender
    return content.text(kind.KEY or "") or NOBODY


def _trail(topic: str, content: Content, key: str, event_id: UUID) -> Trail:
    source, reference = content.text("source"), content.text("reference")
    if source is None or reference is None:
        return Trail(key, event_id)
    correlation_id = event_id
    if topic == REPORTS:
        correlation_id = incident_id_of(source, reference)
    elif topic == REQUESTS:
        correlation_id = request_id_of(source, reference)
    return Trail(f"{source}/{reference}", correlation_id)
