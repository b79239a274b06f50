"""Mentions, and posts that were written down for somebody else

Revision: 0030, after: 0029
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_post_entered_for_another": "entered_by_id <> author_id",
    "ck_post_entered_in_an_office": "(entered_by_id IS NULL) = (entered_posting_id IS NULL)",
    "ck_post_confirmed_was_entered": "confirmed_at IS NULL OR entered_by_id IS NOT NULL",
}


def upgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entered_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("entered_posting_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_post_entered_by_id"), "person", ["entered_by_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_post_entered_posting_id"), "posting", ["entered_posting_id"], ["id"])
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(name), condition)
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_post_revision_changed_by_id"), "person", ["changed_by_id"], ["id"])
    op.create_table(
        "mention",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_mention_post_id")),
        sa.PrimaryKeyConstraint("post_id", "words", name=op.f("pk_mention")),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mention_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mention_person_id"))
    op.drop_table("mention")
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_post_revision_changed_by_id"), type_="foreignkey")
        batch_op.drop_column("changed_by_id")
    with op.batch_alter_table("post", schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(name), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_post_entered_posting_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_post_entered_by_id"), type_="foreignkey")
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("entered_posting_id")
        batch_op.drop_column("entered_by_id")
