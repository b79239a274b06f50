"""An index of the few threads that are pinned

Revision: 0025, after: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

PINNED = sa.text("pinned_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_thread_pinned", "thread", ["township_id"], unique=False, sqlite_where=PINNED, postgresql_where=PINNED
    )


def downgrade() -> None:
    op.drop_index("ix_thread_pinned", "thread", sqlite_where=PINNED, postgresql_where=PINNED)
