"""Why a post was changed

Revision: 0026, after: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.String(length=100), nullable=False, server_default=""))
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.alter_column("why", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.drop_column("why")
