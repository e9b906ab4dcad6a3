"""HIGH behind a backlog of STANDARD: how soon a report handed in at the door is allocated."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import orjson

from services.ops.chaos.asking import until_ready
from services.ops.chaos.posts import Post
from tests.bench.bench_pipeline import open_services
from tests.bench.lanes.handing_in import A_TOWN, Doors, grave, reports
from tests.bench.pipeline.incidents import REPORTS, a_load
from tests.bench.pipeline.log import IDENTIFIED, REPORTED, SCREENED, Appended, appended
from tests.bench.pipeline.running import Pipeline, a_pipeline, send

INTAKE = "police_notifications"
P99_MS = 5000.0
ALLOCATED = ("idva.advocate-allocated.v1", "idva.allocation-queued.v1")
STAGES = ((REPORTED,), (IDENTIFIED,), (SCREENED,), ALLOCATED)
SEED, WARM_UP, ON_THE_TOPIC = 7, 40, 2000
HELD = "SELECT count(*) FROM kit.outbox WHERE lane <> 0 AND deliver_at IS NULL"
TAKEN_IN = "SELECT count(*) FROM reports"
WITHIN = 600.0
Figures = dict[str, Any]


async def measure(queued: int, behind: int, a_second: float, ahead: float | None) -> Figures:
    """So many routine reports queued behind the door, then grave ones at an even pace."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="onward-", ignore_cleanup_errors=True)
        )
        pipeline = await stack.enter_async_context(a_pipeline(Path(folder)))
        if ahead is not None:
            told = {"ONWARD_AHEAD_SECONDS": str(ahead)}
            pipeline = replace(pipeline, ground=replace(pipeline.ground, told=told))
        await _open(pipeline)
        filled = await _fill(pipeline, queued)
        [port] = await _launched(pipeline, Post(INTAKE))
        doors = Doors([port], pipeline.ground.police_token)
        stack.push_async_callback(doors.close)
        high = grave(behind, SEED)
        before, began = await _asked(pipeline, HELD), time.monotonic()
        sent = await doors.keep_pace(high, a_second)
        stages = await _allocated(pipeline, sent)
        after, lasted = await _asked(pipeline, HELD), time.monotonic() - began
        intake = await _intake(pipeline)
    taken = stages[-1]
    return {
        "queued": queued,
        "accepted_a_second": round(filled),
        "held_before": before,
        "held_after": after,
        "drained_a_second": round((before - after) / lasted),
        "grave": len(sent),
        "allocated": len(taken),
        "a_second": a_second,
        "p50_ms": round(median(taken)),
        "p99_ms": round(quantiles(taken, n=100)[98]),
        "worst_ms": round(max(taken)),
        "p50_ms_by_stage": [round(median(each)) for each in stages],
        "intake_of_the_topic_a_second": round(intake),
    }


async def _open(pipeline: Pipeline) -> None:
    """Start the services, let everything that is done once be done, and stop the intake."""
    load = a_load(SEED, A_TOWN)
    await open_services(pipeline, load.first, grave(WARM_UP, SEED + 1))
    await pipeline.keeper.dismiss(INTAKE)


async def _fill(pipeline: Pipeline, queued: int) -> float:
    """Queue routine reports through doors alone: nobody publishes; returns reports a second."""
    posts = [Post(INTAKE, ("door",)), Post(INTAKE, ("door",), 2)]
    told = islice(reports("STANDARD", "QUEUED", SEED + 2), queued)
    bodies = [orjson.dumps(report) for report in told]
    doors = Doors(await _launched(pipeline, *posts), pipeline.ground.police_token)
    began = time.monotonic()
    await doors.fill(iter(bodies))
    taken = time.monotonic() - began
    await doors.close()
    for post in posts:
        await pipeline.keeper.dismiss(post.name)
    return queued / taken


async def _launched(pipeline: Pipeline, *posts: Post) -> list[int]:
    ports = [pipeline.ground.launch(post) for post in posts]
    async with asyncio.timeout(60):
        await asyncio.gather(*(until_ready(port) for port in ports))
    return ports


async def _allocated(pipeline: Pipeline, sent: Mapping[str, float]) -> list[list[float]]:
    """By stage: milliseconds from each POST to its first event, once nothing more comes.

    Whoever may be one of the others has her advocate already: she is not allocated again.
    """
    bootstrap, before = pipeline.ground.addresses.bootstrap, -1
    async with asyncio.timeout(WITHIN):
        while True:
            screened = _since(await appended(bootstrap, (SCREENED,)), sent)
            allocated = len(_since(await appended(bootstrap, ALLOCATED), sent))
            if len(screened) == len(sent) and allocated == before:
                break
            before = allocated
            # Nothing announces the last allocation: two looks so far apart must agree.
            await asyncio.sleep(5)
    return [_since(await appended(bootstrap, topics), sent) for topics in STAGES]


def _since(log: Iterable[Appended], sent: Mapping[str, float]) -> list[float]:
    first: dict[str, int] = {}
    for one in log:
        first[one.incident] = min(one.at, first.get(one.incident, one.at))
    return [first[incident] - at for incident, at in sent.items() if incident in first]


async def _intake(pipeline: Pipeline) -> float:
    """Reports a second that the intake takes from the partners' topic, with all else at work."""
    before = await _asked(pipeline, TAKEN_IN)
    waiting = list(islice(reports("STANDARD", "TOPIC", SEED + 1000), ON_THE_TOPIC))
    began = time.monotonic()
    await send(pipeline.ground.addresses.bootstrap, REPORTS, waiting)
    async with asyncio.timeout(WITHIN):
        while True:
            if await _asked(pipeline, TAKEN_IN) >= before + ON_THE_TOPIC:
                return ON_THE_TOPIC / (time.monotonic() - began)
            await asyncio.sleep(0.1)


async def _asked(pipeline: Pipeline, sql: str) -> int:
    connection = await asyncpg.connect(pipeline.ground.addresses.dsn(INTAKE))
    try:
        return int(await connection.fetchval(sql))
    finally:
        await connection.close()


async def both(asked: argparse.Namespace) -> Figures:
    """With the backlog held, and a smaller one that is let go at once."""
    figures = await measure(asked.queued, asked.grave, asked.rate, asked.ahead)
    if asked.compare:
        loose = await measure(asked.compare, 20, asked.rate, 0)
        kept = ("queued", "p50_ms", "p99_ms", "worst_ms")
        figures["let_go_at_once"] = {name: loose[name] for name in kept}
    return figures


def show(figures: Figures) -> None:
    """The figures in words."""
    print(  # noqa: T201
        f"{figures['queued']:,} STANDARD accepted at the door ({figures['accepted_a_second']}/s); "
        f"{figures['held_before']:,} held in the outbox when the first HIGH came and "
        f"{figures['held_after']:,} after the last; {figures['drained_a_second']}/s let go.\n"
        f"{figures['grave']} HIGH at {figures['a_second']:g}/s, from POST to allocation: "
        f"p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms, worst {figures['worst_ms']} ms.\n"
        f"A backlog on the partners' topic itself waits for the intake: "
        f"{figures['intake_of_the_topic_a_second']}/s with everything at work."
    )
    if loose := figures.get("let_go_at_once"):
        print(  # noqa: T201
            f"Without holding back, behind {loose['queued']:,}: "
            f"p50 {loose['p50_ms']} ms, p99 {loose['p99_ms']} ms."
        )


def main() -> None:
    """Measure, print, and end with a line of JSON; exit 1 where the bar was missed."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--queued", type=int, default=50_000, help="routine reports")
    asking.add_argument("--grave", type=int, default=200, help="HIGH reports behind them")
    asking.add_argument("--rate", type=float, default=2.0, help="of those, a second")
    asking.add_argument(
        "--ahead", type=float, help="seconds that later stages may have before them"
    )
    asking.add_argument("--compare", type=int, default=2000, help="queued, not held; 0 = not")
    asked = asking.parse_args()
    figures = asyncio.run(both(asked))
    show(figures)
    missed = figures["p99_ms"] >= P99_MS
    print(json.dumps({"bench": "lanes", **figures, "missed": missed}))  # noqa: T201
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
