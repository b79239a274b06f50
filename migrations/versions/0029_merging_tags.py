"""Merging tags

Revision: 0029, after: 0028
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "tag_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("moved_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("put_back_at", forum.clock.UTCDateTime(), nullable=True),
        sa.CheckConstraint("tag_id <> into_id", name=op.f("ck_tag_merge_of_two")),
        sa.CheckConstraint(
            "put_back_at IS NULL OR undone_at IS NOT NULL", name=op.f("ck_tag_merge_put_back_when_undone")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_tag_merge_done_by_id")),
        sa.ForeignKeyConstraint(["into_id"], ["tag.id"], name=op.f("fk_tag_merge_into_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_merge_tag_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_tag_merge_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_merge")),
    )
    op.create_index("ix_tag_merge_into_id", "tag_merge", ["into_id"], unique=False)
    op.create_index(
        "uq_tag_merge_in_force",
        "tag_merge",
        ["tag_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "tag_move",
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("had_both", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["tag_merge.id"], name=op.f("fk_tag_move_merge_id")),
        sa.PrimaryKeyConstraint("merge_id", "carrier", "owner_id", name=op.f("pk_tag_move")),
    )


def downgrade() -> None:
    op.drop_table("tag_move")
    op.drop_index("uq_tag_merge_in_force", "tag_merge", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)
    op.drop_index("ix_tag_merge_into_id", table_name="tag_merge")
    op.drop_table("tag_merge")
