"""How the names of units and people sound

Revision: 0017, after: 0016
"""

import sqlalchemy as sa
from alembic import op

from forum.sounds import sounds_of

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("unit", "person"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("sounds", sa.String(length=300), nullable=False, server_default=""))
        table = sa.table(
            name, sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("sounds", sa.String)
        )
        connection = op.get_bind()
        for row in connection.execute(sa.select(table.c.id, table.c.name)).all():
            connection.execute(sa.update(table).where(table.c.id == row.id).values(sounds=sounds_of(row.name)))


def downgrade() -> None:
    for name in ("unit", "person"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("sounds")
