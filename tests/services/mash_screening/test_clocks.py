"""The clocks of domain 3: wall and working hours, triage, lanes."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import AgeBand, Flag, Lane, Rag, RiskLevel
from services.mash_screening.domain.clocks import lane_of, own_due
from services.mash_screening.domain.facts import Facts
from services.mash_screening.domain.policy import Policy
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    OFFICE,
    STANDARD,
    a_child,
    an_incident,
    london,
    screen,
    some_cases,
)

FRIDAY_17 = "2026-11-06T17:00"


def received(start: str, *flags: Flag) -> Facts:
    """An incident with these flags, received at a time of London's."""
    return Facts(london(start), london(start), MEDIUM, flags=flags)


@pytest.mark.parametrize(
    ("rag", "risk", "start", "due"),
    [
        (Rag.RED, HIGH, FRIDAY_17, "2026-11-06T21:00"),
        (Rag.RED, STANDARD, "2026-12-25T23:00", "2026-12-26T03:00"),
        (Rag.AMBER, MEDIUM, FRIDAY_17, "2026-11-11T11:00"),
        (Rag.AMBER, STANDARD, "2026-12-24T16:00", "2026-12-31T10:00"),
        (Rag.AMBER, HIGH, FRIDAY_17, "2026-11-07T17:00"),
        (Rag.GREEN, MEDIUM, FRIDAY_17, "2026-11-18T09:00"),
        (Rag.GREEN, STANDARD, "2026-11-02T09:00", "2026-11-11T11:00"),
        (Rag.RED, HIGH, "2027-03-28T00:30", "2027-03-28T05:30"),
    ],
)
def test_red_4_h_wall_amber_24_h_and_green_72_h_working_amber_of_a_high_adult_wall(
    rag: Rag, risk: RiskLevel, start: str, due: str
) -> None:
    assert own_due(rag, risk, received(start), Policy(), OFFICE) == london(due)


def test_blue_has_none() -> None:
    assert (
        own_due(Rag.BLUE, STANDARD, received(FRIDAY_17, Flag.STRANGULATION), Policy(), OFFICE)
        is None
    )


@pytest.mark.parametrize(
    ("rag", "risk", "start", "due"),
    [
        (Rag.GREEN, MEDIUM, "2026-11-02T09:00", "2026-11-02T23:59"),
        (Rag.GREEN, MEDIUM, "2026-11-02T21:00", "2026-11-03T01:00"),
        (Rag.AMBER, MEDIUM, "2026-11-02T09:00", "2026-11-02T23:59"),
        (Rag.RED, HIGH, "2026-11-02T09:00", "2026-11-02T13:00"),
        (Rag.RED, HIGH, "2026-11-02T22:00", "2026-11-03T02:00"),
        (Rag.GREEN, MEDIUM, "2027-07-01T00:30", "2027-07-01T23:59"),
    ],
)
def test_strangulation_is_due_by_23_59_or_in_4_h_the_later_never_after_the_rags_own_clock(
    rag: Rag, risk: RiskLevel, start: str, due: str
) -> None:
    assert own_due(rag, risk, received(start, Flag.STRANGULATION), Policy(), OFFICE) == london(due)


def test_an_area_may_set_other_clocks() -> None:
    quicker, given = Policy(red_hours=2, amber_hours=8), received("2026-11-02T09:00")
    assert own_due(Rag.RED, HIGH, given, quicker, OFFICE) == london("2026-11-02T11:00")
    assert own_due(Rag.AMBER, MEDIUM, given, quicker, OFFICE) == london("2026-11-02T17:00")


@pytest.mark.parametrize(
    ("rag", "waited", "lane"),
    [
        (Rag.RED, 0, Lane.URGENT),
        (Rag.AMBER, 100, Lane.SOON),
        (Rag.GREEN, 71, Lane.ROUTINE),
        (Rag.GREEN, 72, Lane.SOON),
        (Rag.BLUE, 1000, Lane.ROUTINE),
    ],
)
def test_a_green_waiting_72_h_is_promoted_a_lane_so_nothing_starves(
    rag: Rag, waited: int, lane: Lane
) -> None:
    assert lane_of(rag, MONDAY_9, MONDAY_9 + timedelta(hours=waited), Policy()) is lane


REVISION = st.fixed_dictionaries(
    {
        "risk": st.sampled_from([HIGH, MEDIUM, STANDARD]),
        "hours": st.integers(0, 60),
        "age": st.sampled_from([AgeBand.UNDER_1, AgeBand.TWO_TO_SIX, AgeBand.SEVEN_TO_TWELVE]),
        "present": st.booleans(),
        "flags": st.sampled_from([(), (Flag.STRANGULATION,)]),
    }
)


@given(revisions=st.lists(REVISION, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_revisions_bring_the_due_time_forward_and_never_back(
    revisions: list[dict[str, Any]],
) -> None:
    cases, at, standing = some_cases(), MONDAY_9, None
    for number, stated in enumerate(revisions, 1):
        at += timedelta(hours=stated["hours"])
        event = an_incident(
            version=number,
            revision=number,
            risk=stated["risk"],
            received_at=at,
            first_received_at=MONDAY_9,
            flags=stated["flags"],
            children=(a_child(age=stated["age"], present=stated["present"]),),
        )
        for screened in screen(event, cases)[:1]:
            assert screened.version == number
            if standing is not None:
                assert screened.due_at is not None and screened.due_at <= standing
            standing = screened.due_at
