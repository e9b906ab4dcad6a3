"""A small service of no meaning, to try the kit with: it counts cancellations of incidents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, Table, Uuid

from contracts.envelope import Trail
from contracts.mash import ScreeningDue, ScreeningWithdrawn
from contracts.ops import OpsAlarm
from contracts.partner import SchoolAcknowledgement
from contracts.police import IncidentCancelled
from contracts.schools import AlertMailEnded, SchoolsInputRefused
from contracts.vocabulary import (
    AlertId,
    IncidentId,
    PersonId,
    RecipientRole,
    incident_id_of,
    named,
)
from services.kit.database import Database, Transaction
from services.kit.rows import Rows
from services.kit.sending import Mail, Send, Withdraw
from services.kit.service import Service
from services.kit.timers import Later, later

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
POISON = 666
"""A revision that no handler survives."""
ALARMING, MAILING, TAKING_BACK, LOCKING = 101, 102, 103, 104
TALLIES = Table(
    "tallies",
    MetaData(),
    Column("incident_id", Uuid, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_revision", Integer, nullable=False),
)


@dataclass(frozen=True)
class Tally:
    """How often an incident was cancelled, and which revision came last."""

    incident_id: IncidentId
    count: int
    last_revision: int


class Tallies:
    """Tallies by incident."""

    def __init__(self, tallies: Iterable[Tally] = ()) -> None:
        self.rows = Rows[IncidentId, Tally](attrgetter("incident_id"), tallies)

    def of(self, incident_id: IncidentId) -> Tally:
        return self.rows.get(incident_id) or Tally(incident_id, 0, 0)


class Poisoned(Exception):  # noqa: N818
    """No retry can help."""


def count_cancellation(
    event: IncidentCancelled, tallies: Tallies, now: datetime
) -> list[ScreeningWithdrawn | Later[ScreeningDue] | OpsAlarm | Send[AlertMailEnded] | Withdraw]:
    """Count it, and say so; what else it does is asked for by the revision."""
    if event.revision == POISON:
        raise Poisoned
    tally = tallies.of(event.incident_id)
    counted = replace(tally, count=tally.count + 1, last_revision=event.revision)
    tallies.rows.put(counted)
    withdrawn = ScreeningWithdrawn(
        incident_id=event.incident_id,
        victim_id=PersonId(event.incident_id),
        area=event.area,
        version=counted.count,
    )
    if event.revision == ALARMING:
        return [withdrawn, an_alarm(event)]
    if event.revision == MAILING:
        return [withdrawn, a_sending(event.incident_id, not_before=now + timedelta(minutes=5))]
    if event.revision == TAKING_BACK:
        return [withdrawn, Withdraw(f"mail/{event.incident_id}")]
    due = now + timedelta(hours=4)
    return [withdrawn, later(ScreeningDue(incident_id=event.incident_id, due_at=due), at=due)]


def mark_due(event: ScreeningDue, tallies: Tallies, now: datetime) -> list[ScreeningWithdrawn]:
    """A timer came: remembered as revision -1."""
    tally = tallies.of(event.incident_id)
    tallies.rows.put(replace(tally, last_revision=-1))
    return []


def end_mail(event: AlertMailEnded, tallies: Tallies, now: datetime) -> list[ScreeningWithdrawn]:
    """An outcome came: remembered as revision -2 when accepted, else -3."""
    tally = tallies.of(event.incident_id)
    outcome = -2 if event.outcome == "accepted" else -3
    tallies.rows.put(replace(tally, last_revision=outcome))
    return []


def acknowledge(
    event: SchoolAcknowledgement, tallies: Tallies, now: datetime
) -> list[ScreeningWithdrawn]:
    """A partner's message is only counted."""
    incident_id = IncidentId(named("acknowledged", event.alert_id))
    tally = tallies.of(incident_id)
    tallies.rows.put(replace(tally, count=tally.count + 1))
    return []


def an_alarm(event: IncidentCancelled) -> OpsAlarm:
    return OpsAlarm(to_role="mash", area=event.area, code="too_many", about=(event.incident_id,))


def a_sending(incident_id: IncidentId, not_before: datetime | None = None) -> Send[AlertMailEnded]:
    answer = AlertMailEnded(
        alert_id=AlertId(incident_id),
        incident_id=incident_id,
        content_version=1,
        step="first",
        role=RecipientRole.HEAD,
    )
    mail = Mail(
        to="head.1@schools.invalid",
        subject="A child",
        text="Please ring.",
        headers={"X-Onward-Reference": str(incident_id), "X-Onward-Step": "first"},
    )
    return Send(f"mail/{incident_id}", mail, answer, not_before=not_before)


Heard = IncidentCancelled | ScreeningDue | AlertMailEnded | SchoolAcknowledgement


def names_of(heard: Sequence[Heard]) -> set[str]:
    return {f"area/{event.area}" for event in heard if isinstance(event, IncidentCancelled)}


async def load(transaction: Transaction, heard: Sequence[Heard]) -> Tallies:
    asked = {e.area for e in heard if isinstance(e, IncidentCancelled) and e.revision == LOCKING}
    transaction.need(f"more/{area}" for area in asked)
    ids = {_incident_of(event) for event in heard}
    return Tallies(await transaction.rows(Tally, TALLIES, where="incident_id", among=ids))


def _incident_of(event: Heard) -> IncidentId:
    if isinstance(event, SchoolAcknowledgement):
        return IncidentId(named("acknowledged", event.alert_id))
    return event.incident_id


async def save(transaction: Transaction, tallies: Tallies) -> None:
    await transaction.upsert(TALLIES, tallies.rows.changed())


TRIAL = Service(
    name="trial",
    speaker="ops",
    hears=[count_cancellation, mark_due, end_mail, acknowledge],
    load=load,
    save=save,
    locks=names_of,
    refuses=SchoolsInputRefused,
    watches=frozenset({IncidentCancelled.TOPIC}),
)


async def make_tables(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "CREATE TABLE tallies (incident_id uuid PRIMARY KEY, count int NOT NULL, "
            "last_revision int NOT NULL)"
        )


def incident(number: int) -> IncidentId:
    return incident_id_of("trial", str(number))


def trail(number: int) -> Trail:
    return Trail(f"trial/{number}", UUID(int=number))


def a_cancellation(number: int = 1, revision: int = 1) -> IncidentCancelled:
    return IncidentCancelled(
        incident_id=incident(number),
        revision=revision,
        version=revision,
        area="rotherham",
        received_at=NOON,
        first_received_at=NOON,
    )
