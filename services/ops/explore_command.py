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
    depth: Annotated[int, typer.Option(help="How many events a story may have.")] = 9,
    stories: Annotated[int, typer.Option(help="Long stories drawn by chance as well.")] = 3000,
    twins: Annotated[int, typer.Option(help="Compare one pair of like worlds in so many.")] = 200,
    seed: Annotated[int, typer.Option(help="The seed of what is drawn by chance.")] = 1,
    table: Annotated[bool, typer.Option(help="Also print the table as it was seen.")] = False,
) -> None:
    """Explore a small world of contact whole; exit 1 where a promise was broken."""
    if not (ROOT / "tests" / "bench").is_dir():
        typer.echo("Exploring needs a checkout: its small world lives beside the tests.", err=True)
        raise typer.Exit(3)
    numbers = {"--depth": depth, "--stories": stories, "--twins": twins, "--seed": seed}
    asked = [word for name, number in numbers.items() for word in (name, str(number))]
    command = [sys.executable, "-m", EXPLORER, *asked, *(["--table"] if table else [])]
    raise typer.Exit(subprocess.call(command, cwd=ROOT))
