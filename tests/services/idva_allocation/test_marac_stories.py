"""Stories of victims on MARAC's agendas, and of those who wait for one."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.idva import (
    IdvaAlarm,
    IdvaInputRefused,
    MaracBacklogBreached,
    MaracDelisted,
    MaracListed,
)
from contracts.vocabulary import AgeBand, MaracCriterion, Pathway
from services.kit.timers import Later
from tests.services.idva_allocation.builders import (
    DAY,
    a_meeting,
    a_screening,
    a_withdrawn_screening,
    hear,
    ring,
    some_referrals,
)
from tests.services.mash_screening.builders import (
    MEDIUM,
    MONDAY_9,
    STANDARD,
    incident,
    london,
    person,
    said_of,
)


def test_high_is_listed_at_the_next_meeting_whose_agenda_is_open_and_has_room() -> None:
    rows = some_referrals()
    hear(a_meeting("closing", days=2), rows)
    hear(a_meeting("full", days=8, capacity=0), rows)
    hear(a_meeting("next", days=10), rows)
    hear(a_meeting("later", days=20), rows)
    [listed] = said_of(MaracListed, hear(a_screening(), rows))
    assert (listed.meeting_id, listed.criterion) == ("next", MaracCriterion.VISIBLE_HIGH_RISK)
    assert (listed.incident_ids, listed.repeat_of) == ((incident(1),), None)
    assert listed.flagged_until == date(2027, 11, 2)


def test_an_agenda_is_open_until_it_closes_and_not_at_that_moment() -> None:
    closes = MONDAY_9 + 7 * DAY
    for at, meeting in ((closes - timedelta(seconds=1), "M1"), (closes, "M2")):
        rows = some_referrals()
        hear(a_meeting("M1", days=10), rows)
        hear(a_meeting("M2", days=20), rows)
        [listed] = said_of(MaracListed, hear(a_screening(received_at=at), rows))
        assert listed.meeting_id == meeting


def test_one_listing_a_victim_and_meeting_said_again_with_every_incident() -> None:
    rows = some_referrals()
    hear(a_meeting(capacity=1), rows)
    hear(a_screening(1), rows)
    [again] = said_of(MaracListed, hear(a_screening(2, received_at=MONDAY_9 + DAY), rows))
    assert (again.meeting_id, again.incident_ids) == ("M1", (incident(1), incident(2)))
    assert again.incident_id == incident(2)
    assert again.screenings == {str(incident(1)): 1, str(incident(2)): 1}
    meeting = rows.meetings.get("M1")
    assert meeting and meeting.listed == 1


@pytest.mark.parametrize(
    ("day", "repeats"),
    [("2027-11-02T23:00", True), ("2027-11-03T00:30", False), ("2026-11-03T09:00", True)],
)
def test_any_abuse_within_12_calendar_months_inclusive_of_the_last_referral_is_a_repeat(
    day: str, repeats: bool
) -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(1), rows)
    at = london(day)
    hear(a_meeting("M9", held_at=at + 9 * DAY, agenda_closes_at=at + 5 * DAY), rows)
    listed = said_of(MaracListed, hear(a_screening(2, risk=STANDARD, received_at=at), rows))
    found = [(one.criterion, one.repeat_of) for one in listed]
    assert found == ([(MaracCriterion.REPEAT, incident(1))] if repeats else [])


def test_the_clock_of_repeats_restarts_at_each_referral() -> None:
    rows = some_referrals()
    hear(a_screening(1), rows)
    for number, months in ((2, 330), (3, 660), (4, 1000)):
        at = MONDAY_9 + months * DAY
        hear(a_meeting(f"M{number}", held_at=at + 9 * DAY, agenda_closes_at=at + 5 * DAY), rows)
        [listed] = said_of(
            MaracListed, hear(a_screening(number, risk=STANDARD, received_at=at), rows, at)
        )[-1:]
        assert listed.repeat_of == incident(number - 1)


def test_another_suspect_or_an_unknown_one_is_no_repeat() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(1), rows)
    at = MONDAY_9 + DAY
    for number, suspect in ((2, person("another")), (3, None)):
        event = a_screening(number, risk=MEDIUM, received_at=at, suspect_id=suspect)
        assert hear(event, rows) == []


def test_a_repeat_of_a_cancelled_referral_is_delisted_with_it() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, risk=STANDARD, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_withdrawn_screening(1), rows)
    [delisted] = said_of(MaracDelisted, said)
    assert delisted.meeting_id == "M1"
    assert said_of(MaracListed, said) == []
    assert rows.listings_of(person("victim")) == []
    meeting = rows.meetings.get("M1")
    assert meeting and meeting.listed == 0


def test_a_cancelled_incident_leaves_the_agenda_and_the_others_stay() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_withdrawn_screening(1), rows)
    [listed] = said_of(MaracListed, said)
    assert listed.incident_ids == (incident(2),)
    assert said_of(MaracDelisted, said) == []


def test_a_held_meeting_delists_nobody() -> None:
    rows = some_referrals()
    hear(a_meeting(days=10), rows)
    hear(a_screening(1), rows)
    said = hear(a_withdrawn_screening(1, at=MONDAY_9 + 11 * DAY), rows)
    assert said_of(MaracDelisted, said) == []


@pytest.mark.parametrize(
    "age",
    [
        AgeBand.UNDER_1,
        AgeBand.ONE,
        AgeBand.TWO_TO_SIX,
        AgeBand.SEVEN_TO_TWELVE,
        AgeBand.THIRTEEN_TO_FIFTEEN,
    ],
)
def test_never_event_09_nobody_under_16_is_listed_at_marac(age: AgeBand) -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(1), rows)
    wrongly = (Pathway.MARAC, Pathway.YPVA)
    for number, pathways in ((2, wrongly), (3, (Pathway.YPVA,))):
        event = a_screening(
            number, victim_age_band=age, pathways=pathways, received_at=MONDAY_9 + DAY
        )
        assert said_of(MaracListed, hear(event, rows)) == []


@pytest.mark.parametrize(
    "age",
    [
        AgeBand.SIXTEEN_TO_SEVENTEEN,
        AgeBand.EIGHTEEN_TO_FIFTY_NINE,
        AgeBand.SIXTY_AND_OVER,
    ],
)
def test_from_16_on_marac_is_allowed_and_nobody_is_too_old(age: AgeBand) -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    assert said_of(MaracListed, hear(a_screening(victim_age_band=age), rows))


def test_an_unknown_age_is_listed_only_once_a_human_has_confirmed_16_or_over() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    unknown = AgeBand.UNKNOWN
    assert said_of(MaracListed, hear(a_screening(victim_age_band=unknown), rows)) == []
    confirmed = a_screening(version=2, age_confirmed=True, victim_age_band=unknown)
    assert said_of(MaracListed, hear(confirmed, rows))


def test_a_backlog_over_4_weeks_raises_an_alarm() -> None:
    for more, breached in ((timedelta(), False), (timedelta(seconds=1), True), (DAY, True)):
        rows = some_referrals()
        hear(a_meeting(held_at=MONDAY_9 + timedelta(weeks=4) + more), rows)
        said = hear(a_screening(), rows)
        assert bool(said_of(MaracBacklogBreached, said)) is breached
        alarms = [a.code for a in said_of(IdvaAlarm, said) if a.to_role == "marac_coordinator"]
        assert alarms == (["marac_backlog"] if breached else [])


def test_without_a_meeting_she_waits_and_is_listed_when_one_is_planned() -> None:
    rows = some_referrals()
    said = hear(a_screening(), rows)
    assert "no_meeting_with_room" in [a.code for a in said_of(IdvaAlarm, said)]
    [listed] = said_of(MaracListed, hear(a_meeting(at=MONDAY_9 + DAY), rows))
    assert listed.incident_id == incident(1)
    assert listed.said_trail and listed.said_trail.correlation_id == incident(1)


def test_who_waits_through_the_4_weeks_is_said_once() -> None:
    rows = some_referrals()
    [timer] = said_of(Later, hear(a_screening(), rows))
    assert timer.at == MONDAY_9 + timedelta(weeks=4)
    [breached] = said_of(MaracBacklogBreached, ring(timer, rows))
    assert breached.weeks == 4.0
    assert ring(timer, rows) == []


def test_room_that_comes_free_goes_to_who_waits_by_risk_and_then_time() -> None:
    rows = some_referrals()
    hear(a_meeting(capacity=1), rows)
    hear(a_screening(1), rows)
    escalated = a_screening(
        2,
        risk=STANDARD,
        victim_id=person("second"),
        marac_criteria=(MaracCriterion.ESCALATION,),
        pathways=(Pathway.MARAC,),
    )
    hear(escalated, rows)
    hear(a_screening(3, victim_id=person("third"), received_at=MONDAY_9 + DAY), rows)
    [listed] = said_of(MaracListed, hear(a_withdrawn_screening(1, at=MONDAY_9 + DAY), rows))
    assert listed.incident_id == incident(3)


def test_a_meeting_that_moves_is_told_to_everybody_on_it() -> None:
    rows = some_referrals()
    hear(a_meeting(days=10), rows)
    hear(a_screening(), rows)
    [listed] = hear(a_meeting(days=12, at=MONDAY_9 + DAY), rows)
    assert listed.held_at == MONDAY_9 + 12 * DAY
    assert hear(a_meeting(days=12, at=MONDAY_9 + 2 * DAY), rows) == []


def test_a_meeting_that_shrinks_below_its_agenda_is_an_alarm_and_nobody_is_dropped() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(), rows)
    [alarm] = hear(a_meeting(capacity=0, at=MONDAY_9 + DAY), rows)
    assert alarm.code == "agenda_too_full"


def test_a_meeting_whose_agenda_closes_after_it_is_refused() -> None:
    rows = some_referrals()
    [refused] = hear(a_meeting(agenda_closes_at=MONDAY_9 + 11 * DAY), rows)
    assert isinstance(refused, IdvaInputRefused)
    assert [problem.path for problem in refused.problems] == ["/agenda_closes_at"]
    assert len(rows.meetings) == 0


def test_mash_lowering_the_grade_takes_her_from_the_agenda() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(), rows)
    [delisted] = said_of(MaracDelisted, hear(a_screening(version=2, risk=MEDIUM), rows))
    assert delisted.criterion is MaracCriterion.VISIBLE_HIGH_RISK


def test_a_moved_incident_takes_its_place_on_the_agenda_along() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(), rows)
    said = hear(a_screening(version=2, victim_id=person("other")), rows)
    [delisted] = said_of(MaracDelisted, said)
    [listed] = said_of(MaracListed, said)
    assert (delisted.victim_id, listed.victim_id) == (person("victim"), person("other"))
    assert delisted.version < listed.version


def test_an_incident_that_belongs_elsewhere_is_listed_at_the_next_meeting_there() -> None:
    rows = some_referrals()
    hear(a_meeting("M1", capacity=1), rows)
    hear(a_meeting("S1", area="sheffield"), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, victim_id=person("second"), received_at=MONDAY_9 + DAY), rows)
    said = hear(a_screening(1, version=2, area="sheffield", revision=2), rows)
    [delisted] = said_of(MaracDelisted, said)
    assert (delisted.incident_id, delisted.meeting_id) == (incident(1), "M1")
    listed = {one.incident_id: one for one in said_of(MaracListed, said)}
    assert {number: one.meeting_id for number, one in listed.items()} == {
        incident(1): "S1",
        incident(2): "M1",
    }
    assert delisted.version < listed[incident(1)].version


def test_the_victims_other_incidents_stay_on_their_areas_agenda() -> None:
    rows = some_referrals()
    hear(a_meeting("M1"), rows)
    hear(a_meeting("S1", area="sheffield"), rows)
    hear(a_screening(1), rows)
    hear(a_screening(2, received_at=MONDAY_9 + DAY), rows)
    said = hear(a_screening(1, version=2, area="sheffield", revision=2), rows)
    assert said_of(MaracDelisted, said) == []
    agendas = {one.meeting_id: one.incident_ids for one in said_of(MaracListed, said)}
    assert agendas == {"M1": (incident(2),), "S1": (incident(1),)}


def test_who_waits_for_a_meeting_and_belongs_elsewhere_is_listed_or_waits_there() -> None:
    rows = some_referrals()
    hear(a_screening(1), rows)
    said = hear(a_screening(1, version=2, area="sheffield", revision=2), rows)
    told = [a.area for a in said_of(IdvaAlarm, said) if a.code == "no_meeting_with_room"]
    assert told == ["sheffield"]
    hear(a_meeting("M1", area="rotherham", at=MONDAY_9 + DAY), rows)
    [listed] = said_of(
        MaracListed, hear(a_screening(1, version=3, area="rotherham", revision=3), rows)
    )
    assert listed.meeting_id == "M1"


def test_a_meeting_that_was_held_has_dealt_with_her_wherever_she_belongs_now() -> None:
    rows = some_referrals()
    hear(a_meeting("M1", days=10), rows)
    hear(a_meeting("S1", days=30, area="sheffield"), rows)
    hear(a_screening(1), rows)
    at = MONDAY_9 + 11 * DAY
    said = hear(a_screening(1, version=2, area="sheffield", revision=2), rows, at)
    assert said_of(MaracDelisted, said) == said_of(MaracListed, said) == []


def test_an_incident_that_left_anothers_agenda_and_has_no_ground_of_its_own_is_delisted() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    hear(a_screening(1), rows)
    repeat: dict[str, Any] = {"risk": STANDARD, "received_at": MONDAY_9 + DAY}
    hear(a_screening(2, **repeat), rows)
    said = hear(a_screening(2, version=2, victim_id=person("other"), **repeat), rows)
    [delisted] = said_of(MaracDelisted, said)
    assert (delisted.victim_id, delisted.incident_id) == (person("other"), incident(2))
    assert (delisted.incident_ids, delisted.meeting_id) == ((incident(2),), "M1")
    assert delisted.criterion is MaracCriterion.REPEAT
    [listed] = said_of(MaracListed, said)
    assert (listed.victim_id, listed.incident_ids) == (person("victim"), (incident(1),))


def test_an_incident_that_left_while_others_stayed_is_named_when_she_is_delisted() -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    repeat: dict[str, Any] = {"risk": STANDARD, "received_at": MONDAY_9 + DAY}
    hear(a_screening(1), rows)
    hear(a_screening(2, **repeat), rows)
    hear(a_screening(3, suspect_id=person("another"), received_at=MONDAY_9 + DAY), rows)
    hear(a_screening(4, suspect_id=None, **repeat), rows)
    hear(a_withdrawn_screening(1), rows)
    [delisted] = said_of(MaracDelisted, hear(a_withdrawn_screening(3), rows))
    assert (delisted.incident_id, set(delisted.incident_ids)) == (
        incident(3),
        {incident(2), incident(3)},
    )
