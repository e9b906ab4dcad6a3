"""The car park: what waits in it, and how each message leaves it in order."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from contracts.police import IncidentCancelled
from services.kit import parked
from services.kit.circuit import Circuit, TooMuchParked
from services.kit.parked import By, Choice
from services.kit.records import KeptRecord
from services.kit.redrive import Redriver
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.testing import a_record
from tests.kit.trial import NOON, POISON, Tallies, a_cancellation, incident, trail

BY = By("an engineer", "the rule is mended", NOON)


def said(number: int, revision: int) -> KeptRecord:
    return a_record(a_cancellation(number, revision), at=NOON, trail=trail(number))


async def take(runtime: Runtime, *records: KeptRecord) -> None:
    await Runner(runtime, runtime.tell).take(records)


async def left(runtime: Runtime) -> list[tuple[str, bool, int]]:
    return [(one.reason, one.behind, one.attempts) for one in await parked.listed(runtime.database)]


async def tally(runtime: Runtime, number: int) -> tuple[int, int]:
    [row] = await runtime.database.fetch(
        "SELECT count, last_revision FROM tallies WHERE incident_id = $1", incident(number)
    )
    return row[0], row[1]


def mended(runtime: Runtime) -> Runtime:
    """The same service with a handler that survives the poison."""

    def count(event: IncidentCancelled, tallies: Tallies, now: object) -> Sequence[object]:
        before = tallies.of(event.incident_id)
        counted = replace(before, count=before.count + 1, last_revision=event.revision)
        tallies.rows.put(counted)
        return []

    return replace(runtime, hearers={IncidentCancelled: [count]})


async def test_a_retried_message_and_those_behind_it_leave_in_order(runtime: Runtime) -> None:
    await take(runtime, said(1, 1), said(1, POISON), said(1, 3), said(1, 4), said(2, 1))
    assert await Redriver(runtime).round() == 0
    marked = await parked.mark(runtime.database, "retry", Choice(topic=said(1, 1).topic), BY)
    assert [one.behind for one in marked] == [False]
    assert await Redriver(mended(runtime)).round() == 3
    assert await left(runtime) == []
    assert await tally(runtime, 1) == (4, 4)
    acts = [(act["act"], act["who"]) for act in await parked.acts(runtime.database)]
    assert acts[::-1] == [
        ("marked_retry", "an engineer"),
        ("redriven", "an engineer"),
        ("redriven", "kit"),
        ("redriven", "kit"),
    ]


async def test_a_message_that_fails_again_stays_first_and_the_others_behind_it(
    runtime: Runtime,
) -> None:
    await take(runtime, said(1, POISON), said(1, 2))
    await parked.mark(runtime.database, "retry", Choice(), BY)
    assert await Redriver(runtime).round() == 0
    assert await left(runtime) == [("failed", False, 2), ("behind", True, 1)]
    assert await Redriver(mended(runtime)).round() == 0


async def test_a_discarded_message_lets_those_behind_it_go_on(runtime: Runtime) -> None:
    await take(runtime, said(1, POISON), said(1, 2), said(1, 3))
    choice = Choice(event_id=(await parked.listed(runtime.database))[0].event_id)
    await parked.mark(runtime.database, "discard", choice, BY)
    assert await Redriver(runtime).round() == 3
    assert await tally(runtime, 1) == (2, 3)


async def test_a_dry_run_says_what_it_would_mark_and_marks_nothing(runtime: Runtime) -> None:
    await take(runtime, said(1, POISON), said(2, POISON))
    choice = Choice(key=str(incident(2)))
    assert len(await parked.mark(runtime.database, "retry", choice, BY, dry_run=True)) == 1
    assert [one.mark for one in await parked.listed(runtime.database)] == [None, None]


async def test_a_freed_key_is_handled_as_before(runtime: Runtime) -> None:
    await take(runtime, said(1, POISON))
    await parked.mark(runtime.database, "discard", Choice(), BY)
    await Redriver(runtime).round()
    await take(runtime, said(1, 5))
    assert await tally(runtime, 1) == (1, 5)


async def test_a_parked_message_shows_ids_and_the_clock_and_nothing_else(runtime: Runtime) -> None:
    await take(runtime, said(1, POISON))
    [one] = await parked.listed(runtime.database)
    assert one.summary == {"incident_id": str(incident(1)), "area": "rotherham"}
    assert one.detail == "Poisoned"


def test_too_much_parking_in_too_short_a_time_opens_the_circuit() -> None:
    now = 0.0
    circuit = Circuit(at_most=3, within=60, clock=lambda: now)
    circuit.count(3)
    with pytest.raises(TooMuchParked):
        circuit.check()
    now = 61.0
    circuit.check()


async def test_a_message_that_opens_the_circuit_is_neither_parked_nor_lost(
    runtime: Runtime,
) -> None:
    runner = Runner(runtime, runtime.tell, Circuit(at_most=2))
    with pytest.raises(TooMuchParked):
        await runner.take([said(number, POISON) for number in range(5)])
    assert len(await left(runtime)) == 2
    [[handled]] = await runtime.database.fetch("SELECT count(*) FROM kit.inbox")
    assert handled == 2


async def test_the_page_names_who_parked_what_and_how_to_look_at_it(runtime: Runtime) -> None:
    record = said(1, POISON)
    await take(runtime, record)
    [one] = await parked.listed(runtime.database)
    [[message]] = await runtime.database.fetch("SELECT message FROM kit.sendings")
    text = json.loads(message)["text"]
    assert f"trial could not handle a message on {record.topic} (failed)." in text
    assert f"See: onward parked show {one.event_id} --service trial" in text
    assert f"About: {trail(1).subject}" in text
