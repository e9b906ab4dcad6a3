"""The tables of mash_screening."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()
CASES = Table(
    "cases",
    metadata,
    Column("incident_id", Uuid, primary_key=True),
    Column("victim_id", Uuid, nullable=False, index=True),
    Column("suspect_id", Uuid, index=True),
    Column("area", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("correlation_id", Uuid, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("passed_on", JSONB, nullable=False),
    Column("screening", JSONB),
    Column("live", Boolean, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("said", Integer, nullable=False),
    Column("regrade", JSONB),
    Column("decided", JSONB),
    Column("age_confirmed", Boolean, nullable=False),
    Column("overdue_for", DateTime(timezone=True)),
    Column("alarmed", ARRAY(Text), nullable=False),
    Index("cases_waiting", "area", postgresql_where=text("waits")),
)
HEARD = Table(
    "heard",
    metadata,
    Column("incident_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)
FILES = Table(
    "case_files",
    metadata,
    Column("incident_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("part", Text, nullable=False),
)
RULINGS = Table(
    "rulings",
    metadata,
    Column("ruling_id", Uuid, primary_key=True),
    Column("incident_id", Uuid, nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("ruling", JSONB, nullable=False),
)
