"""What a lead's worker may know of those she contacts: safe ways alone (domain.md 6.8 and 7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from contracts.vocabulary import Channel, RiskLevel
from services.victim_contact.domain.details import Details, Given, Window
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.wishes import served_persons, ways


@dataclass(frozen=True, slots=True)
class SafeWay:
    """A way to reach her, with its value."""

    id: UUID
    channel: Channel
    value: str
    voicemail_ok: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One person of the group, as far as the lead may know her."""

    person_id: UUID
    details: Details
    windows: tuple[Window, ...]
    ways: tuple[SafeWay, ...]
    advocates: tuple[str, ...]
    risk_level: RiskLevel | None
    one_chance: bool
    """Honour-based abuse or forced marriage: no voicemail, no letter, never through family."""


def pages(group: Group, lead: Lead) -> list[Page]:
    """Each person whom the lead contacts, with her own safe ways."""
    return [_page(group, lead, person_id) for person_id in served_persons(group)]


def _page(group: Group, lead: Lead, person_id: UUID) -> Page:
    details = group.details_of(person_id)
    levels = [m.level for m in group.open_incidents if m.person_id == person_id and m.level]
    return Page(
        person_id=person_id,
        details=details,
        windows=details.windows,
        ways=tuple(_safe_ways(group, lead, person_id)),
        advocates=tuple(
            worker.advocate_id for worker in group.workers if worker.person_id == person_id
        ),
        risk_level=max(levels, key=lambda level: level.rank, default=None),
        one_chance=group.one_chance,
    )


def _safe_ways(group: Group, lead: Lead, person_id: UUID) -> Iterator[SafeWay]:
    usable = {point.way: point for point in lead.usable}
    for way in ways(group, person_id):
        point = next(
            p for p in group.details_of(person_id).points if p.fingerprint == way.fingerprint
        )
        voicemail_ok = point.voicemail_ok and not group.one_chance
        given: Given | None = usable.get(way.way)
        if given is not None:
            yield SafeWay(given.id, way.channel, point.value, voicemail_ok)
