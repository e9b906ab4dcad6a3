"""The outbox's lanes: what is urgent is read before what is not."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the lane: routine, unless somebody says otherwise."""
    op.add_column(
        "outbox",
        sa.Column("lane", sa.SmallInteger, nullable=False, server_default="1"),
        schema="kit",
    )
    op.create_index(
        "outbox_urgent",
        "outbox",
        ["seq"],
        schema="kit",
        postgresql_where=sa.text("lane = 0 AND deliver_at IS NULL AND failed_at IS NULL"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("outbox_urgent", "outbox", schema="kit")
    op.drop_column("outbox", "lane", schema="kit")
