"""What is done with incidents: their persons identified, and everything that changes with them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.identity import IncidentWithdrawn
from contracts.police import IncidentAmended, IncidentCancelled, IncidentReported, PoliceIncident
from contracts.sealed import IdentityPart, opened
from contracts.vocabulary import IncidentId, PersonId
from services.person_matching.domain.rows import Source, Telling
from services.person_matching.handlers.placing import Identification, identify
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import parties_of, report_of


def identify_reported(
    event: IncidentReported, persons: Persons, now: datetime
) -> list[Identification]:
    """Identify the parties of a new incident."""
    return _identify(event, persons, now)


def identify_amended(
    event: IncidentAmended, persons: Persons, now: datetime
) -> list[Identification]:
    """Identify the parties again as a later revision has them."""
    return _identify(event, persons, now)


def withdraw_incident(
    event: IncidentCancelled, persons: Persons, now: datetime
) -> list[IncidentWithdrawn]:
    """Say that an incident is none; one that was never said leaves nothing to take back."""
    known = persons.tellings.get(event.incident_id)
    if known and known.heard >= event.version:
        return []
    if known is None or known.victim_id is None:
        persons.put_telling(_unheard(event))
        return []
    gone = replace(known, heard=event.version, live=False, said=known.said + 1, last="")
    persons.put_telling(gone)
    return [
        IncidentWithdrawn(
            incident_id=event.incident_id,
            victim_id=PersonId(known.victim_id),
            revision=event.revision,
            area=event.area,
            received_at=event.received_at,
            version=gone.said,
        )
    ]


def _identify(event: PoliceIncident, persons: Persons, now: datetime) -> list[Identification]:
    known = persons.tellings.get(event.incident_id)
    if known and known.heard >= event.version:
        return []
    parties = parties_of(event)
    told = _telling(event, known, {party.role: party.record_id for party in parties})
    return identify(told, parties, persons, now)


def _telling(event: PoliceIncident, known: Telling | None, records: dict[str, UUID]) -> Telling:
    part = opened(event.sealed.identity, IdentityPart)
    report = report_of(event)
    rest = event.model_copy(update={"sealed": event.sealed.without("identity")})
    facts = rest.model_dump(mode="json", by_alias=True, exclude_none=True)
    parties = {role: record for role, record in records.items() if role.startswith("child/")}
    parties["victim"] = records[part.victim_role]
    if part.suspect_role in records:
        parties["suspect"] = records[part.suspect_role]
    return Telling(
        thing_id=event.incident_id,
        report_id=report.report_id,
        came_in=Source.INCIDENT,
        source=report.source,
        reference=report.reference,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        heard=event.version,
        said=known.said if known else 0,
        live=True,
        area=event.area,
        facts=facts,
        parties=parties,
        victim_id=known.victim_id if known else None,
    )


def _unheard(event: IncidentCancelled) -> Telling:
    report = report_of(event)
    return Telling(
        thing_id=IncidentId(event.incident_id),
        report_id=report.report_id,
        came_in=Source.INCIDENT,
        source=report.source,
        reference=report.reference,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        heard=event.version,
        said=0,
        live=False,
        area=event.area,
        facts={},
    )
