"""`onward screening`: MASH's waiting work, one case whole, and a practitioner's decision."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from contracts.mash import MashInputRefused
from contracts.partner import ScreeningDecision
from contracts.sealed import Content
from contracts.vocabulary import Audience, RiskLevel, ScreeningChoice
from services.kit.areas import DEFAULT_DIR
from services.kit.bulk import to_json
from services.kit.database import Database, Transaction
from services.kit.sealing import Keyring, open_part
from services.mash_screening.app import reference
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.work import in_order
from services.mash_screening.handlers.rulings import objections
from services.mash_screening.store import desk
from services.ops.console.refusals import refusals
from services.ops.console.wording import clock, listed, words
from services.ops.output import as_json, console, errors
from services.ops.partner_line import refused, say, who
from services.ops.places import current_dir
from services.ops.platform import reached_platform
from services.ops.roster import keyring_file
from services.ops.shutdown import run_until_stopped

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="MASH's screenings: list, show, decide."
)
SERVICE, SENDER = "mash_screening", "mash"
REFUSED = MashInputRefused.TOPIC

Which = Annotated[str, typer.Argument(help="The report's reference, or the incident's id.")]
By = Annotated[str | None, typer.Option(help="Who looks or decides; by default, who you are.")]
AreaDir = Annotated[Path, typer.Option(help="The folder of area files.")]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON.")]
Choice = Annotated[ScreeningChoice, typer.Argument(help="What is decided.")]


@app.command("list")
def list_waiting(
    area: Annotated[str | None, typer.Option(help="Only this area's.")] = None,
    area_dir: AreaDir = Path(DEFAULT_DIR),
    json: AsJson = False,
) -> None:
    """List the screenings that wait for a decision, the next to be taken first."""
    policies = reference(str(area_dir)).policies
    cases = run_until_stopped(_waiting(area))
    ordered = in_order(cases, policies.of, datetime.now(UTC))
    lines = [_line(case) for case in ordered]
    if json:
        as_json(lines)
        return
    console.print(waiting_table(lines) if lines else "Nothing waits.")


def waiting_table(lines: Sequence[Mapping[str, Any]]) -> Table:
    """Waiting cases, each reference whole: it is what the next command is called with."""
    table = Table()
    table.add_column("reference; area, suggested", overflow="fold")
    for name in ("RAG", "risk", "due"):
        table.add_column(name, no_wrap=True)
    for line in lines:
        what = f"{line['reference']}\n{line['area']}: {line['pathways']}"
        table.add_row(escape(what), *(str(line[name]) for name in ("rag", "risk", "due")))
    return table


@app.command()
def show(reference: Which, by: By = None, json: AsJson = False) -> None:
    """Show one case whole; that you looked is recorded."""
    found = run_until_stopped(_show(reference, by or who()))
    if not found:
        errors.print("No such incident was screened.")
        raise typer.Exit(1)
    for seen in found:
        if json:
            as_json(orjson.loads(to_json(seen.told)))
            continue
        for name, value in seen.told.items():
            console.print(f"{name:16} {value}", markup=False, highlight=False)


@app.command()
def decide(
    reference: Which,
    choice: Choice,
    rationale: Annotated[str, typer.Option(help="Why; it stays at MASH.")],
    by: By = None,
    child: Annotated[str | None, typer.Option(help="The child it is about; else all.")] = None,
    risk: Annotated[RiskLevel | None, typer.Option(help="MASH's own grade.")] = None,
    second_approver: Annotated[str | None, typer.Option(help="Who approved a lowering.")] = None,
    over_16: Annotated[bool, typer.Option(help="Confirm that the victim is 16 or over.")] = False,
) -> None:
    """Decide on a screening; a decision that cannot stand is not sent, or refused with reasons."""
    case = run_until_stopped(_one(reference))
    decision = ScreeningDecision(
        source=SENDER,
        incident_id=str(case.incident_id),
        child_ref=child,
        decision=choice,
        risk_level=risk,
        rationale=rationale,
        decided_by=by or who(),
        second_approver=second_approver,
        victim_16_or_over=over_16 or None,
        at=datetime.now(UTC),
    )
    refused(fault.message for fault in objections(decision, case))
    run_until_stopped(say(decision, decision.at))
    console.print(f"Sent. `onward screening show {case.incident_id}` says what came of it.")


@dataclass(frozen=True)
class Seen:
    """A case as it was shown, its part opened."""

    shown: desk.Shown
    content: Content | None
    refused: Sequence[str] = ()
    """Decisions about it that did not stand, and why."""

    @property
    def told(self) -> dict[str, Any]:
        """Everything a practitioner is shown, by name."""
        case = self.shown.case
        opened = self.content.model_dump(mode="json", exclude_none=True) if self.content else {}
        screening = case.screening
        return {
            **_line(case),
            "status": screening.status if screening else "withdrawn",
            "reasons": [why.sentence for why in screening.reasons] if screening else [],
            "not referred": _left(case),
            "decisions": [
                {"at": clock(kept.at), "choice": kept.ruling.choice, "why": kept.ruling.rationale}
                for kept in self.shown.rulings
            ],
            "refused": list(self.refused),
            **opened,
        }


def _left(case: Case) -> dict[str, str]:
    left = case.screening.not_referred if case.screening else ()
    return {words(each.pathway): each.why.sentence for each in left}


def _line(case: Case) -> dict[str, Any]:
    screening = case.screening
    return {
        "incident": case.incident_id,
        "reference": case.subject,
        "area": case.area,
        "rag": screening.rag if screening else "",
        "risk": screening.level if screening else case.facts.level,
        "due": clock(screening.due_at) if screening and screening.due_at else "",
        "pathways": listed(screening.pathways) if screening else "",
    }


async def _waiting(area: str | None) -> Sequence[Case]:
    async with _transaction() as transaction:
        return await desk.waiting(transaction, area)


async def _one(reference: str) -> Case:
    async with _transaction() as transaction:
        cases = await desk.named(transaction, reference)
    if len(cases) != 1:
        raise typer.BadParameter(f"{len(cases)} incidents are called that: name one by its id")
    return cases[0]


async def _show(reference: str, who: str) -> list[Seen]:
    path = keyring_file(current_dir() / "keys", SERVICE)
    keyring = Keyring.from_json(path.read_text(encoding="utf-8"))
    async with _transaction() as transaction:
        cases = await desk.named(transaction, reference)
        shown = [await desk.shown(transaction, case, who) for case in cases]
    told = [await refusals(REFUSED, str(case.incident_id)) for case in cases]
    return [Seen(s, _opened(s, keyring), why) for s, why in zip(shown, told, strict=True)]


def _opened(shown: desk.Shown, keyring: Keyring) -> Content | None:
    if shown.file is None:
        return None
    return open_part(shown.file.part, Audience.MASH, shown.context, keyring)


@asynccontextmanager
async def _transaction() -> AsyncIterator[Transaction]:
    async with reached_platform(current_dir()) as addresses:
        database = await Database.connect(addresses.dsn(SERVICE), connections=1)
        try:
            async with database.transaction(datetime.now(UTC)) as transaction:
                yield transaction
        finally:
            await database.close()
