"""From an event heard to what contact needs to know of it."""

from collections.abc import Iterable
from datetime import datetime, time
from uuid import UUID

from contracts.identity import ContactRequestIdentified, Group, VictimIdentity
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningWithdrawn
from contracts.partner import ContactWindow
from contracts.sealed import ContactPart, SafePoint, SealedParts, UnsafePart, UnsafePoint
from contracts.vocabulary import Channel, RequestStatus, Urgency
from services.victim_contact.domain.details import About, Details, Mark, Point, Window
from services.victim_contact.domain.group import View
from services.victim_contact.domain.matters import Kind, Matter

CHANNELS = {channel.value: channel for channel in Channel}


def incident_of(event: IncidentScreened | RiskRegraded, person_id: UUID) -> Matter:
    """The incident as screened."""
    return Matter(
        id=event.incident_id,
        kind=Kind.INCIDENT,
        person_id=person_id,
        version=event.version,
        revision=event.revision,
        area=event.area,
        about=About(*event.trail),
        first_at=event.first_received_at,
        said_at=event.received_at,
        wanted_by=event.contact_wanted_by,
        level=event.risk_after,
        flags=event.flags,
        custody=event.custody,
        age=event.victim_age_band,
        in_hospital=event.in_hospital,
        known_engaged=event.lead_agency_engaged,
        suspect_id=event.suspect_id,
        details=details_of(event.sealed),
    )


def cancelled_of(event: ScreeningWithdrawn, person_id: UUID) -> Matter:
    """An incident whose cancellation is heard first: what comes of it later must be newer."""
    return Matter(
        id=event.incident_id,
        kind=Kind.INCIDENT,
        person_id=person_id,
        version=event.version,
        revision=0,
        area=event.area,
        about=About(*event.trail),
        first_at=event.envelope.time,
        said_at=event.envelope.time,
        live=False,
    )


def request_of(event: ContactRequestIdentified, person_id: UUID) -> Matter:
    """The request as identified."""
    return Matter(
        id=event.request_id,
        kind=Kind.REQUEST,
        person_id=person_id,
        version=event.version,
        revision=event.revision,
        area=event.area,
        about=About(*event.trail),
        first_at=event.received_at,
        said_at=event.received_at,
        wanted_by=(event.agency,),
        age=event.victim_age_band,
        statutory=event.statutory,
        urgent=event.urgency is Urgency.IMMEDIATE_THREAT,
        details=details_of(event.sealed),
        live=event.status is RequestStatus.OPEN,
    )


def view_of(event: VictimIdentity) -> View:
    """The contact group that an event names."""
    members = {*event.group_members, event.victim_id}
    return View(tuple(sorted(members)), event.group_version)


def views_of(groups: Iterable[Group]) -> list[View]:
    """The contact groups that news of persons names."""
    return [View(tuple(group.group_members), group.group_version) for group in groups]


def details_of(sealed: SealedParts) -> Details:
    """What was said about reaching her; without a part nothing was."""
    part = sealed.contact
    if not isinstance(part, ContactPart):
        return Details()
    return Details(
        said_safe=part.said_safe,
        points=tuple(_point(point) for point in part.points),
        windows=tuple(_window(window) for window in part.windows),
        verified_at=part.verified_at,
        given_names=part.given_names,
        family_name=part.family_name,
        known_as=part.known_as,
        date_of_birth=part.date_of_birth,
        interpreter_language=part.interpreter_language,
        code_word_agreed=part.code_word_agreed,
        suspect_name=part.suspect_name,
        risk_level=part.risk_level,
        children_count=part.children_count,
    )


def marks_of(sealed: SealedParts, since: datetime) -> list[Mark]:
    """Every point that the event's parts make unsafe; where no time is said, since it was heard."""
    found: list[UnsafePoint] = []
    if isinstance(sealed.contact, ContactPart):
        found += sealed.contact.unsafe
    if isinstance(sealed.contact_unsafe, UnsafePart):
        found += sealed.contact_unsafe.points
    return [
        Mark(point.kind, point.fingerprint, point.since or since)
        for point in found
        if point.fingerprint is not None
    ]


def _point(point: SafePoint) -> Point:
    return Point(
        kind=point.kind,
        channels=tuple(CHANNELS[name] for name in point.channels if name in CHANNELS),
        value=point.value,
        fingerprint=point.fingerprint,
        voicemail_ok=point.voicemail_ok,
        mobile=point.mobile,
        shared=point.shared,
    )


def _window(window: ContactWindow) -> Window:
    closes = None if window.to in (None, "24:00") else time.fromisoformat(window.to)
    return Window(window.days, time.fromisoformat(window.from_ or "00:00"), closes)
