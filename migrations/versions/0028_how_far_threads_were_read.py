"""How far threads were read

Revision: 0028, after: 0027
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NEW = sa.text("new_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "thread_read",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_to", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("new_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_read_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_read_thread_id")),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_thread_read")),
    )
    op.create_index(
        "ix_thread_read_new",
        "thread_read",
        ["person_id", "new_at", "thread_id"],
        unique=False,
        sqlite_where=NEW,
        postgresql_where=NEW,
    )


def downgrade() -> None:
    op.drop_index("ix_thread_read_new", "thread_read", sqlite_where=NEW, postgresql_where=NEW)
    op.drop_table("thread_read")
