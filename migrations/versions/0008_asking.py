"""Villages with the problem of a card, and who may be named to others who look for help

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_problem",
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_shared_problem_experience_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shared_problem_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_shared_problem_unit_id")),
        sa.PrimaryKeyConstraint("experience_id", "unit_id", name=op.f("pk_shared_problem")),
    )
    with op.batch_alter_table("shared_problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shared_problem_unit_id"), ["unit_id"], unique=False)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("may_be_suggested", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("may_be_suggested")
    with op.batch_alter_table("shared_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shared_problem_unit_id"))
    op.drop_table("shared_problem")
