"""`make bench`: one stage beside its peers and its limit, and the whole pipeline, in one run."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import bench_pipeline, bench_stage
from tests.bench.together.bars import Bar, Round, bars_of_pipeline, bars_of_stage, middle
from tests.bench.together.machine import load, machine
from tests.bench.together.page import page

RESULTS = Path(__file__).with_name("RESULTS.md")
console = Console()


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Everything, one thing at a time."""
    loads, rounds = [load()], list[Round]()
    for number in range(asked.rounds):
        console.print(f"Stage, round {number + 1} of {asked.rounds} ...")
        names = list(bench_stage.COMPETITORS)
        rounds.append(asyncio.run(bench_stage.measure(names, asked.events, asked.minutes)))
        bench_stage.show(rounds[-1])
        loads.append(load())
    console.print("Pipeline ...")
    pipeline = asyncio.run(
        bench_pipeline.measure(asked.known, asked.incidents, asked.paced, asked.rate)
    )
    bench_pipeline.show(pipeline)
    loads.append(load())
    return {"stage": rounds, "pipeline": pipeline, "loads": loads}


def show(bars: list[Bar]) -> None:
    """What was asked, and whether it was reached."""
    table = Table("", "measured", "asked", "met", title="What was asked")
    for bar in bars:
        asked = f"{'at most' if bar.most else 'at least'} {bar.asked:g}"
        table.add_row(bar.words, f"{bar.measured:g}", asked, "yes" if bar.met else "no")
    console.print(table)


def main() -> None:
    """Measure, print, write the page, and end with a line of JSON."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--rounds", type=int, default=3, help="of the stage; medians are kept")
    asking.add_argument("--events", type=int, default=100_000, help="in a backlog of the stage")
    asking.add_argument("--minutes", type=float, default=0.4, help="at 50 events a second")
    asking.add_argument("--known", type=int, default=100_000, help="persons, to the pipeline")
    bench_pipeline.ask_for_load(asking)
    asking.add_argument("--page", type=Path, default=RESULTS, help="where the results are written")
    asked = asking.parse_args()
    found = measured(asked)
    stage, pipeline = middle(found["stage"]), found["pipeline"]
    bars = bars_of_stage(found["stage"]) + bars_of_pipeline(pipeline)
    told = machine() | {
        "load": ", ".join(map(str, found["loads"])) + " (at the start and after each part)",
        "rounds": f"stage: median of {asked.rounds}; pipeline: one",
    }
    asked.page.write_text(page(told, stage, pipeline, bars), encoding="utf-8")
    show(bars)
    verdict = {bar.words: {"measured": bar.measured, "met": bar.met} for bar in bars}
    summary = {"bench": "all", "machine": told, "bars": verdict, **found}
    print(json.dumps(summary))  # noqa: T201


if __name__ == "__main__":
    main()
