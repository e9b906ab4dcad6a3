"""A lead keeps the reasons of its grant and the policy's version; those before it have neither."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, with defaults: the release before goes on writing leads without them."""
    op.add_column(
        "leads", sa.Column("why", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column(
        "leads", sa.Column("policy_version", sa.Text, nullable=False, server_default="default")
    )


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("leads", "policy_version")
    op.drop_column("leads", "why")
