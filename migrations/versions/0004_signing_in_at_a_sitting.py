"""When somebody signed in at a sitting by his own phone."""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signed_at", forum.clock.UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_column("signed_at")
