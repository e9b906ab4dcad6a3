"""Attempts and what comes of them (domain.md 6.5 and 6.7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.contact import (
    AttemptDue,
    AttemptRecorded,
    ContactAlarm,
    ContactClosed,
    ContactInputRefused,
    ContactWithheld,
    DetailsChanged,
    LeadGranted,
    LeadLapsed,
    LeadRevoked,
)
from contracts.partner import ContactWindow
from contracts.sealed import SafePoint
from contracts.vocabulary import Channel
from services.kit.sending import Send
from services.kit.working_time import london_date
from services.victim_contact.domain.plan import steps
from services.victim_contact.domain.policy import Policy
from services.victim_contact.domain.windows import part_of
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    DAY,
    HOUR,
    NOON,
    Town,
    a_group,
    a_number,
    a_part,
    a_request,
    a_screening,
    an_outcome,
    kinds,
    only,
)

CALL, TEXT, LETTER, EMAIL = Channel.CALL, Channel.TEXT, Channel.LETTER, Channel.EMAIL
HOME = SafePoint(kind="address", channels=("letter",), value="1 Elm", fingerprint="k1:home")
PLANS = [
    ("three calls, then a text if sms_ok, then a letter if letter_ok", (CALL, TEXT, LETTER), 3),
    ("no text unless sms_ok", (CALL, LETTER), 3),
    ("no letter unless letter_ok", (CALL, TEXT), 3),
    ("e-mail only where nothing better is safe", (EMAIL, LETTER), 0),
    ("no e-mail where she may be called", (CALL, EMAIL), 3),
]


@pytest.mark.parametrize(("words", "safe", "calls"), PLANS, ids=[words for words, _, _ in PLANS])
def test_the_plan_of_attempts(words: str, safe: tuple[Channel, ...], calls: int) -> None:
    plan = steps(safe, Policy())
    after = [channel for channel in safe if channel not in (CALL, EMAIL)]
    first = [CALL] * calls if calls else [EMAIL]
    assert plan == first + after, words


def test_calls_are_planned_on_different_days_and_parts_of_the_day() -> None:
    town = Town()
    town.hears(a_screening())
    made = [NOON + HOUR]
    town.tells("no_answer", at=made[0])
    for _ in range(2):
        due = town.lead().due
        assert london_date(due.opens_at) not in {london_date(at) for at in made}
        assert part_of(due.opens_at, Policy()) not in {part_of(at, Policy()) for at in made}
        made.append(due.opens_at)
        town.tells("no_answer", at=due.opens_at)
    assert town.lead().due.channel is TEXT


def test_where_windows_allow_no_other_part_of_the_day_another_day_will_do() -> None:
    window = ContactWindow.model_validate({"days": ("tue", "thu"), "from": "10:00", "to": "11:00"})
    town = Town()
    town.hears(a_screening(part=a_part(windows=(window,))))
    town.tells("no_answer", at=datetime(2026, 11, 26, 10, 30, tzinfo=UTC))
    due = town.lead().due
    assert (due.opens_at, due.due_at) == (
        datetime(2026, 12, 1, 10, tzinfo=UTC),
        datetime(2026, 12, 1, 11, tzinfo=UTC),
    )


def test_two_calls_on_one_day_count_once() -> None:
    town = Town()
    town.hears(a_screening())
    for hour in range(1, 5):
        said = town.tells("no_answer", at=NOON + hour * HOUR)
        assert only(said, ContactClosed) == []
    assert town.lead().due.attempt == 5
    assert town.lead().due.channel is CALL


def test_after_calls_text_and_letter_the_contact_is_closed_as_not_engaged() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number("07700900001"), HOME)))
    for day in range(3):
        town.tells("no_answer", at=NOON + HOUR + day * DAY)
    town.tells("sent", channel="text", at=NOON + 3 * DAY)
    assert town.lead().due.channel is LETTER
    [closed] = only(town.tells("sent", channel="letter", at=NOON + 4 * DAY), ContactClosed)
    assert (closed.reason, closed.attempts) == ("not_engaged", 5)


def test_the_next_agency_goes_on_where_the_one_before_left_off() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number("07700900001", channels=("call",)))))
    for day in (0, 1):
        town.tells("no_answer", at=NOON + HOUR + day * DAY)
    assert len(only(town.waits(town.lead().expires_at), LeadLapsed)) == 1
    assert town.lead().agency == "victim_support"
    [closed] = only(town.tells("no_answer", at=town.now + HOUR), ContactClosed)
    assert closed.attempts == 3


def test_declined_closes_the_contact() -> None:
    town = Town()
    town.hears(a_screening())
    [closed] = only(town.tells("declined", at=NOON + HOUR), ContactClosed)
    assert closed.reason == "declined"


def test_answered_by_other_makes_that_point_unsafe_until_checked() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number("07700900001"), a_number("07700900002"))))
    [point, *_] = [p for p in town.lead().points if p.fingerprint == "k1:07700900001"]
    said = town.tells("answered_by_other", contact_point=str(point.id), at=NOON + HOUR)
    [changed] = only(said, DetailsChanged)
    same = {p.id for p in town.lead().points if p.fingerprint == point.fingerprint}
    assert set(changed.withdrawn) == same
    checked = a_part(a_number("07700900001"), a_number("07700900002"), verified_at=NOON + 2 * HOUR)
    said = town.hears(a_screening(version=2, revision=2, part=checked, at=NOON + 3 * HOUR))
    [changed] = only(said, DetailsChanged)
    assert {added.id for added in changed.added} == same


def test_no_point_named_means_every_point_of_the_channel() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number("07700900001"), a_number("07700900002"))))
    said = town.tells("answered_by_other", at=NOON + HOUR)
    assert [event.reason for event in only(said, LeadRevoked)] == ["no_safe_way"]
    assert [event.code for event in only(said, ContactWithheld)] == ["no_safe_way"]


def test_asked_no_contact_is_withheld_from_everyone_but_statutory_until_a_new_incident() -> None:
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_request("housing"))
    said = town.tells("asked_no_contact", at=NOON + HOUR)
    [revoked], [withheld] = only(said, LeadRevoked), only(said, ContactWithheld)
    assert revoked.reason == withheld.code == "asked_no_contact"
    assert len(withheld.incident_ids) == len(withheld.request_ids) == 1
    assert kinds(town.hears(a_request("health", at=NOON + 2 * HOUR))) == ["ContactWithheld"]
    [granted] = only(
        town.hears(a_request("adult_social_care", statutory=True, at=NOON + 3 * HOUR)), LeadGranted
    )
    assert granted.agency == "adult_social_care"


def test_an_uncertain_outcome_is_given_to_a_human() -> None:
    town = Town()
    town.hears(a_screening())
    [alarm] = only(town.tells("uncertain", channel="text", at=NOON + HOUR), ContactAlarm)
    assert (alarm.to_role, alarm.code) == ("outreach_supervisor", "outcome_uncertain")


def test_each_persons_points_are_apart_and_the_episode_closes_when_each_has_had_hers() -> None:
    town = Town()
    both = a_group(ANN, BEA, version=2)
    town.hears(a_screening(1))
    other = a_part(a_number("07700900002", channels=("call",)))
    town.hears(a_screening(2, victim=BEA, group=both, part=other, at=NOON + HOUR))
    lead = town.lead()
    assert {p.person_id for p in lead.points} == {ANN, BEA}
    hers = next(p for p in lead.points if p.person_id == ANN)
    town.tells("reached", contact_point=str(hers.id), at=NOON + 2 * HOUR)
    [refused] = only(town.closes(at=NOON + 3 * HOUR), ContactInputRefused)
    assert [problem.code for problem in refused.problems] == ["others_not_contacted"]
    assert town.lead().due is not None
    others = next(p for p in lead.points if p.person_id == BEA) if len(lead.points) > 2 else None
    named = str((others or next(p for p in town.lead().points if p.person_id == BEA)).id)
    town.tells("no_answer", contact_point=named, at=NOON + 4 * HOUR)
    [closed] = only(town.closes(at=NOON + DAY), ContactClosed)
    assert len(closed.incident_ids) == 2


def test_the_same_outcome_told_twice_under_two_event_ids_is_recorded_once() -> None:
    town = Town()
    town.hears(a_screening())
    lead = town.lead()
    first = an_outcome(lead, "no_answer", at=NOON + HOUR)
    second = an_outcome(lead, "no_answer", at=NOON + 2 * HOUR, told_of=NOON + HOUR)
    assert len(only(town.hears(first), AttemptRecorded)) == 1
    assert town.hears(second) == []


def test_nobody_attempts_in_the_future() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.tells("no_answer", at=NOON + HOUR, told_of=NOON + 40 * DAY)
    [recorded] = only(said, AttemptRecorded)
    assert recorded.at == NOON + HOUR
    again = town.tells("no_answer", at=NOON + 2 * HOUR, told_of=NOON + 40 * DAY)
    assert again == []


def test_the_next_attempt_is_told_when_its_slot_opens_and_not_if_it_was_made() -> None:
    town = Town()
    town.hears(a_screening())
    town.tells("no_answer", at=NOON + HOUR)
    opens = town.lead().due.opens_at
    town.tells("no_answer", at=opens - timedelta(minutes=30))
    assert [due.attempt for due in only(town.waits(opens), AttemptDue)] in ([], [3])


def test_two_attempts_that_are_due_at_one_time_are_mailed_each() -> None:
    """The text was sent early: the letter is due when the text was."""
    town = Town()
    town.hears(a_screening(part=a_part(a_number("07700900001"), HOME)))
    while town.lead().due.attempt < 4:
        town.waits(town.lead().due.opens_at)
        town.tells("no_answer", at=town.lead().due.opens_at)
    town.waits(town.lead().due.opens_at)
    town.tells("sent", at=town.lead().due.opens_at, channel=TEXT)
    town.waits(town.lead().due.opens_at)
    called = {each.attempt: each.due_at for each in only(town.said, AttemptDue)}
    assert called[4] == called[5]
    mails = only(town.said, Send)
    references = [m.reference for m in mails if m.reference.startswith("attempt-")]
    assert len(references) == len(set(references)) == len(called)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a lead nobody granted", {"lead_id": "00000000-0000-5000-8000-000000000000"}, "/lead_id"),
    ("a lead that is no id", {"lead_id": "the one of Tuesday"}, "/lead_id"),
    ("an agency that never held it", {"agency": "housing"}, "/agency"),
    ("a fence never granted", {"fence": 2}, "/fence"),
    ("a fence of nought", {"fence": 0}, "/fence"),
    ("a point it was not given", {"contact_point": str(ANN)}, "/contact_point"),
    ("a point that is no id", {"contact_point": "her sister's"}, "/contact_point"),
]


@pytest.mark.parametrize(
    ("words", "wrong", "path"), REFUSED, ids=[words for words, _, _ in REFUSED]
)
def test_bad_input_is_refused_with_a_reason_and_changes_nothing(
    words: str, wrong: dict[str, Any], path: str
) -> None:
    town = Town()
    town.hears(a_screening())
    before = town.group()
    [refused] = town.tells("reached", at=NOON + HOUR, **wrong)
    assert isinstance(refused, ContactInputRefused), words
    assert [problem.path for problem in refused.problems] == [path]
    assert town.group() == before
    if "contact_point" not in wrong:
        [refused] = town.closes(at=NOON + HOUR, **wrong)
        assert [problem.path for problem in refused.problems] == [path]
        assert town.group() == before
