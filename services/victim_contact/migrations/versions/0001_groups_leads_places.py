"""Contact groups, leads, who and what belongs where, and how much was said about each group."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "contact_groups",
        sa.Column("contact_group", sa.Uuid, primary_key=True),
        sa.Column("members", ARRAY(sa.Uuid), nullable=False),
        sa.Column("group_version", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("people", JSONB, nullable=False),
        sa.Column("matters", JSONB, nullable=False),
        sa.Column("listings", JSONB, nullable=False),
        sa.Column("attempts", JSONB, nullable=False),
        sa.Column("workers", JSONB, nullable=False),
        sa.Column("episode", JSONB),
        sa.Column("withheld_due_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "leads",
        sa.Column("lead_id", sa.Uuid, primary_key=True),
        sa.Column("contact_group", sa.Uuid, nullable=False, index=True),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("victim_id", sa.Uuid, nullable=False),
        sa.Column("episode_id", sa.Uuid, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", JSONB),
        sa.Column("points", JSONB, nullable=False),
        sa.Column("incident_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("request_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("stays", sa.Boolean, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.Text),
        # Deferred: within one transaction a lead may move to a group whose own lead just ended.
        ExcludeConstraint(
            (sa.column("contact_group"), "="),
            name="one_active_lead",
            using="btree",
            where=sa.text("ended_at IS NULL"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("contact_group", sa.Uuid, nullable=False, index=True),
    )
    op.create_table(
        "aliases",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("kept_id", sa.Uuid, nullable=False),
    )
    op.create_table(
        "counters",
        sa.Column("contact_group", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("counters", "aliases", "places", "leads", "contact_groups"):
        op.drop_table(name)
