"""What is done with an agency's wish to contact: the victim it is about identified."""

from datetime import datetime
from typing import Any

from contracts.envelope import Problem
from contracts.identity import IdentityInputRefused
from contracts.partner import ContactRequest
from services.kit.senders import area_instead, area_marks
from services.person_matching.domain.rows import Source, Telling
from services.person_matching.handlers.placing import Identification, identify
from services.person_matching.handlers.refusing import nobody_described, other_content, refuse
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import parties_of, report_of


def identify_request(
    event: ContactRequest, persons: Persons, now: datetime
) -> list[Identification | IdentityInputRefused]:
    """Identify whom an agency wishes to contact; the highest revision holds."""
    event = _in_an_area(event, persons)
    known = persons.tellings.get(report_of(event).thing_id)
    problems = _problems(event, known)
    if problems:
        return [refuse(event, event.request_key, problems)]
    if known and known.heard >= event.revision:
        return []
    parties = parties_of(event)
    records = {party.role: party.record_id for party in parties}
    told = _telling(event, known, records, persons)
    return [*identify(told, parties, persons, now)]


def _problems(event: ContactRequest, known: Telling | None) -> tuple[Problem, ...]:
    if known and known.heard == event.revision and known.digest != event.digest:
        return (other_content(),)
    described = any(not party.as_told.is_void for party in parties_of(event))
    if described or (event.victim is None and known is not None):
        return ()
    return (nobody_described("/victim"),)


def _in_an_area(event: ContactRequest, persons: Persons) -> ContactRequest:
    areas = persons.reference.areas
    if event.area in areas or not areas:
        return event
    area = area_instead(event.source, event.TOPIC, areas)
    there = event.model_copy(update={"area": area})
    marks = (*event.marks, *area_marks(event.area, areas))
    return there.marked(marks).digested(event.digest).heard_in(event.envelope)


def _telling(
    event: ContactRequest, known: Telling | None, records: dict[str, Any], persons: Persons
) -> Telling:
    report = report_of(event)
    facts = {
        "revision": event.revision,
        "agency": event.source,
        "area": report.area,
        "status": event.status.value,
        "reason": event.reason,
        "statutory": event.statutory,
        "urgency": event.urgency.value,
        "requested_at": event.requested_at.isoformat() if event.requested_at else None,
        "received_at": report.told_at.isoformat(),
        "marks": [mark.model_dump() for mark in event.marks],
    }
    return Telling(
        thing_id=report.thing_id,
        report_id=report.report_id,
        came_in=Source.REQUEST,
        source=event.source,
        reference=event.reference,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        heard=event.revision,
        said=known.said if known else 0,
        live=True,
        area=report.area,
        facts=facts,
        parties=records or (known.parties if known else {}),
        victim_id=known.victim_id if known else None,
        digest=event.digest,
    )
