"""What a practitioner looks at: the order of waiting work, and one case whole."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.partner import Victim
from contracts.sealed import CasePart, SealedParts, opened
from contracts.vocabulary import AgeBand, Audience, Flag
from services.kit.sealing import Keyring, open_part, seal_parts
from services.kit.testing import Databases
from services.mash_screening.app import SERVICE
from services.mash_screening.domain.policy import Policy
from services.mash_screening.domain.work import in_order
from services.mash_screening.store import desk
from tests.services.at_work import AtWork, at_work
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    a_child,
    a_decision,
    an_incident,
    heard,
    incident,
    person,
    screen,
    some_cases,
)

HOUR = timedelta(hours=1)


def ordered(now: datetime, *events: Any) -> list[int]:
    """The numbers of these incidents in the order of work."""
    cases = some_cases()
    for event in events:
        screen(event, cases)
    numbers = {incident(number): number for number in range(1, 10)}
    found = in_order(cases.rows, lambda area: Policy(), now)
    return [numbers[case.incident_id] for case in found]  # type: ignore[index]


def of(number: int, **facts: Any) -> Any:
    """An incident of a victim of its own."""
    return an_incident(number, victim_id=person(f"v{number}"), suspect_id=None, **facts)


def test_waiting_work_is_ordered_by_rag_then_due_time() -> None:
    red = of(1, risk=HIGH, children=(a_child(age=AgeBand.UNDER_1),), received_at=MONDAY_9 + HOUR)
    amber = of(2, risk=STANDARD, children=(a_child(age=AgeBand.UNDER_1),))
    green, later_green = of(3), of(4, received_at=MONDAY_9 + HOUR)
    strangled = of(5, flags=(Flag.STRANGULATION,), received_at=MONDAY_9 + HOUR)
    now = MONDAY_9 + 2 * HOUR
    assert ordered(now, later_green, green, amber, strangled, red) == [1, 2, 5, 3, 4]


def test_a_green_that_waited_72_h_comes_before_a_new_amber_below_high() -> None:
    green = of(1)
    at = MONDAY_9 + timedelta(days=8)
    amber = of(2, risk=STANDARD, children=(a_child(age=AgeBand.UNDER_1),), received_at=at)
    assert ordered(at, amber, green) == [1, 2]


def test_never_event_03_high_never_waits_behind_a_promoted_lower_grade() -> None:
    green = of(1, risk=MEDIUM)
    at = MONDAY_9 + timedelta(days=8)
    high = of(2, risk=HIGH, received_at=at)
    assert ordered(at, green, high) == [2, 1]


@pytest.fixture
def keyring() -> Keyring:
    """Keys that nobody else holds."""
    return Keyring.generated()


@pytest.fixture
async def mash(databases: Databases, keyring: Keyring, tmp_path: Path) -> AsyncIterator[AtWork]:
    """mash_screening at work, with the keys of its own audience alone."""
    ring = tmp_path / "keyring.json"
    ring.write_text(keyring.only([Audience.MASH]).to_json(), encoding="utf-8")
    working = await at_work(SERVICE, await databases.new("mash_screening"), MONDAY_9, ring)
    yield working
    await working.runtime.database.close()


def sealed(number: int, keyring: Keyring, **facts: Any) -> Any:
    """An incident with MASH's part sealed."""
    part = CasePart(victim=Victim(given_names="Invented"), circumstances="A long story.")
    event = an_incident(number, sealed=SealedParts(mash=part), **facts)
    return seal_parts(event, keyring).heard_in(event.envelope)


async def test_a_case_is_shown_whole_and_the_look_is_recorded(
    mash: AtWork, keyring: Keyring
) -> None:
    await mash.hears(sealed(1, keyring), a_decision(1, at=MONDAY_9 + HOUR))
    async with mash.runtime.database.transaction(MONDAY_9) as transaction:
        [case] = await desk.named(transaction, "R1")
        shown = await desk.shown(transaction, case, "practitioner-1")
    assert shown.file is not None
    content = open_part(shown.file.part, Audience.MASH, shown.context, keyring)
    assert opened(content, CasePart).circumstances == "A long story."
    assert [kept.ruling.decided_by for kept in shown.rulings] == ["practitioner-1"]
    views = await mash.runtime.database.fetch("SELECT about, who, what FROM kit.views")
    assert [tuple(view) for view in views] == [(str(incident(1)), "practitioner-1", "screening")]


async def test_only_what_waits_is_listed(mash: AtWork) -> None:
    await mash.hears(an_incident(1), an_incident(2), a_decision(1, at=MONDAY_9 + HOUR))
    async with mash.runtime.database.transaction(MONDAY_9) as transaction:
        waiting = await desk.waiting(transaction, "rotherham")
        elsewhere = await desk.waiting(transaction, "sheffield")
    assert ([case.incident_id for case in waiting], elsewhere) == ([incident(2)], [])


async def test_a_part_swapped_from_another_incident_is_parked_never_half_read(
    mash: AtWork, keyring: Keyring
) -> None:
    mine, theirs = sealed(1, keyring), sealed(2, keyring)
    swapped = heard(mine.model_copy(update={"sealed": theirs.sealed}), "R1", MONDAY_9)
    await mash.hears(swapped)
    assert await mash.parked() == 1
    assert await mash.announced() == ["mash.alarm-raised.v1"]
