"""The whole pipeline: how many incidents a second, how soon each is decided, and at what cost."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from services.kit.database import Database
from services.kit.migrations import migrate
from services.ops.generate.lines import Line
from services.ops.matching.worlds import a_world
from tests.bench.bench_matching import fill
from tests.bench.pipeline.incidents import REPORTS, a_load
from tests.bench.pipeline.log import DECISIONS, REPORTED, appended, milliseconds, rate, undecided
from tests.bench.pipeline.running import Cost, Pipeline, a_pipeline, send

Figures = dict[str, Any]
INCIDENTS_A_SECOND, P99_MS, MEMORY_MIB = 150.0, 500.0, 700.0
SEED, WARM_UP = 3, 40


async def measure(known: int, backlog: int, paced: int, a_second: float) -> Figures:
    """A backlog worked off, then an even pace, on services that know so many persons."""
    load = a_load(SEED, WARM_UP + backlog + paced)
    with tempfile.TemporaryDirectory(prefix="onward-", ignore_cleanup_errors=True) as folder:
        async with a_pipeline(Path(folder)) as pipeline:
            await _know(pipeline, known)
            await open_services(pipeline, load.first, load.reports[:WARM_UP])
            worked_off = await work_off(pipeline, load.reports[WARM_UP : WARM_UP + backlog])
            at_pace = await keep_pace(pipeline, load.reports[WARM_UP + backlog :], a_second)
    return {"known": known, **worked_off, **at_pace}


async def work_off(pipeline: Pipeline, reports: Sequence[dict[str, Any]]) -> Figures:
    """A backlog on the partners' topic, with everything at work at once."""
    bootstrap, before = pipeline.ground.addresses.bootstrap, pipeline.cost()
    sent = await send(bootstrap, REPORTS, reports)
    await pipeline.quiet()
    after, log = pipeline.cost(), await appended(bootstrap)
    start, incidents = round(min(sent.values())), set(sent)
    return {
        "incidents": len(incidents),
        "undecided": undecided(log, incidents),
        "incidents_a_second": round(rate(log, DECISIONS, incidents, start), 1),
        "intake_a_second": round(rate(log, (REPORTED,), incidents, start), 1),
        "cpu_s_per_1000": _per_1000(after, before, len(incidents)),
        "services_mib": round(_services(after)),
        "mib": {name: round(mib) for name, mib in after.mib.items()},
    }


async def keep_pace(
    pipeline: Pipeline, reports: Sequence[dict[str, Any]], a_second: float
) -> Figures:
    """An even pace: from each report's append to the last decision's."""
    bootstrap = pipeline.ground.addresses.bootstrap
    sent = await send(bootstrap, REPORTS, reports, a_second)
    await pipeline.quiet()
    taken = milliseconds(await appended(bootstrap), sent)
    return {
        "paced": len(taken),
        "a_second": a_second,
        "p50_ms": round(median(taken)),
        "p99_ms": round(quantiles(taken, n=100)[98]),
    }


async def _know(pipeline: Pipeline, known: int) -> None:
    dsn = pipeline.ground.addresses.dsn("person_matching")
    await migrate(dsn, "person_matching")
    database = await Database.connect(dsn, connections=2)
    try:
        await fill(database, a_world(SEED, max(known, 1), known_share=1.0).known[:known])
    finally:
        await database.close()


async def open_services(
    pipeline: Pipeline, first: Sequence[Line], reports: Sequence[dict[str, Any]]
) -> None:
    """Start the services, and let everything that is done once be done."""
    bootstrap = pipeline.ground.addresses.bootstrap
    await pipeline.start()
    for topic in dict.fromkeys(line.topic for line in first):
        await send(bootstrap, topic, [line.data for line in first if line.topic == topic])
    await send(bootstrap, REPORTS, reports)
    await pipeline.quiet()


def _per_1000(after: Cost, before: Cost, incidents: int) -> dict[str, float]:
    spent = after.since(before)
    found = {name: round(cpu / incidents * 1000, 2) for name, cpu in spent.items()}
    return found | {"all": round(sum(spent.values()) / incidents * 1000, 2)}


def _services(cost: Cost) -> float:
    return sum(mib for name, mib in cost.mib.items() if name not in ("kafka", "postgres"))


def misses(figures: Figures) -> list[str]:
    """The bars that were missed, in words."""
    told = {
        "Incidents were lost on the way.": figures["undecided"] > 0,
        f"Fewer than {INCIDENTS_A_SECOND:.0f} incidents a second.": (
            figures["incidents_a_second"] < INCIDENTS_A_SECOND
        ),
        f"The 99th percentile is over {P99_MS:.0f} ms.": figures["p99_ms"] > P99_MS,
        f"The services take more than {MEMORY_MIB:.0f} MiB.": figures["services_mib"] > MEMORY_MIB,
    }
    return [sentence for sentence, missed in told.items() if missed]


def show(figures: Figures) -> None:
    """Tables for people."""
    table = Table("part", "CPU s per 1,000 incidents", "MiB", title="The pipeline, part by part")
    for name, cpu in figures["cpu_s_per_1000"].items():
        table.add_row(name, f"{cpu:.2f}", str(figures["mib"].get(name, "")))
    console = Console()
    console.print(table)
    console.print(
        f"{figures['incidents']} incidents with {figures['known']} persons known: "
        f"{figures['incidents_a_second']}/s decided, "
        f"{figures['intake_a_second']}/s passed on by the intake; "
        f"at {figures['a_second']:g}/s p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms; "
        f"services {figures['services_mib']} MiB.",
        highlight=False,
    )


def ask_for_load(asking: argparse.ArgumentParser) -> None:
    """How much a pipeline is given, in its backlog and at its even pace."""
    asking.add_argument("--incidents", type=int, default=3000, help="in the backlog")
    asking.add_argument("--paced", type=int, default=600, help="at an even pace")
    asking.add_argument("--rate", type=float, default=20.0, help="of that pace, a second")


def main() -> None:
    """Measure, print, and end with a line of JSON; exit 1 where a bar was missed."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--known", type=int, default=20_000)
    ask_for_load(asking)
    asked = asking.parse_args()
    figures = asyncio.run(measure(asked.known, asked.incidents, asked.paced, asked.rate))
    show(figures)
    missed = misses(figures)
    for sentence in missed:
        print(sentence)  # noqa: T201
    print(json.dumps({"bench": "pipeline", **figures, "missed": missed}))  # noqa: T201
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
