"""The directory of an area's services, as routing reads it (issue: standard and medium)."""

from typing import Any

import pytest

from contracts.contact import ContactClosed, LeadGranted
from contracts.vocabulary import RiskLevel
from services.kit.areas import Policies
from services.kit.working_time import WorkingTime
from services.victim_contact.domain.directory import Listed
from services.victim_contact.domain.policy import Policy
from services.victim_contact.working_set import Groups, Reference
from tests.services.victim_contact.builders import (
    BEA,
    CAT,
    HIGH,
    HOUR,
    MEDIUM,
    NOON,
    STANDARD,
    Town,
    a_number,
    a_part,
    a_screening,
    only,
)


def a_town(**listed: Any) -> Town:
    """A town whose directory names outreach so."""
    outreach = Listed("Elm House", "advice in the community", **listed)
    policy = Policy(services={"outreach": outreach})
    reference = Reference(Policies({"rotherham": policy}, {}, policy), WorkingTime())
    return Town(groups=Groups(reference=reference))


def codes(said: list[Any]) -> list[str]:
    """The reasons of the grant."""
    [granted] = only(said, LeadGranted)
    return [reason.code for reason in granted.reasons]


def test_outreach_is_a_named_service_with_a_reason() -> None:
    [granted] = only(a_town().hears(a_screening()), LeadGranted)
    assert [reason.sentence for reason in granted.reasons][:2] == [
        "Outreach comes before Victim Support.",
        "Elm House: advice in the community",
    ]


LEVELS: list[tuple[RiskLevel, str]] = [(STANDARD, "victim_support"), (MEDIUM, "outreach")]


@pytest.mark.parametrize(("level", "leads"), LEVELS)
def test_a_service_is_not_asked_for_a_grade_it_does_not_work_with(
    level: RiskLevel, leads: str
) -> None:
    town = a_town(levels=(MEDIUM,))
    wanted = ("outreach", "victim_support")
    said = town.hears(a_screening(risk=level, contact_wanted_by=wanted))
    assert town.lead().agency == leads
    assert ("no_room" in codes(said)) is (leads != "outreach")


def test_a_full_service_comes_after_the_others_until_a_contact_ends() -> None:
    town = a_town(capacity=1)
    town.hears(a_screening(1))
    other = a_part(a_number("07700900002"))
    said = town.hears(a_screening(2, victim=BEA, part=other, at=NOON + HOUR))
    assert town.lead(BEA).agency == "victim_support"
    assert "no_room" in codes(said)
    assert only(town.tells("declined", at=NOON + 2 * HOUR), ContactClosed)
    third = a_part(a_number("07700900003"))
    town.hears(a_screening(3, victim=CAT, part=third, at=NOON + 3 * HOUR))
    assert town.lead(CAT).agency == "outreach"


def test_a_full_service_is_still_asked_where_nobody_else_wants_to() -> None:
    town = a_town(capacity=0)
    town.hears(a_screening(contact_wanted_by=("outreach",)))
    assert town.lead().agency == "outreach"


def test_high_never_waits_for_room() -> None:
    policy = Policy(services={"idva": Listed("IDVA", "an advocate", capacity=0)})
    reference = Reference(Policies({"rotherham": policy}, {}, policy), WorkingTime())
    town = Town(groups=Groups(reference=reference))
    town.hears(a_screening(risk=HIGH, contact_wanted_by=("idva", "outreach")))
    assert town.lead().agency == "idva"
