"""What `onward match evaluate` measures and prints: files, invented towns, FEBRL."""

import gc
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import uvloop
from rich.table import Table

from services.ops.matching import beside, town_peers
from services.ops.matching.engine import Decided, Engine
from services.ops.matching.judging import Figures, Outcome, judge, misses
from services.ops.matching.shelf import an_empty_database
from services.ops.matching.worlds import World
from services.ops.output import console, figures

ONE_TO_ONE = (
    "FEBRL 4 has exactly one twin for each record. Linking mutual best uses that, and so "
    "never has to say that somebody is new; `from ... bits` is what the service may do."
)


def evaluate_files(known: list[Any], incoming: list[Any], out: Path) -> None:
    """Decide the records of files; the outcomes go to a file."""
    decided = uvloop.run(_decide(known, incoming))
    _write(out, (each.as_line() for each in decided))
    counts = Counter(each.outcome for each in decided)
    console.print(", ".join(f"{name} {times}" for name, times in sorted(counts.items())))
    figures({"records": len(decided), **counts, **_speed(decided)})


def evaluate_world(world: World, out: Path | None, peers: bool) -> bool:
    """Decide an invented town's records; whether the bars hold."""
    begun = perf_counter()
    decided = uvloop.run(_decide(world.known, world.incoming))
    seconds = perf_counter() - begun
    outcomes = [Outcome(d.record_id, d.role, d.outcome, d.matched) for d in decided]
    judged = judge(_ids(world.known), outcomes, world.truth, world.origin)
    console.print(_table(judged))
    for each in decided:
        if each.outcome == "same" and _is_false(each, world):
            console.print(f"False: {each.record_id} is not {each.matched}.", style="red")
    if out:
        _write(out, _lines_of(world, decided))
    if peers:
        console.print(_beside(world, judged[""]))
    missed = misses(judged[""])
    for sentence in missed:
        console.print(sentence, style="red")
    figures({**judged[""].as_json(), "wall_seconds": round(seconds, 1), **_speed(decided)})
    return not missed


def evaluate_febrl(peers: bool) -> bool:
    """Link FEBRL 1 to 4; whether the bars hold."""
    lines: list[beside.Line] = []
    decided: list[beside.Decided] = []
    for found, told in beside.measured(peers):
        lines += found
        decided.append(told)
        console.print(_linked(told.given, found))
    console.print(ONE_TO_ONE)
    console.print(_table({each.given: each.figures for each in decided}, "as the service decides"))
    missed = beside.misses(lines, decided)
    for sentence in missed:
        console.print(sentence, style="red")
    figures(
        {
            "linked": [line.as_json() for line in lines],
            "decided": {each.given: each.figures.as_json() for each in decided},
        }
    )
    return not missed


async def _decide(
    known: Sequence[dict[str, Any]], incoming: Sequence[dict[str, Any]]
) -> list[Decided]:
    # What was invented stays to the end: looking for cycles in it costs half the time.
    gc.freeze()
    async with an_empty_database() as database:
        engine = Engine(database)
        await engine.know(known)
        return await engine.decide(incoming)


def _ids(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["record_id"] for line in lines]


def _is_false(decided: Decided, world: World) -> bool:
    matched = decided.matched
    return matched is None or world.truth[matched] != world.truth[decided.record_id]


def _lines_of(world: World, decided: Sequence[Decided]) -> list[dict[str, Any]]:
    """Every record with its truth and, where it was decided, with what was: for `explain`."""
    came = {each.record_id: each.as_line() for each in decided}
    return [
        {**line, **came.get(line["record_id"], {}), "truth": world.truth[line["record_id"]]}
        for line in [*world.known, *world.incoming]
    ]


def _write(out: Path, lines: Any) -> None:
    with out.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _speed(decided: Sequence[Decided]) -> dict[str, int]:
    times = sorted(each.microseconds for each in decided) or [0]
    return {
        "microseconds_p50": times[len(times) // 2],
        "microseconds_p99": times[int(len(times) * 0.99)],
    }


def _table(judged: dict[str, Figures], title: str = "records of") -> Table:
    table = Table(title, "in all", "known before", "false merges", "automatic", "human", "split")
    for name in sorted(judged):
        table.add_row(name or "everybody", *_cells(judged[name]))
    return table


def _cells(told: Figures) -> list[str]:
    counts = [told.counts["records"], told.counts["again"], told.counts["false"]]
    shares = [f"{told.automatic:.3f}", f"{told.human:.3f}", f"{told.split:.4f}"]
    return [*map(str, counts), *shares]


def _beside(world: World, own: Figures) -> Table:
    table = Table(
        "matcher", "joins", "in all", "known before", "false merges", "automatic", "human", "split"
    )
    table.add_row("Onward", "as decided", *_cells(own))
    records = town_peers.flat(world)
    for name, link in town_peers.PEERS.items():
        for told in town_peers.judged(world, link(records), own.split):
            table.add_row(name, told.how, *_cells(told.figures))
    return table


def _linked(name: str, lines: Sequence[beside.Line]) -> Table:
    titles = ("precision", "recall", "F1", "best F1", "none wrong", "s")
    table = Table(title=name, title_justify="left", box=None, pad_edge=False)
    for title in ("matcher", "links", *titles):
        table.add_column(title, no_wrap=title not in titles)
    for line in lines:
        told = line.linked
        shares = (told.precision, told.recall, told.f1, told.best_f1, told.recall_without_false)
        cells = [f"{share:.4f}" for share in shares]
        table.add_row(line.who, line.how, *cells, f"{line.seconds:.0f}")
    return table
