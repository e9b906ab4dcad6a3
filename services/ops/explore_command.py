"""`onward explore`: every order of events in a small world of contact, each checked."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[2]
EXPLORER = "tests.bench.explore_contact"
app = typer.Typer()


@app.command()
def explore(
    drawn: Annotated[int, typer.Option(help="More decks of nine, drawn by chance.")] = 0,
    seed: Annotated[int, typer.Option(help="The seed of that chance.")] = 1,
) -> None:
    """Explore a small world of contact whole; exit 1 where a promise was broken."""
    if not (ROOT / "tests" / "bench").is_dir():
        typer.echo("Exploring needs a checkout: its small world lives beside the tests.", err=True)
        raise typer.Exit(3)
    asked = ["--drawn", str(drawn), "--seed", str(seed)]
    command = [sys.executable, "-m", EXPLORER, *asked]
    raise typer.Exit(subprocess.call(command, cwd=ROOT))
