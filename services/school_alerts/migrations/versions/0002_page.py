"""One-time codes and visits of the page."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "codes",
        sa.Column("alert_id", sa.Uuid, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("guesses", sa.Integer, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("sent", sa.Integer, nullable=False),
    )
    op.create_table(
        "visits",
        sa.Column("token_digest", sa.Text, primary_key=True),
        sa.Column("alert_id", sa.Uuid, nullable=False, index=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("visits", "codes"):
        op.drop_table(name)
