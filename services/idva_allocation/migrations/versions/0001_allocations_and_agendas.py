"""Screened incidents, allocations, advocates, meetings, listings, and what was heard."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NAMES = (
    "cases",
    "allocations",
    "advocates",
    "conflicts",
    "meetings",
    "listings",
    "heard",
    "followed",
    "turns",
)


def upgrade() -> None:
    """Create the tables."""
    _cases()
    _allocations()
    _advocates()
    _conflicts()
    _meetings()
    _listings()
    _heard()
    _followed()
    _turns()


def downgrade() -> None:
    """Drop the tables."""
    for name in reversed(NAMES):
        op.drop_table(name)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("victim_id", sa.Uuid, nullable=False, index=True),
        sa.Column("suspect_id", sa.Uuid),
        sa.Column("contact_group", sa.Uuid, nullable=False, index=True),
        sa.Column("group_members", ARRAY(sa.Uuid), nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("first_received_at", TIME, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("asks", sa.Boolean, nullable=False),
        sa.Column("victim_age", sa.Text, nullable=False),
        sa.Column("age_confirmed", sa.Boolean, nullable=False),
        sa.Column("imminent", sa.Boolean, nullable=False),
        sa.Column("in_hospital", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("wants", ARRAY(sa.Text), nullable=False),
        sa.Column("criteria", ARRAY(sa.Text), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("said", sa.Integer, nullable=False),
        sa.Column("served", sa.Boolean, nullable=False),
        sa.Column("referral", JSONB),
        sa.Column("meeting_id", sa.Text),
        sa.Column("leaves_for_another", sa.Boolean, nullable=False),
        sa.Column("backlog_said", sa.Boolean, nullable=False),
        sa.Column("awaits_meeting", sa.Boolean, nullable=False),
    )
    op.create_index(
        "cases_awaiting_meeting",
        "cases",
        ["area", "rank"],
        postgresql_where=sa.text("awaits_meeting"),
    )


def _allocations() -> None:
    op.create_table(
        "allocations",
        sa.Column("allocation_id", sa.Uuid, primary_key=True),
        sa.Column("incident_id", sa.Uuid, nullable=False, index=True),
        sa.Column("contact_group", sa.Uuid, nullable=False, index=True),
        sa.Column("victim_id", sa.Uuid, nullable=False, index=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("need", JSONB, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("advocate_id", sa.Text, index=True),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("allocated_at", TIME),
        sa.Column("ended_because", sa.Text),
        sa.CheckConstraint(
            "(stage = 'allocated') <= (advocate_id IS NOT NULL)", name="allocated_to_one"
        ),
        ExcludeConstraint(
            ("contact_group", "="),
            name="one_advocate_an_episode",
            using="btree",
            where=sa.text("stage <> 'closed'"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index(
        "allocations_queued",
        "allocations",
        ["area", "rank", "since"],
        postgresql_where=sa.text("stage = 'queued'"),
    )


def _advocates() -> None:
    op.create_table(
        "advocates",
        sa.Column("advocate_id", sa.Text, primary_key=True),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False, index=True),
        sa.Column("as_of", TIME, nullable=False),
        sa.Column("languages", ARRAY(sa.Text), nullable=False),
        sa.Column("specialisms", ARRAY(sa.Text), nullable=False),
        sa.Column("leave", JSONB, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("caseload", sa.Integer, nullable=False),
        sa.Column("last_allocated_at", TIME),
        sa.CheckConstraint("caseload >= 0", name="caseload_counts"),
    )


def _conflicts() -> None:
    op.create_table(
        "conflicts",
        sa.Column("advocate_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_ids", ARRAY(sa.Uuid), nullable=False),
    )


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("meeting_id", sa.Text, primary_key=True),
        sa.Column("area", sa.Text, nullable=False, index=True),
        sa.Column("held_at", TIME, nullable=False),
        sa.Column("agenda_closes_at", TIME, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("as_of", TIME),
    )


def _listings() -> None:
    op.create_table(
        "listings",
        sa.Column("meeting_id", sa.Text, primary_key=True),
        sa.Column("victim_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("incident_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("criterion", sa.Text, nullable=False),
        sa.Column("repeat_of", sa.Uuid),
    )


def _heard() -> None:
    op.create_table(
        "heard",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _followed() -> None:
    op.create_table(
        "followed",
        sa.Column("contact_group", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("area", sa.Text, primary_key=True),
        sa.Column("turn_at", TIME, nullable=False),
    )
