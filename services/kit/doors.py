"""How a door hands in what a partner sent over HTTP: the same reading, the same handlers."""

from dataclasses import dataclass
from uuid import UUID

from contracts.envelope import Event, Problem
from services.kit.batch import Allows, commit
from services.kit.records import KeptRecord
from services.kit.runtime import Runtime


@dataclass(frozen=True)
class Taken:
    """What came of a message handed in: committed, whatever it was."""

    event_id: UUID
    new: bool
    """False where the very same message was taken before."""
    problems: tuple[Problem, ...]
    """Why it was refused by its reading; refusals by state are among the events."""
    events: tuple[Event, ...]
    """What the service said about it; nothing where it is not new."""


async def take(
    runtime: Runtime, topic: str, body: bytes, *, source: str, allows: Allows | None = None
) -> Taken:
    """Handle a partner's message now, in a transaction of its own.

    `source` is the authenticated sender; the caller has compared it with the body's. Raises what
    `faults.is_infrastructure` knows when the database is away, and what `allows` raises on what
    would be said: nothing is committed then.
    """
    received = int(runtime.clock.now().timestamp() * 1000)
    record = KeptRecord(topic, None, body, [("ce_source", source.encode())], received)
    item = runtime.reader.read(record)
    committed = await commit(runtime, [item], allows=allows)
    runtime.tell(committed)
    return Taken(item.envelope.id, committed.taken > 0, item.problems, committed.events)
