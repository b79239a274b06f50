"""Group robots

Robots of chat groups, and what is told to them.

Revision: 0013, after: 0012
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("wecom", "dingtalk", name="robot_kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed_key", sa.String(length=400), nullable=False),
        sa.Column("sealed_secret", sa.String(length=400), nullable=False),
        sa.Column("hears_meetings", sa.Boolean(), nullable=False),
        sa.Column("hears_unanswered", sa.Boolean(), nullable=False),
        sa.Column("hears_cards", sa.Boolean(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("paused_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("free_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("told_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_robot_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot")),
    )
    with op.batch_alter_table("robot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_robot_township_id"), ["township_id"], unique=False)

    op.create_table(
        "robot_message",
        sa.Column("robot_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("due_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["robot_id"], ["robot.id"], name=op.f("fk_robot_message_robot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_message")),
        sa.UniqueConstraint("robot_id", "kind", "subject_id", "once", name="uq_robot_message_once"),
    )
    with op.batch_alter_table("robot_message", schema=None) as batch_op:
        batch_op.create_index("ix_robot_message_unsent", ["sent_at", "due_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("robot_message", schema=None) as batch_op:
        batch_op.drop_index("ix_robot_message_unsent")

    op.drop_table("robot_message")
    with op.batch_alter_table("robot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_robot_township_id"))

    op.drop_table("robot")
