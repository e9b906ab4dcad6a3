"""Allocations and agendas in a real database: shared state, batch after batch."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.contact import LeadRevoked
from contracts.idva import (
    AdvocateAllocated,
    AllocationQueued,
    MaracDelisted,
    MaracListed,
    ReferralClosed,
)
from contracts.vocabulary import Audience, GroupId
from services.idva_allocation.app import SERVICE
from services.kit.sealing import Keyring, seal_parts
from services.kit.testing import Databases
from tests.services.at_work import AtWork, at_work
from tests.services.idva_allocation.builders import (
    DAY,
    a_closed_episode,
    a_lead_that_ended,
    a_meeting,
    a_part,
    a_roster,
    a_screening,
    a_withdrawn_screening,
    some_conflicts,
)
from tests.services.mash_screening.builders import MONDAY_9, STANDARD, incident, person


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    """Keys that nobody else holds."""
    return Keyring.generated()


@pytest.fixture
async def idva(databases: Databases, keyring: Keyring, tmp_path: Path) -> AsyncIterator[AtWork]:
    """idva_allocation at work, with the keys of its own audience alone."""
    ring = tmp_path / "keyring.json"
    ring.write_text(keyring.only([Audience.IDVA]).to_json(), encoding="utf-8")
    url = await databases.new("idva_allocation")
    working = await at_work(SERVICE, url, MONDAY_9, ring)
    yield working
    await working.runtime.database.close()


async def test_she_is_given_who_speaks_her_language(idva: AtWork, keyring: Keyring) -> None:
    await idva.hears(a_roster("A1"), a_roster("A2", languages=["Polish"]), a_roster("A3"))
    event = a_screening(sealed=a_part(interpreter_language="polish"))
    await idva.hears(seal_parts(event, keyring).heard_in(event.envelope))
    [allocated] = await idva.said(AdvocateAllocated)
    assert allocated.advocate_id == "A2"
    assert await idva.parked() == 0


async def test_a_part_swapped_from_another_incident_is_parked_never_half_read(
    idva: AtWork, keyring: Keyring
) -> None:
    mine = a_screening(1, sealed=a_part(interpreter_language="polish"))
    theirs = seal_parts(a_screening(2, sealed=a_part()), keyring)
    swapped = mine.model_copy(update={"sealed": theirs.sealed})
    await idva.hears(swapped.heard_in(mine.envelope))
    assert await idva.parked() == 1
    assert await idva.announced() == ["idva.alarm-raised.v1"]


async def test_a_conflict_that_is_none_any_more_takes_who_waits(idva: AtWork) -> None:
    await idva.hears(a_roster("A1"), some_conflicts("A1", "suspect"))
    await idva.hears(a_roster("A2"), some_conflicts("A2", "suspect"))
    await idva.hears(a_screening())
    await idva.hears(a_roster("A2", capacity=1, at=MONDAY_9), some_conflicts("A2", version=2))
    [allocated] = await idva.said(AdvocateAllocated)
    assert allocated.advocate_id == "A2"
    await idva.hears(some_conflicts("A2", "suspect", version=3))
    await idva.hears(some_conflicts("A1", version=2))
    assert [one.advocate_id for one in await idva.said(AdvocateAllocated)] == ["A2", "A1"]


async def test_the_queue_moves_batch_after_batch(idva: AtWork) -> None:
    await idva.hears(a_roster(capacity=1))
    for number in (1, 2, 3):
        victim = person("victim") if number == 1 else person(f"victim-{number}")
        at = MONDAY_9 + number * timedelta(hours=1)
        await idva.hears(a_screening(number, victim_id=victim, received_at=at))
    assert len(await idva.said(AllocationQueued)) == 2
    await idva.hears(a_closed_episode(1, at=MONDAY_9 + DAY))
    taken = [allocated.incident_id for allocated in await idva.said(AdvocateAllocated)]
    assert taken == [incident(1), incident(2)]
    assert len(await idva.said(ReferralClosed)) == 1
    await idva.hears(a_roster("A2", capacity=1, at=MONDAY_9 + DAY))
    taken = [allocated.incident_id for allocated in await idva.said(AdvocateAllocated)]
    assert taken == [incident(1), incident(2), incident(3)]


async def test_a_new_incident_asks_again_for_who_asked_for_no_contact(idva: AtWork) -> None:
    await idva.hears(a_roster())
    await idva.hears(a_screening(1))
    await idva.hears(a_lead_that_ended(LeadRevoked, None, reason="asked_no_contact"))
    await idva.hears(a_screening(2, risk=STANDARD, received_at=MONDAY_9 + DAY))
    taken = [allocated.incident_id for allocated in await idva.said(AdvocateAllocated)]
    assert taken == [incident(1), incident(1)]
    assert await idva.said(AllocationQueued) == []


async def test_groups_that_join_across_batches_keep_one_advocate(idva: AtWork) -> None:
    await idva.hears(a_roster())
    one, other = person("one"), person("other")
    await idva.hears(a_screening(1, victim_id=one))
    await idva.hears(a_screening(2, victim_id=other))
    joined, members = GroupId(min(one, other)), (one, other)
    for number, victim in ((1, one), (2, other)):
        again = a_screening(
            number, version=2, victim_id=victim, contact_group=joined, group_members=members
        )
        await idva.hears(again)
    [closed] = await idva.said(ReferralClosed)
    assert closed.reason == "group_joined"
    rows = await idva.runtime.database.fetch("SELECT caseload FROM advocates")
    assert [row[0] for row in rows] == [1]


async def test_a_conflict_is_known_whichever_comes_first(idva: AtWork) -> None:
    await idva.hears(some_conflicts("A1", "suspect"))
    await idva.hears(a_roster("A1"))
    await idva.hears(a_screening())
    [queued] = await idva.said(AllocationQueued)
    assert queued.reason == "conflict"


async def test_agendas_are_filled_and_left_batch_after_batch(idva: AtWork) -> None:
    await idva.hears(a_screening(1))
    await idva.hears(a_meeting(capacity=1, at=MONDAY_9 + DAY))
    at = MONDAY_9 + DAY
    await idva.hears(a_screening(2, victim_id=person("second"), received_at=at))
    await idva.hears(a_screening(3, risk=STANDARD, received_at=MONDAY_9 + 2 * DAY))
    listed = [(one.incident_id, one.criterion) for one in await idva.said(MaracListed)]
    assert listed == [(incident(1), "visible_high_risk"), (incident(3), "repeat")]
    await idva.hears(a_withdrawn_screening(1, at=MONDAY_9 + 2 * DAY))
    [delisted] = await idva.said(MaracDelisted)
    assert delisted.meeting_id == "M1"
    assert (await idva.said(MaracListed))[-1].incident_id == incident(2)
    assert await idva.parked() == 0


async def test_a_listing_says_by_which_screenings_it_was_made_also_of_who_waited(
    idva: AtWork,
) -> None:
    """Contact may hear the listing first, and waits until it has heard them."""
    await idva.hears(a_screening(1), a_screening(1, version=2, revision=2))
    await idva.hears(a_meeting(at=MONDAY_9 + DAY))
    await idva.hears(a_screening(2, risk=STANDARD, received_at=MONDAY_9 + DAY))
    first, again = (listed.screenings for listed in await idva.said(MaracListed))
    assert first == {str(incident(1)): 2}
    assert again == {str(incident(1)): 2, str(incident(2)): 1}


async def test_every_message_delivered_twice_changes_no_outcome(idva: AtWork) -> None:
    story = [
        a_roster(),
        a_meeting(),
        a_screening(1),
        a_screening(2, received_at=MONDAY_9 + DAY),
        a_closed_episode(1, 2, at=MONDAY_9 + 2 * DAY),
        a_withdrawn_screening(1, at=MONDAY_9 + 2 * DAY),
    ]
    for event in story:
        assert await idva.hears(event, event) == 1
        assert await idva.hears(event) == 0
    assert len(await idva.said(AdvocateAllocated)) == 1
    assert len(await idva.said(ReferralClosed)) == 1
    rows = await idva.runtime.database.fetch("SELECT caseload FROM advocates")
    assert [row[0] for row in rows] == [0]


async def test_batches_side_by_side_never_give_one_place_twice(idva: AtWork) -> None:
    await idva.hears(a_roster(capacity=2), a_meeting(capacity=1))
    events = [a_screening(number, victim_id=person(f"v{number}")) for number in range(1, 7)]
    await asyncio.gather(*(idva.hears(event) for event in events))
    assert len(await idva.said(AdvocateAllocated)) == 2
    assert len(await idva.said(AllocationQueued)) == 4
    assert len(await idva.said(MaracListed)) == 1
    rows = await idva.runtime.database.fetch("SELECT caseload FROM advocates")
    assert [row[0] for row in rows] == [2]
