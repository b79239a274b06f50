"""What a sitting is at, and the questions from the hall

Revision: 0007, after: 0006
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hall_state",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("item_began_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_hall_state_item_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_hall_state_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_hall_state")),
    )
    op.create_table(
        "hall_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("taken_off_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hall_question_person_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_hall_question_sitting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hall_question_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_question")),
    )
    with op.batch_alter_table("hall_question", schema=None) as batch_op:
        batch_op.create_index("ix_hall_question_sitting", ["sitting_id", "position", "id"], unique=False)
    op.create_table(
        "hall_echo",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hall_echo_person_id")),
        sa.ForeignKeyConstraint(["question_id"], ["hall_question.id"], name=op.f("fk_hall_echo_question_id")),
        sa.PrimaryKeyConstraint("question_id", "person_id", name=op.f("pk_hall_echo")),
    )


def downgrade() -> None:
    op.drop_table("hall_echo")
    with op.batch_alter_table("hall_question", schema=None) as batch_op:
        batch_op.drop_index("ix_hall_question_sitting")
    op.drop_table("hall_question")
    op.drop_table("hall_state")
