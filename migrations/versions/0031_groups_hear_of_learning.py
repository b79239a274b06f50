"""Groups hear of lectures and study trips

Revision: 0031, after: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("robot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hears_learning", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("robot", schema=None) as batch_op:
        batch_op.alter_column("hears_learning", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("robot", schema=None) as batch_op:
        batch_op.drop_column("hears_learning")
