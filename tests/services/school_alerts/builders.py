"""Builders of what school_alerts hears: invented people, real schools and calendars."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from contracts.envelope import Envelope, Event
from contracts.identity import (
    IdentifiedChild,
    IncidentIdentified,
    IncidentWithdrawn,
    Match,
    PupilEnrolmentIdentified,
)
from contracts.partner import SchoolAcknowledgement
from contracts.police import PartyEmployer, Risk
from contracts.sealed import SchoolPart, SealedParts
from contracts.vocabulary import (
    ONWARD,
    AgeBand,
    AlertId,
    ContentLevel,
    EmployerRole,
    EnrolmentId,
    GroupId,
    IncidentId,
    MatchOutcome,
    PersonId,
    RecipientRole,
    RiskLevel,
    alert_id_of,
    incident_id_of,
)
from services.kit.working_time import LONDON
from services.school_alerts.app import seed_of
from services.school_alerts.domain.book import Book, District
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.schools import School, Schools
from services.school_alerts.working_set import Alerts, Districts

POLICE = "south-yorkshire-police"
INTAKE, BRADWAY, BRIGHTSIDE, LYDGATE = "106996", "107033", "106987", "106998"
BROOM_VALLEY, NURSERY = "106835", "106973"
"""Sheffield's Intake and Bradway (5-11), Brightside (3-7), Lydgate Junior; Rotherham's."""


def london(text: str) -> datetime:
    """A London wall-clock time as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


FRIDAY_NIGHT = london("2026-11-06T23:10")
MONDAY_7 = london("2026-11-09T07:00")
MONDAY_830 = london("2026-11-09T08:30")


def person(name: str) -> PersonId:
    """A person id that a test can name."""
    return PersonId(uuid5(ONWARD, name))


def incident(number: int = 1) -> IncidentId:
    """The incident of the so-manieth report."""
    return incident_id_of(POLICE, f"R{number}")


def alert(recipient: str, child: str = "c1", number: int = 1) -> AlertId:
    """The alert about a child to a recipient."""
    return alert_id_of(incident(number), child, recipient)


@cache
def the_book() -> Book:
    """The shipped sample of schools, Sheffield's terms and the bank holidays."""
    return seed_of(Path("deploy/areas"))


def a_school(urn: str = "900001", **over: Any) -> School:
    """An invented school of Sheffield."""
    given = {"authority": "373", "name": "Test School", "status": "Open", "phase": "Primary"}
    ages = {"low_age": 5, "high_age": 11}
    return School(urn=urn, **{**given, **ages, **over})


def a_contact(**addresses: str) -> dict[RecipientRole, str]:
    """A school's addresses by role."""
    return {RecipientRole(role): address for role, address in addresses.items()}


def some_alerts(*schools: School, policy: Policy | None = None, **over: Any) -> Alerts:
    """An empty working set with the sample's schools and these."""
    book = the_book()
    known = {**book.schools.by_urn, **{school.urn: school for school in schools}}
    book = Book(Schools(known), over.get("terms", book.terms), book.bank_holidays)
    codes = {"sheffield": "373", "rotherham": "372"}
    districts = {
        area: District(area, code, policy or Policy(), "test-1", frozenset({f"{area}-council"}))
        for area, code in codes.items()
    }
    return Alerts(book=book, districts=Districts(districts))


def heard(event: Event, about: str, at: datetime) -> Any:
    """The event as heard, about a report."""
    envelope = Envelope(
        id=uuid5(ONWARD, f"{about}/{event.TOPIC}/{at.isoformat()}/{event.model_dump_json()}"),
        type=event.TOPIC,
        source="/services/test",
        time=at,
        subject=f"{POLICE}/{about}",
        key=event.key or about,
        correlation_id=incident_id_of(POLICE, about),
        received_at=at,
    )
    return event.heard_in(envelope)


def a_part(**over: Any) -> SchoolPart:
    """What a school may be told of a child."""
    given: dict[str, Any] = {
        "content_level": ContentLevel.L1,
        "given_names": "Alba",
        "family_name": "Testwood",
        "date_of_birth": date(2018, 3, 14),
        "incident_date": date(2026, 11, 6),
        "police_reference": "R1",
        "present": True,
        "location_kind": "home",
        "voice": "She hid under the table.",
    }
    return SchoolPart(**{**given, **over})


def a_child(ref: str = "c1", school: str | None = INTAKE, **over: Any) -> IdentifiedChild:
    """A child of eight at a school."""
    given: dict[str, Any] = {
        "child_ref": ref,
        "person_id": person(ref),
        "age_band": AgeBand.SEVEN_TO_TWELVE,
        "school_urn": school,
    }
    return IdentifiedChild(**{**given, **over})


def an_incident(*children: IdentifiedChild, **over: Any) -> IncidentIdentified:
    """An incident with one child at Intake, reported on Friday night, unless told otherwise."""
    at: datetime = over.pop("at", FRIDAY_NIGHT)
    first_at: datetime = over.pop("first_at", at)
    number: int = over.pop("number", 1)
    parts = over.pop("parts", {})
    named = tuple(_named(child, first_at) for child in children or (a_child(),))
    schools = {c.child_ref: parts.get(c.child_ref, a_part()) for c in named}
    version = over.pop("version", 1)
    given: dict[str, Any] = {
        "incident_id": incident(number),
        "version": version,
        "revision": over.pop("revision", version),
        "area": "sheffield",
        "received_at": at,
        "first_received_at": first_at,
        "occurred_at": at,
        "risk": Risk(level=RiskLevel.MEDIUM),
        "victim_id": person("victim"),
        "contact_group": GroupId(person("victim")),
        "group_members": (person("victim"),),
        "group_version": 1,
        "match": Match(outcome=MatchOutcome.NEW),
        "children": named,
        "sealed": SealedParts(schools=schools),
    }
    event: IncidentIdentified = heard(IncidentIdentified(**{**given, **over}), f"R{number}", at)
    return event


def amended(at: datetime, *children: IdentifiedChild, **over: Any) -> IncidentIdentified:
    """A later revision of Friday night's incident."""
    return an_incident(*children, at=at, **{"first_at": FRIDAY_NIGHT, "version": 2, **over})


def _named(child: IdentifiedChild, at: datetime) -> IdentifiedChild:
    urns = [urn for urn in (child.school_urn, *child.other_school_urns) if urn]
    named = {urn: child.schools_named_at.get(urn, at) for urn in urns}
    first = child.first_named_at or at
    return child.model_copy(update={"first_named_at": first, "schools_named_at": named})


def a_withdrawal(number: int = 1, version: int = 2, at: datetime = FRIDAY_NIGHT) -> Any:
    """The police cancelled the incident."""
    event = IncidentWithdrawn(
        incident_id=incident(number),
        victim_id=person("victim"),
        version=version,
        revision=version,
        area="sheffield",
        received_at=at,
    )
    return heard(event, f"R{number}", at)


def an_entry(school: str | None, child: str = "c1", **over: Any) -> PupilEnrolmentIdentified:
    """An entry of the authority's register, valid since September and a week old."""
    at = over.pop("at", FRIDAY_NIGHT)
    reference = over.pop("reference", f"P-{child}-{school}")
    given: dict[str, Any] = {
        "enrolment_id": EnrolmentId(uuid5(ONWARD, reference)),
        "version": 1,
        "person_id": person(child),
        "school_urn": school,
        "from": over.pop("begins", date(2026, 9, 1)),
        "as_of": date(2026, 11, 1),
    }
    event: PupilEnrolmentIdentified = heard(
        PupilEnrolmentIdentified(**{**given, **over}), reference, at
    )
    return event


def an_acknowledgement(
    alert_id: UUID | str, source: str, at: datetime, role: str = "key_adult"
) -> Any:
    """Somebody at the school read the alert."""
    event = SchoolAcknowledgement(
        source=source, alert_id=str(alert_id), by="A. Reader", role=role, at=at
    )
    return heard(event, str(alert_id), at)


def works_at(urn: str, role: EmployerRole | None) -> PartyEmployer:
    """A party to the incident works at a school."""
    return PartyEmployer(urn=urn, role=role)
