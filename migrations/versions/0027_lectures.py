"""Experts and their lectures

Who teaches, what and where; what those who were there said is kept in counts.

Revision: 0027, after: 0026
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KINDS = ("question", "topic", "share", "notice", "trip")


def upgrade() -> None:
    _take_kinds(*KINDS, "lecture")
    op.create_table(
        "expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("workplace", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_expert_created_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_expert_district_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("person_id", name=op.f("uq_expert_person_id")),
    )
    op.create_index(op.f("ix_expert_district_id"), "expert", ["district_id"], unique=False)
    op.create_table(
        "expert_tag",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_tag_expert_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_expert_tag_tag_id")),
        sa.PrimaryKeyConstraint("expert_id", "tag_id", name=op.f("pk_expert_tag")),
    )
    op.create_index(op.f("ix_expert_tag_tag_id"), "expert_tag", ["tag_id"], unique=False)
    op.create_table(
        "lecture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column(
            "manner",
            sa.Enum(
                "classroom",
                "field",
                "online",
                "home",
                name="lecture_manner",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("heads IS NULL OR heads >= 0", name=op.f("ck_lecture_heads_are_counted")),
        sa.CheckConstraint("place <> '' OR link <> ''", name=op.f("ck_lecture_is_somewhere")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_lecture_created_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_lecture_district_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_lecture_expert_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_lecture_thread_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_lecture_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lecture")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_lecture_thread_id")),
    )
    op.create_index("ix_lecture_district_starts", "lecture", ["district_id", "starts_at", "id"], unique=False)
    op.create_index(op.f("ix_lecture_expert_id"), "lecture", ["expert_id"], unique=False)
    op.create_index(op.f("ix_lecture_township_id"), "lecture", ["township_id"], unique=False)
    counts = [f"{question}_{degree}" for question in ("understood", "useful") for degree in ("yes", "partly", "no")]
    op.create_table(
        "lecture_voices",
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in counts],
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_lecture_voices_lecture_id")),
        sa.PrimaryKeyConstraint("lecture_id", name=op.f("pk_lecture_voices")),
    )
    op.create_table(
        "lecture_answered",
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_lecture_answered_lecture_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lecture_answered_person_id")),
        sa.PrimaryKeyConstraint("lecture_id", "person_id", name=op.f("pk_lecture_answered")),
    )


def downgrade() -> None:
    for table in ("lecture_answered", "lecture_voices", "lecture", "expert_tag", "expert"):
        op.drop_table(table)
    # What was written in their threads stays, as an experience shared.
    op.execute("UPDATE thread SET kind = 'share' WHERE kind = 'lecture'")
    _take_kinds(*KINDS)


def _take_kinds(*kinds: str) -> None:
    words = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_thread_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_thread_kind"), f"kind IN ({words})")
