"""Cost stays flat: the pipeline's figures before and after the history of many incidents."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.bench_pipeline import ask_for_load, keep_pace, open_services, work_off
from tests.bench.history.filling import Seen, fill, seen
from tests.bench.pipeline.incidents import a_load
from tests.bench.pipeline.running import SIX, Pipeline, a_pipeline

SEED, WARM_UP = 11, 40
SLOWER_AT_MOST = 0.8
"""Of the speed before, lest it counts as grown."""
RATIOS = ("incidents_a_second", "intake_a_second", "p50_ms", "p99_ms", "services_mib")
Figures = dict[str, Any]
console = Console()


async def measure(history: int, backlog: int, paced: int, a_second: float) -> Figures:
    """The pipeline new, then with a history, on the same platform."""
    each = backlog + paced
    load = a_load(SEED, WARM_UP + 2 * each)
    first, second = load.reports[WARM_UP : WARM_UP + each], load.reports[WARM_UP + each :]
    with tempfile.TemporaryDirectory(prefix="onward-", ignore_cleanup_errors=True) as folder:
        async with a_pipeline(Path(folder)) as pipeline:
            await open_services(pipeline, load.first, load.reports[:WARM_UP])
            before = await _figures(pipeline, first, backlog, a_second)
            times = max(1, round(history / (WARM_UP + each)))
            filled = await _fill(pipeline, times)
            asked = await _all_seen(pipeline)
            after = await _figures(pipeline, second, backlog, a_second)
            told = await _all_seen(pipeline)
    return {
        "history": times * (WARM_UP + each),
        **filled,
        "before": before,
        "after": after,
        "ratios": {name: round(after[name] / before[name], 2) for name in RATIOS},
        "cpu_ratio": round(after["cpu_s_per_1000"]["all"] / before["cpu_s_per_1000"]["all"], 2),
        "read_in_sequence": {name: told[name].since(asked[name]) for name in told},
        "outbox_mib": {name: round(each.outbox_mib, 1) for name, each in told.items()},
        "old_days": sum(each.old_days for each in told.values()),
    }


async def _figures(pipeline: Pipeline, reports: Any, backlog: int, a_second: float) -> Figures:
    worked_off = await work_off(pipeline, reports[:backlog])
    return worked_off | await keep_pace(pipeline, reports[backlog:], a_second)


async def _fill(pipeline: Pipeline, times: int) -> Figures:
    """Stop the services, put the past in, and start them again."""
    addresses, began = pipeline.ground.addresses, time.monotonic()
    for service in SIX:
        await pipeline.keeper.dismiss(service)
    rows = {}
    for service in SIX:
        rows[service] = await fill(addresses, service, times)
        console.print(f"{service}: {sum(rows[service].values()):,} rows of history")
    took = time.monotonic() - began
    sizes = [(await seen(addresses, service)).database_mib for service in SIX]
    await pipeline.start()
    await pipeline.quiet()
    return {"rows": rows, "filled_in_s": round(took), "databases_gib": round(sum(sizes) / 1024, 1)}


async def _all_seen(pipeline: Pipeline) -> dict[str, Seen]:
    return {service: await seen(pipeline.ground.addresses, service) for service in SIX}


def misses(figures: Figures) -> list[str]:
    """What grew, in words."""
    scanned = {name: tables for name, tables in figures["read_in_sequence"].items() if tables}
    told = {
        "Incidents were lost on the way.": figures["after"]["undecided"] > 0,
        "It became slower.": figures["ratios"]["incidents_a_second"] < SLOWER_AT_MOST,
        f"Tables were read in sequence: {scanned}.": bool(scanned),
        "Days of the inbox were not dropped.": figures["old_days"] > 0,
    }
    return [sentence for sentence, missed in told.items() if missed]


def show(figures: Figures) -> None:
    """Before and after, side by side."""
    table = Table(
        "", "new", "after", "ratio", title=f"With {figures['history']:,} incidents before"
    )
    for name in RATIOS:
        before, after = figures["before"][name], figures["after"][name]
        table.add_row(name, f"{before:g}", f"{after:g}", f"{figures['ratios'][name]:g}")
    cpu = [figures[when]["cpu_s_per_1000"]["all"] for when in ("before", "after")]
    table.add_row("cpu_s_per_1000", *(f"{each:g}" for each in cpu), f"{figures['cpu_ratio']:g}")
    console.print(table)
    console.print(
        f"Databases {figures['databases_gib']} GiB, outboxes {figures['outbox_mib']} MiB."
    )


def main() -> None:
    """Measure, print, and end with a line of JSON; exit 1 where something grew."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--history", type=int, default=1_000_000, help="incidents")
    ask_for_load(asking)
    asked = asking.parse_args()
    figures = asyncio.run(measure(asked.history, asked.incidents, asked.paced, asked.rate))
    show(figures)
    missed = misses(figures)
    for sentence in missed:
        print(sentence)  # noqa: T201
    print(json.dumps({"bench": "history", **figures, "missed": missed}))  # noqa: T201
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
