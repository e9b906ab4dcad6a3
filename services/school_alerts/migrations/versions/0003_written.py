"""What each writing of an alert's first letter said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the release before writes rows without it."""
    op.add_column(
        "alerts", sa.Column("written", ARRAY(sa.Text), nullable=False, server_default="{}")
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("alerts", "written")
