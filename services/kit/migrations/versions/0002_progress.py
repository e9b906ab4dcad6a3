"""How far each watched topic has been heard."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "progress",
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("heard_until", sa.DateTime(timezone=True), nullable=False),
        schema="kit",
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("progress", schema="kit")
