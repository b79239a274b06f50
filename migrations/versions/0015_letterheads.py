"""The letterheads of townships, and the numbers of their minutes

Revision: 0015, after: 0014
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letterhead",
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
        sa.Column("number_word", sa.String(length=20), nullable=False),
        sa.Column("signatory", sa.String(length=40), nullable=False),
        sa.Column("recipients", sa.String(length=300), nullable=False),
        sa.Column("copies", sa.String(length=300), nullable=False),
        sa.Column("changed_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_letterhead_township_id")),
        sa.PrimaryKeyConstraint("township_id", name=op.f("pk_letterhead")),
    )
    op.create_table(
        "paper_number",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_number_counts_from_one")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_paper_number_meeting_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_paper_number_township_id")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_paper_number")),
        sa.UniqueConstraint("township_id", "year", "number", name=op.f("uq_paper_number_township_year")),
    )


def downgrade() -> None:
    op.drop_table("paper_number")
    op.drop_table("letterhead")
