"""Follow-ups and rounds

On a set day whoever asked is asked what became of it; what was not solved goes into another round. One outcome is in force in each.

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REPLACED = sa.text("replaced_at IS NULL")
UNANSWERED = sa.text("result IS NULL")
NOT_DONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "outcome_village",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_village_outcome_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_outcome_village_unit_id")),
        sa.PrimaryKeyConstraint("outcome_id", "unit_id", name=op.f("pk_outcome_village")),
    )
    with op.batch_alter_table("outcome_village", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_village_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("asked_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("urged_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("answered_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "solved",
                "better",
                "unsolved",
                name="follow_up_result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("accepted_post_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(result IS NULL) = (answered_at IS NULL) AND (result IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_follow_up_answered_with_a_time_and_a_name"),
        ),
        sa.ForeignKeyConstraint(["accepted_post_id"], ["post.id"], name=op.f("fk_follow_up_accepted_post_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_follow_up_answered_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_follow_up_entered_by_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_follow_up_outcome_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_follow_up_post_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_follow_up_posting_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_follow_up_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_thread_id"), ["thread_id"], unique=False)
        batch_op.create_index(
            "ix_follow_up_open_due", ["due"], unique=False, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
        )
        batch_op.create_index(
            "uq_follow_up_one_open", ["thread_id"], unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
        )

    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("replaced_at", forum.clock.UTCDateTime(), nullable=True))
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.alter_column("round", server_default=None)
    # Of several outcomes of a thread the last is in force, and what is to be done hangs on it.
    op.execute(
        "UPDATE outcome SET replaced_at = (SELECT min(later.concluded_at) FROM outcome AS later"
        " WHERE later.thread_id = outcome.thread_id AND later.id > outcome.id)"
    )
    op.execute(
        "UPDATE action_item SET outcome_id = (SELECT max(o.id) FROM outcome AS o WHERE o.thread_id ="
        " (SELECT mine.thread_id FROM outcome AS mine WHERE mine.id = action_item.outcome_id))"
        " WHERE outcome_id IS NOT NULL"
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(
            "uq_outcome_one_in_force",
            ["thread_id", "round"],
            unique=True,
            sqlite_where=REPLACED,
            postgresql_where=REPLACED,
        )

    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("urged_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.create_index(
            "ix_action_item_open_due", ["due"], unique=False, sqlite_where=NOT_DONE, postgresql_where=NOT_DONE
        )

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open_actions", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("followup_due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("solved_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("reopened_at", forum.clock.UTCDateTime(), nullable=True))
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.alter_column("open_actions", server_default=None)
        batch_op.alter_column("round", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_thread_followed_up_once_concluded"),
            "concluded_at IS NOT NULL OR (followup_due IS NULL AND solved_at IS NULL)",
        )
        batch_op.create_check_constraint(
            op.f("ck_thread_solved_is_not_asked_about"), "solved_at IS NULL OR followup_due IS NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_thread_reopened_in_a_later_round"), "(round > 1) = (reopened_at IS NOT NULL)"
        )
    op.execute(
        "UPDATE thread SET open_actions = (SELECT count(*) FROM action_item JOIN outcome ON outcome.id = action_item.outcome_id"
        " WHERE outcome.thread_id = thread.id AND action_item.done_at IS NULL) WHERE concluded_at IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_thread_followed_up_once_concluded"), type_="check")
        batch_op.drop_constraint(op.f("ck_thread_solved_is_not_asked_about"), type_="check")
        batch_op.drop_constraint(op.f("ck_thread_reopened_in_a_later_round"), type_="check")
        for column in ("open_actions", "followup_due", "solved_at", "round", "reopened_at"):
            batch_op.drop_column(column)
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.drop_index("ix_action_item_open_due")
        batch_op.drop_column("urged_at")
        batch_op.drop_column("reminded_at")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index("uq_outcome_one_in_force")
        batch_op.drop_column("replaced_at")
        batch_op.drop_column("round")
    op.drop_table("follow_up")
    op.drop_table("outcome_village")
