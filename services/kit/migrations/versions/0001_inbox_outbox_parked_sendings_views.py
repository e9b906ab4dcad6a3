"""The kit's tables: inbox by day, outbox, parked, sendings, views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _inbox()
    _outbox()
    _parked()
    _sendings()
    _views()


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        schema="kit",
        postgresql_partition_by="RANGE (day)",
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("aggregatetype", sa.Text, nullable=False),
        sa.Column("aggregateid", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("deliver_at", TIME),
        sa.Column("failed_at", TIME),
        schema="kit",
    )
    _partial(
        "outbox_due_now", "outbox", ["shard", "seq"], "deliver_at IS NULL AND failed_at IS NULL"
    )
    _partial(
        "outbox_due_later",
        "outbox",
        ["deliver_at", "seq"],
        "deliver_at IS NOT NULL AND failed_at IS NULL",
    )
    _partial("outbox_failed", "outbox", ["aggregatetype", "aggregateid"], "failed_at IS NOT NULL")


def _parked() -> None:
    op.create_table(
        "parked",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("record_offset", sa.BigInteger, nullable=False),
        sa.Column("record_timestamp", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("event_time", TIME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("behind", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("summary", JSONB, nullable=False),
        sa.Column("parked_at", TIME, nullable=False),
        sa.Column("mark", sa.Text),
        sa.Column("marked_by", sa.Text),
        sa.Column("marked_why", sa.Text),
        sa.Column("marked_at", TIME),
        schema="kit",
    )
    op.create_index("parked_by_key", "parked", ["topic", "key", "seq"], schema="kit")
    op.create_table(
        "parked_acts",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        schema="kit",
    )


def _sendings() -> None:
    op.create_table(
        "sendings",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("message", sa.LargeBinary),
        sa.Column("answer_topic", sa.Text),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("answer_headers", JSONB),
        sa.Column("answer_key", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("try_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("at_most_once", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.Uuid),
        sa.Column("lease_until", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("why", sa.Text),
        schema="kit",
    )
    _partial("sendings_open", "sendings", ["gateway", "try_at"], "state IN ('waiting', 'claimed')")


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        schema="kit",
    )
    op.create_index("views_about", "views", ["about", "at"], schema="kit")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, schema="kit", postgresql_where=sa.text(where))


def downgrade() -> None:
    """Take them away again."""
    for table in ("views", "sendings", "parked_acts", "parked", "outbox", "inbox"):
        op.drop_table(table, schema="kit")
