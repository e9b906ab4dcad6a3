"""The tables: records with their keys, persons, questions, and what was said of each thing."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

RECORDS = Table(
    "records",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("report_id", Uuid, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("came_in", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("features", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("keys", ARRAY(BigInteger), nullable=False),
    Column("places", ARRAY(BigInteger), nullable=False),
    Column("points", Text, nullable=False),
    Column("joined_by", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("weight", Float),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("area", Text, nullable=False),
    Column("born", Date),
    Column("employer_urn", Text),
    Column("employer_role", Text),
    Column("is_adult", Boolean, nullable=False),
    Column("moves", Integer, nullable=False),
    Index("records_keys", "keys", postgresql_using="gin"),
    Index("records_places", "places", postgresql_using="gin"),
)
"""Records as last revised, and whose they are now."""

REVISIONS = Table(
    "revisions",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("given", Text, nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False),
)
"""Every revision of a record as told; rows are only added."""

LINKS = Table(
    "links",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("joined_by", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("weight", Float),
    Column("grounds", JSONB, nullable=False),
    Column("waterfall", JSONB, nullable=False),
    Column("model", Text, nullable=False),
    Column("norm_version", Integer, nullable=False),
    Column("review_id", Uuid, index=True),
)
"""Whose a record was since when, and why; rows are only added."""

PERSONS = Table(
    "persons",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("correlation_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("group_id", Uuid, index=True),
    Column("group_version", Integer, nullable=False),
    Column("merged_into", Uuid, index=True),
    Column("unsafe_said", ARRAY(Text), nullable=False),
    Column("parted", Integer, nullable=False),
    CheckConstraint("merged_into <> person_id", name="persons_not_into_themselves"),
)

REVIEWS = Table(
    "reviews",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("one_id", Uuid, nullable=False, index=True),
    Column("other_id", Uuid, nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("subject", Text, nullable=False),
    Column("correlation_id", Uuid, nullable=False),
    Column("record_id", Uuid, nullable=False),
    Column("moves", Boolean, nullable=False),
    Column("weight", Float),
    Column("grounds", JSONB, nullable=False),
    Column("waterfall", JSONB, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("rationale", Text),
    Column("moved", ARRAY(Uuid), nullable=False),
    Column("parted_id", Uuid),
    Column("escalated", Boolean, nullable=False),
    CheckConstraint("one_id <> other_id", name="reviews_about_two"),
)

APARTS = Table(
    "aparts",
    metadata,
    Column("one_id", Uuid, primary_key=True),
    Column("other_id", Uuid, primary_key=True, index=True),
    Column("review_id", Uuid, nullable=False),
    CheckConstraint("one_id < other_id", name="aparts_in_order"),
)
"""Pairs of whom a human said that they are different."""

TELLINGS = Table(
    "tellings",
    metadata,
    Column("thing_id", Uuid, primary_key=True),
    Column("report_id", Uuid, nullable=False, index=True),
    Column("came_in", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("correlation_id", Uuid, nullable=False),
    Column("heard", BigInteger, nullable=False),
    Column("said", Integer, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("area", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("parties", JSONB, nullable=False),
    Column("last", Text, nullable=False),
    Column("victim_id", Uuid),
    Column("digest", Text, nullable=False),
)
"""Incidents, requests, enrolments and rosters as last heard and said."""

GENERIC = Table(
    "generic_keys",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("found_at", DateTime(timezone=True), nullable=False),
)
"""Keys that lead to too many persons to tell anybody apart."""
