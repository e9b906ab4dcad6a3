"""Stories of victims at high risk and the advocates who take them."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.idva import AdvocateAllocated, AllocationQueued, IdvaAlarm, ReferralClosed
from contracts.vocabulary import AgeBand, Custody, Flag, GroupId
from services.kit.senders import area_marks
from services.kit.timers import Later
from tests.services.idva_allocation.builders import (
    DAY,
    a_closed_episode,
    a_meeting,
    a_roster,
    a_screening,
    a_withdrawn_screening,
    hear,
    ring,
    some_conflicts,
    some_referrals,
)
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    incident,
    person,
    said_of,
)


def test_a_high_victim_gets_an_advocate_and_is_told_until_when() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    [allocated] = said_of(AdvocateAllocated, hear(a_screening(), rows))
    assert (allocated.advocate_id, allocated.team) == ("A1", "idva")
    assert allocated.first_attempt_due_at == MONDAY_9 + DAY
    assert (allocated.version, allocated.incident_id) == (1, incident(1))
    assert set(allocated.score) == {
        "worked_with",
        "language",
        "specialism",
        "free_capacity",
        "least_recent",
    }
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 1


def test_four_hours_with_strangulation_and_a_suspect_not_in_custody() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    grave = a_screening(flags=(Flag.STRANGULATION,), custody=Custody.BAILED)
    [allocated] = said_of(AdvocateAllocated, hear(grave, rows))
    assert allocated.first_attempt_due_at == MONDAY_9 + timedelta(hours=4)


def test_the_threat_of_a_lesser_incident_hurries_nobody_for_the_gravest() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    strangled = a_screening(1, MEDIUM, flags=(Flag.STRANGULATION,), custody=Custody.AT_LARGE)
    hear(strangled, rows)
    [allocated] = said_of(AdvocateAllocated, hear(a_screening(2, received_at=MONDAY_9), rows))
    assert allocated.first_attempt_due_at == MONDAY_9 + DAY


@pytest.mark.parametrize("risk", [MEDIUM, STANDARD])
def test_advocates_are_allocated_for_high_alone(risk: object) -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    assert hear(a_screening(risk=risk), rows) == []  # type: ignore[arg-type]


def test_one_advocate_an_episode_however_many_incidents_join_it() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    second = hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    assert said_of(AdvocateAllocated, second) == []


def test_a_version_that_is_not_newer_changes_nothing() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(version=2), rows)
    assert hear(a_screening(version=2), rows) == []
    assert hear(a_screening(version=1), rows) == []


def test_nobody_fits_so_she_is_queued_and_the_referrer_and_the_team_lead_are_told() -> None:
    said = hear(a_screening(), some_referrals())
    [queued] = said_of(AllocationQueued, said)
    assert (queued.reason, queued.team) == ("no_advocate", "idva")
    roles = {
        alarm.to_role for alarm in said_of(IdvaAlarm, said) if alarm.code != "no_meeting_with_room"
    }
    assert roles == {"idva_team_lead", "mash"}


def test_freed_capacity_takes_from_the_queue_by_time() -> None:
    rows = some_referrals()
    hear(a_roster(capacity=1), rows)
    for number in (1, 2, 3):
        at = MONDAY_9 + number * timedelta(hours=1)
        victim = person("victim") if number == 1 else person(f"victim-{number}")
        hear(a_screening(number, victim_id=victim, received_at=at), rows)
    closed, allocated = hear(a_closed_episode(1, at=MONDAY_9 + DAY), rows)
    assert isinstance(closed, ReferralClosed)
    assert (closed.advocate_id, closed.reason) == ("A1", "engaged_and_closed")
    assert isinstance(allocated, AdvocateAllocated)
    assert allocated.incident_id == incident(2)
    assert allocated.said_trail and allocated.said_trail.correlation_id == incident(2)


def test_never_event_03_high_does_not_wait_behind_a_lower_grade() -> None:
    rows = some_referrals()
    hear(a_screening(1, victim_id=person("first")), rows)
    hear(a_screening(2, victim_id=person("second"), received_at=MONDAY_9 + DAY), rows)
    queue = rows.queue_of("rotherham")
    assert [(a.need.level, a.incident_id) for a in queue] == [
        (HIGH, incident(1)),
        (HIGH, incident(2)),
    ]
    [allocated] = said_of(AdvocateAllocated, hear(a_roster(capacity=1, at=MONDAY_9 + DAY), rows))
    assert allocated.incident_id == incident(1)


def test_new_on_the_roster_takes_who_waits() -> None:
    rows = some_referrals()
    hear(a_screening(), rows)
    [allocated] = said_of(AdvocateAllocated, hear(a_roster(at=MONDAY_9 + DAY), rows))
    assert allocated.first_attempt_due_at == MONDAY_9 + 2 * DAY


def test_who_is_back_from_leave_by_the_due_time_takes_who_waits() -> None:
    rows = some_referrals()
    leave = {"start": "2026-11-01", "end": "2026-11-05"}
    hear(a_roster(leave=[leave]), rows)
    said = hear(a_screening(), rows)
    [queued] = said_of(AllocationQueued, said)
    assert queued.reason == "on_leave"
    timer = next(t for t in said_of(Later, said) if t.at < MONDAY_9 + 7 * DAY)
    assert timer.at.isoformat() == "2026-11-05T00:00:00+00:00"
    [allocated] = said_of(AdvocateAllocated, ring(timer, rows))
    assert allocated.advocate_id == "A1"


def test_at_13_to_17_a_young_peoples_advocate_and_nobody_else() -> None:
    for age in (AgeBand.THIRTEEN_TO_FIFTEEN, AgeBand.SIXTEEN_TO_SEVENTEEN):
        rows = some_referrals()
        hear(a_roster("A1"), rows)
        hear(a_roster("Y1", team="ypva"), rows)
        [allocated] = said_of(AdvocateAllocated, hear(a_screening(victim_age_band=age), rows))
        assert (allocated.advocate_id, allocated.team) == ("Y1", "ypva")


def test_a_conflict_found_later_moves_her_to_another() -> None:
    rows = some_referrals()
    hear(a_roster("A1"), rows)
    [first] = said_of(AdvocateAllocated, hear(a_screening(), rows))
    hear(a_roster("A2"), rows)
    said = hear(some_conflicts("A1", "suspect"), rows)
    [again] = said_of(AdvocateAllocated, said)
    assert (first.advocate_id, again.advocate_id) == ("A1", "A2")
    assert [alarm.code for alarm in said_of(IdvaAlarm, said)] == ["advocate_replaced"]
    caseloads = {a.advocate_id: a.caseload for a in rows.advocates}
    assert caseloads == {"A1": 0, "A2": 1}


def test_groups_that_join_keep_one_advocate() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    one, other = person("one"), person("other")
    hear(a_screening(1, victim_id=one), rows)
    hear(a_screening(2, victim_id=other), rows)
    joined = GroupId(min(one, other))
    members = (one, other)
    said: list[object] = []
    for number, victim in ((1, one), (2, other)):
        event = a_screening(
            number, version=2, victim_id=victim, contact_group=joined, group_members=members
        )
        said += hear(event, rows)
    [closed] = said_of(ReferralClosed, said)
    assert closed.reason == "group_joined"
    assert len(rows.open_for(joined)) == 1
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 1


@pytest.mark.parametrize("kept", ["one", "other"])
def test_two_of_a_group_who_become_one_keep_their_advocate_throughout(kept: str) -> None:
    rows = some_referrals()
    hear(a_roster(capacity=1), rows)
    people = person("one"), person("other")
    together: dict[str, Any] = {"contact_group": GroupId(min(people)), "group_members": people}
    hear(a_screening(1, victim_id=people[0], **together), rows)
    hear(a_screening(2, victim_id=people[1], **together), rows)
    said = []
    for number in (1, 2):
        said += hear(a_screening(number, version=2, victim_id=person(kept), group_version=2), rows)
    assert said == []
    assert [one.incident_id for one in rows.open_for(person(kept))] == [incident(1)]


def test_an_incident_that_goes_to_somebody_else_leaves_the_others_to_be_asked_for() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_screening(1, version=2, victim_id=person("another")), rows)
    given = {one.victim_id: one.incident_id for one in said_of(AdvocateAllocated, said)}
    assert given == {person("victim"): incident(2), person("another"): incident(1)}


def test_an_advocate_who_goes_on_for_another_incident_is_named_for_it() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_withdrawn_screening(1, at=MONDAY_9 + DAY), rows)
    [allocated] = said_of(AdvocateAllocated, said)
    assert (allocated.incident_id, allocated.advocate_id) == (incident(2), "A1")
    assert allocated.first_attempt_due_at == MONDAY_9 + 2 * DAY
    assert [reason.code for reason in allocated.reasons] == ["worked_with"]
    assert said_of(ReferralClosed, said) == []
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 1


def test_a_wait_that_goes_on_for_another_incident_is_said_of_it() -> None:
    rows = some_referrals()
    hear(a_screening(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_withdrawn_screening(1, at=MONDAY_9 + DAY), rows)
    [queued] = said_of(AllocationQueued, said)
    assert (queued.incident_id, queued.reason) == (incident(2), "no_advocate")


def test_an_advocate_who_goes_with_her_incident_is_named_for_her_and_over_for_whom_it_left() -> (
    None
):
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, MEDIUM), rows)
    said = hear(a_screening(1, version=2, victim_id=person("another")), rows)
    [closed] = said_of(ReferralClosed, said)
    [allocated] = said_of(AdvocateAllocated, said)
    assert (closed.victim_id, closed.reason) == (person("victim"), "another_victim")
    assert (allocated.victim_id, allocated.contact_group) == (person("another"),) * 2
    assert closed.advocate_id == allocated.advocate_id == "A1"
    assert closed.version < allocated.version
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 1


def test_a_waiting_victim_whose_incident_belongs_elsewhere_is_given_who_is_free_there() -> None:
    rows = some_referrals()
    hear(a_roster("S1", area="sheffield"), rows)
    hear(a_screening(), rows)
    [allocated] = said_of(
        AdvocateAllocated, hear(a_screening(version=2, area="sheffield", revision=2), rows)
    )
    assert (allocated.advocate_id, allocated.area) == ("S1", "sheffield")
    assert rows.queue_of("rotherham") == rows.queue_of("sheffield") == []


def test_where_nobody_is_free_there_either_she_waits_there_and_its_team_lead_is_told() -> None:
    rows = some_referrals()
    hear(a_screening(), rows)
    said = hear(a_screening(version=2, area="sheffield", revision=2), rows)
    [queued] = said_of(AllocationQueued, said)
    assert (queued.area, queued.reason) == ("sheffield", "no_advocate")
    told = {(a.to_role, a.area) for a in said_of(IdvaAlarm, said) if a.code == "allocation_queued"}
    assert told == {("idva_team_lead", "sheffield"), ("mash", "sheffield")}
    [allocated] = said_of(
        AdvocateAllocated, hear(a_roster("S1", area="sheffield", at=MONDAY_9 + DAY), rows)
    )
    assert allocated.incident_id == incident(1)


def test_an_incident_that_belongs_elsewhere_gets_an_advocate_who_works_there() -> None:
    rows = some_referrals()
    hear(a_roster("A1", capacity=1), rows)
    hear(a_roster("S1", area="sheffield"), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, victim_id=person("second"), received_at=MONDAY_9 + DAY), rows)
    said = hear(a_screening(version=2, area="sheffield", revision=2), rows)
    given = [(one.incident_id, one.advocate_id) for one in said_of(AdvocateAllocated, said)]
    assert given == [(incident(1), "S1"), (incident(2), "A1")]
    assert {a.advocate_id: a.caseload for a in rows.advocates} == {"A1": 1, "S1": 1}


def test_an_advocate_who_moves_to_another_area_leaves_their_victims_to_who_works_there() -> None:
    rows = some_referrals()
    hear(a_roster("A1"), rows)
    hear(a_screening(), rows)
    hear(a_roster("A2"), rows)
    said = hear(a_roster("A1", area="sheffield", at=MONDAY_9 + DAY), rows)
    assert [one.advocate_id for one in said_of(AdvocateAllocated, said)] == ["A2"]
    assert [alarm.code for alarm in said_of(IdvaAlarm, said)] == ["advocate_replaced"]


def test_work_that_no_incident_asks_for_any_more_goes_on_wherever_it_belongs() -> None:
    rows = some_referrals()
    hear(a_roster("A1"), rows)
    hear(a_screening(), rows)
    said = hear(a_screening(version=2, risk=MEDIUM, area="sheffield", revision=2), rows)
    assert said_of(AdvocateAllocated, said) == said_of(AllocationQueued, said) == []
    hear(a_closed_episode(1), rows)
    advocate = rows.advocates.get("A1")
    assert advocate and advocate.caseload == 0


def test_another_suspect_is_no_conflict_any_more() -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(some_conflicts("A1", "suspect"), rows)
    [queued] = said_of(AllocationQueued, hear(a_screening(), rows))
    assert queued.reason == "conflict"
    said = hear(a_screening(version=2, suspect_id=person("another")), rows)
    assert [one.advocate_id for one in said_of(AdvocateAllocated, said)] == ["A1"]


def test_a_conflict_gives_the_freed_place_to_who_waits() -> None:
    rows = some_referrals()
    hear(a_roster(capacity=1), rows)
    hear(a_screening(1), rows)
    second, another = person("second"), person("another")
    later = MONDAY_9 + DAY
    hear(a_screening(2, victim_id=second, suspect_id=another, received_at=later), rows)
    said = hear(some_conflicts("A1", "suspect"), rows)
    assert [one.incident_id for one in said_of(AdvocateAllocated, said)] == [incident(2)]
    assert [one.incident_id for one in said_of(AllocationQueued, said)] == [incident(1)]


def test_a_conflict_that_is_none_any_more_takes_who_waits_by_time() -> None:
    rows = some_referrals()
    hear(a_roster(capacity=1), rows)
    hear(some_conflicts("A1", "suspect"), rows)
    for number in (2, 1):
        at = MONDAY_9 + (3 - number) * timedelta(hours=1)
        hear(a_screening(number, victim_id=person(f"victim-{number}"), received_at=at), rows)
    [allocated] = said_of(AdvocateAllocated, hear(some_conflicts("A1", version=2), rows))
    assert allocated.incident_id == incident(2)


def test_who_comes_new_does_not_pass_over_who_waits_for_the_same_advocate() -> None:
    rows = some_referrals()
    leave = {"start": "2026-11-01", "end": "2026-11-05"}
    hear(a_roster(capacity=1, leave=[leave]), rows)
    hear(a_screening(1), rows)
    new = a_screening(2, victim_id=person("second"), received_at=MONDAY_9 + 5 * DAY)
    said = hear(new, rows)
    assert [one.incident_id for one in said_of(AdvocateAllocated, said)] == [incident(1)]
    assert [one.incident_id for one in said_of(AllocationQueued, said)] == [incident(2)]


@pytest.mark.parametrize(
    ("event", "role"), [(a_roster(), "idva_team_lead"), (a_meeting(), "marac_coordinator")]
)
def test_the_desk_of_the_area_that_stands_in_for_an_unknown_one_is_told(
    event: Any, role: str
) -> None:
    marked = event.marked(area_marks("leeds", {}))
    [alarm] = said_of(IdvaAlarm, hear(marked, some_referrals()))
    assert (alarm.to_role, alarm.area, alarm.code) == (role, "rotherham", "area_unknown")
