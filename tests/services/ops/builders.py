"""What ops hears, invented; heard in an envelope of its own."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar
from uuid import UUID, uuid5

from contracts.envelope import Envelope, Event
from contracts.mash import IncidentScreened
from contracts.police import ChildFacts, IncidentReported, Risk
from contracts.schools import AlertPlanned, AlertSent
from contracts.sealed import SealedParts
from contracts.vocabulary import (
    AgeBand,
    AlertId,
    ChildId,
    ContentLevel,
    GroupId,
    IncidentId,
    PersonId,
    Rag,
    RiskLevel,
    ScreeningStatus,
    incident_id_of,
)

E = TypeVar("E", bound=Event)
SPACE = UUID("00000000-0000-0000-0000-000000000002")
FRIDAY = datetime(2026, 11, 27, 21, 3, tzinfo=UTC)
BELL = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
INCIDENT = incident_id_of("south-yorkshire-police", "1")
ALERT = AlertId(uuid5(SPACE, "alert"))
VICTIM = PersonId(uuid5(SPACE, "victim"))
_numbers = count(1)


def heard(event: E, *, at: datetime = FRIDAY) -> E:
    """The event as it comes from its topic."""
    return event.heard_in(
        Envelope(
            id=uuid5(SPACE, f"event {next(_numbers)}"),
            type=event.TOPIC,
            source="/services/somebody",
            time=at,
            subject="south-yorkshire-police/1",
            key=event.key or "k",
            correlation_id=INCIDENT,
            received_at=at,
        )
    )


def a_child(ref: str = "1", age_band: AgeBand = AgeBand.SEVEN_TO_TWELVE) -> ChildFacts:
    """A child of the incident."""
    return ChildFacts(child_ref=ref, age_band=age_band)


def a_report(*children: ChildFacts, version: int = 1) -> IncidentReported:
    """The police said an incident; its sealed part is something nobody here may read."""
    return heard(
        IncidentReported(
            incident_id=IncidentId(INCIDENT),
            version=version,
            revision=version,
            area="rotherham",
            received_at=FRIDAY,
            first_received_at=FRIDAY,
            risk=Risk(level=RiskLevel.MEDIUM),
            children=children,
            sealed=SealedParts(mash="sealed.words.nobody.may.read"),
        )
    )


def a_screening(
    version: int = 1,
    due_at: datetime | None = FRIDAY + timedelta(hours=24),
    status: ScreeningStatus = ScreeningStatus.SUGGESTED,
) -> IncidentScreened:
    """MASH's suggestion, or a practitioner's decision."""
    return heard(
        IncidentScreened(
            incident_id=IncidentId(INCIDENT),
            version=version,
            revision=1,
            area="rotherham",
            received_at=FRIDAY,
            first_received_at=FRIDAY,
            risk=Risk(level=RiskLevel.MEDIUM),
            victim_id=VICTIM,
            contact_group=GroupId(VICTIM),
            group_members=(VICTIM,),
            group_version=1,
            risk_after=RiskLevel.MEDIUM,
            rag=Rag.AMBER,
            due_at=due_at,
            status=status,
        )
    )


def an_alert(
    kind: type[AlertPlanned] | type[AlertSent], version: int = 1
) -> AlertPlanned | AlertSent:
    """News of the first child's alert."""
    return heard(
        kind(
            alert_id=ALERT,
            incident_id=IncidentId(INCIDENT),
            version=version,
            child_ref="1",
            child_id=ChildId(uuid5(SPACE, "child")),
            area="rotherham",
            school_urn="106835",
            authority="372",
            content_level=ContentLevel.L1,
            content_version=1,
            due_by=BELL,
        )
    )
