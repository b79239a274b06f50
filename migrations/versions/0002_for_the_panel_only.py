"""For the panel only

Threads and cards may be for a called panel only; who may read such a thread is a row each.

Revision: 0002, after: 0001
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NARROWED = ("thread", "experience")


def upgrade() -> None:
    op.create_table(
        "thread_admission",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_admission_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_admission_thread_id")),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_thread_admission")),
    )
    with op.batch_alter_table("thread_admission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_admission_person_id"), ["person_id"], unique=False)

    for table in NARROWED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_reach"), type_="check")
            batch_op.drop_constraint(op.f(f"ck_{table}_narrowed_to_a_township"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_reach"), "reach IN ('district', 'township', 'panel')")
            batch_op.create_check_constraint(
                op.f(f"ck_{table}_narrowed_within_a_township"), "reach = 'district' OR township_id IS NOT NULL"
            )


def downgrade() -> None:
    # What was for the panel only must not be read by a whole township: threads are hidden, cards taken back to drafts.
    op.execute("UPDATE thread SET hidden_at = coalesce(hidden_at, created_at) WHERE reach = 'panel'")
    op.execute("UPDATE thread SET reach = 'township' WHERE reach = 'panel'")
    op.execute("UPDATE experience SET state = 'draft', reach = 'township' WHERE reach = 'panel'")
    for table in NARROWED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_reach"), type_="check")
            batch_op.drop_constraint(op.f(f"ck_{table}_narrowed_within_a_township"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_reach"), "reach IN ('district', 'township')")
            batch_op.create_check_constraint(
                op.f(f"ck_{table}_narrowed_to_a_township"), "reach <> 'township' OR township_id IS NOT NULL"
            )

    with op.batch_alter_table("thread_admission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_admission_person_id"))

    op.drop_table("thread_admission")
