"""`onward bench-matching`: who is who among a million known persons."""

import subprocess
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)
MODULE = "tests.bench.bench_matching"

Known = Annotated[int, typer.Option(help="How many persons are known.", min=1000)]
Singly = Annotated[int, typer.Option(help="Reports decided one at a time.", min=10)]
Together = Annotated[int, typer.Option(help="Records decided in batches.", min=200)]


@app.command()
def bench_matching(
    known: Known = 1_000_000, singly: Singly = 500, together: Together = 6000
) -> None:
    """Decide among so many known persons; exit 1 where a bar of the design is missed."""
    words = ["--known", str(known), "--singly", str(singly), "--together", str(together)]
    done = subprocess.run([sys.executable, "-m", MODULE, *words], check=False)
    raise typer.Exit(done.returncode)
