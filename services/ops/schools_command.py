"""`onward schools`: import the register of schools and their calendars, and look one up."""

import json as json_text
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.kit.database import Database, Transaction
from services.kit.migrations import migrate
from services.kit.sealing import Keyring
from services.ops.output import as_json, console, errors
from services.ops.places import current_dir
from services.ops.platform import PlatformMissing, reached_platform
from services.ops.roster import keyring_file, write_keyrings
from services.ops.shutdown import run_until_stopped
from services.school_alerts.domain.files import FileRefused, decoded
from services.school_alerts.store.register import ImportReport, import_schools, import_terms

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Schools, their contacts and calendars."
)
SERVICE = "school_alerts"
SHOWN = 10

SchoolsFile = Annotated[
    Path | None, typer.Option("--schools", help="A CSV of schools (GIAS columns).")
]
TermsFile = Annotated[Path | None, typer.Option("--terms", help="Term dates by authority, JSON.")]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON.")]
Imported = Mapping[str, ImportReport]


@app.callback()
def schools() -> None:
    """Schools, their contacts and calendars."""


@app.command("import")
def import_files(
    schools: SchoolsFile = None, terms: TermsFile = None, json: AsJson = False
) -> None:
    """Import files and say what changed; exit 1 where entries were left out, 2 where a file was."""
    if schools is None and terms is None:
        raise typer.BadParameter("name a file: --schools, --terms or both")
    try:
        reports = run_until_stopped(_import(schools, terms))
    except FileRefused as fault:
        errors.print(f"Nothing was imported: {fault}.", style="red", markup=False)
        raise typer.Exit(2) from fault
    if json:
        as_json({name: asdict(report) for name, report in reports.items()})
    else:
        _say(reports)
    raise typer.Exit(1 if any(report.problems for report in reports.values()) else 0)


def _say(reports: Imported) -> None:
    for name, report in reports.items():
        counts = f"{len(report.added)} added, {len(report.changed)} changed"
        console.print(f"{name}: {counts}, {report.unchanged} as before", highlight=False)
        for what, keys in (("added", report.added), ("changed", report.changed)):
            if keys:
                more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
                console.print(f"  {what}: {', '.join(keys[:SHOWN])}{more}", highlight=False)
        for problem in report.problems:
            errors.print(f"  {name}: {problem}", style="yellow", markup=False)


async def _import(schools: Path | None, terms: Path | None) -> Imported:
    """Both files or neither: they are read and written in one transaction."""
    reports: dict[str, ImportReport] = {}
    async with _transaction() as transaction:
        if schools is not None:
            text = decoded(_content(schools))
            reports["schools"] = await import_schools(transaction, text, _keys())
        if terms is not None:
            reports["terms"] = await import_terms(transaction, _json(terms))
    return reports


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise FileRefused(f"{path.name} cannot be read ({fault.strerror})") from fault


def _json(path: Path) -> Any:
    try:
        return json_text.loads(decoded(_content(path)))
    except json_text.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise FileRefused(f"{path.name} is not JSON ({where})") from fault


def _keys() -> Keyring:
    folder = current_dir() / "keys"
    if os.environ.get("PLATFORM") == "external" and not keyring_file(folder, SERVICE).exists():
        # New keys would seal and fingerprint what the running service cannot read.
        raise PlatformMissing(f"The keyrings of `onward keys issue` are to be in {folder}.")
    write_keyrings(folder)
    return Keyring.from_json(keyring_file(folder, SERVICE).read_text(encoding="utf-8"))


@asynccontextmanager
async def _transaction() -> AsyncIterator[Transaction]:
    async with reached_platform(current_dir()) as addresses:
        await migrate(addresses.dsn(SERVICE), SERVICE)
        database = await Database.connect(addresses.dsn(SERVICE), connections=1)
        try:
            async with database.transaction(datetime.now(UTC)) as transaction:
                yield transaction
        finally:
            await database.close()
