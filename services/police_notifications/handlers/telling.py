"""An incident said whole: its plain facts and its sealed parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.envelope import Reason
from contracts.partner import IncidentReport
from contracts.police import IncidentAmended, IncidentCancelled, IncidentReported
from contracts.vocabulary import RiskLevel
from services.kit.form_words import is_about
from services.police_notifications.domain.children import Pairing
from services.police_notifications.domain.policy import Policy
from services.police_notifications.domain.reports import Incident, Report
from services.police_notifications.domain.risk import (
    Bands,
    Component,
    Floor,
    components_of,
    effective,
)
from services.police_notifications.handlers import facts
from services.police_notifications.handlers.contact_points import warnings_of
from services.police_notifications.handlers.parts import Disclosed, parts_of
from services.police_notifications.handlers.sides import Side

CANCELLED = Reason(code="cancelled", sentence="The police cancelled the report.")
NOT_ALLEGED = Reason(
    code="no_counter_allegation", sentence="The report no longer tells of a second victim."
)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is the same for every incident of one report."""

    report: Report
    at: datetime
    """When the message that caused this was received."""
    policy: Policy
    policy_version: str


def happened_at(report: IncidentReport, first_received_at: datetime) -> datetime:
    """The time that ages and dates are counted at."""
    return report.occurred_at or report.reported_at or first_received_at


def own_components(side: Side, policy: Policy) -> tuple[Component, ...]:
    """The components that a revision brings by itself."""
    return components_of(side.assessed, Bands(policy.high_from, policy.medium_from))


def revise(
    telling: Telling, side: Side, incident: Incident
) -> tuple[Incident, IncidentReported | IncidentAmended]:
    """The incident after a new revision, and the announcement of it."""
    happened = happened_at(side.report, telling.report.first_received_at)
    incident = incident.woken(telling.at).warned(warnings_of(side, telling.at))
    pairing = facts.pair_children(side, incident.children, telling.at)
    pairing = facts.with_victim(side, pairing, happened, telling.at)
    incident = incident.with_children(pairing.refs, pairing.known)
    said = say(telling, side, incident)
    own = own_components(side, telling.policy)
    return incident.raised(Floor.of(own, telling.report.revision)).said(live=True), said


def say(telling: Telling, side: Side, incident: Incident) -> IncidentReported | IncidentAmended:
    """The announcement of an incident as its present revision has it."""
    kind = IncidentAmended if incident.version else IncidentReported
    return kind(**_facts(telling, side, incident))


def cancel(telling: Telling, incident: Incident, reason: Reason) -> tuple[Incident, Any]:
    """The incident after its cancellation, and the announcement of it."""
    report = telling.report
    said = IncidentCancelled(
        version=incident.version + 1,
        incident_id=report.incident_id(other_party=incident.other_party),
        revision=report.revision,
        area=report.area,
        policy_version=telling.policy_version,
        received_at=telling.at,
        first_received_at=incident.first_received_at,
        reasons=(reason,),
    )
    return incident.said(live=False), said


def _facts(telling: Telling, side: Side, incident: Incident) -> dict[str, Any]:
    happened = happened_at(side.report, telling.report.first_received_at)
    own = own_components(side, telling.policy)
    risk = effective(own, incident.floor)
    marks = _marks(telling.report, side)
    pairing = Pairing(incident.refs, incident.children)
    return {
        **_whose(telling, side, incident),
        **_circumstances(side, happened),
        "risk": facts.risk_of(risk),
        "marks": marks if own else (*marks, facts.NOT_ASSESSED),
        "reasons": facts.reasons_of(risk),
        "children": facts.children_facts(side, pairing, happened),
        "victim_if_child": facts.victim_if_child(side, pairing, happened),
        "sealed": parts_of(_disclosed(telling, side, incident, risk.level)),
    }


def _marks(report: Report, side: Side) -> tuple[Reason, ...]:
    """The report's marks; in a counter-allegation the second incident has no children."""
    marks = (Reason(code=code, sentence=said) for code, said in report.marks)
    return tuple(one for one in marks if not (side.other_party and is_about(one, "children")))


def _whose(telling: Telling, side: Side, incident: Incident) -> dict[str, Any]:
    report = telling.report
    return {
        "version": incident.version + 1,
        "incident_id": side.incident_id,
        "revision": report.revision,
        "area": report.area,
        "policy_version": telling.policy_version,
        "received_at": telling.at,
        "first_received_at": incident.first_received_at,
    }


def _circumstances(side: Side, happened: datetime) -> dict[str, Any]:
    report, victim = side.report, side.victim
    return {
        "occurred_at": facts.in_utc(report.occurred_at),
        "reported_at": facts.in_utc(report.reported_at),
        "flags": side.assessed.all_flags,
        "threat_kill_children": side.threatens_children,
        "custody": side.custody,
        "in_hospital": bool(victim.in_hospital),
        "care_needs": bool(victim.care_needs),
        "consent": facts.consent_of(victim),
        "lead_agency_engaged": side.lead_agency_engaged,
        "party_employers": facts.party_employers(report),
        "victim_age_band": facts.victim_band(side, happened),
        "suspect_age_band": facts.suspect_band(side, happened),
        "suspect_known": side.suspect_known,
    }


def _disclosed(telling: Telling, side: Side, incident: Incident, level: RiskLevel) -> Disclosed:
    happened = happened_at(side.report, telling.report.first_received_at)
    return Disclosed(
        side=side,
        refs=incident.refs,
        victim_may_be_child=facts.victim_may_be_child(side, happened),
        level=level,
        happened_at=happened,
        unsafe=incident.unsafe,
        policy=telling.policy,
    )
