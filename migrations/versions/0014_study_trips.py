"""Study trips

Who goes along, what they bring home, and what became of it.

Revision: 0014, after: 0013
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _take_kinds("question", "topic", "share", "notice", "trip")
    op.create_table(
        "study_trip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("destination", sa.String(length=80), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column(
            "reach",
            sa.Enum(
                "district",
                "township",
                "panel",
                name="study_trip_reach",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("join_by", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("closed_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("cancelled_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (reason = '')", name=op.f("ck_study_trip_cancelled_with_a_reason")
        ),
        sa.CheckConstraint(
            "reach = 'district' OR township_id IS NOT NULL", name=op.f("ck_study_trip_narrowed_within_a_township")
        ),
        sa.CheckConstraint("closed_at IS NULL OR thread_id IS NOT NULL", name=op.f("ck_study_trip_closed_once_opened")),
        sa.CheckConstraint("starts_on <= ends_on AND join_by <= starts_on", name=op.f("ck_study_trip_days_in_order")),
        sa.CheckConstraint("taken >= 0 AND taken <= seats", name=op.f("ck_study_trip_no_more_than_its_seats")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_study_trip_created_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_study_trip_district_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_study_trip_thread_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_study_trip_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_trip")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_study_trip_thread_id")),
    )
    with op.batch_alter_table("study_trip", schema=None) as batch_op:
        batch_op.create_index("ix_study_trip_district_ends", ["district_id", "ends_on", "id"], unique=False)
        batch_op.create_index("ix_study_trip_district_new", ["district_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_study_trip_township_id"), ["township_id"], unique=False)

    op.create_table(
        "trip_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("seated_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_trip_member_entered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trip_member_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_trip_member_posting_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["study_trip.id"], name=op.f("fk_trip_member_trip_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_trip_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_member")),
        sa.UniqueConstraint("trip_id", "person_id", name=op.f("uq_trip_member_trip_id_person_id")),
    )
    with op.batch_alter_table("trip_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "trip_note",
        sa.Column("post_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("saw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trip_note_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_trip_note_post_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["study_trip.id"], name=op.f("fk_trip_note_trip_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_trip_note")),
        sa.UniqueConstraint("trip_id", "person_id", name=op.f("uq_trip_note_trip_id_person_id")),
    )
    with op.batch_alter_table("trip_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_note_person_id"), ["person_id"], unique=False)

    op.create_table(
        "trip_stop",
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["study_trip.id"], name=op.f("fk_trip_stop_trip_id")),
        sa.PrimaryKeyConstraint("trip_id", "position", name=op.f("pk_trip_stop")),
    )
    op.create_table(
        "trip_township",
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_trip_township_township_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["study_trip.id"], name=op.f("fk_trip_township_trip_id")),
        sa.PrimaryKeyConstraint("trip_id", "township_id", name=op.f("pk_trip_township")),
    )
    op.create_table(
        "trip_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "used", "doing", "unfit", name="trip_use_result", native_enum=False, create_constraint=True, length=20
            ),
            nullable=True,
        ),
        sa.Column("answered_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(result IS NULL) = (answered_at IS NULL)", name=op.f("ck_trip_use_answered_at_a_time")),
        sa.ForeignKeyConstraint(["note_id"], ["trip_note.post_id"], name=op.f("fk_trip_use_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_use")),
    )
    with op.batch_alter_table("trip_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_use_note_id"), ["note_id"], unique=False)
        batch_op.create_index(
            "ix_trip_use_to_ask",
            ["due"],
            unique=False,
            sqlite_where=sa.text("asked_at IS NULL"),
            postgresql_where=sa.text("asked_at IS NULL"),
        )

    op.create_table(
        "trip_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "used",
                "doing",
                "unfit",
                name="trip_answer_result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("again", sa.Date(), nullable=True),
        sa.Column("answered_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(result = 'doing') = (again IS NOT NULL)", name=op.f("ck_trip_answer_asked_again_when_doing")
        ),
        sa.CheckConstraint("result <> 'unfit' OR words <> ''", name=op.f("ck_trip_answer_unfit_says_why")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_trip_answer_entered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trip_answer_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_trip_answer_posting_id")),
        sa.ForeignKeyConstraint(["use_id"], ["trip_use.id"], name=op.f("fk_trip_answer_use_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_answer")),
    )
    with op.batch_alter_table("trip_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_answer_use_id"), ["use_id"], unique=False)


def downgrade() -> None:
    # What was told of a trip stays to be read.
    op.execute("UPDATE thread SET kind = 'share' WHERE kind = 'trip'")
    _take_kinds("question", "topic", "share", "notice")
    with op.batch_alter_table("trip_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_answer_use_id"))

    op.drop_table("trip_answer")
    with op.batch_alter_table("trip_use", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_trip_use_to_ask", sqlite_where=sa.text("asked_at IS NULL"), postgresql_where=sa.text("asked_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_trip_use_note_id"))

    op.drop_table("trip_use")
    op.drop_table("trip_township")
    op.drop_table("trip_stop")
    with op.batch_alter_table("trip_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_note_person_id"))

    op.drop_table("trip_note")
    with op.batch_alter_table("trip_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_member_person_id"))

    op.drop_table("trip_member")
    with op.batch_alter_table("study_trip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_trip_township_id"))
        batch_op.drop_index("ix_study_trip_district_new")
        batch_op.drop_index("ix_study_trip_district_ends")

    op.drop_table("study_trip")


def _take_kinds(*kinds: str) -> None:
    words = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_thread_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_thread_kind"), f"kind IN ({words})")
