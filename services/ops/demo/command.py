"""`onward demo`: a town's weekend, end to end, with a summary a councillor could read."""

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.kit.areas import DEFAULT_DIR
from services.kit.catalogue import read_catalogue
from services.kit.working_time import LONDON
from services.ops.console.gathering import Story, story_of
from services.ops.console.tree import tree_of
from services.ops.demo.summary import Row, rows_of
from services.ops.demo.telling import worth_telling
from services.ops.generate.town import weekend_of
from services.ops.output import called, console, errors, figures, steered_progress
from services.ops.places import demo_dir, make_current
from services.ops.platform import PlatformMissing, fetch_platform, running_platform
from services.ops.replay.hosting import Reference, hosted
from services.ops.replay.lines import parse_lines
from services.ops.replay.playing import Outcome, Play, Stepped, play_on
from services.ops.shutdown import run_until_stopped

app = typer.Typer(add_completion=False)

FRIDAY = "2026-11-27T18:00"
WEEKEND = timedelta(hours=63)
"""Friday 18:00 to Monday 09:00."""
MORNING = timedelta(hours=3)
"""How long the demo goes on after the last report: schools' first morning."""

Seed = Annotated[int, typer.Option(help="Another seed, another town.")]
Incidents = Annotated[int, typer.Option(min=1, help="How many incidents the police are called to.")]
Start = Annotated[str, typer.Option(help="The Friday evening on which it begins, London's time.")]
Step = Annotated[int, typer.Option(min=1, help="The grid of the steered clock, in minutes.")]


@dataclass(frozen=True)
class Told:
    """What the demo has to show."""

    outcome: Outcome
    stories: Sequence[Story]


@app.command()
def demo(
    seed: Seed = 11, incidents: Incidents = 220, start: Start = FRIDAY, step: Step = 1
) -> None:
    """Play a synthetic town's weekend on real parts; exit 1 where a promise was broken."""
    begun = time.perf_counter()
    first = _time(start)
    wanted = _weekend(seed, incidents, first, timedelta(minutes=step))
    directory = demo_dir()
    if running_platform(directory) is not None:
        raise PlatformMissing("Another demo is running here: wait for it to end.")
    shutil.rmtree(directory, ignore_errors=True)
    fetch_platform()
    console.print(f"A town's weekend from {start}: {len(wanted.lines)} messages from partners.")
    with steered_progress("Playing", first, wanted.until) as stepped:
        told = run_until_stopped(_played(directory, wanted, stepped, begun))
    make_current(directory)
    rows = rows_of(told.outcome.report, told.outcome.run.everything, told.outcome.broken)
    _show(told, rows, directory)
    raise typer.Exit(1 if any(row.kept is False for row in rows) else 0)


def _weekend(seed: int, incidents: int, first: datetime, step: timedelta) -> Play:
    last = first + WEEKEND
    told = weekend_of(seed, incidents, first, last, 0).lines
    lines = parse_lines((json.dumps(line.as_json()) for line in told), read_catalogue())
    return Play(lines, last + MORNING, step, Reference(Path(DEFAULT_DIR)))


async def _played(directory: Path, wanted: Play, stepped: Stepped, begun: float) -> Told:
    async with hosted(directory, wanted.reference) as host:
        outcome = await play_on(host, wanted, stepped, begun)
        chosen = worth_telling(outcome.run.everything)
        stories = [await story_of(host.addresses, reference) for reference in chosen]
    return Told(outcome, stories)


def _show(told: Told, rows: Sequence[Row], directory: Path) -> None:
    outcome = told.outcome
    for story in told.stories:
        console.print(tree_of(story))
        console.print()
    console.print(_table(rows))
    for broken in outcome.broken:
        errors.print(
            f"Broken: {broken.promise}: {broken.detail}", style="red", markup=False, soft_wrap=True
        )
    if told.stories:
        console.print(f"More: {called()} trace {told.stories[0].reference}", highlight=False)
    console.print(f"The schools' and agencies' mail: {directory / 'mail'}", highlight=False)
    figures(outcome.report.to_json() | {"broken": len(outcome.broken)})


def _table(rows: Sequence[Row]) -> Table:
    table = Table("the weekend", "", "promise", title="What happened")
    marks = {None: "", True: "[green]kept[/green]", False: "[red]BROKEN[/red]"}
    for row in rows:
        table.add_row(row.what, row.count, marks[row.kept])
    return table


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as fault:
        raise typer.BadParameter(f"{text!r} is not a time such as {FRIDAY}") from fault
    return (time if time.tzinfo else time.replace(tzinfo=LONDON)).astimezone(UTC)
