"""Incidents, alerts, the register of pupils, and the imported schools and calendars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    make_incidents()
    make_alerts()
    make_register()


def make_incidents() -> None:
    """Incidents with their children."""
    op.create_table(
        "cases",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("employers", JSONB, nullable=False),
        sa.Column("children", JSONB, nullable=False),
        sa.Column("person_ids", ARRAY(sa.Uuid), nullable=False),
    )
    op.create_index("cases_by_person", "cases", ["person_ids"], postgresql_using="gin")


def make_alerts() -> None:
    """One alert per incident, child and recipient."""
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.Uuid, primary_key=True),
        sa.Column("incident_id", sa.Uuid, nullable=False, index=True),
        sa.Column("child_ref", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("school_urn", sa.Text),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("content_version", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("received_at", MOMENT),
        sa.Column("due_by", MOMENT),
        sa.Column("send_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("corrected_by", MOMENT),
        sa.Column("said_sent", sa.Integer, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("reasons", ARRAY(sa.Text), nullable=False),
        sa.Column("told", JSONB, nullable=False),
        sa.Column("mail_reference", sa.Text),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("ladder_over", sa.Boolean, nullable=False),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("overdue_said", sa.Boolean, nullable=False),
        sa.Column("disowned", sa.Boolean, nullable=False),
        sa.UniqueConstraint("incident_id", "child_ref", "recipient", name="one_alert_each"),
    )
    op.create_index(
        "alerts_planned", "alerts", ["due_by"], postgresql_where=sa.text("stage = 'planned'")
    )


def make_register() -> None:
    """The registers of pupils and of schools, and the calendars."""
    op.create_table(
        "enrolments",
        sa.Column("enrolment_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False, index=True),
        sa.Column("possibly_same_as", ARRAY(sa.Uuid), nullable=False),
        sa.Column("school_urn", sa.Text),
        sa.Column("education", sa.Text),
        sa.Column("begins", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("as_of", sa.Date, nullable=False),
    )
    op.create_index(
        "enrolments_by_possibly_same", "enrolments", ["possibly_same_as"], postgresql_using="gin"
    )
    op.create_table(
        "schools",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("phase", sa.Text),
        sa.Column("low_age", sa.Integer),
        sa.Column("high_age", sa.Integer),
        sa.Column("successor", sa.Text),
        sa.Column("contacts", JSONB, nullable=False),
    )
    op.create_table(
        "terms",
        sa.Column("authority", sa.Text, primary_key=True),
        sa.Column("holidays", JSONB, nullable=False),
        sa.Column("inset", JSONB, nullable=False),
        sa.Column("schools", JSONB, nullable=False),
    )
    op.create_table(
        "editions",
        sa.Column("register", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("editions", "terms", "schools", "enrolments", "alerts", "cases"):
        op.drop_table(name)
