"""The kit's own tables in every service's database, in the schema `kit`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "kit"
KIT = MetaData(schema=SCHEMA)

INBOX = Table(
    "inbox",
    KIT,
    Column("event_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    postgresql_partition_by="RANGE (day)",
)
"""What was already handled."""

OUTBOX = Table(
    "outbox",
    KIT,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("aggregatetype", Text, nullable=False),
    Column("aggregateid", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("deliver_at", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True)),
    Column("lane", SmallInteger, nullable=False, server_default=text("1")),
    Index(
        "outbox_urgent",
        "seq",
        postgresql_where=text("lane = 0 AND deliver_at IS NULL AND failed_at IS NULL"),
    ),
    Index(
        "outbox_due_now",
        "shard",
        "seq",
        postgresql_where=text("deliver_at IS NULL AND failed_at IS NULL"),
    ),
    Index(
        "outbox_due_later",
        "deliver_at",
        "seq",
        postgresql_where=text("deliver_at IS NOT NULL AND failed_at IS NULL"),
    ),
    Index(
        "outbox_failed",
        "aggregatetype",
        "aggregateid",
        postgresql_where=text("failed_at IS NOT NULL"),
    ),
)
"""What is said and not yet published; `aggregatetype` is the topic, `aggregateid` the key."""

PARKED = Table(
    "parked",
    KIT,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("record_offset", BigInteger, nullable=False),
    Column("record_timestamp", BigInteger, nullable=False),
    Column("body", LargeBinary),
    Column("headers", JSONB, nullable=False),
    Column("event_time", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("behind", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("traceparent", Text),
    Column("summary", JSONB, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False),
    Column("mark", Text),
    Column("marked_by", Text),
    Column("marked_why", Text),
    Column("marked_at", DateTime(timezone=True)),
    Index("parked_by_key", "topic", "key", "seq"),
)
"""Messages that no retry can help, and those that wait behind them in order."""

PARKED_ACTS = Table(
    "parked_acts",
    KIT,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""Who did what to a parked message, when and why; kept after the message is gone."""

SENDINGS = Table(
    "sendings",
    KIT,
    Column("reference", Text, primary_key=True),
    Column("gateway", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", LargeBinary),
    Column("answer_topic", Text),
    Column("answer", LargeBinary),
    Column("answer_headers", JSONB),
    Column("answer_key", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("try_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("at_most_once", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", Uuid),
    Column("lease_until", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("why", Text),
    Column("thread", Text),
    Column("place", Integer, nullable=False, server_default="0"),
    Index(
        "sendings_open",
        "gateway",
        "try_at",
        postgresql_where=text("state IN ('waiting', 'claimed')"),
    ),
    Index(
        "sendings_thread",
        "thread",
        postgresql_where=text("state IN ('waiting', 'claimed') AND thread IS NOT NULL"),
    ),
)
"""What is to be handed to the outside, and what came of it; the content goes once it is sent."""

VIEWS = Table(
    "views",
    KIT,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("about", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("views_about", "about", "at"),
)
"""Every time somebody read personal details: about whom or what, who, and what was shown."""

PROGRESS = Table(
    "progress",
    KIT,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("heard_until", DateTime(timezone=True), nullable=False),
)
"""How far watched topics have been heard."""
