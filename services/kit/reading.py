"""From a broker's record to what a service hears: never raises, whatever the record holds."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from contracts.envelope import EVENTS, Envelope, Event, PartnerEvent, Problem
from contracts.vocabulary import Audience, named
from services.kit import partner_reading, partners, senders
from services.kit.areas import Area
from services.kit.headers import sequence_in, storable, texts, time_in, uuid_in
from services.kit.lenient import Unreadable, read_event
from services.kit.logging import kind_of
from services.kit.records import Incoming, Record, appended_at
from services.kit.sealing import Keyring, SealBroken, has_parts, open_parts


class Reader:
    """Reads records as one service may: its own audiences' parts opened, senders checked."""

    def __init__(
        self,
        keyring: Keyring,
        opens: Iterable[Audience],
        areas: Mapping[str, Area],
        *,
        keeps: Iterable[Audience] = (),
        steered: bool = False,
    ) -> None:
        self._keyring = keyring
        self._opens = frozenset(opens)
        self._keeps = frozenset(keeps)
        self._areas = areas
        self._steered = steered

    def read(self, record: Record) -> Incoming:
        """The record as an event, as a partner's problems, or as a fault of ours."""
        kind: Any = EVENTS.get(record.topic)
        if kind is not None and _is_partners(kind):
            return self._partners(record, kind)
        envelope = self._envelope(record)
        try:
            event = self._event(record, kind)
        except (Unreadable, SealBroken) as fault:
            return Incoming(record, envelope, envelope.time.date(), fault=str(fault))
        except Exception as fault:  # a poisoned body must not cost its neighbours
            return Incoming(record, envelope, envelope.time.date(), fault=kind_of(fault))
        return Incoming(record, envelope, envelope.time.date(), event.heard_in(envelope))

    def _event(self, record: Record, kind: Any) -> Event:
        if kind is None:
            raise Unreadable(f"nobody says {record.topic}")
        event: Event = read_event(kind, record.value)
        if not has_parts(kind):
            return event
        # Only to check: what is kept sealed must be found broken now, not when somebody looks.
        open_parts(event, self._keyring, self._keeps)
        return open_parts(event, self._keyring, self._opens)

    def _partners(self, record: Record, kind: type[PartnerEvent]) -> Incoming:
        envelope = partners.envelope_of(record, kind, steered=self._steered)
        day = partners.day_of(record, envelope.time)
        reading = partner_reading.read(kind, record.value or b"", self._areas, envelope.received_at)
        event = reading.event
        if event is None:
            problems = reading.problems + self._strangers(record, kind, reading.problems)
        else:
            problems = senders.check(event, self._areas)
        if event is None or problems:
            return Incoming(record, envelope, day, problems=problems)
        return Incoming(record, envelope, day, event.marked(reading.marks).heard_in(envelope))

    def _strangers(
        self, record: Record, kind: type[PartnerEvent], problems: Sequence[Problem]
    ) -> tuple[Problem, ...]:
        """Who may not send is told so beside the fields at fault, where there are fields."""
        content = partners.Content.of(record.value)
        source = content.text("source")
        if source is None or any(not problem.path for problem in problems):
            return ()
        return senders.strangers(source, kind.TOPIC, content.text("area"), self._areas)

    def _envelope(self, record: Record) -> Envelope:
        found = texts(record.headers)
        event_id = uuid_in(found, "ce_id") or _by_place(record)
        time = time_in(found, "ce_time") or appended_at(record)
        return Envelope(
            id=event_id,
            type=record.topic,
            source=found.get("ce_source", partners.NOBODY),
            time=time,
            subject=found.get("ce_subject", ""),
            key=storable((record.key or b"").decode(errors="replace")),
            correlation_id=uuid_in(found, "ce_correlationid") or event_id,
            causation_id=uuid_in(found, "ce_causationid"),
            dataschema=found.get("ce_dataschema"),
            traceparent=found.get("traceparent"),
            received_at=time if self._steered else appended_at(record),
            sequence=sequence_in(found),
        )


def _by_place(record: Record) -> UUID:
    return named("record", record.topic, record.partition, record.offset)


@cache
def _is_partners(kind: Any) -> bool:
    return issubclass(kind, PartnerEvent)
