"""`onward match`: measure the matching, explain a pair, learn a model."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from services.kit.areas import DEFAULT_DIR
from services.kit.headers import storable
from services.kit.settings import Settings
from services.ops.matching import evaluating, explaining
from services.ops.matching.lines import party_of
from services.ops.matching.sweeping import sweep_lately, sweep_with
from services.ops.matching.training import learn, shipped_content, write_model
from services.ops.matching.worlds import a_world
from services.ops.output import console, errors, figures
from services.ops.places import writable
from services.ops.shutdown import run_until_stopped
from services.person_matching.domain.model import read_model

app = typer.Typer(no_args_is_help=True, help="Who is who: measure, explain, learn.")

Known = Annotated[
    Path | None,
    typer.Option(help="Persons who are known, a line each.", exists=True, dir_okay=False),
]
Incoming = Annotated[
    Path | None,
    typer.Option(help="Records, decided in this order.", exists=True, dir_okay=False),
]
Out = Annotated[
    Path | None, typer.Option(help="Where outcomes go, a line per record.", callback=writable)
]
AWorld = Annotated[int | None, typer.Option("--world", help="Instead: an invented town's records.")]
Seed = Annotated[int, typer.Option(help="Which invented town.")]
Febrl = Annotated[bool, typer.Option("--febrl", help="Instead: the FEBRL data sets 1 to 4.")]
Peers = Annotated[
    bool, typer.Option("--peers", help="Beside it: Splink and recordlinkage on the same records.")
]


@app.command()
def evaluate(
    known: Known = None,
    incoming: Incoming = None,
    out: Out = None,
    world: AWorld = None,
    seed: Seed = 1,
    febrl: Febrl = False,
    peers: Peers = False,
) -> None:
    """Decide records against known persons, as the service does, and say what came of it."""
    if febrl:
        _end(evaluating.evaluate_febrl(peers))
    elif world is not None:
        _end(evaluating.evaluate_world(a_world(seed, world), out, peers))
    elif known and incoming and out:
        evaluating.evaluate_files(list(_lines(known)), list(_lines(incoming)), out)
    else:
        raise typer.BadParameter("give --known, --incoming and --out; or --world; or --febrl")


@app.command()
def explain(
    one: Annotated[str, typer.Argument(help="A record: its id, or [source/]reference/role.")],
    other: Annotated[str, typer.Argument(help="Another.")],
    file: Annotated[
        Path | None,
        typer.Option(help="Look in this file by record_id.", exists=True, dir_okay=False),
    ] = None,
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
    records: Annotated[
        Path,
        typer.Option(
            help="Records that nobody labelled, a line each.", exists=True, dir_okay=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where the model goes.", callback=writable)],
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


def _end(bars_hold: bool) -> None:
    raise typer.Exit(0 if bars_hold else 1)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                yield _object(text, path, number)


def _object(text: str, path: Path, number: int) -> dict[str, Any]:
    try:
        line = _storable(json.loads(text))
    except (ValueError, RecursionError) as fault:
        raise typer.BadParameter(f"{path.name} line {number} is not JSON") from fault
    if not isinstance(line, dict) or "record_id" not in line:
        raise typer.BadParameter(f"{path.name} line {number} has no record_id")
    return line


def _storable(value: Any) -> Any:
    """The value without half characters, such as those of a cut emoji: JSON has them, text not."""
    if isinstance(value, dict):
        return {storable(name): _storable(given) for name, given in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return storable(value) if isinstance(value, str) else value
