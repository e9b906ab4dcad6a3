"""`onward match`: measure the matching, explain a pair, learn a model."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.table import Table

from services.kit.areas import DEFAULT_DIR
from services.kit.settings import Settings
from services.ops.matching import explaining
from services.ops.matching.engine import Decided, Engine
from services.ops.matching.febrl import link_febrl4
from services.ops.matching.judging import BARS, Figures, Outcome, judge, misses
from services.ops.matching.lines import party_of
from services.ops.matching.shelf import an_empty_database
from services.ops.matching.sweeping import sweep_lately, sweep_with
from services.ops.matching.training import learn, shipped_content, write_model
from services.ops.matching.worlds import World, a_world
from services.ops.output import console, errors, figures
from services.ops.shutdown import run_until_stopped
from services.person_matching.domain.model import read_model

app = typer.Typer(no_args_is_help=True, help="Who is who: measure, explain, learn.")

Known = Annotated[Path | None, typer.Option(help="Persons who are known, a line each.")]
Incoming = Annotated[Path | None, typer.Option(help="Records, decided in this order.")]
Out = Annotated[Path | None, typer.Option(help="Where the outcomes go, a line per record.")]
AWorld = Annotated[int | None, typer.Option("--world", help="Instead: an invented town's records.")]
Seed = Annotated[int, typer.Option(help="Which invented town.")]
Febrl = Annotated[bool, typer.Option("--febrl", help="Instead: the FEBRL 4 data set.")]


@app.command()
def evaluate(
    known: Known = None,
    incoming: Incoming = None,
    out: Out = None,
    world: AWorld = None,
    seed: Seed = 1,
    febrl: Febrl = False,
) -> None:
    """Decide records against known persons, as the service does, and say what came of it."""
    if febrl:
        _evaluate_febrl()
    elif world is not None:
        _evaluate_world(a_world(seed, world))
    elif known and incoming and out:
        _evaluate_files(known, incoming, out)
    else:
        raise typer.BadParameter("give --known, --incoming and --out; or --world; or --febrl")


@app.command()
def explain(
    one: Annotated[str, typer.Argument(help="A record: its id, or [source/]reference/role.")],
    other: Annotated[str, typer.Argument(help="Another.")],
    file: Annotated[Path | None, typer.Option(help="Look in this file by record_id.")] = None,
) -> None:
    """Explain what speaks for and against two records being one person, in bits."""
    try:
        found = explaining.explain(one, other, list(_lines(file)) if file else None)
    except LookupError as absent:
        errors.print(str(absent), markup=False)
        raise typer.Exit(1) from absent
    table = Table("compared", "agreement", "bits")
    for part in found.evidence.parts:
        table.add_row(part.comparison, part.level, f"{part.bits:+.2f}")
    table.add_row("together", "", f"{found.evidence.weight:+.2f}")
    console.print(table)
    for sentence in found.sentences:
        console.print(f"- {sentence}", markup=False)
    figures(found.as_json())


@app.command()
def train(
    records: Annotated[Path, typer.Option(help="Records that nobody labelled, a line each.")],
    out: Annotated[Path, typer.Option(help="Where the model goes.")],
    version: Annotated[str, typer.Option(help="The model's version.")] = "trained",
    seed: Seed = 1,
) -> None:
    """Learn what each agreement is worth, from unlabelled records; thresholds stay."""
    told = [party_of(line).as_told for line in _lines(records)]
    learned = learn(told, seed)
    write_model(learned, shipped_content(), version, out)
    model = read_model(out)
    table = Table("compared", "level", "bits", "before")
    before = shipped_content()["bits"]
    for comparison, levels in model.bits.items():
        for level, bits in levels.items():
            table.add_row(comparison, level, f"{bits:+.2f}", f"{before[comparison][level]:+.2f}")
    console.print(table)
    if model.unseen:
        console.print(f"Never seen, so they weigh nothing: {', '.join(model.unseen)}.")
    figures({"records": len(told), "version": version, "unseen": len(model.unseen)})


@app.command()
def sweep(
    hours: Annotated[float, typer.Option(help="How far back records count as changed.")] = 25.0,
    area_dir: Annotated[Path, typer.Option(help="The folder of area files.")] = Path(DEFAULT_DIR),
    as_service: Annotated[
        bool, typer.Option(help="Use person_matching's own environment, as its process does.")
    ] = False,
) -> None:
    """Look again, more loosely, at whoever changed lately; it only raises reviews.

    Run it nightly: records of the last 25 hours count as changed.
    """
    sweeping = sweep_with(Settings(), hours) if as_service else sweep_lately(hours, area_dir)
    opened = run_until_stopped(sweeping)
    console.print(f"{opened} reviews opened.")
    figures({"reviews_opened": opened})


def _evaluate_files(known: Path, incoming: Path, out: Path) -> None:
    decided = asyncio.run(_decide(list(_lines(known)), list(_lines(incoming))))
    with out.open("w", encoding="utf-8") as file:
        for each in decided:
            file.write(json.dumps(each.as_line(), ensure_ascii=False) + "\n")
    counts = Counter(each.outcome for each in decided)
    console.print(", ".join(f"{name} {times}" for name, times in sorted(counts.items())))
    figures({"records": len(decided), **counts, **_speed(decided)})


def _evaluate_world(world: World) -> None:
    begun = perf_counter()
    decided = asyncio.run(_decide(world.known, world.incoming))
    seconds = perf_counter() - begun
    known = [line["record_id"] for line in world.known]
    outcomes = [Outcome(d.record_id, d.role, d.outcome, d.matched) for d in decided]
    judged = judge(known, outcomes, world.truth, world.origin)
    console.print(_table(judged))
    missed = misses(judged[""])
    for sentence in missed:
        console.print(sentence, style="red")
    figures({**judged[""].as_json(), "wall_seconds": round(seconds, 1), **_speed(decided)})
    raise typer.Exit(1 if missed else 0)


def _evaluate_febrl() -> None:
    found = {
        "without the number": link_febrl4(with_number=False),
        "with the number": link_febrl4(with_number=True),
    }
    table = Table("FEBRL 4", "precision", "recall", "F1", "recall with none wrong")
    for name, linked in found.items():
        table.add_row(name, *(f"{value:.5f}" for value in linked.as_json().values()))
    console.print(table)
    figures({name.replace(" ", "_"): linked.as_json() for name, linked in found.items()})
    short = found["without the number"].f1 < BARS.febrl or found["with the number"].f1 < BARS.number
    raise typer.Exit(1 if short else 0)


async def _decide(
    known: Sequence[dict[str, Any]], incoming: Sequence[dict[str, Any]]
) -> list[Decided]:
    async with an_empty_database() as database:
        engine = Engine(database)
        await engine.know(known)
        return await engine.decide(incoming)


def _speed(decided: Sequence[Decided]) -> dict[str, int]:
    times = sorted(each.microseconds for each in decided) or [0]
    return {
        "microseconds_p50": times[len(times) // 2],
        "microseconds_p99": times[int(len(times) * 0.99)],
    }


def _table(judged: dict[str, Figures]) -> Table:
    table = Table(
        "records of", "in all", "known before", "false merges", "automatic", "human", "split"
    )
    for name in sorted(judged):
        told = judged[name]
        table.add_row(
            name or "everybody",
            str(told.counts["records"]),
            str(told.counts["again"]),
            str(told.counts["false"]),
            f"{told.automatic:.3f}",
            f"{told.human:.3f}",
            f"{told.split:.4f}",
        )
    return table


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
