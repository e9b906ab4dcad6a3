"""Builders of what idva_allocation hears: invented victims, advocates and meetings."""

from datetime import datetime, timedelta
from typing import Any

from contracts.contact import ContactClosed, LeadHandedOver, LeadLapsed, LeadRevoked
from contracts.identity import AdvocateConflictsIdentified
from contracts.idva import QueueTurnDue
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningWithdrawn
from contracts.partner import AdvocateRoster, MaracMeeting, Victim
from contracts.police import Risk
from contracts.sealed import CasePart, SealedParts
from contracts.vocabulary import (
    AgeBand,
    GroupId,
    MaracCriterion,
    Pathway,
    Rag,
    RiskLevel,
    ScreeningStatus,
    episode_id_of,
    lead_id_of,
)
from services.idva_allocation.domain.policy import Policy
from services.idva_allocation.handlers import (
    drop_referral,
    end_work,
    keep_conflicts,
    keep_meeting,
    keep_roster,
    take_referral,
    turn_queue,
)
from services.idva_allocation.working_set import Reference, Referrals
from services.kit.areas import Policies
from tests.services.mash_screening.builders import (
    HIGH,
    MONDAY_9,
    OFFICE,
    heard,
    incident,
    person,
)

DAY = timedelta(days=1)


def some_referrals(policy: Policy | None = None) -> Referrals:
    """An empty working set with England's bank holidays."""
    policies = Policies({"rotherham": policy or Policy()}, {"rotherham": "test-1"}, Policy())
    return Referrals(reference=Reference(policies, OFFICE))


def a_part(**facts: Any) -> SealedParts:
    """The part that idva_allocation opens, with what the victim needs."""
    return SealedParts(idva=CasePart(victim=Victim.model_validate(facts)))


def pathways_of(risk: RiskLevel, age: AgeBand) -> tuple[Pathway, ...]:
    """What MASH says for an adult, or for the young."""
    if age in (AgeBand.THIRTEEN_TO_FIFTEEN,):
        return (Pathway.YPVA,)
    if age is AgeBand.SIXTEEN_TO_SEVENTEEN:
        return (Pathway.MARAC, Pathway.YPVA) if risk is HIGH else (Pathway.YPVA,)
    return (Pathway.MARAC, Pathway.IDVA) if risk is HIGH else (Pathway.VICTIM_SUPPORT,)


def a_screening(
    number: int = 1,
    risk: RiskLevel = HIGH,
    kind: type[IncidentScreened] | type[RiskRegraded] = IncidentScreened,
    **facts: Any,
) -> Any:
    """A screening of a HIGH adult, on a Monday at nine unless said otherwise."""
    received = facts.pop("received_at", MONDAY_9)
    victim = facts.pop("victim_id", person("victim"))
    group = facts.pop("contact_group", GroupId(victim))
    age = facts.setdefault("victim_age_band", AgeBand.EIGHTEEN_TO_FIFTY_NINE)
    criteria = (MaracCriterion.VISIBLE_HIGH_RISK,) if risk is HIGH else ()
    stated = {
        "version": 1,
        "incident_id": incident(number),
        "revision": 1,
        "area": "rotherham",
        "received_at": received,
        "first_received_at": received,
        "risk": Risk(level=risk),
        "victim_id": victim,
        "contact_group": group,
        "group_members": (victim,),
        "group_version": 1,
        "suspect_id": person("suspect"),
        "risk_after": risk,
        "rag": Rag.AMBER,
        "status": ScreeningStatus.SUGGESTED,
        "pathways": pathways_of(risk, age),
        "marac_criteria": criteria,
    }
    return heard(kind.model_validate({**stated, **facts}), f"R{number}", received)


def a_withdrawn_screening(number: int = 1, version: int = 9, at: datetime = MONDAY_9) -> Any:
    """MASH withdrew a screening."""
    event = ScreeningWithdrawn(
        version=version,
        incident_id=incident(number),
        victim_id=person("victim"),
        area="rotherham",
    )
    return heard(event, f"R{number}", at)


def a_roster(advocate_id: str = "A1", at: datetime = MONDAY_9 - DAY, **facts: Any) -> Any:
    """An advocate of the IDVA team with room for many."""
    stated = {"source": "idva", "advocate_id": advocate_id, "team": "idva", "area": "rotherham"}
    return heard(AdvocateRoster.model_validate({**stated, **facts}), advocate_id, at)


def a_meeting(meeting_id: str = "M1", days: int = 10, at: datetime = MONDAY_9, **facts: Any) -> Any:
    """A meeting some days after that Monday; its agenda closes three days before."""
    held = MONDAY_9 + days * DAY
    stated = {
        "source": "marac",
        "meeting_id": meeting_id,
        "area": "rotherham",
        "held_at": held,
        "agenda_closes_at": held - 3 * DAY,
        "capacity": 20,
    }
    return heard(MaracMeeting.model_validate({**stated, **facts}), meeting_id, at)


def some_conflicts(advocate_id: str, *persons: str, version: int = 1) -> Any:
    """Whom an advocate must not work with."""
    event = AdvocateConflictsIdentified(
        version=version,
        advocate_id=advocate_id,
        person_ids=tuple(person(name) for name in persons),
    )
    return heard(event, advocate_id, MONDAY_9)


def a_closed_episode(
    *numbers: int, victim: str = "victim", version: int = 5, at: datetime = MONDAY_9
) -> Any:
    """victim_contact closed the episode of these incidents."""
    group = GroupId(person(victim))
    event = ContactClosed(
        version=version,
        contact_group=group,
        lead_id=lead_id_of(group, 1),
        fence=1,
        agency="idva",
        episode_id=episode_id_of(group, 1),
        reason="engaged_and_closed",
        attempts=2,
        incident_ids=tuple(incident(number) for number in numbers),
    )
    return heard(event, "R1", at)


def a_lead_that_ended(
    kind: type[LeadHandedOver] | type[LeadLapsed] | type[LeadRevoked],
    to_agency: str | None,
    version: int = 5,
    reason: str = "some_reason",
) -> Any:
    """An IDVA's lead ended otherwise."""
    group = GroupId(person("victim"))
    event = kind(
        version=version,
        contact_group=group,
        lead_id=lead_id_of(group, 1),
        fence=1,
        agency="idva",
        to_agency=to_agency,
        reason=reason,
    )
    return heard(event, "R1", MONDAY_9)


def hear(event: Any, rows: Referrals, now: datetime | None = None) -> list[Any]:
    """What is said of an event, at its own time unless said otherwise."""
    acts: dict[type[Any], Any] = {
        IncidentScreened: take_referral,
        RiskRegraded: take_referral,
        ScreeningWithdrawn: drop_referral,
        AdvocateRoster: keep_roster,
        AdvocateConflictsIdentified: keep_conflicts,
        MaracMeeting: keep_meeting,
        ContactClosed: end_work,
        LeadHandedOver: end_work,
        LeadLapsed: end_work,
        LeadRevoked: end_work,
        QueueTurnDue: turn_queue,
    }
    said: list[Any] = acts[type(event)](event, rows, now or event.envelope.time)
    return said


def ring(timer: Any, rows: Referrals) -> list[Any]:
    """What is said when a note to oneself arrives."""
    return list(turn_queue(timer.event, rows, timer.at))
