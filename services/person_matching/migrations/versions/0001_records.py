"""Records with their keys, persons, questions, and what was said of each thing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _aparts()
    _generic_keys()
    _links()
    _persons()
    _records()
    _reviews()
    _revisions()
    _tellings()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "tellings",
        "revisions",
        "reviews",
        "records",
        "persons",
        "links",
        "generic_keys",
        "aparts",
    ):
        op.drop_table(name)


def _aparts() -> None:
    op.create_table(
        "aparts",
        sa.Column("one_id", sa.Uuid, primary_key=True),
        sa.Column("other_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("review_id", sa.Uuid, nullable=False),
        sa.CheckConstraint("one_id < other_id", name="aparts_in_order"),
    )


def _generic_keys() -> None:
    op.create_table(
        "generic_keys",
        sa.Column("key", sa.BigInteger, primary_key=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    )


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("record_id", sa.Uuid, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("weight", sa.Float),
        sa.Column("grounds", JSONB, nullable=False),
        sa.Column("waterfall", JSONB, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("norm_version", sa.Integer, nullable=False),
        sa.Column("review_id", sa.Uuid, index=True),
    )


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("group_id", sa.Uuid, index=True),
        sa.Column("group_version", sa.Integer, nullable=False),
        sa.Column("merged_into", sa.Uuid, index=True),
        sa.Column("unsafe_said", ARRAY(sa.Text), nullable=False),
        sa.Column("parted", sa.Integer, nullable=False),
        sa.CheckConstraint("merged_into <> person_id", name="persons_not_into_themselves"),
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("record_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("came_in", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False, index=True),
        sa.Column("features", sa.Text, nullable=False),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("keys", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("places", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("points", sa.Text, nullable=False),
        sa.Column("joined_by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("weight", sa.Float),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("born", sa.Date),
        sa.Column("employer_urn", sa.Text),
        sa.Column("employer_role", sa.Text),
        sa.Column("is_adult", sa.Boolean, nullable=False),
        sa.Column("moves", sa.Integer, nullable=False),
    )
    op.create_index(
        "records_places",
        "records",
        ["places"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "records_keys",
        "records",
        ["keys"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Uuid, primary_key=True),
        sa.Column("one_id", sa.Uuid, nullable=False, index=True),
        sa.Column("other_id", sa.Uuid, nullable=False, index=True),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("record_id", sa.Uuid, nullable=False),
        sa.Column("moves", sa.Boolean, nullable=False),
        sa.Column("weight", sa.Float),
        sa.Column("grounds", JSONB, nullable=False),
        sa.Column("waterfall", JSONB, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("rationale", sa.Text),
        sa.Column("moved", ARRAY(sa.Uuid), nullable=False),
        sa.Column("parted_id", sa.Uuid),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.CheckConstraint("one_id <> other_id", name="reviews_about_two"),
    )


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("record_id", sa.Uuid, primary_key=True),
        sa.Column("revision", sa.BigInteger, primary_key=True),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
    )


def _tellings() -> None:
    op.create_table(
        "tellings",
        sa.Column("thing_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, nullable=False, index=True),
        sa.Column("came_in", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("heard", sa.BigInteger, nullable=False),
        sa.Column("said", sa.Integer, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("parties", JSONB, nullable=False),
        sa.Column("last", sa.Text, nullable=False),
        sa.Column("victim_id", sa.Uuid),
        sa.Column("digest", sa.Text, nullable=False),
    )
