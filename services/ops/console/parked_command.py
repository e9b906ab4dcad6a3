"""`onward parked`: messages that no retry helped, seen, freed or given up by a human."""

import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
import typer

from services.kit import parked as kit
from services.kit.database import Database
from services.kit.parked import Act, By, Choice, Kept
from services.ops.console.gathering import THINGS
from services.ops.console.wording import clock
from services.ops.output import as_json, console, errors
from services.ops.places import current_dir
from services.ops.platform import SERVICES, Addresses, reached_platform
from services.ops.shutdown import run_until_stopped

app = typer.Typer(no_args_is_help=True, help="Messages that no retry helped: see, free, give up.")

Service = Annotated[str | None, typer.Option(help="Only this service's.")]
Topic = Annotated[str | None, typer.Option(help="Only of this topic.")]
Key = Annotated[str | None, typer.Option(help="Only of this key.")]
Reason = Annotated[str | None, typer.Option(help="Only with this reason, such as unreadable.")]
Since = Annotated[datetime | None, typer.Option(help="Only those parked from then on (UTC).")]
Until = Annotated[datetime | None, typer.Option(help="Only those parked before then (UTC).")]
Which = Annotated[UUID, typer.Argument(help="The event's id.")]
Id = Annotated[UUID | None, typer.Option("--id", help="Only this event.")]
Why = Annotated[str, typer.Option(help="Why: it is kept with your name.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be marked; mark nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON.")]


@dataclass(frozen=True, slots=True)
class Found:
    """A parked message and the service that holds it."""

    service: str
    kept: Kept


Work = Callable[[Database], Awaitable[Sequence[Kept]]]


@app.command("list")
def list_parked(
    service: Service = None,
    topic: Topic = None,
    key: Key = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    json: AsJson = False,
) -> None:
    """List parked messages, key by key, in order."""
    choice = Choice(None, topic, key, reason, _utc(since), _utc(until))
    found = _everywhere(service, lambda database: kit.listed(database, choice))
    show_all(found, json)


@app.command()
def show(event_id: Which, service: Service = None, json: AsJson = False) -> None:
    """Show one parked message: ids, grade and clock, never what is sealed."""
    found = _everywhere(service, lambda database: kit.listed(database, Choice(event_id=event_id)))
    if not found:
        errors.print("No such message is parked.")
        raise typer.Exit(1)
    if json:
        show_all(found, json)
        return
    for each in found:
        told = {"service": each.service, **asdict(each.kept)}
        for name, value in told.items():
            console.print(f"{name:14} {value}", markup=False, highlight=False)


@app.command()
def retry(
    why: Why,
    event_id: Id = None,
    service: Service = None,
    topic: Topic = None,
    key: Key = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    dry_run: DryRun = False,
) -> None:
    """Have messages handled again, in order, past the inbox for these alone."""
    choice = Choice(event_id, topic, key, reason, _utc(since), _utc(until))
    _mark("retry", choice, why, service, dry_run)


@app.command()
def discard(
    why: Why,
    event_id: Id = None,
    service: Service = None,
    topic: Topic = None,
    key: Key = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    dry_run: DryRun = False,
) -> None:
    """Give messages up; who did it, when and why is kept."""
    choice = Choice(event_id, topic, key, reason, _utc(since), _utc(until))
    _mark("discard", choice, why, service, dry_run)


def _mark(act: Act, choice: Choice, why: str, service: str | None, dry_run: bool) -> None:
    if choice == Choice() and service is None:
        raise typer.BadParameter("say which messages: by id, service, topic, key, reason or time")
    if not why.strip():
        raise typer.BadParameter("say why: it is kept with your name", param_hint="--why")
    by = By(_who(), why, datetime.now(UTC))
    found = _everywhere(service, lambda db: kit.mark(db, act, choice, by, dry_run=dry_run))
    verb = "would be" if dry_run else "are"
    show_all(found, as_lines=False)
    console.print(f"{len(found)} messages {verb} marked: {act}.")


def _everywhere(service: str | None, work: Work) -> list[Found]:
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}", param_hint="--service")
    return run_until_stopped(_ask([service] if service else SERVICES, work))


async def _ask(services: Sequence[str], work: Work) -> list[Found]:
    found: list[Found] = []
    async with reached_platform(current_dir()) as addresses:
        for name in services:
            async with _database(addresses, name) as database:
                found += [Found(name, kept) for kept in await _existing(work(database))]
    return found


async def _existing(listing: Awaitable[Sequence[Kept]]) -> Sequence[Kept]:
    try:
        return await listing
    except asyncpg.UndefinedTableError:
        return []


@asynccontextmanager
async def _database(addresses: Addresses, name: str) -> AsyncIterator[Database]:
    database = await Database.connect(addresses.dsn(name), connections=1)
    try:
        yield database
    finally:
        await database.close()


def show_all(found: Sequence[Found], as_lines: bool) -> None:
    """Print them: what each is, how grave, and the key and id that the next command asks for."""
    if as_lines:
        as_json([{"service": each.service, **asdict(each.kept)} for each in found])
        return
    for each in found:
        kept = each.kept
        console.print(
            f"{each.service}  {kept.topic}  [bold]{kept.reason}[/bold]  {clock(kept.parked_at)}",
            highlight=False,
        )
        console.print(f"    {kept.event_id}  {_gravity(kept)}", highlight=False)
        console.print(f"    {_names(kept)}", markup=False, highlight=False, soft_wrap=True)
    if not found:
        console.print("Nothing is parked.")


def _names(kept: Kept) -> str:
    """The key, and what `onward trace` is called with."""
    ids = (kept.summary[name] for name in THINGS if name in kept.summary)
    return "  ".join((f"key {kept.key}", *(f"trace {thing}" for thing in list(ids)[:1])))


def _gravity(kept: Kept) -> str:
    risk, due = kept.summary.get("risk"), kept.summary.get("due_at")
    told = [
        f"risk {risk}" if risk else "",
        f"due {clock(due)}" if due else "",
        f"marked: {kept.mark}" if kept.mark else "",
        "waits behind another" if kept.behind else "",
    ]
    return ", ".join(part for part in told if part)


def _who() -> str:
    return os.environ.get("ONWARD_OPERATOR") or getpass.getuser()


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time and time.tzinfo is None else time
