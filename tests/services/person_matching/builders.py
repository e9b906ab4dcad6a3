"""Builders of what person_matching hears: invented people, and a world that remembers them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from contracts.envelope import Envelope, Event, Trail
from contracts.identity import IncidentIdentified, ReviewOpened
from contracts.partner import (
    Address,
    AdvocateRoster,
    Child,
    ConflictedPerson,
    ContactRequest,
    IdentityDecision,
    Phone,
    PupilEnrolment,
    Suspect,
    Victim,
)
from contracts.police import (
    ChildFacts,
    IncidentAmended,
    IncidentCancelled,
    IncidentReported,
    PoliceIncident,
    Risk,
)
from contracts.sealed import IdentityPart, SealedParts
from contracts.vocabulary import IdentityChoice, RiskLevel, Sex, Urgency, incident_id_of
from services.kit.timers import Later
from services.person_matching import handlers
from services.person_matching.working_set import Persons

E_ = TypeVar("E_", bound=Event)
POLICE = "south-yorkshire-police"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HANDLER_OF = {
    IncidentReported: handlers.identify_reported,
    IncidentAmended: handlers.identify_amended,
    IncidentCancelled: handlers.withdraw_incident,
    ContactRequest: handlers.identify_request,
    AdvocateRoster: handlers.identify_conflicts,
    PupilEnrolment: handlers.identify_pupil,
    IdentityDecision: handlers.decide_review,
}


def heard(event: E_, *, at: datetime = NOON, trail: Trail | None = None, key: str = "") -> E_:
    """An event as the kit hands it over."""
    event_id = uuid4()
    subject, correlation = trail or Trail(key or "?", event_id)
    envelope = Envelope(
        id=event_id,
        type=event.TOPIC,
        source="test",
        time=at,
        subject=subject,
        key=event.key or key,
        correlation_id=correlation,
        received_at=at,
    )
    return event.heard_in(envelope)


def home(number: int = 12, street: str = "Clifton Lane", postcode: str = "S65 1AB") -> Address:
    """An invented address."""
    return Address(lines=(f"{number} {street}", "Rotherham"), postcode=postcode)


def a_victim(**told: Any) -> Victim:
    """Leanne Hartshorn, unless told otherwise."""
    usual: dict[str, Any] = {
        "given_names": "Leanne",
        "family_name": "Hartshorn",
        "date_of_birth": date(1991, 3, 14),
        "sex": Sex.FEMALE,
        "address": home(),
        "phones": phones("07700 900111"),
    }
    return Victim(**{**usual, **told})


def a_suspect(**told: Any) -> Suspect:
    """Darren Priestley, unless told otherwise."""
    usual: dict[str, Any] = {
        "given_names": "Darren",
        "family_name": "Priestley",
        "date_of_birth": date(1988, 7, 2),
        "sex": Sex.MALE,
        "address": home(40, "Doncaster Road", "S65 2DA"),
        "phones": phones("07700 900222"),
        "relationship_to_victim": "ex-partner",
    }
    return Suspect(**{**usual, **told})


def a_child(**told: Any) -> Child:
    """Alfie Hartshorn, unless told otherwise."""
    usual: dict[str, Any] = {
        "ref": "c1",
        "given_names": "Alfie",
        "family_name": "Hartshorn",
        "date_of_birth": date(2018, 5, 9),
        "address": home(),
    }
    return Child(**{**usual, **told})


def phones(*numbers: str, shared: bool | None = None) -> tuple[Phone, ...]:
    """Numbers as a form has them."""
    return tuple(Phone(number=number, shared_with_suspect=shared) for number in numbers)


def nobody() -> Suspect:
    """A suspect whom nobody could name."""
    return Suspect(anonymous=True)


@dataclass
class World:
    """A working set that hears one event after the other."""

    persons: Persons = field(default_factory=Persons)
    now: datetime = NOON

    def hear(self, event: Event) -> list[Any]:
        """What is said in answer; the clock moves on a minute."""
        self.now += timedelta(minutes=1)
        said = HANDLER_OF[type(event)](event, self.persons, self.now)  # type: ignore[operator]
        return list(said)

    def report(self, reference: str, **told: Any) -> list[Any]:
        """Hear a report of the police."""
        return self.hear(a_report(reference, at=self.now, **told))

    def amend(self, reference: str, revision: int, **told: Any) -> list[Any]:
        """Hear an amendment."""
        return self.hear(
            a_report(reference, revision=revision, at=self.now, kind=IncidentAmended, **told)
        )

    def decide(self, opened: ReviewOpened, decision: IdentityChoice) -> list[Any]:
        """Hear what a human decided."""
        return self.hear(a_decision(str(opened.review_id), decision, self.now))


def a_report(
    reference: str,
    *,
    victim: Victim | Suspect | None = None,
    suspect: Suspect | Victim | None = None,
    children: tuple[Child, ...] = (),
    revision: int = 1,
    version: int | None = None,
    level: RiskLevel = RiskLevel.MEDIUM,
    at: datetime = NOON,
    kind: type[PoliceIncident] = IncidentReported,
    second: bool = False,
    **facts: Any,
) -> Any:
    """An incident as the police say it; `second` is the other party's side."""
    part = IdentityPart(
        victim_role="other_party" if second else "victim",
        victim=Victim.model_validate((victim or a_victim()).model_dump()),
        suspect_role=("victim" if second else "suspect") if suspect else None,
        suspect=suspect,
        children={child.ref or "1": child for child in children},
    )
    incident = kind(
        incident_id=incident_id_of(POLICE, reference, other_party=second),
        revision=revision,
        version=version or revision,
        area="rotherham",
        received_at=at,
        first_received_at=at,
        risk=Risk(level=level),
        children=tuple(facts_of(child) for child in children),
        sealed=SealedParts(identity=part, mash="m.a.s.h.", contact="c.o.n.t."),
        **facts,
    )
    trail = Trail(f"{POLICE}/{reference}", incident_id_of(POLICE, reference))
    return heard(incident, at=at, trail=trail)


def facts_of(child: Child) -> ChildFacts:
    """A child's plain facts."""
    return ChildFacts(child_ref=child.ref or "1", unborn=child.unborn)


def a_cancellation(reference: str, version: int = 2, at: datetime = NOON) -> IncidentCancelled:
    """An incident that is none after all."""
    incident = incident_id_of(POLICE, reference)
    event = IncidentCancelled(
        incident_id=incident,
        revision=version,
        version=version,
        area="rotherham",
        received_at=at,
        first_received_at=at,
    )
    return heard(event, at=at, trail=Trail(f"{POLICE}/{reference}", incident))


def a_request(
    reference: str = "V1",
    *,
    victim: Victim | None = None,
    source: str = "victim_support",
    revision: int = 1,
    status: str = "open",
    at: datetime = NOON,
    urgency: Urgency = Urgency.ROUTINE,
    area: str | None = "rotherham",
) -> ContactRequest:
    """An agency's wish to contact."""
    event = ContactRequest.model_validate(
        {
            "source": source,
            "reference": reference,
            "revision": revision,
            "status": status,
            "area": area,
            "victim": victim,
            "urgency": urgency,
        }
    ).digested(f"{revision}/{status}/{victim}")
    return heard(event, at=at, key=event.request_key)


def a_roster(*conflicts: ConflictedPerson, advocate: str = "A1", at: datetime = NOON) -> Any:
    """An advocate with conflicts."""
    event = AdvocateRoster(
        source="idva", advocate_id=advocate, team="idva", area="rotherham", conflicts=conflicts
    ).digested(str(conflicts))
    return heard(event, at=at, key=advocate)


def an_enrolment(child: Child, reference: str = "E1", as_of: date = date(2026, 11, 1)) -> Any:
    """An entry of the council's school register."""
    event = PupilEnrolment.model_validate(
        {
            "source": "rotherham-council",
            "reference": reference,
            "child": child,
            "school_urn": "106842",
            "from": date(2026, 9, 1),
            "as_of": as_of,
        }
    ).digested(f"{child}{as_of}")
    return heard(event, key=event.enrolment_key)


def a_decision(review_id: str, decision: IdentityChoice, at: datetime = NOON) -> IdentityDecision:
    """What a human decided about a review."""
    event = IdentityDecision(
        source="mash",
        review_id=review_id,
        decision=decision,
        decided_by="A. Practitioner",
        rationale="Spoke to both.",
        at=at,
    )
    return heard(event, at=at, key=review_id)


def of(kind: type[E_], said: list[Any]) -> list[E_]:
    """Those of one kind."""
    return [event for event in said if isinstance(event, kind)]


def identified(said: list[Any]) -> IncidentIdentified:
    """The first incident said."""
    return of(IncidentIdentified, said)[0]


def timers(said: list[Any]) -> list[Later[Any]]:
    """Those for later."""
    return [event for event in said if isinstance(event, Later)]
