"""MASH's cases in a real database: nothing twice, nothing lost between batches."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from contracts.mash import (
    IncidentScreened,
    MashInputRefused,
    RiskRegraded,
    ScreeningDue,
    ScreeningWithdrawn,
)
from contracts.sealed import SealedParts
from contracts.vocabulary import AgeBand, Rag, ScreeningStatus
from services.kit.testing import Databases
from services.mash_screening.app import SERVICE
from tests.services.at_work import AtWork, at_work
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    a_child,
    a_decision,
    a_withdrawal,
    an_incident,
    incident,
    person,
)

DAY = timedelta(days=1)


@pytest.fixture
async def mash(databases: Databases) -> AsyncIterator[AtWork]:
    """mash_screening at work."""
    working = await at_work(SERVICE, await databases.new("mash_screening"), MONDAY_9)
    yield working
    await working.runtime.database.close()


async def test_a_case_is_the_same_in_the_next_batch_as_in_this_one(mash: AtWork) -> None:
    children = (a_child("1", AgeBand.TWO_TO_SIX), a_child("2", open_to_social_care=True))
    parts = SealedParts(idva="v", contact="c")
    event = an_incident(risk=HIGH, children=children, sealed=parts)
    assert await mash.hears(event) == 1
    [screened] = await mash.said(IncidentScreened)
    assert screened.rag is Rag.RED
    again = an_incident(version=2, risk=HIGH, children=children, sealed=parts)
    assert await mash.hears(again) == 1
    assert len(await mash.said(IncidentScreened)) == 1


async def test_every_message_delivered_twice_changes_no_outcome(mash: AtWork) -> None:
    story = [
        an_incident(1, risk=MEDIUM),
        a_decision(1, at=MONDAY_9 + DAY, risk_level=HIGH),
        an_incident(1, version=2, revision=2, risk=HIGH, received_at=MONDAY_9 + 2 * DAY),
        a_withdrawal(1, version=3, received_at=MONDAY_9 + 3 * DAY),
    ]
    for event in story:
        assert await mash.hears(event, event) == 1
        assert await mash.hears(event) == 0
    assert len(await mash.said(IncidentScreened)) == 2
    [regraded] = await mash.said(RiskRegraded)
    assert regraded.status is ScreeningStatus.CONFIRMED
    [withdrawn] = await mash.said(ScreeningWithdrawn)
    assert withdrawn.version == 4
    assert await mash.parked() == 0


async def test_history_is_counted_over_batches_and_over_persons(mash: AtWork) -> None:
    for number in (1, 2, 3):
        await mash.hears(an_incident(number, received_at=MONDAY_9 + number * DAY))
    other = an_incident(4, received_at=MONDAY_9 + 4 * DAY, victim_id=person("other"))
    await mash.hears(other)
    rags = [screened.rag for screened in await mash.said(IncidentScreened)]
    assert rags == [Rag.GREEN, Rag.GREEN, Rag.AMBER, Rag.GREEN]
    last = (await mash.said(IncidentScreened))[-1]
    assert "serial_suspect" in {reason.code for reason in last.reasons}
    await mash.hears(an_incident(3, version=2, victim_id=person("other")))
    await mash.hears(a_withdrawal(1, received_at=MONDAY_9 + 5 * DAY))
    assert await mash.parked() == 0


async def test_a_decision_on_an_incident_nobody_screened_is_refused(mash: AtWork) -> None:
    await mash.hears(a_decision(7), a_decision(8, incident_id="not-an-id"))
    refused = await mash.said(MashInputRefused)
    assert [(r.reference, r.problems[0].path) for r in refused] == [
        (str(incident(7)), "/incident_id"),
        ("not-an-id", "/incident_id"),
    ]


async def test_an_overdue_timer_finds_the_case_of_an_earlier_batch(mash: AtWork) -> None:
    await mash.hears(an_incident())
    [due] = await mash.said(ScreeningDue)
    assert due.incident_id == incident(1)


async def test_batches_side_by_side_count_one_history(mash: AtWork) -> None:
    events = [an_incident(n, received_at=MONDAY_9 + n * DAY) for n in range(1, 6)]
    await asyncio.gather(*(mash.hears(event) for event in events))
    standing: dict[object, Rag] = {}
    for screened in await mash.said(IncidentScreened):
        standing[screened.incident_id] = screened.rag
    rags = [standing[incident(n)] for n in range(1, 6)]
    assert rags == [Rag.GREEN, Rag.GREEN, Rag.AMBER, Rag.AMBER, Rag.AMBER]
