"""What school_alerts hears, read into the words of its rules."""

from dataclasses import replace

from contracts.identity import (
    IdentifiedChild,
    IncidentIdentified,
    IncidentWithdrawn,
    PupilEnrolmentIdentified,
)
from contracts.sealed import SchoolPart
from contracts.vocabulary import AgeBand, ContentLevel
from services.kit.working_time import london_date
from services.school_alerts.domain.case import Case
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.content import Content
from services.school_alerts.domain.enrolment import Enrolment
from services.school_alerts.domain.readers import Employer


def case_of(event: IncidentIdentified) -> Case:
    """An identified incident as it is kept."""
    return Case(
        incident_id=event.incident_id,
        version=event.version,
        revision=event.revision,
        area=event.area,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        received_at=event.received_at,
        employers=tuple(Employer(e.urn, e.role) for e in event.party_employers),
        children=tuple(_child(child, event) for child in event.children),
    )


def cancelled_case(event: IncidentWithdrawn, before: Case | None) -> Case:
    """A cancelled incident: of its children nothing is kept, of its parties where they work.

    Whoever is a party and was told before that was known must not hear that it was cancelled.
    """
    if before is not None:
        return replace(before, version=event.version, live=False, children=())
    return Case(
        incident_id=event.incident_id,
        version=event.version,
        revision=event.revision,
        area=event.area,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        received_at=event.received_at,
        live=False,
    )


def enrolment_of(event: PupilEnrolmentIdentified) -> Enrolment:
    """An entry of the authority's register as it is kept."""
    return Enrolment(
        enrolment_id=event.enrolment_id,
        version=event.version,
        person_id=event.person_id,
        possibly_same_as=event.possibly_same_as,
        school_urn=event.school_urn,
        education=event.education,
        begins=event.from_,
        until=event.until,
        as_of=event.as_of,
    )


def _child(child: IdentifiedChild, event: IncidentIdentified) -> Child:
    return Child(
        ref=child.child_ref,
        content=_content(child, event),
        person_id=child.person_id,
        possibly_same_as=child.possibly_same_as,
        age_band=AgeBand.UNBORN if child.unborn else child.age_band,
        education=child.education,
        school_urn=child.school_urn,
        other_school_urns=child.other_school_urns,
        first_named_at=child.first_named_at,
        schools_named_at=child.schools_named_at,
    )


def _content(child: IdentifiedChild, event: IncidentIdentified) -> Content:
    part = event.sealed.schools.get(child.child_ref)
    if isinstance(part, SchoolPart):
        return Content(**{name: getattr(part, name) for name in SchoolPart.model_fields})
    # The alert goes out even where its part is missing: it then names the day and a reference.
    return Content(ContentLevel.L0, london_date(event.happened_at))
