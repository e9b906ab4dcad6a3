"""`onward match`: measure the matching, explain a pair, learn a model."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from services.ops.matching.engine import Decided, Engine
from services.ops.matching.shelf import an_empty_database
from services.ops.output import console, figures

app = typer.Typer(no_args_is_help=True, help="Who is who: measure, explain, learn.")

Known = Annotated[Path, typer.Option(help="Persons who are known, a line each.")]
Incoming = Annotated[Path, typer.Option(help="Records that come, decided in this order.")]
Out = Annotated[Path, typer.Option(help="Where the outcomes go, a line per record.")]


@app.callback()
def match() -> None:
    """Who is who."""


@app.command()
def evaluate(known: Known, incoming: Incoming, out: Out) -> None:
    """Decide records of a file against known persons, as the service does."""
    decided = asyncio.run(_evaluate(list(_lines(known)), list(_lines(incoming))))
    with out.open("w", encoding="utf-8") as file:
        for each in decided:
            file.write(json.dumps(each.as_line(), ensure_ascii=False) + "\n")
    counts = Counter(each.outcome for each in decided)
    console.print(f"{len(decided)} records: {dict(counts)}")
    figures(_figures(decided))


async def _evaluate(known: list[dict[str, Any]], incoming: list[dict[str, Any]]) -> list[Decided]:
    async with an_empty_database() as database:
        engine = Engine(database)
        await engine.know(known)
        return await engine.decide(incoming)


def _figures(decided: list[Decided]) -> dict[str, Any]:
    counts = Counter(each.outcome for each in decided)
    times = sorted(each.microseconds for each in decided) or [0]
    return {
        "records": len(decided),
        "same": counts["same"],
        "new": counts["new"],
        "review": counts["review"],
        "microseconds_p50": times[len(times) // 2],
        "microseconds_p99": times[int(len(times) * 0.99)],
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                yield _object(text, path, number)


def _object(text: str, path: Path, number: int) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except json.JSONDecodeError as fault:
        raise typer.BadParameter(f"{path.name} line {number} is not JSON") from fault
    if not isinstance(line, dict) or "record_id" not in line:
        raise typer.BadParameter(f"{path.name} line {number} has no record_id")
    return line
