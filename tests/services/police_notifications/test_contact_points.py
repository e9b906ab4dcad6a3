"""Which ways to reach her are said safe, and which are not: nothing is safe unless said."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.police import PoliceIncident
from tests.services.police_notifications.builders import (
    NOON,
    SOURCE,
    Desk,
    a_form,
    a_suspect,
    a_victim,
    contact_of,
    graded,
)

HERS, HIS, LANDLINE = "07700 900123", "07700 900999", "0114 496 0123"


def safe(**fields: Any) -> dict[str, Any]:
    """A victim with this `safe_contact`."""
    return a_victim(emails=["amina@example.test"], safe_contact=fields)


def points(said: PoliceIncident) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, value and channels of what is released."""
    return [(p.kind, p.value, p.channels) for p in contact_of(said).points]


def unsafe(said: PoliceIncident) -> set[str]:
    """The values of what must not be used, before the kit hides them."""
    return {point.value or "" for point in contact_of(said).unsafe}


def test_without_safe_contact_nothing_is_said_safe() -> None:
    said = Desk().told(a_form())
    assert (contact_of(said).said_safe, points(said)) == (False, [])


def test_an_empty_safe_contact_was_asked_and_nothing_is_safe() -> None:
    said = Desk().told(a_form(victim=safe()))
    assert (contact_of(said).said_safe, points(said)) == (True, [])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"numbers": [HERS]}, [("phone", HERS, ("call",))]),
        ({"numbers": [HERS], "sms_ok": True}, [("phone", HERS, ("call", "text"))]),
        ({"numbers": [LANDLINE], "sms_ok": True}, [("phone", LANDLINE, ("call",))]),
        ({"email_ok": True}, [("email", "amina@example.test", ("email",))]),
        ({"letter_ok": True}, [("address", "1 Example Street\nS60 2QU", ("letter",))]),
        ({"numbers": [HERS], "unsafe_numbers": ["+44 7700 900123"]}, []),
        ({"unsafe_numbers": [LANDLINE], "sms_ok": True}, []),
    ],
)
def test_only_points_said_safe_are_released(fields: dict[str, Any], expected: Any) -> None:
    assert points(Desk().told(a_form(victim=safe(**fields)))) == expected


def test_no_voicemail_unless_agreed_and_a_landline_is_shared() -> None:
    said = Desk().told(a_form(victim=safe(numbers=[HERS, LANDLINE])))
    mobile, landline = contact_of(said).points
    assert (mobile.mobile, mobile.shared, mobile.voicemail_ok) == (True, False, False)
    assert (landline.mobile, landline.shared) == (False, True)
    agreed = Desk().told(a_form(victim=safe(numbers=[HERS], voicemail_ok=True)))
    assert contact_of(agreed).points[0].voicemail_ok


def test_windows_verification_and_code_word_travel_with_the_points() -> None:
    windows = [{"days": ["mon"], "from": "10:00", "to": "12:00"}]
    part = contact_of(
        Desk().told(
            a_form(
                victim=safe(
                    windows=windows, code_word_agreed=True, verified_at="2026-11-27T09:00:00Z"
                )
            )
        )
    )
    assert (part.windows[0].days, part.windows[0].from_) == (("mon",), "10:00")
    assert part.code_word_agreed
    assert part.verified_at == NOON - timedelta(hours=3)


def test_never_event_01_a_number_or_address_shared_with_the_suspect() -> None:
    victim = safe(numbers=[HERS, HIS, LANDLINE], email_ok=True, letter_ok=True) | {
        "phones": [{"number": LANDLINE, "shared_with_suspect": True}],
        "emails": ["amina@example.test", "Home@Example.test"],
    }
    suspect = a_suspect(
        phones=[{"number": "0044 7700 900999"}],
        emails=["home@example.test"],
        address={"lines": ["1, Example St."], "postcode": "s602qu"},
    )
    said = Desk().told(a_form(victim=victim, suspect=suspect))
    assert [point[1] for point in points(said)] == [HERS, "amina@example.test"]
    assert len(unsafe(said)) == 4


def test_in_a_counter_allegation_each_is_the_others_unsafe_suspect() -> None:
    party = {"given_names": "Tom", "phones": [{"number": HIS}]}
    first, second = Desk().take(a_form(suspect=None, other_party=party))
    assert isinstance(first, PoliceIncident)
    assert isinstance(second, PoliceIncident)
    assert HIS in unsafe(first)
    assert HERS in unsafe(second)


# Over revisions


def test_unsafe_stays_unsafe_though_a_later_revision_does_not_say_so() -> None:
    desk = Desk()
    desk.take(a_form(1, victim=safe(unsafe_numbers=[HERS])))
    said = desk.told(a_form(2, victim=safe(numbers=[HERS])))
    assert points(said) == []
    assert unsafe(said) == {HERS}


def test_until_a_later_verification_says_safe() -> None:
    desk = Desk()
    first = desk.told(a_form(1, victim=safe(unsafe_numbers=[HERS])))
    for revision, hours, released in ((2, -1, 0), (3, 0, 0), (4, 1, 1)):
        verified = (first.received_at + timedelta(hours=hours)).isoformat()
        said = desk.told(a_form(revision, victim=safe(numbers=[HERS], verified_at=verified)))
        assert len(points(said)) == released


def test_said_unsafe_again_is_unsafe_since_then() -> None:
    desk = Desk()
    desk.take(a_form(1, victim=safe(unsafe_numbers=[HERS])))
    said = desk.told(a_form(2, victim=safe(unsafe_numbers=[HERS])))
    assert [point.since for point in contact_of(said).unsafe] == [desk.now]


def test_a_late_lower_revision_counts_by_its_numbers_where_unsafe() -> None:
    desk = Desk()
    present = desk.told(a_form(2, victim=safe(numbers=[HERS, LANDLINE]), risk=graded("HIGH")))
    late = a_form(
        1,
        victim=safe(unsafe_numbers=[LANDLINE], numbers=["07700 900555"]),
        suspect=a_suspect(phones=[{"number": HIS}], emails=["x@example.test"]),
    )
    again = desk.told(late)
    assert (again.revision, again.version) == (2, present.version + 1)
    assert [point[1] for point in points(again)] == [HERS]
    assert unsafe(again) == {LANDLINE, HIS}
    assert again.risk == present.risk


@pytest.mark.parametrize("status", ["reported", "cancelled"])
def test_a_late_lower_revision_whose_numbers_are_known_to_be_unsafe_says_nothing(
    status: str,
) -> None:
    desk = Desk()
    his = a_suspect(phones=[{"number": HIS}])
    desk.take(a_form(2, victim=safe(numbers=[HERS], unsafe_numbers=[LANDLINE]), suspect=his))
    before = desk.reports.of(SOURCE, "R1")
    assert desk.take(a_form(1, status, suspect=his)) == []
    after = desk.reports.of(SOURCE, "R1")
    assert before is not None
    assert after is not None
    assert after.first == before.first


def test_a_number_written_otherwise_is_known_all_the_same() -> None:
    desk = Desk()
    desk.take(a_form(2, victim=safe(numbers=[HERS], unsafe_numbers=[HIS])))
    his = a_suspect(phones=[{"number": "+44 7700 900999"}])
    assert desk.take(a_form(1, suspect=his)) == []


def test_a_number_left_out_since_is_known_too_and_unsafe_until_verified_after_all_of_it() -> None:
    desk = Desk()
    said = desk.told(a_form(1, victim=safe(unsafe_numbers=[LANDLINE])))
    desk.take(a_form(3, victim=safe(numbers=[LANDLINE])))
    came = desk.now
    assert desk.take(a_form(2, victim=safe(unsafe_numbers=[LANDLINE]))) == []
    for revision, verified, released in ((4, said.received_at, 0), (5, came, 1)):
        at = (verified + timedelta(minutes=30)).isoformat()
        said = desk.told(a_form(revision, victim=safe(numbers=[LANDLINE], verified_at=at)))
        assert len(points(said)) == released


def test_a_late_lower_revision_makes_unsafe_since_a_higher_one_came() -> None:
    desk = Desk()
    desk.take(a_form(3, victim=safe(numbers=[HERS])))
    came = desk.now
    desk.take(a_form(4, victim=safe(numbers=[HERS])))
    said = desk.told(a_form(2, suspect=a_suspect(phones=[{"number": HIS}])))
    assert [point.since for point in contact_of(said).unsafe] == [came]


def test_what_was_verified_after_a_late_lower_revision_was_made_stays_safe() -> None:
    desk = Desk()
    desk.take(a_form(1, victim=safe(unsafe_numbers=[LANDLINE])))
    came = desk.told(a_form(3, victim=safe(numbers=[HERS]))).received_at
    verified = (came + timedelta(minutes=30)).isoformat()
    desk.take(a_form(4, victim=safe(numbers=[HERS, LANDLINE], verified_at=verified)))
    assert desk.take(a_form(2, victim=safe(unsafe_numbers=[LANDLINE]))) == []
    again = desk.told(a_form(2, reference="R2", victim=safe(numbers=[HERS])))
    verified = (again.received_at + timedelta(minutes=30)).isoformat()
    desk.take(a_form(3, reference="R2", victim=safe(numbers=[HERS], verified_at=verified)))
    said = desk.told(a_form(1, reference="R2", victim=safe(unsafe_numbers=[HERS])))
    assert [point[1] for point in points(said)] == [HERS]
    assert unsafe(said) == {HERS}


def test_what_may_have_been_verified_before_a_late_lower_revision_was_made_is_unsafe() -> None:
    desk = Desk()
    first = desk.told(a_form(1, victim=safe(unsafe_numbers=[LANDLINE])))
    verified = (first.received_at + timedelta(minutes=30)).isoformat()
    present = safe(numbers=[HERS, LANDLINE], verified_at=verified)
    assert len(points(desk.told(a_form(3, victim=present)))) == 2
    said = desk.told(a_form(2, victim=safe(unsafe_numbers=[LANDLINE])))
    assert [point[1] for point in points(said)] == [HERS]


def test_said_unsafe_late_is_not_unsafe_since_earlier_than_it_was() -> None:
    desk = Desk()
    desk.take(a_form(3, victim=safe(numbers=[HERS])))
    said = desk.told(a_form(4, victim=safe(unsafe_numbers=[LANDLINE])))
    verified = (said.received_at + timedelta(minutes=30)).isoformat()
    desk.take(a_form(5, victim=safe(numbers=[LANDLINE], verified_at=verified)))
    assert desk.take(a_form(2, victim=safe(unsafe_numbers=[LANDLINE]))) == []
    sooner = (said.received_at - timedelta(minutes=30)).isoformat()
    present = safe(numbers=[LANDLINE], verified_at=sooner)
    assert points(desk.told(a_form(6, victim=present))) == []
