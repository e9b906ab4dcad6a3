"""A merge undone: each has her own attempts and wishes again (domain.md 6.1, 6.7 and 6.10)."""

from itertools import permutations
from typing import Any

import pytest

from contracts.contact import ContactAlarm, DetailsChanged, LeadGranted
from contracts.vocabulary import episode_id_of
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    CAT,
    DAY,
    HOUR,
    NOON,
    OTHERS,
    TOGETHER,
    Town,
    a_decision,
    a_group,
    a_merge,
    a_number,
    a_part,
    a_screening,
    a_separation,
    only,
    person,
    two_who_may_be_one,
)

BEFORE, AFTER = NOON + 2 * HOUR, NOON + 4 * HOUR
UNDONE = NOON + 2 * DAY


def become_one(town: Town) -> None:
    """Bea is Ann."""
    one = a_group(ANN, version=2)
    at = NOON + 3 * HOUR
    town.hears(a_merge(ANN, BEA, groups=[one], at=at))
    town.hears(a_screening(2, version=2, group=one, part=OTHERS, at=NOON + HOUR), at=at)


def undoing() -> list[Any]:
    """Bea was not Ann: she has a new id."""
    apart = a_group(ANN, version=3), a_group(CAT, version=3)
    others: dict[str, Any] = {"victim": CAT, "part": OTHERS, "at": NOON + HOUR}
    return [
        a_separation(ANN, CAT, groups=apart, at=UNDONE),
        a_screening(2, version=3, group=apart[1], **others),
        a_screening(1, version=3, group=apart[0]),
    ]


def tell(town: Town, outcome: str, digits: str, at: Any) -> None:
    """The lead tells an outcome at somebody's number."""
    point = next(p for p in town.lead().points if p.fingerprint == f"k1:{digits}")
    town.tells(outcome, at=at, contact_point=str(point.id))


def told_and_undone(outcome: str, when: Any, digits: str = "07700900002") -> tuple[Town, list[Any]]:
    """Something is told at a number before or after they become one, and they do not stay one."""
    town = two_who_may_be_one()
    if when == BEFORE:
        tell(town, outcome, digits, when)
    become_one(town)
    if when == AFTER:
        tell(town, outcome, digits, when)
    return town, undo(town)


def undo(town: Town) -> list[Any]:
    """What is said when the merge is undone."""
    return [said for event in undoing() for said in town.hears(event, at=UNDONE)]


def due_now(town: Town, said: list[Any]) -> list[Any]:
    """Who is due now, as an alarm says of her lead."""
    alarms = only(said, ContactAlarm)
    assert {alarm.code for alarm in alarms} <= {"contact_due_now"}
    leads = [town.groups.leads.get(each) for alarm in alarms for each in alarm.about]
    return [lead.victim_id for lead in leads if lead and lead.due and lead.ended_at is None]


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_never_event_18_who_asked_for_no_contact_is_not_called_when_she_is_parted(
    when: Any,
) -> None:
    town, said = told_and_undone("asked_no_contact", when)
    assert due_now(town, said) == [ANN]
    assert town.group(CAT).lead is None
    assert [each.code for each in town.group(CAT).person(CAT).withheld] == ["asked_no_contact"]
    assert town.group(ANN).person(ANN).no_contact_at is None


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_who_was_reached_stays_in_contact_and_the_other_is_due(when: Any) -> None:
    town = two_who_may_be_one()
    lead = town.lead()
    town, said = told_and_undone("reached", when)
    assert due_now(town, said) == [ANN]
    assert (town.lead(ANN).lead_id, town.lead(ANN).expires_at) == (lead.lead_id, UNDONE + 2 * DAY)
    assert (town.lead(CAT).agency, town.lead(CAT).why[0]) == (lead.agency, "engaged")
    assert (town.lead(CAT).fence, town.lead(CAT).due) == (2, None)


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("outcome", ["no_answer", "declined"])
def test_what_was_told_of_one_is_not_told_of_the_other(when: Any, outcome: str) -> None:
    town, said = told_and_undone(outcome, when)
    assert due_now(town, said) == [ANN]
    assert {p for each in town.group(ANN).attempts for p in each.persons} == set()
    assert [each.persons for each in town.group(CAT).attempts] == [(CAT,)]


@pytest.mark.parametrize("outcome", ["reached", "no_answer", "asked_no_contact"])
def test_what_was_told_of_who_was_kept_stays_with_her(outcome: str) -> None:
    town, said = told_and_undone(outcome, BEFORE, "07700900001")
    assert due_now(town, said) == [CAT]
    assert [each.persons for each in town.group(ANN).attempts] == [(ANN,)]


def test_a_contact_that_was_closed_while_they_were_one_opens_for_her_who_had_none() -> None:
    town = two_who_may_be_one()
    become_one(town)
    tell(town, "reached", "07700900002", AFTER)
    town.closes(at=NOON + DAY)
    assert due_now(town, undo(town)) == [ANN]
    assert town.group(CAT).lead is None


def test_a_word_that_may_be_either_ones_withholds_both() -> None:
    town = two_who_may_be_one()
    become_one(town)
    town.tells("asked_no_contact", channel="in_person", at=AFTER)
    said = undo(town)
    assert only(said, LeadGranted) == []
    for victim in (ANN, CAT):
        assert [each.code for each in town.group(victim).person(victim).withheld] == [
            "asked_no_contact"
        ]


def test_an_outcome_told_again_after_the_undoing_changes_nothing() -> None:
    town = two_who_may_be_one()
    become_one(town)
    lead = town.lead()
    tell(town, "reached", "07700900002", AFTER)
    town.closes(at=NOON + DAY)
    undo(town)
    point = next(p for p in lead.points if p.fingerprint == "k1:07700900002")
    told: dict[str, Any] = {"lead": lead, "contact_point": str(point.id), "told_of": AFTER}
    assert town.tells("reached", at=UNDONE + HOUR, **told) == []


def test_what_spoilt_a_number_goes_with_her_whose_it_is() -> None:
    town, _ = told_and_undone("answered_by_other", AFTER)
    assert [mark.fingerprint for mark in town.group(CAT).marks] == ["k1:07700900002"]
    assert town.group(CAT).lead is None


@pytest.mark.parametrize("outcome", ["asked_no_contact", "reached", "declined"])
def test_the_undoing_may_be_heard_in_any_order(outcome: str) -> None:
    ends = set()
    for news in permutations(undoing()):
        town = two_who_may_be_one()
        tell(town, outcome, "07700900002", BEFORE)
        become_one(town)
        for event in news:
            town.hears(event, at=UNDONE)
        ends.add(
            tuple(
                (group.members, group.lead and group.lead.fence, group.wants_no_contact)
                for group in sorted(town.groups.rows, key=lambda group: group.members)
            )
        )
    assert len(ends) == 1


def test_when_a_review_says_different_who_was_withheld_for_the_other_is_due_with_an_alarm() -> None:
    town = two_who_may_be_one()
    tell(town, "asked_no_contact", "07700900002", BEFORE)
    apart = a_group(ANN, version=2), a_group(BEA, version=2)
    assert due_now(town, town.hears(a_decision(*apart, at=AFTER))) == [ANN]
    assert town.group(BEA).lead is None


def test_each_of_her_incidents_goes_with_her_and_what_was_tried_counts_for_all() -> None:
    ends = set()
    for order in permutations((2, 4)):
        town = two_who_may_be_one()
        again: dict[str, Any] = {"victim": BEA, "part": OTHERS, "at": NOON + HOUR}
        town.hears(a_screening(4, group=TOGETHER, **again))
        tell(town, "reached", "07700900002", BEFORE)
        become_one(town)
        town.hears(a_screening(4, version=2, group=a_group(ANN, version=2), part=OTHERS))
        town.hears(undoing()[0], at=UNDONE)
        said: list[Any] = []
        for number in order:
            again = {"victim": CAT, "part": OTHERS, "group": a_group(CAT, version=3)}
            said += town.hears(a_screening(number, version=3, **again), at=UNDONE)
        assert due_now(town, said) == [ANN]
        assert [lead.victim_id for lead in town.groups.leads] == [ANN, CAT]
        ends.add((town.lead(CAT).due, town.lead(ANN).fence, town.lead(CAT).fence))
    assert ends == {(None, 1, 2)}


@pytest.mark.parametrize("outcome", ["reached", "no_answer"])
def test_she_who_leaves_with_what_was_tried_of_her_has_an_episode_of_her_own(outcome: str) -> None:
    town, _ = told_and_undone(outcome, BEFORE)
    hers, others = town.lead(ANN), town.lead(CAT)
    assert hers.episode_id == episode_id_of(ANN, 1)
    assert others.episode_id == episode_id_of(CAT, others.fence)


def test_a_contact_that_went_on_under_her_new_id_is_asked_after_every_twelve_weeks() -> None:
    town, _ = told_and_undone("reached", BEFORE)
    assert town.lead(CAT).due is None
    asked = [
        alarm
        for alarm in only(town.waits(UNDONE + 180 * DAY), ContactAlarm)
        if alarm.code == "contact_review" and town.lead(CAT).lead_id in alarm.about
    ]
    assert len(asked) == 2


@pytest.mark.parametrize("part", [OTHERS, a_part()])
@pytest.mark.parametrize("order", [1, -1])
def test_a_lead_is_told_of_the_points_that_it_holds_however_often_they_are_one_and_two(
    part: Any, order: int
) -> None:
    """Whichever is heard first: whose the incident is, or that they are one or two."""
    town = Town()
    town.hears(a_screening(1))
    lead, other, version = town.lead(), BEA, 1
    held = {point.id for point in lead.points}

    def hear(event: Any) -> None:
        nonlocal held
        changes = only(town.hears(event, at=NOON + version * HOUR), DetailsChanged)
        for said in (each for each in changes if each.lead_id == lead.lead_id):
            added = {point.id for point in said.added}
            assert set(said.withdrawn) <= held
            assert not added & held
            held = (held - set(said.withdrawn)) | added
        assert {point.id for point in town.lead().usable} == held

    for after in (CAT, person(5), person(6)):
        for victim, group in ((other, a_group(ANN, other)), (ANN, a_group(ANN))):
            version += 1
            group |= {"group_version": version}
            hers = a_screening(2, victim, version=version, group=group, part=part)
            news = [a_merge(ANN, other, groups=[group])] if victim == ANN else []
            for event in [hers, *news][::order]:
                hear(event)
        version += 1
        apart = [a_group(each, version=version) for each in (ANN, after)]
        hers = a_screening(2, after, version=version, group=apart[1], part=part)
        for event in [a_separation(ANN, after, groups=apart), hers][::order]:
            hear(event)
        other = after


def joined_by_machine_after(outcome: str) -> Town:
    """What Ann said at a number that she no longer gives; a later report of hers was another's."""
    both = a_part(a_number("07700900001"), a_number("07700900003"))
    town = Town()
    town.hears(a_screening(1, part=both))
    tell(town, outcome, "07700900003", BEFORE)
    if outcome == "reached":
        town.closes(at=AFTER)
    town.hears(a_screening(1, version=2, revision=2, first_at=NOON, at=NOON + DAY), NOON + DAY)
    town.hears(a_screening(2, part=both, at=UNDONE - HOUR))
    apart = a_group(ANN, version=3), a_group(CAT, version=3)
    town.hears(a_separation(ANN, CAT, groups=apart, at=UNDONE))
    again: dict[str, Any] = {"version": 2, "group": apart[1], "part": both, "at": UNDONE - HOUR}
    town.hears(a_screening(2, CAT, **again), at=UNDONE)
    return town


def test_never_event_18_what_she_said_before_the_others_record_came_stays_hers() -> None:
    town = joined_by_machine_after("asked_no_contact")
    assert town.group(ANN).lead is None
    assert [each.code for each in town.group(ANN).person(ANN).withheld] == ["asked_no_contact"]
    assert town.lead(CAT).due is not None


def test_her_closed_contact_is_not_opened_for_one_whose_record_came_later() -> None:
    town = joined_by_machine_after("reached")
    assert town.group(ANN).lead is None
    assert due_now(town, town.said) == [CAT]


def test_never_event_01_a_number_that_was_answered_by_another_is_spoilt_for_both() -> None:
    town = joined_by_machine_after("answered_by_other")
    assert {point.fingerprint for point in town.lead(CAT).usable} == {"k1:07700900001"}
