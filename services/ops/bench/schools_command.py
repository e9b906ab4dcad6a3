"""`onward bench-schools`: the first day of term, 100,000 alerts before the bell."""

import subprocess
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)
MODULE = "tests.bench.bench_schools"

Alerts = Annotated[int, typer.Option(help="How many alerts the morning holds.", min=1)]
Gateway = Annotated[list[str] | None, typer.Option(help="`mail`, `notify`; by default both.")]
Fast = Annotated[float, typer.Option(help="How many times faster Notify's clock runs.", min=1)]


@app.command()
def bench_schools(alerts: Alerts = 100_000, gateway: Gateway = None, fast: Fast = 8.0) -> None:
    """Plan, pace and hand over a morning's alerts; exit 1 where it took too long."""
    words = ["--alerts", str(alerts), "--fast", str(fast)]
    words += ["--gateways", *(gateway or ["mail", "notify"])]
    done = subprocess.run([sys.executable, "-m", MODULE, *words], check=False)
    raise typer.Exit(done.returncode)
