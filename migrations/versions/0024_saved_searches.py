"""Saved searches, what was found for them, and words that found nothing

Revision: 0024, after: 0023
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("arguments", sa.String(length=300), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("looked_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("told_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("new_since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "text", "arguments", name="uq_saved_search_once"),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index("ix_saved_search_due", ["tells", "looked_at", "id"], unique=False)

    op.create_table(
        "search_find",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("saved_search_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("experience_id", sa.Integer(), nullable=True),
        sa.Column("found_at", forum.clock.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(thread_id IS NULL) <> (experience_id IS NULL)", name=op.f("ck_search_find_of_one_thing")),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_search_find_experience_id")),
        sa.ForeignKeyConstraint(["saved_search_id"], ["saved_search.id"], name=op.f("fk_search_find_saved_search_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_search_find_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_find")),
        sa.UniqueConstraint("saved_search_id", "experience_id", name="uq_search_find_experience"),
        sa.UniqueConstraint("saved_search_id", "thread_id", name="uq_search_find_thread"),
    )

    op.create_table(
        "missed_word",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("mark BETWEEN 0 AND 31", name=op.f("ck_missed_word_mark_is_shared")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_missed_word_district_id")),
        sa.PrimaryKeyConstraint("district_id", "word", "mark", name=op.f("pk_missed_word")),
    )
    with op.batch_alter_table("missed_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_missed_word_day"), ["day"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("missed_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_missed_word_day"))
    op.drop_table("missed_word")
    op.drop_table("search_find")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_search_due")
    op.drop_table("saved_search")
