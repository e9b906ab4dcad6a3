"""Reports as last revised, with every revision taken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "reports",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("marks", JSONB, nullable=False),
        sa.Column("taken", JSONB, nullable=False),
        sa.Column("first", JSONB, nullable=False),
        sa.Column("second", JSONB),
        sa.UniqueConstraint("source", "reference", name="one_report_by_reference"),
        sa.CheckConstraint("revision > 0", name="a_revision_was_taken"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("reports")
