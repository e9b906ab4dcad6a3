"""This kit's stage beside its peers and its limit, on one real platform, in one run."""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.ops.platform import embedded_platform
from tests.bench.stage.job import SCHEMA, Place, database
from tests.bench.stage.measuring import Taken, backlog, paced

COMPETITORS = {
    "kit": ("tests.bench.stage.on_kit", ""),
    "by hand": ("tests.bench.stage.by_hand", SCHEMA),
    "quixstreams": ("tests.bench.stage.quix", ""),
    "ordinary": ("tests.bench.stage.ordinary", SCHEMA),
}
SLOW = {"ordinary": 20}
"""Peers so slow that they get this many times fewer events."""


async def measure(names: list[str], events: int, minutes: float) -> dict[str, dict[str, float]]:
    """Every competitor's figures, one after the other on the same broker and database."""
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_platform(Path(folder)) as platform:
            for name in names:
                server = Place(platform.bootstrap, platform.postgres.dsn())
                figures[name] = await one(name, server, events // SLOW.get(name, 1), minutes)
    return figures


async def one(name: str, server: Place, events: int, minutes: float) -> dict[str, float]:
    """One competitor: a backlog, then an even pace of 50 a second."""
    module, schema = COMPETITORS[name]
    async with database(server, "bench_backlog", schema) as dsn:
        place = Place(server.bootstrap, dsn)
        taken = await backlog(module, place, events, within=600)
    async with database(server, "bench_paced", schema) as dsn:
        p50, p99 = await paced(module, Place(server.bootstrap, dsn), int(50 * 60 * minutes), 50)
    return {**_rounded(taken), "p50_ms": round(p50, 1), "p99_ms": round(p99, 1)}


def _rounded(taken: Taken) -> dict[str, float]:
    return {
        "events": taken.events,
        "per_second": round(taken.per_second),
        "cpu_s_per_10k": round(taken.cpu_per_10_000, 3),
        "peak_mib": round(taken.peak_mib),
    }


def show(figures: dict[str, dict[str, float]]) -> None:
    """A table for people."""
    table = Table(title="One stage: inbox, state and outbox, every decision checked")
    columns = ["events", "per_second", "cpu_s_per_10k", "peak_mib", "p50_ms", "p99_ms"]
    for column in ("", *columns):
        table.add_column(column, justify="right")
    for name, row in figures.items():
        table.add_row(name, *(f"{row[column]:,}" for column in columns))
    Console().print(table)


def main() -> None:
    """Measure, print, and end with a line of JSON."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--events", type=int, default=100_000)
    asking.add_argument("--minutes", type=float, default=0.5, help="of the paced run")
    asking.add_argument("--only", nargs="*", default=list(COMPETITORS))
    asked = asking.parse_args()
    figures = asyncio.run(measure(asked.only, asked.events, asked.minutes))
    show(figures)
    print(json.dumps({"bench": "stage", **figures}))  # noqa: T201


if __name__ == "__main__":
    main()
