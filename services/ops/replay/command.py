"""`onward replay`: partners' lines in, everything that was said out."""

import json
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from services.kit.areas import DEFAULT_DIR
from services.kit.catalogue import read_catalogue
from services.ops.output import console, errors, figures, steered_progress
from services.ops.places import file_to_write, folder_to_write, in_memory
from services.ops.platform import fetch_platform
from services.ops.replay.hosting import Reference, ReferenceWrong, check
from services.ops.replay.lines import LinesWrong, read_lines
from services.ops.replay.playing import Outcome, Play, dump, play
from services.ops.replay.schedule import end_of
from services.ops.shutdown import run_until_stopped

app = typer.Typer(add_completion=False)

UNITS = {"s": 1, "m": 60, "h": 3600}

File = Annotated[Path, typer.Argument(help="Lines of {at, topic, data}, in any order of time.")]
AreaDir = Annotated[Path, typer.Option(help="The folder of area files.")]
Schools = Annotated[Path | None, typer.Option(help="The register of schools (GIAS columns).")]
Terms = Annotated[Path | None, typer.Option(help="Term dates by authority, JSON.")]
ReportFile = Annotated[Path | None, typer.Option(help="Write the figures here.")]
DumpDir = Annotated[
    Path | None, typer.Option("--dump", help="Write all that was said and sent here.")
]
Until = Annotated[str | None, typer.Option(help="When to end; 14 days after the last line.")]
Step = Annotated[str, typer.Option(help="The grid of the steered clock, such as 1m or 5m.")]


@app.command()
def replay(
    file: File,
    area_dir: AreaDir = Path(DEFAULT_DIR),
    schools: Schools = None,
    terms: Terms = None,
    report: ReportFile = None,
    dump_dir: DumpDir = None,
    until: Until = None,
    step: Step = "1m",
) -> None:
    """Play partners' lines on an empty platform; exit 1 where a promise was broken."""
    try:
        lines = read_lines(file, read_catalogue())
        wanted = Play(
            lines, end_of(lines, _time(until)), _step(step), Reference(area_dir, schools, terms)
        )
        check(wanted.reference)
    except (LinesWrong, ReferenceWrong) as fault:
        errors.print(str(fault), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from fault
    if dump_dir is not None:
        folder_to_write(dump_dir)
    if report is not None:
        file_to_write(report)
    outcome = _played(wanted)
    if dump_dir is not None:
        dump(outcome, dump_dir)
    if report is not None:
        report.write_text(json.dumps(outcome.report.to_json(), indent=2) + "\n", encoding="utf-8")
    _say(outcome)
    raise typer.Exit(1 if outcome.broken else 0)


def _played(wanted: Play) -> Outcome:
    fetch_platform()
    start = wanted.lines[0].at if wanted.lines else wanted.until
    with (
        tempfile.TemporaryDirectory(prefix="onward-", dir=in_memory()) as folder,
        steered_progress("Playing", start, wanted.until) as stepped,
    ):
        return run_until_stopped(play(Path(folder), wanted, stepped))


def _say(outcome: Outcome) -> None:
    for broken in outcome.broken:
        errors.print(
            f"Broken: {broken.promise}: {broken.detail}", style="red", markup=False, soft_wrap=True
        )
    report = outcome.report
    console.print(
        f"{report.reports.received} reports, {report.victims} victims, "
        f"{report.contact.leads_granted} contacts asked, {report.schools.sent} alerts sent, "
        f"{report.events} events in {report.wall_seconds:.0f} s; "
        f"{len(outcome.broken)} promises broken."
    )
    figures(report.to_json() | {"broken": len(outcome.broken)})


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as fault:
        raise typer.BadParameter(f"{text!r} is not a time", param_hint="--until") from fault
    if time.tzinfo is None:
        raise typer.BadParameter("the time needs an offset", param_hint="--until")
    return time.astimezone(UTC)


def _step(text: str) -> timedelta:
    found = re.fullmatch(r"(\d+)([smh])", text)
    if found is None or not int(found[1]):
        raise typer.BadParameter(f"{text!r} is not a step such as 1m", param_hint="--step")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])
