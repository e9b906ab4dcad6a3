"""Where ops keeps its notes and watched clocks, and the few statements a batch needs."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from contracts.envelope import Event
from contracts.vocabulary import IncidentId
from services.kit.database import Transaction
from services.ops.domain import WatchedAlert, WatchedIncident
from services.ops.working_set import Notebook

metadata = MetaData()
NOTES = Table(
    "notes",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("correlation_id", Uuid, nullable=False, index=True),
    Column("causation_id", Uuid),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("about", JSONB, nullable=False),
    Column("body", JSONB, nullable=False),
    Index(
        "notes_about", "about", postgresql_using="gin", postgresql_ops={"about": "jsonb_path_ops"}
    ),
)
INCIDENTS = Table(
    "watched_incidents",
    metadata,
    Column("incident_id", Uuid, primary_key=True),
    Column("area", Text),
    Column("live", Boolean, nullable=False),
    Column("said", Integer, nullable=False),
    Column("children", JSONB, nullable=False),
    Column("screened", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Column("answered", Boolean, nullable=False),
)
ALERTS = Table(
    "watched_alerts",
    metadata,
    Column("alert_id", Uuid, primary_key=True),
    Column("incident_id", Uuid, nullable=False, index=True),
    Column("child_ref", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("due_by", DateTime(timezone=True)),
)
WATCHED = ("police.", "mash.", "schools.", "ops.watch-due.")


def locks(heard: Sequence[Event]) -> set[str]:
    """The incidents whose clocks this batch touches: their news comes on several topics."""
    return {f"watch/{incident_id}" for incident_id in _watched(heard)}


async def load(transaction: Transaction, heard: Sequence[Event]) -> Notebook:
    """Read the clocks of every incident these events are about."""
    ids = _watched(heard)
    incidents = await transaction.rows(WatchedIncident, INCIDENTS, where="incident_id", among=ids)
    alerts = await transaction.rows(WatchedAlert, ALERTS, where="incident_id", among=ids)
    return Notebook(incidents, alerts)


async def save(transaction: Transaction, notebook: Notebook) -> None:
    """Add the notes and write the clocks that changed."""
    await transaction.insert(NOTES, notebook.notes.changed())
    await transaction.upsert(INCIDENTS, notebook.incidents.changed())
    await transaction.upsert(ALERTS, notebook.alerts.changed())


def _watched(heard: Sequence[Event]) -> set[IncidentId]:
    about = (getattr(e, "incident_id", None) for e in heard if e.TOPIC.startswith(WATCHED))
    return {incident_id for incident_id in about if incident_id is not None}
