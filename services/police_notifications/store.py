"""Where the reports are kept, and the two statements a batch needs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from contracts.envelope import Event
from contracts.partner import IncidentReport
from contracts.vocabulary import incident_id_of
from services.kit.database import Transaction
from services.police_notifications.domain.reports import Report
from services.police_notifications.working_set import Reports

metadata = MetaData()
REPORTS = Table(
    "reports",
    metadata,
    Column("report_id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("area", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("first_received_at", DateTime(timezone=True), nullable=False),
    Column("content", Text),
    Column("marks", JSONB, nullable=False),
    Column("taken", JSONB, nullable=False),
    Column("first", JSONB, nullable=False),
    Column("second", JSONB),
    UniqueConstraint("source", "reference", name="one_report_by_reference"),
)
KEYS = Table(
    "idempotency_keys",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False, index=True),
)
"""Which message a sender's `Idempotency-Key` came with at the door."""
KEY_USED = "SELECT digest FROM idempotency_keys WHERE source = $1 AND key = $2"
REMEMBER_KEY = """
INSERT INTO idempotency_keys (source, key, digest, used_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
FORGET_KEYS = "DELETE FROM idempotency_keys WHERE used_at < $1"


def locks(heard: Sequence[Event]) -> set[str]:
    """A report by name: the topic and the door take the same report one after the other."""
    return {f"report/{_id(event)}" for event in heard if isinstance(event, IncidentReport)}


async def load(transaction: Transaction, heard: Sequence[Event]) -> Reports:
    """Lock and read every report that these events may touch."""
    ids = {_id(event) for event in heard if isinstance(event, IncidentReport)}
    found = await transaction.rows(Report, REPORTS, where="report_id", among=ids)
    return Reports(found, transaction.reference)


async def save(transaction: Transaction, reports: Reports) -> None:
    """Write the reports that changed."""
    await transaction.upsert(REPORTS, reports.rows.changed())


async def report_of(transaction: Transaction, source: str, reference: str) -> Report | None:
    """One report as it stands, not locked."""
    ids = [incident_id_of(source, reference)]
    found = await transaction.read(Report, REPORTS, where="report_id", among=ids)
    return found[0] if found else None


async def key_used_for(transaction: Transaction, source: str, key: str) -> str | None:
    """The digest of the message that a sender's key came with before."""
    found = await transaction.fetch(KEY_USED, source, key)
    return found[0][0] if found else None


async def remember_key(
    transaction: Transaction, used: tuple[str, str, str], oldest: datetime
) -> None:
    """Keep sender, key and digest, and forget keys older than `oldest`."""
    await transaction.execute(FORGET_KEYS, oldest)
    await transaction.execute(REMEMBER_KEY, *used, transaction.now)


def _id(report: IncidentReport) -> UUID:
    return incident_id_of(report.source, report.reference)
