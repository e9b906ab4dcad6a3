"""What is sent in order, and what may be ended together."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a sending's thread, and its place among what was queued with it."""
    op.add_column("sendings", sa.Column("thread", sa.Text), schema="kit")
    op.add_column(
        "sendings",
        sa.Column("place", sa.Integer, nullable=False, server_default="0"),
        schema="kit",
    )
    op.create_index(
        "sendings_thread",
        "sendings",
        ["thread"],
        schema="kit",
        postgresql_where=sa.text("state IN ('waiting', 'claimed') AND thread IS NOT NULL"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("sendings_thread", "sendings", schema="kit")
    op.drop_column("sendings", "place", schema="kit")
    op.drop_column("sendings", "thread", schema="kit")
