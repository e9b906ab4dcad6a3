"""What must never happen (domain.md 8), by number, as far as contact can make it happen."""

from typing import Any

import pytest

from contracts.contact import (
    ContactClosed,
    ContactWithheld,
    DetailsChanged,
    LeadGranted,
    LeadHandedOver,
    LeadRevoked,
    RequestCovered,
)
from contracts.vocabulary import AgeBand, Flag
from services.kit.sending import Send
from services.victim_contact.domain.matters import UNDER_16
from services.victim_contact.domain.sheet import pages
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    DAY,
    HIGH,
    HOUR,
    MEDIUM,
    NOON,
    STANDARD,
    Town,
    a_decision,
    a_group,
    a_listing,
    a_number,
    a_part,
    a_regrade,
    a_request,
    a_screening,
    a_withdrawal,
    an_unsafe,
    an_unsafe_finding,
    only,
)

SHARED, HERS = "07700900001", "07700900002"


def test_never_event_01_a_point_shared_with_the_suspect_is_not_released() -> None:
    town = Town()
    part = a_part(a_number(SHARED), a_number(HERS))
    town.hears(a_screening(part=part, unsafe=(an_unsafe(SHARED, NOON),)))
    [page] = pages(town.group(), town.lead())
    assert {way.value for way in page.ways} == {HERS}


def test_never_event_01_nor_kept_by_a_lead_when_it_turns_out_to_be_shared_later() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number(SHARED), a_number(HERS))))
    said = town.hears(an_unsafe_finding(an_unsafe(SHARED, NOON + HOUR), at=NOON + HOUR))
    assert len(only(said, DetailsChanged)) == 1
    [page] = pages(town.group(), town.lead())
    assert {way.value for way in page.ways} == {HERS}


def test_never_event_01_nor_through_another_report_of_somebody_who_may_be_her() -> None:
    town = Town()
    town.hears(a_screening(1, unsafe=(an_unsafe(SHARED, NOON),), part=a_part(a_number(HERS))))
    both = a_group(ANN, BEA, version=2)
    said = town.hears(a_screening(2, victim=BEA, group=both, part=a_part(a_number(SHARED))))
    assert [event.code for event in only(said, ContactWithheld)] == ["no_safe_way"]
    assert {way.value for p in pages(town.group(), town.lead()) for way in p.ways} == {HERS}


def test_never_event_01_nor_in_any_notice() -> None:
    town = Town()
    town.hears(a_screening(part=a_part(a_number(SHARED), given_names="Testa")))
    town.tells("answered_by_other", at=NOON + HOUR)
    mails = only(town.said, Send)
    assert mails
    for mail in mails:
        assert SHARED not in mail.message.model_dump_json()
        assert "Testa" not in mail.message.model_dump_json()


def test_never_event_02_two_agencies_lead_at_once_when_groups_join() -> None:
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_screening(2, victim=BEA, risk=HIGH, part=a_part(a_number(HERS))))
    said = town.hears(a_decision(a_group(ANN, BEA, version=2), same=True, at=NOON + HOUR))
    assert len(only(said, LeadRevoked)) == 1
    assert only(said, LeadGranted) == []
    standing = [lead for lead in town.groups.leads if lead.ended_at is None]
    assert [lead.agency for lead in standing] == ["idva"]


def test_never_event_02_nor_when_one_is_handed_over_or_lapses() -> None:
    town = Town()
    town.hears(a_screening(risk=STANDARD))
    town.hears(a_regrade(risk=HIGH, at=NOON + HOUR))
    town.waits(NOON + 20 * DAY)
    order = [type(each) for each in town.said if isinstance(each, LeadGranted | LeadHandedOver)]
    assert order[:3] == [LeadGranted, LeadHandedOver, LeadGranted]
    assert len([lead for lead in town.groups.leads if lead.ended_at is None]) == 1


def test_never_event_10_a_second_notice_on_redelivery() -> None:
    town = Town()
    story = [
        a_screening(1),
        a_request("housing", at=NOON + HOUR),
        a_regrade(1, risk=HIGH, at=NOON + 2 * HOUR),
        a_listing(1, at=NOON + 3 * HOUR),
        a_withdrawal(1, at=NOON + 4 * HOUR),
    ]
    for event in story:
        town.hears(event)
    first = len(town.said)
    for event in story:
        assert town.hears(event) == []
    assert len(town.said) == first


def test_never_event_10_every_notice_has_a_reference_of_its_own() -> None:
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_request("housing"))
    town.waits(NOON + 12 * DAY)
    references = [mail.reference for mail in only(town.said, Send)]
    assert len(references) == len(set(references)) > 5


@pytest.mark.parametrize("how", ["regraded", "listed", "a new incident", "reached before"])
def test_never_event_17_regraded_to_high_after_victim_support_was_asked(how: str) -> None:
    town = Town()
    town.hears(a_screening(1, risk=STANDARD))
    if how == "reached before":
        town.tells("reached", at=NOON + HOUR / 2)
    said = {
        "regraded": lambda: town.hears(a_regrade(1, risk=HIGH, at=NOON + HOUR)),
        "listed": lambda: town.hears(a_listing(1, at=NOON + HOUR)),
        "a new incident": lambda: town.hears(a_screening(2, risk=HIGH, at=NOON + HOUR)),
        "reached before": lambda: town.hears(a_regrade(1, risk=HIGH, at=NOON + HOUR)),
    }[how]()
    [handed], [granted] = only(said, LeadHandedOver), only(said, LeadGranted)
    assert (handed.agency, granted.agency) == ("victim_support", "idva")
    to = [mail.message.to.partition("@")[0] for mail in only(said, Send)]
    assert "victim_support" in to
    assert "idva" in to


def test_never_event_17_nor_after_victim_support_closed_its_contact() -> None:
    town = Town()
    town.hears(a_screening(1, risk=STANDARD))
    town.tells("reached", at=NOON + HOUR)
    assert only(town.closes(at=NOON + DAY), ContactClosed)
    [granted] = only(town.hears(a_regrade(1, risk=HIGH, at=NOON + 2 * DAY)), LeadGranted)
    assert granted.agency == "idva"


def test_never_event_17_nor_after_idva_closed_it_with_the_incident_that_it_had_joined() -> None:
    town = Town()
    town.hears(a_screening(1, risk=HIGH))
    town.hears(a_screening(2, risk=STANDARD, at=NOON + HOUR))
    town.hears(a_listing(2, at=NOON + HOUR))
    town.tells("reached", at=NOON + 2 * HOUR)
    assert only(town.closes(at=NOON + 3 * HOUR), ContactClosed)
    [granted] = only(town.hears(a_regrade(2, risk=HIGH, at=NOON + DAY)), LeadGranted)
    assert granted.agency == "idva"


def test_never_event_17_an_engaged_worker_keeps_her_and_is_flagged() -> None:
    town = Town()
    town.hears(a_screening(1, risk=MEDIUM))
    town.tells("reached", at=NOON + HOUR)
    said = town.hears(a_regrade(1, risk=HIGH, at=NOON + DAY))
    assert only(said, LeadHandedOver) == only(said, RequestCovered) == []
    [flagged] = [each for each in said if type(each).__name__ == "RequestFlagged"]
    assert (flagged.agency, flagged.lead_agency) == ("idva", "outreach")


def test_never_event_18_asked_for_no_contact_then_a_new_incident_opens_the_offer_again() -> None:
    town = Town()
    town.hears(a_screening(1, risk=STANDARD))
    town.tells("asked_no_contact", at=NOON + HOUR)
    assert only(town.hears(a_regrade(1, risk=HIGH, at=NOON + 2 * HOUR)), LeadGranted) == []
    said = town.hears(a_screening(2, risk=MEDIUM, flags=(Flag.WEAPON,), at=NOON + 3 * DAY))
    [granted] = only(said, LeadGranted)
    assert granted.agency == "idva"
    assert len(granted.incident_ids) == 2


def test_never_event_18_also_where_she_said_so_under_an_old_fence() -> None:
    town = Town()
    town.hears(a_screening(1))
    old = town.lead()
    town.waits(NOON + 2 * DAY)
    said = town.tells("asked_no_contact", lead=old)
    assert [event.reason for event in only(said, LeadRevoked)] == ["asked_no_contact"]
    assert len(only(town.hears(a_screening(2, at=NOON + 3 * DAY)), LeadGranted)) == 1


@pytest.mark.parametrize(
    ("news", "correction"),
    [
        ("the incident was cancelled", LeadRevoked),
        ("the request was withdrawn", LeadRevoked),
        ("another number is safe now", DetailsChanged),
        ("the number is not safe", DetailsChanged),
        ("no number is safe", LeadRevoked),
        ("it is another person's", LeadRevoked),
    ],
)
def test_never_event_19_amended_or_cancelled_after_notices_no_correction(
    news: str, correction: type[Any]
) -> None:
    town = Town()
    if news == "the request was withdrawn":
        town.hears(a_request("housing", part=a_part(a_number(HERS))))
    else:
        town.hears(a_screening(1, part=a_part(a_number(SHARED), a_number(HERS))))
    told = town.lead()
    changed: dict[str, Any] = {"version": 2, "revision": 2, "at": NOON + HOUR}
    both = (an_unsafe(SHARED, NOON + HOUR), an_unsafe(HERS, NOON + HOUR))
    said = town.hears(
        {
            "the incident was cancelled": a_withdrawal(1, at=NOON + HOUR),
            "the request was withdrawn": a_request("housing", status="withdrawn", **changed),
            "another number is safe now": a_screening(1, part=a_part(a_number(HERS)), **changed),
            "the number is not safe": an_unsafe_finding(both[0], at=NOON + HOUR),
            "no number is safe": an_unsafe_finding(*both, at=NOON + HOUR),
            "it is another person's": a_screening(1, victim=BEA, **changed),
        }[news]
    )
    assert told.lead_id in {each.lead_id for each in only(said, correction)}
    mails = {mail.message.to.partition("@")[0]: mail.message for mail in only(said, Send)}
    assert mails[told.agency].headers["X-Onward-Step"] == "notice"


def test_never_event_19_who_was_covered_by_a_lead_that_ended_is_told_too() -> None:
    town = Town()
    town.hears(a_screening(1))
    town.hears(a_request("housing"))
    said = town.hears(a_withdrawal(1, at=NOON + HOUR))
    to = [mail.message.to.partition("@")[0] for mail in only(said, Send)]
    assert {"outreach", "victim_support", "housing"} <= set(to)


@pytest.mark.parametrize("age", sorted(UNDER_16))
def test_never_event_09_nobody_under_16_has_a_lead_though_marac_lists_her(age: AgeBand) -> None:
    town = Town()
    town.hears(a_screening(1, risk=HIGH, victim_age_band=age))
    said = town.hears(a_listing(1, at=NOON + HOUR))
    assert only([*town.said, *said], LeadGranted) == []


def test_never_event_20_a_victim_whose_age_nobody_knows_has_a_lead_at_once() -> None:
    town = Town()
    [granted] = only(town.hears(a_screening(1, victim_age_band=AgeBand.UNKNOWN)), LeadGranted)
    assert granted.victim_id == ANN
