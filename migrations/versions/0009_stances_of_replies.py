"""Stances of replies

A reply to a reply may add to it or object to it.

Revision: 0009, after: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stance", sa.String(length=20), nullable=True))
        batch_op.create_check_constraint(op.f("ck_post_stance"), "stance IN ('supplement', 'objection')")
        batch_op.create_check_constraint(
            op.f("ck_post_takes_a_stance_to_a_reply"), "stance IS NULL OR parent_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_post_takes_a_stance_to_a_reply"), type_="check")
        batch_op.drop_constraint(op.f("ck_post_stance"), type_="check")
        batch_op.drop_column("stance")
