"""What the kit's statements about sendings do: queue, take back, claim, end."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kit import intents, sendings
from services.ops.simulation.statements import Statement, claim_new, locked_anew, seen
from services.ops.simulation.store import Row, Work
from services.ops.simulation.world import World

SENDINGS = "kit.sendings"
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MESSAGE = (
    "reference",
    "gateway",
    "message",
    "answer_topic",
    "answer",
    "answer_headers",
    "answer_key",
    "created_at",
    "due_at",
)
QUEUED = (*MESSAGE, "expires_at", "at_most_once", "thread", "place")
CLAIMED = (*MESSAGE, "try_at", "expires_at", "at_most_once", "attempts", "place")
IN_ORDER = ("due_at", "created_at", "place", "reference")
NOBODYS: Row = {"lease": None, "lease_until": None}


async def queue(work: Work, *columns: Sequence[Any]) -> list[Row]:
    """Queue intents; a reference that stands changes nothing, unless it was withdrawn."""
    for values in zip(*columns, strict=True):
        sent = dict(zip(QUEUED, values, strict=True))
        reference = sent["reference"]
        sent |= {"state": "waiting", "try_at": sent["due_at"], "attempts": 0, "ended_at": None}
        if await claim_new(work, SENDINGS, reference):
            work.put(SENDINGS, reference, sent | NOBODYS | {"why": None})
            continue
        kept = {k: v for k, v in sent.items() if k not in ("gateway", "at_most_once")}
        for _, row in await locked_anew(work, SENDINGS, [reference], _is("withdrawn")):
            work.put(SENDINGS, reference, row | kept)
    return []


def _is(state: str) -> Any:
    return lambda row: row["state"] == state


async def withdraw(
    work: Work, references: Sequence[str], times: Sequence[datetime], steered: bool
) -> list[Row]:
    """Take back what nobody claimed."""
    asked = [
        (reference, at, _waiting_from(at if steered else None))
        for reference, at in zip(references, times, strict=True)
    ]
    for reference, at, wanted in [one for one in asked if seen(work, SENDINGS, one[:1], one[2])]:
        gone = {"state": "withdrawn", "message": None, "ended_at": at}
        for _, row in await locked_anew(work, SENDINGS, [reference], wanted):
            work.put(SENDINGS, reference, row | gone)
    return []


def _waiting_from(at: datetime | None) -> Any:
    return lambda row: row["state"] == "waiting" and (at is None or row["due_at"] >= at)


async def end_threads(
    work: Work, threads: Sequence[str], times: Sequence[datetime], steered: bool
) -> list[Row]:
    """Let what is open of a thread expire, and say nothing of it."""
    for thread, at in zip(threads, times, strict=True):
        wanted = _open_of(thread, at, steered)
        keys = [key for key, row in work.rows(SENDINGS) if wanted(row)]
        gone = {"expires_at": at, "answer_topic": None, "answer": None}
        for key, row in await locked_anew(work, SENDINGS, keys, wanted):
            work.put(SENDINGS, key, row | gone)
    return []


def _open_of(thread: str, at: datetime, steered: bool) -> Any:
    return lambda row: (
        row["thread"] == thread
        and row["state"] in ("waiting", "claimed")
        and row["expires_at"] > at
        and (not steered or row["due_at"] >= at)
    )


async def claim(work: Work, lease: UUID, until: datetime, *asked: Any) -> list[Row]:
    """Claim the longest due, passing over what others have locked."""
    lease_until, gateway, most = asked
    found = [
        row
        for key, row in work.rows(SENDINGS)
        if row["gateway"] == gateway and _open(row, until) and not work.is_locked((SENDINGS, key))
    ]
    found.sort(key=lambda row: tuple(row[name] for name in IN_ORDER))
    claimed = []
    for row in found[:most]:
        work.seize((SENDINGS, row["reference"]))
        now = {"state": "claimed", "lease": lease, "lease_until": lease_until}
        taken = row | now | {"attempts": row["attempts"] + 1}
        work.put(SENDINGS, row["reference"], taken)
        left = {"left_uncertain": row["state"] == "claimed"}
        claimed.append({name: taken[name] for name in CLAIMED} | left)
    return claimed


def _open(row: Row, until: datetime) -> bool:
    if row["state"] == "waiting":
        return bool(row["try_at"] <= until)
    return bool(row["state"] == "claimed" and row["lease_until"] < until)


def leased(lease: UUID) -> Any:
    """Whether a sending is still this lease's."""
    return lambda row: row["lease"] == lease


async def let_go(work: Work, lease: UUID, *columns: Sequence[Any]) -> list[Row]:
    """Give back what could not be sent now."""
    return await let_go_if(work, leased(lease), *columns)


async def let_go_if(work: Work, wanted: Any, *columns: Sequence[Any]) -> list[Row]:
    """Give back the sendings that are wanted."""
    asked = set(seen(work, SENDINGS, columns[0], wanted))
    for reference, try_at, why, untried in zip(*columns, strict=True):
        again = NOBODYS | {"state": "waiting", "try_at": try_at, "why": why}
        for _, row in await locked_anew(work, SENDINGS, {reference} & asked, wanted):
            work.put(SENDINGS, reference, row | again | {"attempts": row["attempts"] - untried})
    return []


async def end(work: Work, lease: UUID, *columns: Sequence[Any]) -> list[Row]:
    """Keep the outcomes of what is still this lease's."""
    return await end_if(work, leased(lease), *columns)


async def end_if(work: Work, wanted: Any, *columns: Sequence[Any]) -> list[Row]:
    """Keep the outcomes of the sendings that are wanted."""
    kept: list[Row] = []
    asked = set(seen(work, SENDINGS, columns[0], wanted))
    for reference, outcome, at, why in zip(*columns, strict=True):
        for key, row in await locked_anew(work, SENDINGS, {reference} & asked, wanted):
            ended = {"state": outcome, "ended_at": at, "why": why, "message": None, "answer": None}
            work.put(SENDINGS, key, row | NOBODYS | ended)
            kept.append({"reference": reference})
    return kept


async def next_try(work: Work) -> list[Row]:
    """The earliest that waits."""
    times = [row["try_at"] for _, row in work.rows(SENDINGS) if row["state"] == "waiting"]
    return [{"min": min(times, default=None)}]


async def open_count(work: Work, until: datetime) -> list[Row]:
    """How many should be gone by then."""
    open_rows = [row for _, row in work.rows(SENDINGS) if row["state"] in ("waiting", "claimed")]
    return [{"count": sum(1 for row in open_rows if row["due_at"] <= until)}]


def _those_claimed(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    return ", ".join(short(row["reference"]) for row in found)


def short(reference: str) -> str:
    """A reference with as much of its ids as tells them apart."""
    return AN_ID.sub(lambda found: f"..{found[0][-4:]}", reference)


SENDING = {
    intents.QUEUE: Statement(queue, "queues what is to be sent"),
    intents.WITHDRAW: Statement(withdraw, "takes back what was to be sent"),
    intents.END_THREADS: Statement(end_threads, "ends threads"),
    sendings.CLAIM: Statement(claim, "claims what is to be sent", detail=_those_claimed),
    sendings.LET_GO: Statement(let_go, "puts a sending off"),
    sendings.END: Statement(end, "keeps what came of a sending"),
    sendings.NEXT: Statement(next_try, "asks when the next sending is due", writes=False),
    sendings.OPEN_COUNT: Statement(open_count, "counts open sendings", writes=False),
}
"""By the statement's own text."""
