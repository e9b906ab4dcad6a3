"""Fifteen kills of the real system under load: every input is accounted for."""

import tempfile
from pathlib import Path

import pytest

from services.ops.chaos.run import Wanted, run


@pytest.mark.timeout(280)
async def test_never_event_11_nothing_is_lost_or_doubled_when_anything_is_killed() -> None:
    # Not under pytest's own folder: each session of root closes that to PostgreSQL's user again.
    with tempfile.TemporaryDirectory(prefix="onward-", ignore_cleanup_errors=True) as folder:
        outcome = await run(Path(folder), Wanted(kills=15, seed=1, a_second=8.0, apart=2))
    assert outcome.broken == []
    assert outcome.account.inputs > 200
    assert sum(recovery.count for recovery in outcome.recoveries.values()) == 19
