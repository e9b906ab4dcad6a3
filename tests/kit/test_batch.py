"""One batch, one transaction: what commits together, and what a second copy changes."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.mash import ScreeningDue
from services.kit.batch import Answers, Committed
from services.kit.headers import texts
from services.kit.records import KeptRecord
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.testing import a_record
from services.kit.timers import later
from tests.kit.trial import (
    ALARMING,
    LOCKING,
    NOON,
    POISON,
    a_cancellation,
    incident,
    trail,
)


def said(number: int = 1, revision: int = 1, *, minutes: int = 0) -> KeptRecord:
    at = NOON + timedelta(minutes=minutes)
    return a_record(a_cancellation(number, revision), at=at, trail=trail(number))


class Watched(Runner):
    """A runner that remembers what each transaction left behind."""

    def __init__(self, runtime: Runtime) -> None:
        self.commits: list[Committed] = []
        super().__init__(runtime, self.commits.append)


async def tallies(runtime: Runtime) -> dict[object, tuple[int, int]]:
    rows = await runtime.database.fetch("SELECT * FROM tallies")
    return {row["incident_id"]: (row["count"], row["last_revision"]) for row in rows}


async def outbox(runtime: Runtime) -> list[str]:
    rows = await runtime.database.fetch("SELECT aggregatetype FROM kit.outbox ORDER BY seq")
    return [row[0] for row in rows]


async def parked(runtime: Runtime) -> list[tuple[str, bool]]:
    rows = await runtime.database.fetch("SELECT reason, behind FROM kit.parked ORDER BY seq")
    return [(row[0], row[1]) for row in rows]


async def test_state_and_announcements_commit_together(runtime: Runtime) -> None:
    runner = Watched(runtime)
    assert await runner.take([said(1), said(2)]) == 2
    assert await tallies(runtime) == {incident(1): (1, 1), incident(2): (1, 1)}
    assert (
        await outbox(runtime)
        == [
            "mash.screening-withdrawn.v1",
            "mash.screening-due.v1",
        ]
        * 2
    )
    [committed] = runner.commits
    assert (committed.taken, committed.said) == (2, 2)
    assert committed.timers == (NOON + timedelta(hours=4),) * 2


async def test_a_redelivered_record_changes_nothing(runtime: Runtime) -> None:
    runner = Watched(runtime)
    once = said(1)
    assert await runner.take([once, once]) == 1
    assert await runner.take([once]) == 0
    assert await tallies(runtime) == {incident(1): (1, 1)}
    assert len(await outbox(runtime)) == 2


async def test_a_copy_on_another_day_is_still_a_copy(runtime: Runtime) -> None:
    runner = Watched(runtime)
    await runner.take([said(1), said(2, minutes=60 * 24)])
    assert await runner.take([]) == 0
    days = await runtime.database.fetch("SELECT DISTINCT day FROM kit.inbox")
    assert len(days) == 2


async def test_one_poisoned_message_is_parked_and_the_others_are_handled(runtime: Runtime) -> None:
    runner = Watched(runtime)
    records = [said(n, POISON if n == 5 else 1) for n in range(12)]
    assert await runner.take(records) == 12
    assert set(await tallies(runtime)) == {incident(n) for n in range(12) if n != 5}
    assert await parked(runtime) == [("failed", False)]


async def test_parking_pages_with_an_alarm_and_a_notice(runtime: Runtime) -> None:
    await Watched(runtime).take([said(1, POISON)])
    assert await outbox(runtime) == ["ops.alarm-raised.v1"]
    [[reference]] = await runtime.database.fetch("SELECT reference FROM kit.sendings")
    assert reference.startswith("notice/")


async def test_later_messages_of_the_same_key_are_parked_behind_in_order(runtime: Runtime) -> None:
    runner = Watched(runtime)
    await runner.take([said(1, 1), said(1, POISON), said(1, 3), said(2, 1)])
    await runner.take([said(1, 4), said(2, 2)])
    assert await parked(runtime) == [("failed", False), ("behind", True), ("behind", True)]
    assert await tallies(runtime) == {incident(1): (1, 1), incident(2): (2, 2)}
    assert len([one for one in await outbox(runtime) if "alarm" in one]) == 1


async def test_a_redelivered_poisoned_message_is_parked_once(runtime: Runtime) -> None:
    poisoned = said(1, POISON)
    await Watched(runtime).take([poisoned])
    await Watched(runtime).take([poisoned])
    assert len(await parked(runtime)) == 1


async def test_an_unreadable_record_is_parked_and_costs_its_neighbours_nothing(
    runtime: Runtime,
) -> None:
    broken = KeptRecord("police.incident-cancelled.v1", b"k", b"{", [("ce_id", None)], 1)
    strange = KeptRecord(
        "police.incident-cancelled.v1", b"\xff", None, [("ce_type", b"\xff\xfe")], 2, 0, 7
    )
    assert await Watched(runtime).take([said(1), broken, strange, said(2)]) == 4
    assert await parked(runtime) == [("unreadable", False)] * 2
    assert len(await tallies(runtime)) == 2


async def test_an_alarm_goes_with_a_notice_to_its_desk(runtime: Runtime) -> None:
    runner = Watched(runtime)
    await runner.take([said(1, ALARMING)])
    [row] = await runtime.database.fetch("SELECT message, due_at FROM kit.sendings")
    assert b"mash@rotherham.invalid" in row["message"]
    assert str(incident(1)).encode() in row["message"]
    assert row["due_at"] == NOON
    assert runner.commits[0].sendings == (NOON,)


async def test_a_load_that_needs_more_locks_starts_again_with_them(runtime: Runtime) -> None:
    assert await Watched(runtime).take([said(1, LOCKING)]) == 1
    assert await tallies(runtime) == {incident(1): (1, LOCKING)}


async def test_a_message_whose_locks_cannot_be_named_is_parked_and_the_others_are_handled(
    runtime: Runtime,
) -> None:
    def refusing(heard: Sequence[Any]) -> set[str]:
        if any(getattr(event, "revision", None) == POISON for event in heard):
            raise LookupError("no name")
        return {f"area/{event.area}" for event in heard}

    runtime = replace(runtime, service=replace(runtime.service, locks=refusing))
    runner = Watched(runtime)
    assert await runner.take([said(1), said(2, POISON), said(2, 3), said(3)]) == 4
    assert await tallies(runtime) == {incident(1): (1, 1), incident(3): (1, 1)}
    assert await parked(runtime) == [("failed", False), ("behind", True)]


async def test_a_timer_whose_time_has_passed_is_due_at_once_and_not_before_what_it_answers(
    runtime: Runtime,
) -> None:
    answers, cause = Answers(runtime), runtime.reader.read(said(1)).envelope
    timer = ScreeningDue(incident_id=incident(1), due_at=NOON)
    answers.add(later(timer, at=NOON - timedelta(minutes=15)), cause, NOON)
    [told] = answers.said
    assert told.deliver_at == NOON == datetime.fromisoformat(told.headers["ce_time"])


async def test_announcements_are_about_what_their_cause_is_about(runtime: Runtime) -> None:
    record = said(7)
    await Watched(runtime).take([record])
    [row, _] = await runtime.database.fetch("SELECT * FROM kit.outbox ORDER BY seq")
    headers = row["headers"]
    assert headers["ce_subject"] == "trial/7"
    assert headers["ce_causationid"] == texts(record.headers)["ce_id"]
    assert headers["ce_correlationid"] == str(trail(7).correlation_id)
    assert headers["ce_source"] == "/services/trial"
    assert headers["ce_time"] == "2026-11-27T12:00:00Z"
    assert row["aggregateid"] == str(incident(7))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
)
FIELDS = ("area", "incident_id", "risk", "due_at", "risk_after", "revision", "marks")
BODIES = st.binary(max_size=30) | st.dictionaries(st.sampled_from(FIELDS), ANYTHING).map(json.dumps)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODIES, key=st.binary(max_size=6), header=st.tuples(st.text(), st.binary(max_size=9)))
async def test_whatever_stands_on_a_topic_is_kept_aside_and_never_stops_the_rest(
    runtime: Runtime, body: bytes | str, key: bytes, header: Any
) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    record = KeptRecord("police.incident-cancelled.v1", key, raw, [header], 7, 0, len(raw))
    before = len(await parked(runtime))
    taken = await Watched(runtime).take([record, said(1)])
    assert taken - 1 == len(await parked(runtime)) - before
