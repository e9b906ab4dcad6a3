"""Two small services whose every effect is easy to account for: one counts, one listens to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from operator import attrgetter

from sqlalchemy import Column, MetaData, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from contracts.envelope import Event
from contracts.mash import ScreeningDue, ScreeningWithdrawn
from contracts.police import IncidentCancelled
from contracts.schools import AlertMailEnded
from contracts.vocabulary import AlertId, IncidentId, PersonId, RecipientRole
from services.kit.database import Transaction
from services.kit.rows import Rows
from services.kit.sending import Mail, Send, Withdraw
from services.kit.service import Service
from services.kit.timers import Later, later

metadata = MetaData()
LEDGERS = Table(
    "ledgers",
    metadata,
    Column("incident_id", Uuid, primary_key=True),
    Column("heard", JSONB, nullable=False),
    Column("timers", JSONB, nullable=False),
    Column("rung", JSONB, nullable=False),
    Column("sent", JSONB, nullable=False),
    Column("taken_back", JSONB, nullable=False),
    Column("ended", JSONB, nullable=False),
)
KINDS = 10


class Wish(IntEnum):
    """What a message asks of the counting service, as the last digit of its revision."""

    NOTHING = 0
    TIMER = 1
    MAIL = 2
    TO_A_VICTIM = 3
    TAKEN_BACK = 4
    POISON = 5


@dataclass(frozen=True)
class Ledger:
    """What was heard about one thing, and what came of it, each in its order."""

    incident_id: IncidentId
    heard: tuple[int, ...] = ()
    timers: tuple[int, ...] = ()
    rung: tuple[int, ...] = ()
    sent: tuple[int, ...] = ()
    taken_back: tuple[int, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass
class Remedy:
    """Whether the release is out that can handle what was poison before."""

    released: bool = False


class Ledgers:
    """Ledgers by what they are about."""

    def __init__(self, ledgers: Iterable[Ledger] = (), remedy: Remedy | None = None) -> None:
        self.rows = Rows[IncidentId, Ledger](attrgetter("incident_id"), ledgers)
        self.remedy = remedy or Remedy()

    def of(self, incident_id: IncidentId) -> Ledger:
        """The ledger; of what nobody heard of, an empty one."""
        return self.rows.get(incident_id) or Ledger(incident_id)


class Poisoned(Exception):  # noqa: N818
    """No retry can help until the remedy is released."""


Said = ScreeningWithdrawn | Later[ScreeningDue] | Send[AlertMailEnded] | Withdraw


def count(event: IncidentCancelled, ledgers: Ledgers, now: datetime) -> list[Said]:
    """Write a message into its ledger, say so, and do what it wishes."""
    number, wish = event.revision, Wish(event.revision % KINDS)
    if wish is Wish.POISON and not ledgers.remedy.released:
        raise Poisoned
    ledger = ledgers.of(event.incident_id)
    ledger = replace(ledger, heard=(*ledger.heard, number))
    said: list[Said] = [_counted(ledger)]
    if wish is Wish.TIMER:
        ledger = replace(ledger, timers=(*ledger.timers, number))
        said.append(_timer(ledger, now + timedelta(minutes=number)))
    elif wish in (Wish.MAIL, Wish.TO_A_VICTIM):
        ledger = replace(ledger, sent=(*ledger.sent, number))
        said.append(_sending(event, wish is Wish.TO_A_VICTIM))
    elif wish is Wish.TAKEN_BACK and ledger.sent:
        last = ledger.sent[-1]
        ledger = replace(ledger, taken_back=(*ledger.taken_back, last))
        said.append(Withdraw(reference(event.incident_id, last)))
    ledgers.rows.put(ledger)
    return said


def ring(event: ScreeningDue, ledgers: Ledgers, now: datetime) -> list[Said]:
    """A timer came: its number travels as its microsecond."""
    ledger = ledgers.of(event.incident_id)
    ledgers.rows.put(replace(ledger, rung=(*ledger.rung, event.due_at.microsecond)))
    return []


def end(event: AlertMailEnded, ledgers: Ledgers, now: datetime) -> list[Said]:
    """An outcome came."""
    ledger = ledgers.of(event.incident_id)
    outcome = f"{event.content_version} {event.outcome}"
    ledgers.rows.put(replace(ledger, ended=(*ledger.ended, outcome)))
    return []


def listen(event: ScreeningWithdrawn, ledgers: Ledgers, now: datetime) -> list[Said]:
    """Write down which version was heard."""
    ledger = ledgers.of(event.incident_id)
    ledgers.rows.put(replace(ledger, heard=(*ledger.heard, event.version)))
    return []


def _counted(ledger: Ledger) -> ScreeningWithdrawn:
    return ScreeningWithdrawn(
        incident_id=ledger.incident_id,
        victim_id=PersonId(ledger.incident_id),
        area="rotherham",
        version=len(ledger.heard),
    )


def _timer(ledger: Ledger, at: datetime) -> Later[ScreeningDue]:
    marked = at.replace(microsecond=ledger.timers[-1])
    return later(ScreeningDue(incident_id=ledger.incident_id, due_at=marked), at=at)


def _sending(event: IncidentCancelled, to_a_victim: bool) -> Send[AlertMailEnded]:
    answer = AlertMailEnded(
        alert_id=AlertId(event.incident_id),
        incident_id=event.incident_id,
        content_version=event.revision,
        step="first",
        role=RecipientRole.HEAD,
    )
    mail = Mail(to="somebody@onward.invalid", subject="Onward", text="Please ring.")
    name = reference(event.incident_id, event.revision)
    return Send(name, mail, answer, at_most_once=to_a_victim)


def reference(incident_id: IncidentId, number: int) -> str:
    """What makes a sending one."""
    return f"{incident_id}/{number}"


async def load(transaction: Transaction, heard: Sequence[Event]) -> Ledgers:
    """Lock and read the ledgers that these events are about."""
    ids = {event.incident_id for event in heard if hasattr(event, "incident_id")}
    found = await transaction.rows(Ledger, LEDGERS, where="incident_id", among=ids)
    return Ledgers(found, transaction.reference)


async def save(transaction: Transaction, ledgers: Ledgers) -> None:
    """Write the ledgers that changed."""
    await transaction.upsert(LEDGERS, ledgers.rows.changed())


def locks(heard: Sequence[Event]) -> set[str]:
    """Each ledger by name: one that does not exist yet is locked too."""
    return {f"ledger/{event.incident_id}" for event in heard if hasattr(event, "incident_id")}


def is_urgent(event: Event) -> bool:
    """Every third version of anything goes before the others."""
    return isinstance(event, ScreeningWithdrawn) and event.version % 3 == 0


COUNTING = Service(
    name="counting",
    speaker="ops",
    hears=[count, ring, end],
    load=load,
    save=save,
    locks=locks,
    watches=frozenset({IncidentCancelled.TOPIC}),
)
LISTENING = Service(
    name="listening", speaker="ops", hears=[listen], load=load, save=save, locks=locks
)
