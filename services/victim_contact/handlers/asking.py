"""Incidents and requests that ask for contact, or no longer do."""

from datetime import datetime

from contracts.identity import ContactRequestIdentified
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningWithdrawn
from services.victim_contact.domain.hearing import withdraw_matter
from services.victim_contact.handlers.acting import Acting
from services.victim_contact.handlers.reading import (
    cancelled_of,
    incident_of,
    marks_of,
    request_of,
    view_of,
)
from services.victim_contact.handlers.saying import Said
from services.victim_contact.working_set import Groups


def ask_for_incident(
    event: IncidentScreened | RiskRegraded, groups: Groups, now: datetime
) -> list[Said]:
    """Ask an agency to contact the victim, or let the incident join who leads already."""
    acting = Acting(groups, now)
    if not acting.is_news(event.incident_id, event.version):
        return []
    acting.merge(event.victim_id, event.merged_ids)
    acting.regroup([view_of(event)])
    matter = incident_of(event, groups.resolved(event.victim_id))
    acting.hear(matter, marks_of(event.sealed, event.received_at))
    return acting.said()


def ask_for_request(event: ContactRequestIdentified, groups: Groups, now: datetime) -> list[Said]:
    """Grant another agency's wish, cover it, or flag it; a withdrawn one leaves the episode."""
    acting = Acting(groups, now)
    if not acting.is_news(event.request_id, event.version):
        return []
    acting.merge(event.victim_id, event.merged_ids)
    acting.regroup([view_of(event)])
    matter = request_of(event, groups.resolved(event.victim_id))
    acting.hear(matter, marks_of(event.sealed, event.received_at))
    return acting.said()


def withdraw_incident(event: ScreeningWithdrawn, groups: Groups, now: datetime) -> list[Said]:
    """A cancelled incident leaves the episode; the last reason gone, the lead is revoked."""
    acting = Acting(groups, now)
    if not acting.is_news(event.incident_id, event.version):
        return []
    person_id = groups.resolved(event.victim_id)
    matter = groups.matter(event.incident_id) or cancelled_of(event, person_id)
    withdraw_matter(acting.turn_of(matter.person_id), matter, event.version)
    return acting.said()
