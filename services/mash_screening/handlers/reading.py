"""An identified incident and a practitioner's decision, read into the words of the rules."""

from typing import Any

from contracts.identity import IdentifiedChild, IncidentIdentified
from contracts.mash import IncidentScreened
from contracts.partner import ScreeningDecision
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.decisions import Ruling
from services.mash_screening.domain.facts import Child, Component, Facts

NOT_PASSED_ON = ("identity", "mash", "schools")
"""Parts that nobody after MASH may open."""
OURS = {"version", "reasons", "policy_version"}
UNKNOWN = set(IncidentIdentified.model_fields) - set(IncidentScreened.model_fields)
"""What a screening does not tell."""


def facts_of(event: IncidentIdentified) -> Facts:
    """What the rules need of an identified incident."""
    components = tuple(Component(c.kind, c.level, c.detail, c.kinds) for c in event.risk.components)
    return Facts(
        received_at=event.received_at,
        first_received_at=event.first_received_at,
        level=event.risk.level,
        components=components,
        flags=event.flags,
        threat_kill_children=event.threat_kill_children,
        in_hospital=event.in_hospital,
        care_needs=event.care_needs,
        consent=event.consent,
        victim_age=event.victim_age_band,
        suspect_age=event.suspect_age_band,
        children=tuple(child_of(child) for child in event.children),
    )


def child_of(child: IdentifiedChild) -> Child:
    """A child as the rules see one; what nobody said is no."""
    return Child(
        ref=child.child_ref,
        age=child.age_band,
        present=bool(child.present),
        witnessed=bool(child.witnessed),
        injured=bool(child.injured),
        unborn=bool(child.unborn),
        special_needs=bool(child.special_needs),
        open_to_social_care=bool(child.open_to_social_care),
    )


def passed_on(event: IncidentIdentified) -> dict[str, Any]:
    """The incident as later hearers get it, without what is MASH's to say."""
    sealed = event.sealed.without(*NOT_PASSED_ON)
    passing = event.model_copy(update={"sealed": sealed})
    return passing.model_dump(mode="json", exclude=OURS | UNKNOWN)


def case_of(event: IncidentIdentified) -> Case:
    """A case for an incident that was never screened."""
    return Case(
        incident_id=event.incident_id,
        victim_id=event.victim_id,
        suspect_id=event.suspect_id,
        area=event.area,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        facts=facts_of(event),
        passed_on=passed_on(event),
    )


def ruling_of(event: ScreeningDecision) -> Ruling:
    """A practitioner's decision as it came in."""
    return Ruling(
        choice=event.decision,
        child_ref=event.child_ref,
        risk_level=event.risk_level,
        rationale=event.rationale,
        decided_by=event.decided_by,
        second_approver=event.second_approver,
    )
