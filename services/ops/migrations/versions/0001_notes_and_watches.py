"""What was said, in plain fields, and the clocks that ops watches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "notes",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("correlation_id", sa.Uuid, nullable=False, index=True),
        sa.Column("causation_id", sa.Uuid),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("body", JSONB, nullable=False),
    )
    op.create_index(
        "notes_about",
        "notes",
        ["about"],
        postgresql_using="gin",
        postgresql_ops={"about": "jsonb_path_ops"},
    )
    op.create_table(
        "watched_incidents",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("area", sa.Text),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("said", sa.Integer, nullable=False),
        sa.Column("children", JSONB, nullable=False),
        sa.Column("screened", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("answered", sa.Boolean, nullable=False),
    )
    op.create_table(
        "watched_alerts",
        sa.Column("alert_id", sa.Uuid, primary_key=True),
        sa.Column("incident_id", sa.Uuid, nullable=False, index=True),
        sa.Column("child_ref", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("watched_alerts", "watched_incidents", "notes"):
        op.drop_table(name)
