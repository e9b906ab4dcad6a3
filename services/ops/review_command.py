"""`onward review`: the questions about persons that wait for a human, and the answers."""

import json as jsonlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from contracts.identity import IdentityInputRefused
from contracts.partner import IdentityDecision
from contracts.vocabulary import IdentityChoice
from services.kit.database import Database, Transaction
from services.ops.console.refusals import refusals
from services.ops.console.wording import clock
from services.ops.output import as_json, console, errors
from services.ops.partner_line import say, who
from services.ops.places import current_dir
from services.ops.platform import reached_platform
from services.ops.shutdown import run_until_stopped
from services.person_matching.domain.rows import Record, Review
from services.person_matching.handlers.recording import undone_by
from services.person_matching.store import desk

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Are they the same? List, show, decide."
)
SERVICE, SENDER = "person_matching", "mash"
REFUSED = IdentityInputRefused.TOPIC
VALUES_AT_MOST = 8

Which = Annotated[str, typer.Argument(help="The review's id, or enough of its beginning.")]
Why = Annotated[str, typer.Option("--rationale", help="Why; it stays with the review.")]
By = Annotated[str | None, typer.Option(help="Who looks or decides; by default, who you are.")]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON.")]


@app.command("list")
def list_open(
    area: Annotated[str | None, typer.Option(help="Only this area's.")] = None,
    json: AsJson = False,
) -> None:
    """List the open reviews, the next one due first."""
    reviews = run_until_stopped(_waiting(area))
    if json:
        as_json([_line(review) for review in reviews])
        return
    table = Table("review", "area", "due", "bits", "why")
    for review in reviews:
        table.add_row(*(str(value) for value in _line(review).values()))
    console.print(table if reviews else "Nothing waits.")


@app.command()
def show(review: Which, by: By = None, json: AsJson = False) -> None:
    """Show both sides of a review and the evidence; that you looked is recorded."""
    shown = run_until_stopped(_show(review, by or who()))
    refused = run_until_stopped(refusals(REFUSED, str(shown.review.review_id)))
    if json:
        as_json(_told(shown) | {"refused": refused})
        return
    console.print(sides_table(shown.ones, shown.others))
    console.print(_waterfall(shown.review))
    for _, sentence in shown.review.grounds:
        console.print(f"- {sentence}", markup=False)
    for sentence in refused:
        console.print(sentence, markup=False, highlight=False)


@app.command()
def same(review: Which, rationale: Why, by: By = None) -> None:
    """Decide that the two are one person."""
    _decide(review, IdentityChoice.SAME, rationale, by)


@app.command()
def different(review: Which, rationale: Why, by: By = None) -> None:
    """Decide that the two are different; if they were joined, they are separated again."""
    _decide(review, IdentityChoice.DIFFERENT, rationale, by)


@app.command()
def split(
    record: Annotated[str, typer.Argument(help="A record: its id, or [source/]reference/role.")],
    rationale: Why,
    by: By = None,
) -> None:
    """Part a record from the person that the machine joined it to."""
    found = run_until_stopped(_called(record))
    review_id = undone_by(found[0]) if len(found) == 1 else None
    if review_id is None:
        errors.print("No single record of that name was joined by the machine.")
        raise typer.Exit(1)
    _send(review_id, IdentityChoice.DIFFERENT, rationale, by)


def _decide(named: str, choice: IdentityChoice, rationale: str, by: str | None) -> None:
    review = run_until_stopped(_one(named))
    _send(review.review_id, choice, rationale, by)


def _send(review_id: UUID, choice: IdentityChoice, rationale: str, by: str | None) -> None:
    now = datetime.now(UTC)
    decision = IdentityDecision(
        source=SENDER,
        review_id=str(review_id),
        decision=choice,
        decided_by=by or who(),
        rationale=rationale,
        at=now,
    )
    run_until_stopped(say(decision, now))
    console.print(f"Sent. `onward review show {review_id}` says what came of it.")


def _line(review: Review) -> dict[str, Any]:
    return {
        "review": str(review.review_id),
        "area": review.area,
        "due": clock(review.due_at),
        "bits": review.weight,
        "why": " ".join(sentence for _, sentence in review.grounds),
    }


def _told(shown: desk.Shown) -> dict[str, Any]:
    return {
        **_line(shown.review),
        "stage": shown.review.stage,
        "one": [_record(record) for record in shown.ones],
        "other": [_record(record) for record in shown.others],
        "evidence": shown.review.waterfall,
    }


def _record(record: Record) -> dict[str, Any]:
    where = f"{record.source}/{record.reference}/{record.role}"
    return {"record": where, **jsonlib.loads(record.given)}


def sides_table(ones: Sequence[Record], others: Sequence[Record]) -> Table:
    """Both sides beside each other: what their records say, each value once, the most said first.

    One column a record could not be read where a person is known from dozens of them.
    """
    sides = [[_record(record) for record in records] for records in (ones, others)]
    table = Table("")
    for title, side in zip(("one", "other"), sides, strict=True):
        table.add_column(f"{title} ({len(side)})", overflow="fold", ratio=1)
    for name in dict.fromkeys(name for side in sides for record in side for name in record):
        table.add_row(name, *(_said(name, side) for side in sides))
    return table


def _said(name: str, side: Sequence[dict[str, Any]]) -> Text:
    values = Counter(_written(record[name]) for record in side if record.get(name) is not None)
    shown = values.most_common(VALUES_AT_MOST)
    lines = [f"{value} ({count} times)" if count > 1 else value for value, count in shown]
    if len(values) > len(shown):
        lines.append(f"and {len(values) - len(shown)} more: see --json")
    return Text("\n".join(lines))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else jsonlib.dumps(value, ensure_ascii=False)


def _waterfall(review: Review) -> Table:
    table = Table("compared", "agreement", "bits")
    for comparison, level, bits in review.waterfall:
        table.add_row(comparison, level, f"{bits:+.1f}")
    table.add_row("together", "", f"{review.weight or 0:+.1f}")
    return table


async def _waiting(area: str | None) -> Sequence[Review]:
    async with _transaction() as transaction:
        return await desk.waiting(transaction, area)


async def _called(name: str) -> Sequence[Record]:
    async with _transaction() as transaction:
        return await desk.called(transaction, name)


async def _one(named: str) -> Review:
    async with _transaction() as transaction:
        return _only(await desk.named(transaction, named))


async def _show(named: str, looking: str) -> desk.Shown:
    async with _transaction() as transaction:
        review = _only(await desk.named(transaction, named))
        return await desk.shown(transaction, review, looking)


def _only(found: Sequence[Review]) -> Review:
    if len(found) != 1:
        errors.print(f"{len(found)} reviews are called that: name one by its id.")
        raise typer.Exit(1)
    return found[0]


@asynccontextmanager
async def _transaction() -> AsyncIterator[Transaction]:
    async with reached_platform(current_dir()) as addresses:
        database = await Database.connect(addresses.dsn(SERVICE), connections=1)
        try:
            async with database.transaction(datetime.now(UTC)) as transaction:
                yield transaction
        finally:
            await database.close()
