"""Matching among a million known persons: how fast one is decided, how many in batches, at what
memory, and whether workers side by side ever found one person twice."""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

import psutil
import uvloop

from services.kit.database import Database
from services.ops.matching.engine import Engine, known_records
from services.ops.matching.forms import Line
from services.ops.matching.lines import NOON, parties_of
from services.ops.matching.shelf import an_empty_address
from services.ops.matching.worlds import a_world
from services.person_matching.store.tables import PERSONS, RECORDS

DECIDE_P99_MS, RECORDS_A_SECOND = 13.0, 1000.0
SEED, WORKERS, SAME_PEOPLE = 5, 4, 200
CHUNK = 5000
Figures = dict[str, Any]


async def main(known: int, singly: int, together: int) -> int:
    """Measure, print, and say with the exit code whether the bars hold."""
    coming = together + singly * 4
    async with an_empty_address() as url:
        # A process of its own lays the town out, so that this one's memory is the matching's.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            laid = asyncio.get_running_loop().run_in_executor(apart, lay_out, url, known, coming)
            figures, incoming = await laid
        database = await Database.connect(url, connections=4)
        figures |= await one_by_one(database, incoming, singly)
        figures |= await in_batches(database, incoming[-together:])
        figures |= await side_by_side(database)
        figures |= await sizes(database)
        figures |= memory()
        await database.close()
    missed = misses(figures)
    for sentence in missed:
        print(sentence)  # noqa: T201
    print(json.dumps(figures))  # noqa: T201
    return 1 if missed else 0


def lay_out(url: str, known: int, coming: int) -> tuple[Figures, list[Line]]:
    """Invent a town, keep its known persons, and give back what comes in."""
    world = a_world(SEED, coming, known_share=known / coming)
    seconds = asyncio.run(_timed(lambda: _filled(url, world.known)))
    return {"known": len(world.known), "load_seconds": round(seconds, 1)}, world.incoming


async def _filled(url: str, lines: Sequence[Line]) -> None:
    database = await Database.connect(url)
    await fill(database, lines)
    await database.close()


def memory() -> Figures:
    """What this process took at most, and what PostgreSQL's take now, in MB."""
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return {
        "client_mb": round(peak / 1024),
        "server_mb": round(sum(p.memory_full_info().pss for p in _servers()) / 2**20),
    }


def misses(figures: Figures) -> list[str]:
    """The bars that were missed, in words."""
    told = {
        "One record takes too long at the 99th percentile.": figures["p99_ms"] > DECIDE_P99_MS,
        "Too few records a second and core.": figures["records_a_second"] < RECORDS_A_SECOND,
        "Workers side by side found one person twice.": figures["race_duplicates"] > 0,
    }
    return [sentence for sentence, missed in told.items() if missed]


async def fill(database: Database, lines: Sequence[Line]) -> None:
    """Copy the known persons in, and build the indexes when all are there."""
    async with database.connection() as connection:
        await connection.execute("DROP INDEX records_keys; DROP INDEX records_places")
        for start in range(0, len(lines), CHUNK):
            kept = known_records(lines[start : start + CHUNK])
            await _copy(connection, "persons", PERSONS.columns.keys(), kept.persons)
            await _copy(connection, "records", RECORDS.columns.keys(), kept.records)
        await connection.execute("SET maintenance_work_mem = '512MB'; SET statement_timeout = 0")
        for column in ("keys", "places"):
            await connection.execute(
                f"CREATE INDEX records_{column} ON records USING gin ({column})"
                " WITH (fastupdate = off)",
                timeout=1800,
            )
        await connection.execute("ANALYZE", timeout=600)
        await connection.execute("RESET statement_timeout")


async def _copy(connection: Any, table: str, columns: Sequence[str], rows: Any) -> None:
    told = [[_plain(getattr(row, column)) for column in columns] for row in rows]
    await connection.copy_records_to_table(table, columns=list(columns), records=told)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


async def one_by_one(database: Database, lines: Sequence[Line], reports: int) -> Figures:
    """Fetch, score and decide a report at a time: milliseconds a record, by clock and by CPU.

    The CPU's tell what a quiet machine would take where others work beside this one.
    """
    engine = Engine(database)
    warm, times, busy = 20, [], []
    served = 0.0
    for place, report in enumerate(parties_of(lines)):
        if place >= reports + warm:
            break
        if place == warm:
            served = _servers_seconds()
        begun, cpu = perf_counter(), process_time()
        await engine.decide_batch([report[:1]])
        if place >= warm:
            times.append((perf_counter() - begun) * 1000)
            busy.append((process_time() - cpu) * 1000)
    served = (_servers_seconds() - served) * 1000 / len(times)
    return {
        "singly": len(times),
        "p50_ms": _share_of(times, 0.5),
        "p99_ms": _share_of(times, 0.99),
        "cpu_p50_ms": _share_of(busy, 0.5),
        "cpu_p99_ms": _share_of(busy, 0.99),
        "server_cpu_ms": round(served, 2),
    }


def _share_of(times: Sequence[float], share: float) -> float:
    return round(sorted(times)[int(len(times) * share)], 2)


def _servers() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if p.name() == "postgres"]


def _servers_seconds() -> float:
    spent = [process.cpu_times() for process in _servers()]
    return float(sum(each.user + each.system for each in spent))


async def in_batches(database: Database, lines: Sequence[Line]) -> Figures:
    """The service's batches: records a second of the wall, and of this process's core."""
    engine = Engine(database)
    begun, cpu = perf_counter(), process_time()
    decided = await engine.decide(lines)
    wall, busy = perf_counter() - begun, process_time() - cpu
    return {
        "together": len(decided),
        "records_a_second": round(len(decided) / busy),
        "records_a_second_wall": round(len(decided) / wall),
        "same": sum(each.outcome == "same" for each in decided),
    }


async def side_by_side(database: Database) -> Figures:
    """Workers who are given the same people at once: nobody may be founded twice."""
    people = [line for line in a_world(SEED + 1, 2000).incoming if _is_whole(line)][:SAME_PEOPLE]
    engines = [Engine(database, now=NOON + timedelta(hours=n)) for n in range(WORKERS)]
    before = await _count(database)
    told = [
        [{**line, "record_id": f"w{n}/{line['record_id']}", "report": None} for line in people]
        for n in range(WORKERS)
    ]
    await asyncio.gather(
        *(_in_small_batches(engine, lines) for engine, lines in zip(engines, told, strict=True))
    )
    alone = await _count(database) - before
    twice = max(0, alone - len(people))
    return {"workers": WORKERS, "same_people": len(people), "race_duplicates": twice}


async def _in_small_batches(engine: Engine, lines: Sequence[Line]) -> None:
    for report in parties_of(lines):
        await engine.decide_batch([report])


def _is_whole(line: Line) -> bool:
    needed = ("given_names", "family_name", "phones", "address")
    born = str(line.get("date_of_birth", ""))
    return all(name in line for name in needed) and born > "1901" and line["role"] != "child"


async def _count(database: Database) -> int:
    return int((await database.fetch("SELECT count(*) AS n FROM persons"))[0]["n"])


async def sizes(database: Database) -> Figures:
    """What the store takes on disk."""
    sql = "SELECT pg_total_relation_size('records') AS a, pg_relation_size('records_keys') AS b"
    row = (await database.fetch(sql))[0]
    return {"records_mb": row["a"] // 2**20, "keys_index_mb": row["b"] // 2**20}


async def _timed(work: Callable[[], Any]) -> float:
    begun = perf_counter()
    await work()
    return perf_counter() - begun


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--known", type=int, default=1_000_000)
    parser.add_argument("--singly", type=int, default=500)
    parser.add_argument("--together", type=int, default=6000)
    arguments = parser.parse_args()
    # As the service's own process does it: no looking for cycles, and uvloop.
    gc.disable()
    sys.exit(uvloop.run(main(arguments.known, arguments.singly, arguments.together)))
