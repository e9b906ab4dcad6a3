"""Cases, what was heard of them, the parts sealed for MASH, and practitioners' decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cases",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("victim_id", sa.Uuid, nullable=False, index=True),
        sa.Column("suspect_id", sa.Uuid, index=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("passed_on", JSONB, nullable=False),
        sa.Column("screening", JSONB),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("said", sa.Integer, nullable=False),
        sa.Column("regrade", JSONB),
        sa.Column("decided", JSONB),
        sa.Column("age_confirmed", sa.Boolean, nullable=False),
        sa.Column("overdue_for", sa.DateTime(timezone=True)),
        sa.Column("alarmed", ARRAY(sa.Text), nullable=False),
    )
    op.create_index("cases_waiting", "cases", ["area"], postgresql_where=sa.text("waits"))
    op.create_table(
        "heard",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "case_files",
        sa.Column("incident_id", sa.Uuid, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
    )
    op.create_table(
        "rulings",
        sa.Column("ruling_id", sa.Uuid, primary_key=True),
        sa.Column("incident_id", sa.Uuid, nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruling", JSONB, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("rulings", "case_files", "heard", "cases"):
        op.drop_table(name)
