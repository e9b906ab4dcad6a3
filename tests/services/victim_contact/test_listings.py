"""A listing at MARAC and the screening that it was made from come in any order (domain.md 6.6)."""

from itertools import permutations
from typing import Any

import pytest

from contracts.contact import LeadGranted, LeadHandedOver, LeadRevoked
from contracts.vocabulary import Flag
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    DAY,
    HIGH,
    HOUR,
    NOON,
    NOTHING_SAFE,
    STANDARD,
    Town,
    a_group,
    a_listing,
    a_number,
    a_part,
    a_regrade,
    a_screening,
    an_unsafe,
    only,
)

HERS, HER_SISTERS = "07700900001", "07700900002"
AT = NOON + DAY


def led(closed: bool = False) -> Town:
    """Victim Support leads for a STANDARD incident, or led until it closed its contact."""
    town = Town()
    town.hears(a_screening(1, risk=STANDARD, part=a_part(a_number(HERS))))
    if closed:
        town.tells("reached", at=NOON + HOUR)
        town.closes(at=NOON + 2 * HOUR)
    return town


def raised(**fields: Any) -> Any:
    """A revision that raises it to HIGH."""
    return a_screening(1, version=2, revision=2, at=AT, risk=HIGH, first_at=NOON, **fields)


def of_it(**fields: Any) -> Any:
    """The listing that was made from that revision."""
    return a_listing(1, at=AT, of={1: 2}, **fields)


@pytest.mark.parametrize("closed", [False, True])
def test_never_event_01_a_number_that_the_listed_revision_says_unsafe_is_not_given_to_idva(
    closed: bool,
) -> None:
    """Whichever of the two is heard first."""
    part = a_part(a_number(HER_SISTERS))
    news = [of_it(), raised(part=part, unsafe=(an_unsafe(HERS, AT),))]
    for order in permutations(news):
        town = led(closed)
        said = [each for event in order for each in town.hears(event)]
        [granted] = only(said, LeadGranted)
        assert granted.agency == "idva"
        assert len(granted.contact_points) == 2
        assert {point.fingerprint for point in town.lead().points} == {f"k1:{HER_SISTERS}"}


def test_never_event_01_nor_is_she_contacted_where_nothing_is_safe_any_more() -> None:
    town = led(closed=True)
    news = [of_it(), raised(part=NOTHING_SAFE, unsafe=(an_unsafe(HERS, AT),))]
    said = [each for event in news for each in town.hears(event)]
    assert only(said, LeadGranted) == only(said, LeadRevoked) == []
    assert [each.code for each in town.group().person(ANN).withheld] == ["no_safe_way"]


@pytest.mark.parametrize("closed", [False, True])
def test_the_first_attempt_is_due_by_the_flags_of_the_revision_that_was_listed(
    closed: bool,
) -> None:
    for order in permutations([of_it(), raised(flags=(Flag.STRANGULATION,))]):
        town = led(closed)
        said = [each for event in order for each in town.hears(event)]
        [granted] = only(said, LeadGranted)
        assert granted.first_attempt_due_at == AT + 4 * HOUR


@pytest.mark.parametrize("closed", [False, True])
def test_a_listing_heard_early_is_kept_and_asks_for_her_when_its_screening_comes(
    closed: bool,
) -> None:
    """A repeat is listed whatever its grade: nothing but the listing asks for the service."""
    again = a_screening(1, version=2, revision=2, at=AT, risk=STANDARD, first_at=NOON)
    for order in permutations([of_it(), again]):
        town = led(closed)
        first, second = (town.hears(event) for event in order)
        assert only(first, LeadGranted) == []
        [granted] = only(second, LeadGranted)
        assert granted.agency == "idva"
        assert [each.reason for each in only(second, LeadHandedOver)] == (
            [] if closed else ["marac_listed"]
        )


def test_a_listing_whose_screening_was_heard_acts_at_once() -> None:
    for listing in (a_listing(1, of={1: 1}), a_listing(1)):
        [granted] = only(led().hears(listing), LeadGranted)
        assert granted.agency == "idva"


def test_a_listing_that_holds_goes_on_when_it_is_said_again_of_a_later_screening() -> None:
    town = led()
    town.hears(a_listing(1, of={1: 1}))
    assert only(town.hears(of_it(version=2)), LeadRevoked) == []
    assert town.lead().agency == "idva"
    assert town.group().is_listed(town.group().matters[0])


def test_a_listing_said_along_with_another_incidents_waits_for_its_own_screening() -> None:
    town = led()
    both = a_listing(2, at=AT, of={2: 1, 1: 2})
    assert only(town.hears(both), LeadGranted) == []
    [granted] = only(town.hears(a_regrade(1, risk=STANDARD, at=AT)), LeadGranted)
    assert granted.agency == "idva"


def test_an_incident_that_is_anothers_after_all_and_delisted_goes_to_victim_support() -> None:
    """Whichever of the two is heard first, and for whichever of them it is delisted."""
    hers = a_screening(2, BEA, version=2, risk=STANDARD, group=a_group(BEA), at=AT)
    for victim in (ANN, BEA):
        off = a_listing(2, victim, version=2, listed=False, at=AT)
        for order in permutations([hers, off]):
            town = Town()
            town.hears(a_screening(1, risk=HIGH))
            town.hears(a_screening(2, risk=STANDARD))
            town.hears(a_listing(2, of={2: 1, 1: 1}))
            for event in order:
                town.hears(event)
            assert [each.listed for each in town.group(BEA).listings] == [False]
            town.waits(AT + 2 * DAY)
            assert (town.lead(ANN).agency, town.lead(BEA).agency) == ("idva", "victim_support")


def test_a_listing_of_her_whose_it_was_lists_an_incident_of_anothers_no_more() -> None:
    town = Town()
    town.hears(a_screening(1, risk=HIGH))
    town.hears(a_screening(2, BEA, version=2, risk=STANDARD, at=AT))
    town.hears(a_listing(2, BEA, version=2, listed=False, at=AT))
    town.hears(a_listing(1, version=2, of={1: 1, 2: 1}, at=AT))
    assert town.lead(BEA).agency == "victim_support"
    assert [each.listed for each in town.group(BEA).listings] == [False]
