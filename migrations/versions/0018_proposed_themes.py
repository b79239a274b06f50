"""Themes that the district proposes, and what townships say to them

Revision: 0018, after: 0017
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "theme_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_theme_proposal_district_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_theme_proposal_proposed_by_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_theme_proposal_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_proposal")),
    )
    with op.batch_alter_table("theme_proposal", schema=None) as batch_op:
        batch_op.create_index("ix_theme_proposal_district_month", ["district_id", "month"], unique=False)
    op.create_table(
        "theme_offer",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "accepted",
                "declined",
                name="theme_offer_answer",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("word", sa.String(length=300), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_theme_offer_answered_at_a_time")),
        sa.CheckConstraint(
            "meeting_id IS NULL OR (answer IS NOT NULL AND answer = 'accepted')",
            name=op.f("ck_theme_offer_accepted_for_a_meeting"),
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_theme_offer_answered_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_theme_offer_meeting_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["theme_proposal.id"], name=op.f("fk_theme_offer_proposal_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_theme_offer_township_id")),
        sa.PrimaryKeyConstraint("proposal_id", "township_id", name=op.f("pk_theme_offer")),
    )
    with op.batch_alter_table("theme_offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_offer_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_theme_offer_township_id"), ["township_id"], unique=False)


def downgrade() -> None:
    op.drop_table("theme_offer")
    op.drop_table("theme_proposal")
