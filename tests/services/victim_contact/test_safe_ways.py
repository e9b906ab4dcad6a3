"""Which ways are released, and to whom (domain.md 6.8 and the one-chance rule)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.contact import (
    ContactAlarm,
    ContactWithheld,
    DetailsChanged,
    LeadGranted,
    LeadRevoked,
)
from contracts.sealed import ContactPart, SafePoint, UnsafePoint
from contracts.vocabulary import AgeBand, Flag
from services.kit.sending import Send
from services.victim_contact.domain.sheet import pages
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    DAY,
    HOUR,
    NOON,
    NOTHING_SAFE,
    SAM,
    Town,
    a_group,
    a_number,
    a_part,
    a_request,
    a_screening,
    a_withdrawal,
    an_unsafe,
    an_unsafe_finding,
    only,
)

N1, N2 = "07700900001", "07700900002"
LANDLINE = a_number("01709 900003", channels=("call",), mobile=False, shared=True)
HOME = SafePoint(kind="address", channels=("letter",), value="1 Elm", fingerprint="k1:home")
MAIL = SafePoint(kind="email", channels=("email",), value="a@a.invalid", fingerprint="k1:mail")


def released(town: Town) -> set[str]:
    """The values that the lead may read."""
    return {way.value for page in pages(town.group(), town.lead()) for way in page.ways}


def an_unsafe_of(kind: str, fingerprint: str, since: datetime = NOON) -> Any:
    """Any point that must not be used."""
    return UnsafePoint.model_validate({"kind": kind, "fingerprint": fingerprint, "since": since})


RULES: list[tuple[str, ContactPart, tuple[UnsafePoint, ...], set[str]]] = [
    ("only points said safe", a_part(a_number(N1)), (), {N1}),
    ("unsafe whatever was said", a_part(a_number(N1), a_number(N2)), (an_unsafe(N1, NOON),), {N2}),
    (
        "until a later verified_at says safe",
        a_part(a_number(N1), verified_at=NOON + HOUR),
        (an_unsafe(N1, NOON),),
        {N1},
    ),
    (
        "not by one that is no later",
        a_part(a_number(N1), a_number(N2), verified_at=NOON),
        (an_unsafe(N1, NOON),),
        set(),
    ),
    (
        "unknown key id = unsafe",
        a_part(a_number(N1), MAIL),
        (an_unsafe_of("phone", "k0:something"),),
        {"a@a.invalid"},
    ),
    (
        "an address where he lives",
        a_part(a_number(N1), HOME),
        (an_unsafe_of("address", "k1:home"),),
        {N1},
    ),
    (
        "a point without a fingerprint",
        a_part(a_number(N1).model_copy(update={"fingerprint": None}), a_number(N2)),
        (),
        {N2},
    ),
]


@pytest.mark.parametrize(
    ("words", "part", "unsafe", "safe"), RULES, ids=[rule[0] for rule in RULES]
)
def test_only_points_said_safe_are_released(
    words: str, part: ContactPart, unsafe: tuple[UnsafePoint, ...], safe: set[str]
) -> None:
    town = Town()
    said = town.hears(a_screening(part=part, unsafe=unsafe))
    if words == "not by one that is no later":
        assert released(town) == {N2}
    elif safe:
        assert released(town) == safe, words
    else:
        assert only(said, ContactWithheld)


@pytest.mark.parametrize("flag", [Flag.HONOUR_BASED, Flag.FORCED_MARRIAGE])
def test_one_chance_no_letter_no_voicemail_no_shared_or_household_number(flag: Flag) -> None:
    town = Town()
    mine = a_number(N1, voicemail_ok=True)
    borrowed = a_number(N2, shared=True)
    town.hears(a_screening(part=a_part(mine, borrowed, LANDLINE, HOME), flags=(flag,)))
    [page] = pages(town.group(), town.lead())
    assert {way.value for way in page.ways} == {N1}
    assert not any(way.voicemail_ok for way in page.ways)
    assert page.one_chance


def test_without_that_flag_a_landline_and_a_letter_may_be_used() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number(N1, voicemail_ok=True), LANDLINE, HOME)))
    [page] = pages(town.group(), town.lead())
    assert {way.value for way in page.ways} == {N1, "01709 900003", "1 Elm"}
    assert any(way.voicemail_ok for way in page.ways if way.value == N1)


def test_no_voicemail_unless_agreed() -> None:
    town = Town()
    town.hears(a_screening())
    [page] = pages(town.group(), town.lead())
    assert not any(way.voicemail_ok for way in page.ways)


def test_unsafe_for_one_member_is_unsafe_for_the_group() -> None:
    town = Town()
    town.hears(a_screening(1, part=a_part(a_number(N1), a_number(N2))))
    both = a_group(ANN, BEA, version=2)
    town.hears(
        a_screening(2, victim=BEA, group=both, part=NOTHING_SAFE, unsafe=(an_unsafe(N1, NOON),))
    )
    assert released(town) == {N2}


def test_the_latest_reports_details_count_and_one_that_says_nothing_leaves_them() -> None:
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_screening(2, part=a_part(a_number(N2)), at=NOON + HOUR))
    assert released(town) == {N2}
    town.hears(a_screening(3, part=NOTHING_SAFE, at=NOON + 2 * HOUR))
    assert released(town) == {N2}
    town.hears(a_withdrawal(2, at=NOON + 3 * HOUR))
    assert released(town) == {N1}


def test_a_lead_is_told_of_a_withdrawn_point_at_once() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number(N1), a_number(N2))))
    said = town.hears(an_unsafe_finding(an_unsafe(N1, NOON + HOUR), at=NOON + HOUR))
    [changed], [mail] = only(said, DetailsChanged), only(said, Send)
    assert {point.channel for point in town.lead().points if point.id in changed.withdrawn} == {
        "call",
        "text",
    }
    assert mail.message.to == "outreach@rotherham.invalid"
    assert N1 not in mail.message.text
    older = an_unsafe_finding(an_unsafe(N2, NOON), version=0, at=NOON + 2 * HOUR)
    assert town.hears(older) == []


def test_the_last_safe_way_gone_revokes_the_lead_and_asks_the_referrer() -> None:
    town = Town()
    town.hears(a_screening())
    said = town.hears(an_unsafe_finding(an_unsafe(N1, NOON + HOUR), at=NOON + HOUR))
    [revoked], [withheld] = only(said, LeadRevoked), only(said, ContactWithheld)
    assert revoked.reason == withheld.code == "no_safe_way"
    assert "police@rotherham.invalid" in {mail.message.to for mail in only(said, Send)}


def test_a_worker_in_contact_keeps_her_though_no_number_is_safe() -> None:
    town = Town()
    town.hears(a_screening())
    town.tells("reached", at=NOON + HOUR)
    said = town.hears(an_unsafe_finding(an_unsafe(N1, NOON + DAY), at=NOON + DAY))
    assert only(said, LeadRevoked) == []
    assert [alarm.code for alarm in only(said, ContactAlarm)] == ["no_safe_way"]


def test_the_referrer_is_asked_with_the_first_attempts_clock() -> None:
    town = Town()
    said = town.hears(a_request("health", part=NOTHING_SAFE))
    [withheld], [mail] = only(said, ContactWithheld), only(said, Send)
    assert mail.message.to == "health@rotherham.invalid"
    assert mail.message.headers["X-Onward-Reference"] == str(withheld.request_ids[0])
    assert f"Your reference: health/W1\nReference: {withheld.request_ids[0]}" in mail.message.text
    due = NOON + timedelta(days=7, hours=6)
    assert only(town.waits(due - HOUR / 60), ContactAlarm) == []
    [alarm] = only(town.waits(due), ContactAlarm)
    assert (alarm.code, alarm.to_role) == ("contact_withheld", "contact_supervisor")


def test_a_safe_point_that_comes_in_time_leaves_nothing_to_chase() -> None:
    town = Town()
    town.hears(a_screening(part=NOTHING_SAFE))
    [granted] = only(town.hears(a_screening(version=2, revision=2, at=NOON + HOUR)), LeadGranted)
    assert granted.agency == "outreach"
    assert [a.code for a in only(town.waits(NOON + 48 * HOUR), ContactAlarm)] == []


def test_a_victim_under_16_has_no_adult_lead() -> None:
    town = Town()
    child = AgeBand.THIRTEEN_TO_FIFTEEN
    said = town.hears(a_screening(victim_age_band=child, contact_wanted_by=()))
    [withheld] = only(said, ContactWithheld)
    assert withheld.code == "child_only"
    [withheld] = only(town.hears(a_request("housing", part=a_part())), ContactWithheld)
    assert (withheld.code, len(withheld.request_ids)) == ("child_only", 1)


def test_a_clash_of_identity_with_a_suspect_is_for_a_human() -> None:
    town = Town()
    said = town.hears(a_screening(suspect_id=SAM, group=a_group(ANN, SAM)))
    [withheld], [alarm] = only(said, ContactWithheld), only(said, ContactAlarm)
    assert withheld.code == alarm.code == "identity_clash"
    apart = a_group(ANN, version=2)
    [granted] = only(town.hears(a_screening(version=2, suspect_id=SAM, group=apart)), LeadGranted)
    assert granted.agency == "outreach"
