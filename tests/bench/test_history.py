"""The benches' own parts: a past can be put into every service's tables, and bars say the truth."""

from datetime import timedelta

import asyncpg
import pytest

from services.kit.testing import Databases
from tests.bench.history.cloning import HISTORY, clone, without_gin
from tests.bench.together.bars import Bar, ratio

A_REPORT = """
INSERT INTO reports (report_id, source, reference, revision, cancelled, area, received_at,
                     first_received_at, marks, taken, first)
VALUES (gen_random_uuid(), 's', 'r', 1, false, 'a', now(), now(), '[]', '[]', '{}')
"""


@pytest.mark.parametrize("service", HISTORY)
async def test_a_past_fits_into_the_tables_of_every_service(
    service: str, databases: Databases
) -> None:
    connection = await asyncpg.connect(await databases.new(service))
    try:
        for made in await without_gin(connection):
            await connection.execute(made)
        rows = [await clone(connection, kept, 3, timedelta(days=1)) for kept in HISTORY[service]]
    finally:
        await connection.close()
    assert rows == [0] * len(HISTORY[service])


async def test_every_report_is_there_so_many_times_more_each_under_its_own_name(
    databases: Databases,
) -> None:
    connection = await asyncpg.connect(await databases.new("police_notifications"))
    try:
        await connection.execute(A_REPORT)
        [reports, *_] = HISTORY["police_notifications"]
        rows = await clone(connection, reports, 3, timedelta(days=1))
        names = await connection.fetch("SELECT reference FROM reports ORDER BY reference")
    finally:
        await connection.close()
    assert rows == 4
    assert [row[0] for row in names] == ["r", "r-1", "r-2", "r-3"]


def test_a_bar_is_met_from_below_or_from_above() -> None:
    assert Bar("speed", 150.0, 150.0).met
    assert not Bar("speed", 149.0, 150.0).met
    assert Bar("wait", 40.0, 40.0, most=True).met
    assert not Bar("wait", 41.0, 40.0, most=True).met
    assert Bar("share", 0.5, 0.3, 0.5).beyond


def test_a_ratio_compares_what_was_measured_in_one_round() -> None:
    rounds = [
        {"kit": {"per_second": kit}, "quixstreams": {"per_second": other}}
        for kit, other in ((10.0, 5.0), (100.0, 25.0), (3.0, 1.0))
    ]
    assert ratio(rounds, "quixstreams") == 3.0
