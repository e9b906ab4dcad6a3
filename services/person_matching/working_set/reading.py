"""From what was heard to records: the parties of a report, and each as it is compared and kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from uuid import UUID

from contracts.envelope import Event, PartnerEvent
from contracts.partner import (
    AdvocateRoster,
    ContactRequest,
    Person,
    PupilEnrolment,
    Suspect,
    Victim,
)
from contracts.police import IncidentCancelled, PoliceIncident
from contracts.sealed import IdentityPart, opened
from contracts.vocabulary import (
    RiskLevel,
    Urgency,
    enrolment_id_of,
    incident_id_of,
    named,
    person_id_of,
    request_id_of,
)
from services.kit.fingerprints import address_value
from services.person_matching.domain.features import (
    Features,
    Given,
    Role,
    features_of,
    without_places,
)
from services.person_matching.domain.keys import place_keys
from services.person_matching.domain.points import phone, place
from services.person_matching.domain.rows import Point, Source


@dataclass(frozen=True, slots=True)
class Report:
    """What a record came in: whose message, about what, when it was told."""

    report_id: UUID
    thing_id: UUID
    source: str
    reference: str
    came_in: Source
    revision: int
    area: str
    told_at: datetime
    grave: bool = False
    """HIGH or an immediate threat: a human decides within the hour."""


@dataclass(frozen=True)
class Party:
    """One person of a report, in a role; what is made of them is made once."""

    report: Report
    role: str
    kind: Role
    told: Person

    @cached_property
    def record_id(self) -> UUID:
        """The record's id, which is that of the person it would found."""
        return person_id_of(self.report.source, self.report.reference, self.role)

    @cached_property
    def as_told(self) -> Features:
        """The person as compared, before the area says which addresses are nobody's."""
        return features_of(given_of(self.told, self.kind), self.report.told_at.date())

    def features(self, shared: frozenset[str]) -> Features:
        """The person as compared; `shared` are postcodes of refuges, stations and hospitals."""
        return without_places(self.as_told, shared)

    @property
    def is_adult(self) -> bool:
        """Whether not known to be a child."""
        born, day = self.told.date_of_birth, self.report.told_at.date()
        if born is None:
            return self.kind is not Role.CHILD
        return years_between(born, day) >= 18


def years_between(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class _Once:
    """An event as the key of what was made of it: the very object, not its content."""

    __slots__ = ("event",)

    def __init__(self, event: Event) -> None:
        self.event = event

    def __hash__(self) -> int:
        return id(self.event)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once) and other.event is self.event


def parties_of(event: Event) -> list[Party]:
    """The persons that an event brings; none where nobody is described."""
    return list(_parties_once(_Once(event)))


@lru_cache(maxsize=1024)
def _parties_once(once: _Once) -> tuple[Party, ...]:
    return tuple(_parties(once.event))


def _parties(event: Event) -> list[Party]:
    match event:
        case PoliceIncident():
            return _of_incident(event)
        case ContactRequest():
            return _of_request(event)
        case PupilEnrolment():
            return [_party(report_of(event), "child", Role.CHILD, event.child)]
        case AdvocateRoster():
            told = enumerate(event.conflicts, 1)
            report = report_of(event)
            return [_party(report, f"conflict/{n}", Role.OTHER, person) for n, person in told]
    return []


def report_of(event: Event) -> Report:
    """What an event's records came in."""
    match event:
        case PoliceIncident() | IncidentCancelled():
            return _police_report(event)
        case ContactRequest():
            grave = event.urgency is Urgency.IMMEDIATE_THREAT
            thing = request_id_of(event.source, event.reference)
            report = _own(thing, event, event.reference, Source.REQUEST, event.revision)
            return replace(report, area=event.area or "", grave=grave)
        case PupilEnrolment():
            entry = enrolment_id_of(event.source, event.reference)
            order = event.as_of.toordinal()
            return _own(entry, event, event.reference, Source.ENROLMENT, order)
        case AdvocateRoster():
            roster = roster_id_of(event.source, event.advocate_id)
            order = int(event.envelope.time.timestamp() * 1000)
            report = _own(roster, event, event.advocate_id, Source.ROSTER, order)
            return replace(report, area=event.area)
    raise TypeError(f"{type(event).__name__} brings no records")


def _police_report(event: PoliceIncident | IncidentCancelled) -> Report:
    source, _, reference = event.trail.subject.partition("/")
    return Report(
        report_id=incident_id_of(source, reference),
        thing_id=event.incident_id,
        source=source,
        reference=reference,
        came_in=Source.INCIDENT,
        revision=event.revision,
        area=event.area,
        told_at=event.received_at,
        grave=isinstance(event, PoliceIncident) and event.risk.level is RiskLevel.HIGH,
    )


def _own(thing: UUID, event: PartnerEvent, reference: str, came_in: Source, order: int) -> Report:
    at = event.envelope.received_at or event.envelope.time
    return Report(thing, thing, event.source, reference, came_in, order, "", at)


def roster_id_of(source: str, advocate_id: str) -> UUID:
    """An advocate's entry in the roster."""
    return named("roster", source, advocate_id)


def _of_incident(event: PoliceIncident) -> list[Party]:
    part = opened(event.sealed.identity, IdentityPart)
    report = report_of(event)
    found = [_party(report, part.victim_role, kind_of(part.victim_role), part.victim)]
    if part.suspect is not None and part.suspect_role is not None and is_somebody(part.suspect):
        found.append(_party(report, part.suspect_role, kind_of(part.suspect_role), part.suspect))
    born = {ref: child for ref, child in part.children.items() if not child.unborn}
    found += [
        _party(report, f"child/{ref}", Role.CHILD, child)
        for ref, child in born.items()
        if ref != "victim"
    ]
    return found


def _of_request(event: ContactRequest) -> list[Party]:
    if event.victim is None:
        return []
    return [_party(report_of(event), "victim", Role.VICTIM, event.victim)]


def _party(report: Report, role: str, kind: Role, told: Person) -> Party:
    return Party(report, role, kind, told)


def kind_of(role: str) -> Role:
    """The kind of a role as it is named in a report."""
    if role.startswith("child"):
        return Role.CHILD
    return {"victim": Role.VICTIM, "suspect": Role.SUSPECT, "other_party": Role.BOTH}.get(
        role, Role.OTHER
    )


def is_somebody(told: Person) -> bool:
    """Whether a suspect can be told from nobody: not anonymous, and something is known."""
    if isinstance(told, Suspect) and told.anonymous:
        return False
    return not features_of(given_of(told, Role.SUSPECT), date.max).is_void


def given_of(told: Person, kind: Role) -> Given:
    """A person of a form, for normalising; a phone shared with the suspect is a household's."""
    addresses = [told.address] if told.address else []
    return Given(
        given_names=told.given_names,
        family_name=told.family_name,
        previous_family_names=told.previous_family_names,
        known_as=told.known_as,
        date_of_birth=told.date_of_birth,
        sex=told.sex.value if told.sex else None,
        nhs_number=told.nhs_number,
        addresses=tuple((a.lines, a.postcode) for a in [*addresses, *told.previous_addresses]),
        phones=tuple(phone.number for phone in told.phones),
        shared_phones=tuple(p.number for p in told.phones if p.shared_with_suspect),
        emails=told.emails,
        relationship=told.relationship_to_victim,
        role=kind,
    )


def points_of(party: Party) -> tuple[Point, ...]:
    """Every number, e-mail and address that the record gives."""
    told, since = party.told, party.report.told_at
    unsafe = set(_unsafe_numbers(told))
    numbers = [(each.number, bool(each.shared_with_suspect)) for each in told.phones]
    numbers += [(number, True) for number in unsafe if number not in dict(numbers)]
    if isinstance(told, Victim) and told.safe_contact:
        listed = dict(numbers)
        numbers += [(n, False) for n in told.safe_contact.numbers if n not in listed]
    found = [
        Point(
            "phone",
            number,
            own=is_own(number, party.kind),
            shared=shared or number in unsafe,
            since=since,
        )
        for number, shared in numbers
    ]
    found += [Point("email", address, own=True, since=since) for address in told.emails]
    homes = [*([told.address] if told.address else []), *told.previous_addresses]
    for home in homes:
        where = place(home.lines, home.postcode)
        if where is None:
            continue
        key = next(iter(place_keys(Features(places=(where,)))), None)
        found.append(Point("address", address_value(home.lines, home.postcode), key, since=since))
    return tuple(found)


def is_own(number: str, kind: Role) -> bool:
    """Whether a number is somebody's own: a mobile that is not a child's."""
    known = phone(number)
    return bool(known and known[1]) and kind is not Role.CHILD


def _unsafe_numbers(told: Person) -> Sequence[str]:
    if isinstance(told, Victim) and told.safe_contact:
        return told.safe_contact.unsafe_numbers
    return ()


def as_written(told: Person) -> str:
    """The person as the form has them, for keeping."""
    return told.model_dump_json(by_alias=True, exclude_none=True, exclude_defaults=True)
