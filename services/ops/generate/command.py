"""`onward generate`: a file of what partners of a synthetic town would send."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.ops.generate.times import LONDON
from services.ops.generate.town import weekend_of
from services.ops.places import writable

START, END = "2026-11-27T18:00", "2026-11-30T09:00"
"""A Friday evening to a Monday morning in term."""

app = typer.Typer()

Seed = Annotated[int, typer.Option(help="The same seed gives the same town.")]
Incidents = Annotated[int, typer.Option(min=0, help="How many incidents the police are called to.")]
Out = Annotated[
    Path, typer.Option(callback=writable, help="The file to write; the truth goes beside it.")
]
Start = Annotated[str, typer.Option(help="When it begins; London's time unless it has an offset.")]
End = Annotated[str, typer.Option(help="When it ends.")]
Bad = Annotated[int, typer.Option(min=0, help="How many malformed messages to add.")]


@app.command()
def generate(
    out: Out,
    seed: Seed = 1,
    incidents: Incidents = 300,
    start: Start = START,
    end: End = END,
    bad: Bad = 0,
) -> None:
    """Write a synthetic town's messages, and FILE.truth.jsonl beside them."""
    first, last = _time(start), _time(end)
    if first >= last:
        raise typer.BadParameter("the end must come after the start", param_hint="--end")
    weekend = weekend_of(seed, incidents, first, last, bad)
    _write(out, (line.as_json() for line in weekend.lines))
    truth = out.with_name(f"{out.name}.truth.jsonl")
    _write(truth, (identity.as_json() for identity in sorted(weekend.truth)))
    figures = {"lines": len(weekend.lines), "records": len(weekend.truth), "seed": seed}
    typer.echo(
        f"{len(weekend.lines)} messages from {first:%a %d %b %H:%M} to {last:%a %d %b %H:%M}."
    )
    typer.echo(json.dumps(figures))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as fault:
        raise typer.BadParameter(f"{text!r} is not a time such as {START}") from fault
    return (time if time.tzinfo else time.replace(tzinfo=LONDON)).astimezone(UTC)


def _write(path: Path, lines: Iterable[Mapping[str, object]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
