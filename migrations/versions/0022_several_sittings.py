"""Several sittings, substitutes, a theme's tag, and when a township usually meets

Revision: 0022, after: 0021
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SITTING_KINDS = sa.Enum(
    "hall", "site", "village", "online", name="sitting_kind", native_enum=False, create_constraint=True, length=20
)
LINE = sa.String(length=40)
SUBSTITUTE = "(answer IS NOT NULL AND answer = 'substitute') = (substitute_id IS NOT NULL OR substitute_name <> '')"


def upgrade() -> None:
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("theme_tag_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_meeting_theme_tag_id"), "tag", ["theme_tag_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_meeting_announced_with_a_theme"), "theme <> '' OR announced_at IS NULL"
        )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("name", LINE, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kind", SITTING_KINDS, nullable=False, server_default="hall"))
        batch_op.add_column(sa.Column("link", sa.String(length=500), nullable=False, server_default=""))
        batch_op.create_unique_constraint(op.f("uq_sitting_meeting_id"), ["meeting_id", "id"])
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        for name in ("position", "name", "kind", "link"):
            batch_op.alter_column(name, server_default=None)
    op.create_table(
        "sitting_village",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "sitting_id"],
            ["sitting.meeting_id", "sitting.id"],
            name=op.f("fk_sitting_village_sitting"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_sitting_village_unit_id")),
        sa.PrimaryKeyConstraint("meeting_id", "unit_id", name=op.f("pk_sitting_village")),
    )
    with op.batch_alter_table("sitting_village", schema=None) as batch_op:
        batch_op.create_index("ix_sitting_village_sitting", ["meeting_id", "sitting_id"], unique=False)

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meeting_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("substitute_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("substitute_name", LINE, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("entered_by_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f("ck_attendance_answer"), type_="check")
    op.execute(
        "UPDATE attendance SET meeting_id = (SELECT sitting.meeting_id FROM sitting WHERE sitting.id = sitting_id)"
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.alter_column("meeting_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("substitute_name", server_default=None)
        batch_op.create_check_constraint(op.f("ck_attendance_answer"), "answer IN ('coming', 'leave', 'substitute')")
        batch_op.create_check_constraint(op.f("ck_attendance_substitute_is_somebody"), SUBSTITUTE)
        batch_op.create_foreign_key(
            op.f("fk_attendance_sitting_of_meeting"),
            "sitting",
            ["meeting_id", "sitting_id"],
            ["meeting_id", "id"],
        )
        for name in ("substitute_id", "entered_by_id"):
            batch_op.create_foreign_key(op.f(f"fk_attendance_{name}"), "person", [name], ["id"])
        batch_op.create_unique_constraint(op.f("uq_attendance_meeting_person"), ["meeting_id", "person_id"])
        batch_op.create_index(batch_op.f("ix_attendance_substitute_id"), ["substitute_id"], unique=False)

    op.create_table(
        "meeting_rule",
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", forum.clock.UTCDateTime(), nullable=False),
        sa.CheckConstraint("week BETWEEN 1 AND 5", name=op.f("ck_meeting_rule_week")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_meeting_rule_weekday")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 720", name=op.f("ck_meeting_rule_minutes")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_meeting_rule_changed_by_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_meeting_rule_township_id")),
        sa.PrimaryKeyConstraint("township_id", name=op.f("pk_meeting_rule")),
    )


def downgrade() -> None:
    op.drop_table("meeting_rule")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_attendance_substitute_is_somebody"), type_="check")
        batch_op.drop_constraint(op.f("ck_attendance_answer"), type_="check")
    op.execute("UPDATE attendance SET answer = 'coming' WHERE answer = 'substitute'")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_attendance_answer"), "answer IN ('coming', 'leave')")
        batch_op.drop_constraint(op.f("fk_attendance_sitting_of_meeting"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_attendance_meeting_person"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_attendance_substitute_id"))
        for name in ("substitute_id", "entered_by_id"):
            batch_op.drop_constraint(op.f(f"fk_attendance_{name}"), type_="foreignkey")
            batch_op.drop_column(name)
        batch_op.drop_column("substitute_name")
        batch_op.drop_column("meeting_id")

    with op.batch_alter_table("sitting_village", schema=None) as batch_op:
        batch_op.drop_index("ix_sitting_village_sitting")
    op.drop_table("sitting_village")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_sitting_meeting_id"), type_="unique")
        batch_op.drop_constraint(op.f("ck_sitting_kind"), type_="check")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        for name in ("link", "kind", "name", "position"):
            batch_op.drop_column(name)
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_meeting_announced_with_a_theme"), type_="check")
        batch_op.drop_constraint(op.f("fk_meeting_theme_tag_id"), type_="foreignkey")
        batch_op.drop_column("theme_tag_id")
    op.execute("UPDATE meeting SET theme = '主题待定' WHERE theme = ''")
