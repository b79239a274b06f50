"""The ledger: who said that an action is done, in which reply it is shown, and that it was taken back

Revision: 0023, after: 0022
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("post_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_action_item_done_by_id"), "person", ["done_by_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_action_item_post_id"), "post", ["post_id"], ["id"])

    op.create_table(
        "action_undoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("done_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action_item.id"], name=op.f("fk_action_undoing_action_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_action_undoing_done_by_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_action_undoing_post_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_action_undoing_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_undoing")),
    )
    with op.batch_alter_table("action_undoing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_undoing_action_id"), ["action_id"], unique=False)


def downgrade() -> None:
    op.drop_table("action_undoing")
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_action_item_post_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_action_item_done_by_id"), type_="foreignkey")
        batch_op.drop_column("post_id")
        batch_op.drop_column("done_by_id")
