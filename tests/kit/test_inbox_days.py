"""The inbox's days are made once, however many meet a new one at the same moment."""

import asyncio
from datetime import date

from services.kit.inbox import Partitions
from tests.conftest import OpenDatabase


async def test_many_who_meet_a_new_day_at_once_make_it_once(database: OpenDatabase) -> None:
    opened = await database("police_notifications")
    days = [date(2026, 11, 27), date(2026, 11, 28)]
    await asyncio.gather(*(Partitions(opened).ensure(days) for _ in range(12)))
    rows = await opened.fetch(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'kit.inbox'::regclass"
    )
    assert rows[0][0] == len(days)
