"""Words, held posts, answers to reports, and threads that are pinned, merged and split

Revision: 0021, after: 0020
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HELD = sa.text("held_at IS NOT NULL")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    op.create_table(
        "listed_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=50), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("degree", _words("listed_word_degree", "mask", "hold", "refuse"), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_listed_word_added_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_listed_word_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_word")),
        sa.UniqueConstraint("district_id", "key", name=op.f("uq_listed_word_district_id_key")),
    )
    op.create_table(
        "word_list",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_word_list_district_id")),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_word_list")),
    )
    op.create_table(
        "first_posts",
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 10", name=op.f("ck_first_posts_a_few")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_first_posts_township_id")),
        sa.PrimaryKeyConstraint("township_id", name=op.f("pk_first_posts")),
    )
    op.create_table(
        "thread_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("thread_deed_kind", "move", "merge", "split"), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=False),
        sa.Column("done_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_thread_deed_district_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_thread_deed_done_by_id")),
        sa.ForeignKeyConstraint(["other_id"], ["thread.id"], name=op.f("fk_thread_deed_other_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_deed_thread_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_thread_deed_township_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_thread_deed_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_deed")),
    )
    with op.batch_alter_table("thread_deed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_deed_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_deed_thread_id"), ["thread_id"], unique=False)

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("pinned_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("merged_post_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_thread_merged_post_id"), "post", ["merged_post_id"], ["id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_thread_held_is_hidden"), "held_at IS NULL OR hidden_at IS NOT NULL"
        )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("held_for", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("came_from_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_post_came_from_id"), "thread", ["came_from_id"], ["id"])
        batch_op.create_check_constraint(batch_op.f("ck_post_held_for"), "held_for IN ('word', 'first')")
        batch_op.create_check_constraint(
            batch_op.f("ck_post_held_is_hidden"), "held_at IS NULL OR hidden_at IS NOT NULL"
        )
        batch_op.create_index("ix_post_held", ["held_at"], unique=False, sqlite_where=HELD, postgresql_where=HELD)
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verdict", sa.String(length=20), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_report_verdict"), "verdict IN ('hidden', 'left', 'asked')")
        batch_op.add_column(sa.Column("request", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("answer", sa.String(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_column("answer")
        batch_op.drop_column("request")
        batch_op.drop_constraint(batch_op.f("ck_report_verdict"), type_="check")
        batch_op.drop_column("verdict")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index("ix_post_held", sqlite_where=HELD, postgresql_where=HELD)
        batch_op.drop_constraint(batch_op.f("ck_post_held_is_hidden"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_post_came_from_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_post_held_for"), type_="check")
        batch_op.drop_column("came_from_id")
        batch_op.drop_column("held_for")
        batch_op.drop_column("held_at")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_thread_held_is_hidden"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_thread_merged_post_id"), type_="foreignkey")
        batch_op.drop_column("merged_post_id")
        batch_op.drop_column("pinned_at")
        batch_op.drop_column("held_at")
    with op.batch_alter_table("thread_deed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_deed_thread_id"))
        batch_op.drop_index(batch_op.f("ix_thread_deed_other_id"))
    op.drop_table("thread_deed")
    op.drop_table("first_posts")
    op.drop_table("word_list")
    op.drop_table("listed_word")
