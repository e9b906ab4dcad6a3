"""From what a handler announces to what will stand on a topic."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts.envelope import Envelope, Event
from services.kit.headers import headers_of, schema_of
from services.kit.sealing import Keyring, seal_parts
from services.kit.telemetry import creation_context


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the outbox."""

    id: UUID
    topic: str
    key: str
    body: bytes
    headers: dict[str, str]
    deliver_at: datetime | None = None


class NothingToSay(Exception):  # noqa: N818
    """A handler announced an event that has no topic."""


class Voice:
    """Says events as one service: sealed, with their envelope, about what their cause is about."""

    def __init__(self, service: str, keyring: Keyring) -> None:
        self.source = f"/services/{service}"
        self._keyring = keyring

    def say(
        self, event: Event, cause: Envelope, at: datetime, deliver_at: datetime | None = None
    ) -> Said:
        """The event as it will stand on its topic; a timer's time is when it is delivered."""
        if not event.TOPIC:
            raise NothingToSay(type(event).__name__)
        envelope = self._envelope(event, cause, deliver_at or at)
        sealed = seal_parts(event, self._keyring)
        body = sealed.model_dump_json(exclude_none=True, by_alias=True).encode()
        return Said(envelope.id, event.TOPIC, envelope.key, body, headers_of(envelope), deliver_at)

    def _envelope(self, event: Event, cause: Envelope, time: datetime) -> Envelope:
        trail = event.said_trail or cause.trail
        return Envelope(
            id=uuid7(),
            type=event.TOPIC,
            source=self.source,
            time=time,
            subject=trail.subject,
            key=event.key if event.key is not None else cause.key,
            correlation_id=trail.correlation_id,
            causation_id=cause.id,
            dataschema=schema_of(event.TOPIC, event.MINOR),
            traceparent=creation_context(trail.correlation_id),
        )
