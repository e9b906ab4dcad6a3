"""Builders of what mash_screening hears: invented people, plain facts."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from contracts.envelope import Envelope, Event
from contracts.identity import IdentifiedChild, IncidentIdentified, IncidentWithdrawn, Match
from contracts.mash import ScreeningDue
from contracts.partner import ScreeningDecision
from contracts.police import Risk, RiskComponent
from contracts.vocabulary import (
    ONWARD,
    AgeBand,
    Flag,
    GroupId,
    IncidentId,
    MatchOutcome,
    PersonId,
    RiskKind,
    RiskLevel,
    ScreeningChoice,
    incident_id_of,
)
from services.kit.areas import Policies
from services.kit.working_time import LONDON, WorkingTime, read_bank_holidays
from services.mash_screening.domain.policy import Policy
from services.mash_screening.handlers import (
    ask_age_again,
    record_decision,
    say_overdue,
    screen_incident,
    withdraw_screening,
)
from services.mash_screening.working_set import Cases, Reference

POLICE = "south-yorkshire-police"
OFFICE = WorkingTime(read_bank_holidays())
HIGH, MEDIUM, STANDARD = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.STANDARD


def london(text: str) -> datetime:
    """A London wall-clock time as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


MONDAY_9 = london("2026-11-02T09:00")


def person(name: str) -> PersonId:
    """A person id that a test can name."""
    return PersonId(uuid5(ONWARD, name))


def incident(number: int) -> IncidentId:
    """The incident of the so-manieth report."""
    return incident_id_of(POLICE, f"R{number}")


def some_cases(policy: Policy | None = None) -> Cases:
    """An empty working set with England's bank holidays."""
    policies = Policies({"rotherham": policy or Policy()}, {"rotherham": "test-1"}, Policy())
    return Cases(reference=Reference(policies, OFFICE))


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


def a_child(
    ref: str = "1", age: AgeBand = AgeBand.SEVEN_TO_TWELVE, **facts: Any
) -> IdentifiedChild:
    """A child as an incident names them."""
    return IdentifiedChild(child_ref=ref, age_band=age, **facts)


def a_component(
    kind: RiskKind = RiskKind.TICKS, level: RiskLevel = MEDIUM, detail: str | None = "11"
) -> RiskComponent:
    """One source of a grade."""
    return RiskComponent(kind=kind, level=level, detail=detail)


TICKS = {HIGH: "15", MEDIUM: "11", STANDARD: "3"}


def an_incident(number: int = 1, risk: RiskLevel = MEDIUM, **facts: Any) -> IncidentIdentified:
    """An identified incident of an adult, received on a Monday at nine unless said otherwise."""
    received = facts.pop("received_at", MONDAY_9)
    victim = facts.pop("victim_id", person("victim"))
    components = facts.pop("components", (a_component(level=risk, detail=TICKS[risk]),))
    stated = {
        "version": 1,
        "incident_id": incident(number),
        "revision": 1,
        "area": "rotherham",
        "received_at": received,
        "first_received_at": received,
        "risk": Risk(level=risk, components=components),
        "victim_id": victim,
        "victim_age_band": AgeBand.EIGHTEEN_TO_FIFTY_NINE,
        "contact_group": GroupId(victim),
        "group_members": (victim,),
        "group_version": 1,
        "suspect_id": person("suspect"),
        "suspect_age_band": AgeBand.EIGHTEEN_TO_FIFTY_NINE,
        "match": Match(outcome=MatchOutcome.NEW),
    }
    event = IncidentIdentified.model_validate({**stated, **facts})
    return heard(event, f"R{number}", event.received_at)  # type: ignore[no-any-return]


def a_withdrawal(number: int = 1, version: int = 2, **facts: Any) -> IncidentWithdrawn:
    """The police cancelled an incident."""
    received = facts.pop("received_at", MONDAY_9)
    stated = {
        "version": version,
        "incident_id": incident(number),
        "victim_id": person("victim"),
        "revision": version,
        "area": "rotherham",
        "received_at": received,
    }
    return heard(  # type: ignore[no-any-return]
        IncidentWithdrawn.model_validate({**stated, **facts}), f"R{number}", received
    )


def a_decision(number: int = 1, at: datetime = MONDAY_9, **facts: Any) -> ScreeningDecision:
    """A practitioner's decision."""
    stated = {
        "source": "mash",
        "incident_id": str(incident(number)),
        "decision": ScreeningChoice.NO_FURTHER_ACTION,
        "rationale": "Spoken with the health visitor.",
        "decided_by": "practitioner-1",
        "at": at,
    }
    return heard(  # type: ignore[no-any-return]
        ScreeningDecision.model_validate({**stated, **facts}), f"R{number}", at
    )


def said_of(kind: type[Any], said: list[Any]) -> list[Any]:
    """What was said of one kind, timers looked into."""
    return [event for event in said if isinstance(event, kind)]


def ref_of(event: Any) -> UUID:
    """The incident an event is about."""
    return UUID(str(event.incident_id))


STRANGLED = (Flag.STRANGULATION,)


def screen(event: IncidentIdentified, cases: Cases, now: datetime | None = None) -> list[Any]:
    """What is said of an identified incident, at its receipt unless said otherwise."""
    return list(screen_incident(event, cases, now or event.received_at))


def withdraw(event: IncidentWithdrawn, cases: Cases) -> list[Any]:
    """What is said of a cancellation."""
    return list(withdraw_screening(event, cases, event.received_at))


def ring(timer: Any, cases: Cases, now: datetime | None = None) -> list[Any]:
    """What is said when a note to oneself arrives."""
    if isinstance(timer.event, ScreeningDue):
        return list(say_overdue(timer.event, cases, now or timer.at))
    return list(ask_age_again(timer.event, cases, now or timer.at))


def decide(event: ScreeningDecision, cases: Cases) -> list[Any]:
    """What is said of a practitioner's decision."""
    return list(record_decision(event, cases, event.at))
