"""How an advocate's work ends: with the contact, its lead, or the incident it was for."""

from typing import Any

import pytest

from contracts.contact import LeadHandedOver, LeadLapsed, LeadRevoked
from contracts.idva import AdvocateAllocated, AllocationQueued, ReferralClosed
from contracts.mash import RiskRegraded
from contracts.vocabulary import RiskLevel
from tests.services.idva_allocation.builders import (
    DAY,
    a_closed_episode,
    a_lead_that_ended,
    a_roster,
    a_screening,
    a_withdrawn_screening,
    hear,
    some_referrals,
)
from tests.services.mash_screening.builders import HIGH, MEDIUM, MONDAY_9, incident, person, said_of


def test_a_cancelled_incident_frees_its_advocate() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(), rows)
    [closed] = said_of(ReferralClosed, hear(a_withdrawn_screening(), rows))
    assert (closed.reason, closed.version) == ("cancelled", 2)
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 0


@pytest.mark.parametrize("earlier", [HIGH, MEDIUM])
def test_a_cancelled_incident_frees_its_advocate_where_an_earlier_contact_is_over(
    earlier: RiskLevel,
) -> None:
    rows = some_referrals()
    hear(a_roster(capacity=1), rows)
    hear(a_screening(1, risk=earlier), rows)
    hear(a_closed_episode(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    other = hear(a_screening(3, victim_id=person("another"), received_at=MONDAY_9 + DAY), rows)
    assert len(said_of(AllocationQueued, other)) == 1
    said = hear(a_withdrawn_screening(2, at=MONDAY_9 + 2 * DAY), rows)
    assert [closed.reason for closed in said_of(ReferralClosed, said)] == ["cancelled"]
    [next_one] = said_of(AdvocateAllocated, said)
    assert next_one.victim_id == person("another")


def test_an_incident_graded_down_again_after_its_contact_was_over_frees_the_advocate() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(risk=MEDIUM), rows)
    hear(a_closed_episode(1), rows)
    raised = hear(a_screening(version=2, kind=RiskRegraded), rows)
    assert len(said_of(AdvocateAllocated, raised)) == 1
    hear(a_screening(version=3, risk=MEDIUM, kind=RiskRegraded), rows)
    ended = a_lead_that_ended(LeadRevoked, None, version=6, reason="nothing_left")
    assert len(said_of(ReferralClosed, hear(ended, rows))) == 1
    again = hear(a_screening(version=4, kind=RiskRegraded), rows)
    assert len(said_of(AdvocateAllocated, again)) == 1


def test_an_older_lead_with_nothing_left_leaves_the_newer_incident_its_advocate() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(), rows)
    ended = a_lead_that_ended(LeadRevoked, None, version=6, reason="nothing_left")
    assert hear(ended, rows) == []


def test_an_episode_that_closed_asks_for_nobody_again_until_a_new_incident() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(), rows)
    hear(a_closed_episode(1), rows)
    again = hear(a_screening(version=2, revision=2), rows)
    assert said_of(AdvocateAllocated, again) == []
    new = hear(a_screening(2, received_at=MONDAY_9 + 30 * DAY), rows)
    [allocated] = said_of(AdvocateAllocated, new)
    assert allocated.score["worked_with"] > 0


def test_an_episode_closed_late_leaves_the_newer_incident_its_advocate() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_closed_episode(1, at=MONDAY_9 + DAY), rows)
    assert len(said_of(ReferralClosed, said)) == len(said_of(AdvocateAllocated, said))
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 1


@pytest.mark.parametrize("kind", [LeadHandedOver, LeadLapsed, LeadRevoked])
def test_a_lead_that_goes_to_another_service_frees_the_advocate(kind: type[LeadLapsed]) -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(), rows)
    assert hear(a_lead_that_ended(kind, to_agency="idva", version=5), rows) == []
    [closed] = hear(a_lead_that_ended(kind, to_agency="outreach", version=6), rows)
    assert isinstance(closed, ReferralClosed)


def no_contact(version: int = 6) -> Any:
    """Her lead was revoked since she asked for no contact."""
    return a_lead_that_ended(LeadRevoked, None, version=version, reason="asked_no_contact")


def test_never_event_18_who_asked_for_no_contact_has_an_advocate_again_at_a_new_incident() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    assert len(said_of(ReferralClosed, hear(no_contact(), rows))) == 1
    assert said_of(AdvocateAllocated, hear(a_screening(1, version=2, revision=2), rows)) == []
    new = hear(a_screening(2, risk=MEDIUM, received_at=MONDAY_9 + DAY), rows)
    [allocated] = said_of(AdvocateAllocated, new)
    assert allocated.incident_id == incident(1)


def test_an_episode_that_closed_since_asks_for_nobody_at_a_new_incident() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    hear(no_contact(), rows)
    hear(a_screening(2, risk=MEDIUM, received_at=MONDAY_9 + DAY), rows, MONDAY_9 + DAY)
    hear(a_closed_episode(1, 2, version=7), rows)
    new = hear(a_screening(3, risk=MEDIUM, received_at=MONDAY_9 + 2 * DAY), rows)
    assert said_of(AdvocateAllocated, new) == []


def test_news_of_leads_that_is_not_newer_changes_nothing() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(), rows)
    hear(a_closed_episode(1, version=5), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    assert hear(a_closed_episode(1, 2, version=5), rows) == []
