"""Leases: lapses, fences, late timers and outcomes that nobody read yet (domain.md 6.5)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.contact import (
    AttemptRecorded,
    ContactAlarm,
    ContactClosed,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
    LeaseDue,
)
from contracts.vocabulary import AgeBand
from services.kit.sending import Send
from services.kit.timers import Later
from tests.services.victim_contact.builders import (
    DAY,
    HIGH,
    HOUR,
    NOON,
    STANDARD,
    Town,
    a_listing,
    a_part,
    a_regrade,
    a_request,
    a_screening,
    kinds,
    only,
)

MINUTE = timedelta(minutes=1)


def lapse(town: Town, times: int = 1) -> list[object]:
    """Let the present leads run out, one after another."""
    said: list[object] = []
    for _ in range(times):
        said += town.waits(town.lead().expires_at)
    return said


def test_the_lapse_the_alarm_and_the_next_grant_are_one_story() -> None:
    town = Town()
    town.hears(a_screening())
    said = lapse(town)
    assert kinds(said) == [
        "ContactAlarm",
        "LeadLapsed",
        "LeadGranted",
        "AttemptDue",
        "RequestCovered",
    ]
    [alarm] = only(said, ContactAlarm)
    assert (alarm.to_role, alarm.code) == ("outreach_supervisor", "lead_lapsed")


def test_nobody_else_wanted_it_so_the_same_again() -> None:
    town = Town()
    town.hears(a_screening(risk=STANDARD))
    [lapsed] = only(lapse(town), LeadLapsed)
    assert lapsed.agency == lapsed.to_agency == "victim_support"
    assert town.lead().fence == 2


@pytest.mark.parametrize("marac", [False, True], ids=["HIGH", "MARAC"])
def test_high_or_marac_the_same_service_with_an_alarm(marac: bool) -> None:
    town = Town()
    town.hears(a_screening(risk=HIGH) if not marac else a_screening())
    if marac:
        town.hears(a_listing())
    town.hears(a_request("housing"))
    said = lapse(town)
    [lapsed] = only(said, LeadLapsed)
    assert lapsed.agency == lapsed.to_agency == "idva"
    assert [alarm.code for alarm in only(said, ContactAlarm)] == ["lead_lapsed"]


def test_a_service_that_nobody_asks_for_any_more_is_followed_by_the_one_that_is() -> None:
    town = Town()
    town.hears(a_screening(risk=HIGH))
    younger: dict[str, Any] = {
        "victim_age_band": AgeBand.SIXTEEN_TO_SEVENTEEN,
        "contact_wanted_by": ("ypva",),
    }
    town.hears(a_screening(risk=HIGH, version=2, revision=2, at=NOON + HOUR, **younger))
    assert town.lead().agency == "idva"
    [granted] = only(lapse(town), LeadGranted)
    assert granted.agency == "ypva"


def test_the_grant_after_a_third_lapse_without_an_outcome_stays_with_an_open_alarm() -> None:
    town = Town()
    town.hears(a_screening())
    said = lapse(town, 3)
    assert len(only(said, LeadLapsed)) == 3
    assert "stays_until_outcome" in [alarm.code for alarm in only(said, ContactAlarm)]
    staying = town.lead()
    assert (staying.fence, staying.stays) == (4, True)
    later = town.waits(staying.expires_at + 13 * DAY)
    assert only(later, LeadLapsed) == []
    assert [alarm.code for alarm in only(later, ContactAlarm)] == ["attempt_overdue"] * 2
    assert town.lead().lead_id == staying.lead_id


def test_an_outcome_counts_lapses_anew_and_a_hand_over_does_not() -> None:
    town = Town()
    town.hears(a_screening(risk=STANDARD))
    lapse(town, 2)
    town.hears(a_regrade(risk=HIGH, at=town.now))
    assert len(only(lapse(town), LeadLapsed)) == 1
    assert town.lead().stays
    town.tells("no_answer")
    assert not town.lead().stays
    assert len(only(lapse(town), LeadLapsed)) == 1
    assert not town.lead().stays


def test_a_timer_more_than_15_minutes_late_is_set_again_once_by_as_much_as_it_was_late() -> None:
    town = Town()
    town.hears(a_screening())
    lead = town.lead()
    [timer] = [t for t in town.timers if isinstance(t.event, LeaseDue)]
    late = timer.at + 40 * MINUTE
    assert town.hears(town.noted(timer), at=late) == []
    [again] = [t for t in town.timers if isinstance(t.event, LeaseDue) and t.event.set_again]
    assert again.at == late + 40 * MINUTE
    assert town.lead() == lead
    said = town.hears(town.noted(again), at=again.at + 3 * HOUR)
    assert len(only(said, LeadLapsed)) == 1


def test_it_is_set_again_by_four_hours_at_most_and_within_15_minutes_not_at_all() -> None:
    town = Town()
    town.hears(a_screening())
    [timer] = [t for t in town.timers if isinstance(t.event, LeaseDue)]
    town.hears(town.noted(timer), at=timer.at + 9 * HOUR)
    assert town.timers[-1].at == timer.at + 13 * HOUR
    assert len(only(town.hears(town.noted(timer), at=timer.at + 15 * MINUTE), LeadLapsed)) == 1


def test_a_lease_waits_while_outcomes_of_that_lead_are_unread_or_parked() -> None:
    town = Town()
    town.hears(a_screening())
    lead = town.lead()
    [timer] = [t for t in town.timers if isinstance(t.event, LeaseDue)]
    town.groups.unheard = frozenset({UUID(str(lead.lead_id))})
    town.timers.remove(timer)
    assert town.hears(town.noted(timer)) == []
    [again] = [t for t in town.timers if isinstance(t.event, LeaseDue)]
    assert isinstance(again, Later) and again.at > timer.at
    town.groups.unheard = frozenset()
    assert len(only(town.waits(again.at), LeadLapsed)) == 1


def test_an_attempt_extends_the_lease_to_one_working_day_after_the_next_is_due() -> None:
    town = Town()
    town.hears(a_screening())
    town.tells("no_answer", at=NOON + HOUR)
    lead = town.lead()
    assert lead.due is not None
    assert lead.due.due_at > NOON + DAY / 2
    assert lead.expires_at > lead.due.due_at
    assert only(town.waits(lead.expires_at - MINUTE), LeadLapsed) == []
    assert len(only(town.waits(lead.expires_at), LeadLapsed)) == 1


def test_a_lead_that_reached_her_does_not_lapse() -> None:
    town = Town()
    town.hears(a_screening())
    town.tells("reached", at=NOON + HOUR)
    assert only(town.waits(NOON + 80 * DAY), LeadLapsed) == []
    codes = [alarm.code for alarm in only(town.waits(NOON + 90 * DAY), ContactAlarm)]
    assert codes == ["contact_review"]
    [closed] = only(town.closes(), ContactClosed)
    assert closed.reason == "engaged_and_closed"


def test_an_old_fence_extends_closes_and_hands_over_nothing() -> None:
    town = Town()
    town.hears(a_screening())
    old = town.lead()
    lapse(town)
    present = town.lead()
    for outcome in ("no_answer", "left_no_trace", "sent", "uncertain", "reached", "declined"):
        said = town.tells(outcome, lead=old)
        assert only(said, LeadGranted) == only(said, LeadHandedOver) == []
    assert town.closes(lead=old) == []
    assert town.lead() == present
    assert len(only(lapse(town), LeadLapsed)) == 1


def test_what_an_old_fence_says_of_her_is_told_to_the_present_lead() -> None:
    town = Town()
    town.hears(a_screening())
    old = town.lead()
    lapse(town)
    said = town.tells("declined", lead=old)
    [recorded], [mail] = only(said, AttemptRecorded), only(said, Send)
    assert (recorded.lead_id, recorded.fence) == (old.lead_id, 1)
    assert mail.message.to == "victim_support@rotherham.invalid"
    assert mail.message.headers["X-Onward-Reference"] == str(town.lead().lead_id)


def test_the_present_lead_with_a_lower_fence_than_its_own_is_old_too() -> None:
    town = Town()
    town.hears(a_screening())
    lapse(town)
    before = town.lead()
    town.tells("no_answer", fence=1)
    assert town.lead() == before


def test_a_lead_whose_agency_took_its_only_wish_back_is_anothers_at_once() -> None:
    town = Town()
    town.hears(a_request("health", part=a_part()))
    town.hears(a_screening(at=NOON + HOUR))
    taken_back = a_request("health", version=2, status="withdrawn", at=NOON + 2 * HOUR)
    said = town.hears(taken_back)
    [revoked], [granted] = only(said, LeadRevoked), only(said, LeadGranted)
    assert (revoked.agency, revoked.reason, revoked.to_agency) == (
        "health",
        "nothing_left",
        "outreach",
    )
    assert (granted.agency, granted.fence) == ("outreach", 2)


def test_a_lead_that_reached_her_goes_on_though_its_agency_took_its_wish_back() -> None:
    town = Town()
    town.hears(a_request("health", part=a_part()))
    town.hears(a_screening(at=NOON + HOUR))
    town.tells("reached")
    said = town.hears(a_request("health", version=2, status="withdrawn", at=NOON + 2 * HOUR))
    assert only(said, LeadRevoked) == []
    assert town.lead().agency == "health"
