"""A transaction that takes too long to end is made smaller; one that only waits is not."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from services.kit import runner as running
from services.kit.batch import commit
from services.kit.records import Incoming
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.testing import a_record
from tests.kit.trial import NOON, a_cancellation, trail


def failing(monkeypatch: pytest.MonkeyPatch, times: int, most: int) -> list[int]:
    """The connection is lost so many times, or whenever a batch is larger than that."""
    tried: list[int] = []

    async def lost(runtime: Runtime, items: Sequence[Incoming], parked: Any = None) -> Any:
        tried.append(len(items))
        if len(tried) <= times or len(items) > most:
            raise asyncpg.InterfaceError("the connection is closed")
        return await commit(runtime, items, parked)

    monkeypatch.setattr(running, "commit", lost)
    return tried


async def test_a_batch_that_is_lost_after_long_is_tried_in_halves(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SLOW", 0.0)
    tried = failing(monkeypatch, times=1, most=2)
    records = [a_record(a_cancellation(n), at=NOON, trail=trail(n)) for n in range(4)]
    assert await Runner(runtime, runtime.tell).take(records) == 4
    assert tried == [4, 2, 2]
    assert await runtime.database.fetch("SELECT FROM kit.parked") == []


async def test_one_message_alone_is_tried_again_and_never_parked_for_being_slow(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SLOW", 0.0)
    tried = failing(monkeypatch, times=2, most=1)
    record = a_record(a_cancellation(1), at=NOON, trail=trail(1))
    assert await Runner(runtime, runtime.tell).take([record]) == 1
    assert tried == [1, 1, 1]


async def test_a_batch_that_is_lost_at_once_is_tried_again_whole(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = failing(monkeypatch, times=2, most=4)
    records = [a_record(a_cancellation(n), at=NOON, trail=trail(n)) for n in range(4)]
    assert await Runner(runtime, runtime.tell).take(records) == 4
    assert tried == [4, 4, 4]
