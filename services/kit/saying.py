"""From what a handler announces to what will stand on a topic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts.envelope import Envelope, Event
from services.kit.headers import JSON, schema_of, stamp
from services.kit.sealing import Keyring, has_parts, seal_parts
from services.kit.telemetry import creation_context

URGENT, ROUTINE = 0, 1
"""Lanes: urgent rows are published before routine ones that wait."""


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the outbox."""

    id: UUID
    topic: str
    key: str
    body: bytes
    headers: dict[str, str]
    deliver_at: datetime | None = None
    lane: int = ROUTINE


class NothingToSay(Exception):  # noqa: N818
    """A handler announced an event that has no topic."""


class Voice:
    """Says events as one service: sealed, with their envelope, about what their cause is about."""

    def __init__(
        self,
        service: str,
        keyring: Keyring,
        urgent: Callable[[Event], bool] | None = None,
    ) -> None:
        self.source = f"/services/{service}"
        self._keyring = keyring
        self._urgent = urgent

    def say(
        self, event: Event, cause: Envelope, at: datetime, deliver_at: datetime | None = None
    ) -> Said:
        """The event as it will stand on its topic; a timer's time is when it is delivered."""
        if not event.TOPIC:
            raise NothingToSay(type(event).__name__)
        urgent = self._urgent is not None and self._urgent(event)
        if has_parts(type(event)):
            event = seal_parts(event, self._keyring)
        event_id = uuid7()
        body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
        headers = self._headers(event_id, event, cause, deliver_at or at)
        key = event.key
        return Said(
            event_id,
            event.TOPIC,
            cause.key if key is None else key,
            body,
            headers,
            deliver_at,
            URGENT if urgent else ROUTINE,
        )

    def _headers(
        self, event_id: UUID, event: Event, cause: Envelope, time: datetime
    ) -> dict[str, str]:
        trail = event.said_trail or cause.trail
        sequence = {"ce_sequence": str(cause.sequence)} if cause.sequence else {}
        return {
            "ce_specversion": "1.0",
            "ce_id": str(event_id),
            "ce_type": event.TOPIC,
            "ce_source": self.source,
            "ce_time": stamp(time),
            "ce_subject": trail.subject,
            "ce_correlationid": str(trail.correlation_id),
            "ce_causationid": str(cause.id),
            "ce_dataschema": schema_of(event.TOPIC, event.MINOR),
            "traceparent": creation_context(trail.correlation_id),
            "content-type": JSON,
            **sequence,
        }
