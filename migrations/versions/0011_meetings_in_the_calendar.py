"""When a meeting last changed, and the secret links to calendars

Revision: 0011, after: 0010
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", forum.clock.UTCDateTime(), nullable=True))
    op.execute("UPDATE meeting SET changed_at = COALESCE(closed_at, held_at, announced_at, created_at)")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.alter_column("changed_at", existing_type=forum.clock.UTCDateTime(), nullable=False)
    op.create_table(
        "calendar_link",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=22), nullable=False),
        sa.Column("made_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_link_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("handle", name=op.f("uq_calendar_link_handle")),
    )


def downgrade() -> None:
    op.drop_table("calendar_link")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
