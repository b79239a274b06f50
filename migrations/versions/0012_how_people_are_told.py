"""How people are told

What they want to be told of and how; mail addresses; letters and what they tell.

Revision: 0012, after: 0011
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("morning", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("due_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_unsent", ["sent_at", "due_at", "id"], unique=False)
        batch_op.create_index("uq_letter_person_morning", ["person_id", "morning"], unique=True)

    op.create_table(
        "mail_address",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("pending", sa.String(length=254), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("asked_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_address_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_address")),
    )
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("in_inbox", sa.Boolean(), nullable=False),
        sa.Column(
            "mail",
            sa.Enum(
                "at_once", "digest", "never", name="notice_mail", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_notice_preference")),
    )
    op.create_table(
        "letter_line",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_line_letter_id")),
        sa.ForeignKeyConstraint(["message_id"], ["outbox_message.id"], name=op.f("fk_letter_line_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_letter_line")),
    )
    with op.batch_alter_table("letter_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_line_letter_id"), ["letter_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("letter_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_line_letter_id"))

    op.drop_table("letter_line")
    op.drop_table("notice_preference")
    op.drop_table("mail_address")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index("uq_letter_person_morning")
        batch_op.drop_index("ix_letter_unsent")

    op.drop_table("letter")
