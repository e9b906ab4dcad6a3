"""Who leads when several want to: domain.md 6.2 in its own words."""

from typing import Any

import pytest

from contracts.contact import LeadGranted, RequestCovered
from contracts.vocabulary import AgeBand
from tests.services.victim_contact.builders import (
    DAY,
    HIGH,
    HOUR,
    MEDIUM,
    NOON,
    STANDARD,
    Town,
    a_listing,
    a_request,
    a_screening,
    only,
)

EVERYBODY = ("victim_support", "outreach", "hospital_idva", "idva", "ypva", "housing")
ORDER: list[tuple[str, dict[str, Any], str]] = [
    ("YPVA if 16-17", {"victim_age_band": AgeBand.SIXTEEN_TO_SEVENTEEN, "risk": HIGH}, "ypva"),
    ("YPVA if 16-17 at any grade", {"victim_age_band": AgeBand.SIXTEEN_TO_SEVENTEEN}, "ypva"),
    ("IDVA if HIGH", {"risk": HIGH, "in_hospital": True}, "idva"),
    ("hospital IDVA if in hospital", {"in_hospital": True}, "hospital_idva"),
    ("outreach", {}, "outreach"),
    ("Victim Support", {"contact_wanted_by": ("housing", "victim_support")}, "victim_support"),
    ("outside the order, by time", {"contact_wanted_by": ("housing",)}, "housing"),
]


@pytest.mark.parametrize(("words", "facts", "leads"), ORDER, ids=[words for words, _, _ in ORDER])
def test_the_order_of_those_who_want_it(words: str, facts: dict[str, Any], leads: str) -> None:
    town = Town()
    said = town.hears(a_screening(**{"contact_wanted_by": EVERYBODY, **facts}))
    [granted] = only(said, LeadGranted)
    assert granted.agency == leads, words
    covered = {event.agency for event in only(said, RequestCovered)}
    assert covered == set(facts.get("contact_wanted_by", EVERYBODY)) - {leads}


def test_marac_listed_counts_as_high() -> None:
    town = Town()
    town.hears(a_listing(at=NOON - HOUR))
    [granted] = only(town.hears(a_screening(risk=MEDIUM)), LeadGranted)
    assert granted.agency == "idva"
    assert granted.reasons[0].code == "idva_high"


def test_engaged_already_goes_first_even_where_its_own_lease_lapsed() -> None:
    town = Town()
    wanted = ("hospital_idva", "outreach", "victim_support")
    town.hears(a_screening(contact_wanted_by=wanted, in_hospital=True))
    hospital = town.lead()
    town.waits(NOON + 2 * DAY)
    assert town.lead().agency == "outreach"
    town.tells("reached", lead=hospital)
    assert town.lead().agency == "outreach"
    town.waits(NOON + 4 * DAY)
    assert town.lead().agency == "hospital_idva"


def test_an_agency_that_the_police_know_as_engaged_comes_before_hospital_and_outreach() -> None:
    town = Town()
    wanted = ("hospital_idva", "outreach")
    town.hears(
        a_screening(contact_wanted_by=wanted, in_hospital=True, lead_agency_engaged="outreach")
    )
    assert town.lead().agency == "outreach"


def test_two_outside_the_order_are_taken_by_time() -> None:
    town = Town()
    quiet = a_screening(contact_wanted_by=())
    town.hears(quiet)
    town.hears(a_request("health", 1, at=NOON + HOUR))
    town.hears(a_request("housing", 1, at=NOON))
    assert town.lead().agency == "health"
    town.waits(town.lead().expires_at)
    assert town.lead().agency == "housing"


def test_high_is_not_offered_to_victim_support_whose_own_wish_is_covered_at_once() -> None:
    town = Town()
    town.hears(a_screening(risk=HIGH))
    [covered] = only(town.hears(a_request("victim_support")), RequestCovered)
    assert covered.lead_agency == "idva"


def test_a_request_alone_is_granted_to_whoever_asks() -> None:
    town = Town()
    town.hears(a_screening(risk=STANDARD, contact_wanted_by=()))
    [granted] = only(town.hears(a_request("health", statutory=True)), LeadGranted)
    assert (granted.agency, granted.incident_ids) == ("health", ())
    assert len(granted.request_ids) == 1
