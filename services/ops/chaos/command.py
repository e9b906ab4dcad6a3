"""`onward chaos`: kill anything under load, then account for every input."""

import logging
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from services.kit.logging import set_up_logging
from services.ops.chaos.run import Outcome, Wanted, run
from services.ops.output import console, errors, figures
from services.ops.platform import fetch_platform
from services.ops.shutdown import run_until_stopped

app = typer.Typer(add_completion=False)

Kills = Annotated[int, typer.Option(min=1, help="How many processes are killed.")]
Seed = Annotated[int, typer.Option(help="The same seed, the same blows at the same distances.")]
Rate = Annotated[float, typer.Option(min=0.1, help="Messages a second from partners.")]
Apart = Annotated[int, typer.Option(min=0, max=7, help="Services whose roles run apart.")]
Keep = Annotated[Path | None, typer.Option(help="Leave everything in this new folder.")]


@app.command()
def chaos(
    kills: Kills = 15, seed: Seed = 1, rate: Rate = 8.0, apart: Apart = 2, keep: Keep = None
) -> None:
    """Kill anything under load; exit 1 where something was lost, doubled or out of order."""
    fetch_platform()
    set_up_logging("chaos", "CRITICAL")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    wanted = Wanted(kills, seed, rate, apart)
    console.print(f"{kills} kills, seed {seed}, {rate:g} messages a second ...", highlight=False)
    begun = time.perf_counter()
    outcome = _run(wanted, keep)
    _show(outcome)
    figures(figures_of(outcome, wanted) | {"wall_seconds": round(time.perf_counter() - begun, 1)})
    raise typer.Exit(1 if outcome.broken else 0)


def _run(wanted: Wanted, keep: Path | None) -> Outcome:
    if keep is not None:
        keep.mkdir(parents=True)
        return run_until_stopped(run(keep.resolve(), wanted))
    with tempfile.TemporaryDirectory(prefix="onward-", ignore_cleanup_errors=True) as folder:
        return run_until_stopped(run(Path(folder), wanted))


def figures_of(outcome: Outcome, wanted: Wanted) -> dict[str, Any]:
    """The figures of a run, for scripts."""
    account, mails = outcome.account, outcome.mails
    return {
        "chaos": asdict(wanted),
        "inputs": account.inputs,
        "events": account.events,
        "copies_with_the_same_id": account.copies,
        "lost": sum(1 for broken in outcome.broken if broken.promise == "lost"),
        "doubled": account.doubled,
        "out_of_order": account.out_of_order,
        "double_leads": sum(1 for b in outcome.broken if b.promise == "two leads at once"),
        "mails": mails.sent,
        "mails_twice_same_reference": mails.twice,
        "mails_unexplained": len(mails.broken),
        "parked": sum(outcome.parked.values()),
        "refused": sum(1 for broken in outcome.broken if broken.promise == "refused"),
        "sent_again_by_partners": dict(outcome.tried_again),
        "ended_by_themselves": dict(outcome.ended_by_themselves),
        "quiet_after_seconds": round(outcome.quiet_after, 1),
        "recovery_seconds": {name: asdict(each) for name, each in outcome.recoveries.items()},
        "broken": len(outcome.broken),
    }


def _show(outcome: Outcome) -> None:
    table = Table("blow", "times", "median", "worst", title="Until the work went on, in seconds")
    for name, each in outcome.recoveries.items():
        table.add_row(name, str(each.count), f"{each.median:.1f}", f"{each.worst:.1f}")
    console.print(table)
    for broken in outcome.broken[:20]:
        errors.print(f"Broken: {broken.promise}: {broken.detail}", style="red", markup=False)
    account = outcome.account
    console.print(
        f"{account.inputs} inputs accepted, {account.events} events said, "
        f"{account.copies} records a second time under their id, {outcome.mails.sent} mails "
        f"({outcome.mails.twice} a second time under their reference); "
        f"{len(outcome.broken)} promises broken.",
        highlight=False,
    )
