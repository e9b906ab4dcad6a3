"""CloudEvents 1.0 in Kafka's binary mode: an envelope to headers, and headers read tolerantly."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from contracts.envelope import Envelope
from services.kit.records import Headers

JSON = "application/json"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
SCHEMAS = "https://onward.example/schemas"
SEQUENCE_DIGITS = 19


def storable(value: str) -> str:
    """The text without NUL and half characters, which no database column takes."""
    return _UNSTORABLE.sub("", value)


def texts(headers: Headers) -> dict[str, str]:
    """The headers that are text; null and undecodable ones are absent, the first of a name wins."""
    try:
        # Nearly always all of them are well.
        return {name: value.decode() for name, value in reversed(headers or ())}  # type: ignore[union-attr]
    except (AttributeError, UnicodeDecodeError):
        return _those_that_are(headers)


def _those_that_are(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers or ():
        if value is None or name in found:
            continue
        try:
            found[name] = storable(value.decode())
        except UnicodeDecodeError:
            continue
    return found


def uuid_in(found: Mapping[str, str], name: str) -> UUID | None:
    """A header that is a UUID, or None."""
    try:
        return UUID(found[name]) if name in found else None
    except ValueError:
        return None


def time_in(found: Mapping[str, str], name: str) -> datetime | None:
    """A header that is a time with an offset, as UTC, or None."""
    try:
        time = datetime.fromisoformat(found[name])
    except (KeyError, ValueError):
        return None
    if time.tzinfo is None:
        return None
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return None


@lru_cache(maxsize=4096)
def stamp(time: datetime) -> str:
    """A time as RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def sequence_in(found: Mapping[str, str]) -> int:
    """The place of the input that an event comes from; 0 where none is told."""
    told = found.get("ce_sequence", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < SEQUENCE_DIGITS else 0


def schema_of(topic: str, minor: int) -> str:
    """The URI of an event's schema, minor version included."""
    return f"{SCHEMAS}/{topic}.{minor}"


def headers_of(envelope: Envelope) -> dict[str, str]:
    """The envelope as headers; the key travels as the record's key."""
    found = {
        "ce_specversion": "1.0",
        "ce_id": str(envelope.id),
        "ce_type": envelope.type,
        "ce_source": envelope.source,
        "ce_time": stamp(envelope.time),
        "ce_subject": envelope.subject,
        "ce_correlationid": str(envelope.correlation_id),
        "content-type": JSON,
    }
    optional = {
        "ce_causationid": envelope.causation_id and str(envelope.causation_id),
        "ce_dataschema": envelope.dataschema,
        "traceparent": envelope.traceparent,
        "ce_sequence": envelope.sequence and str(envelope.sequence),
    }
    return found | {name: value for name, value in optional.items() if value}
