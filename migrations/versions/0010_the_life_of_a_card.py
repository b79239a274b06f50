"""A card's life: completed, confirmed, promoted, retired, each step kept; consent for each source; revisions

Revision: 0010, after: 0009
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PEOPLE = ("completer_id", "confirmed_by_id", "promoted_by_id", "retired_by_id")
MOMENTS = ("confirmed_at", "promoted_at", "retired_at")
NOTES = ("confirmed_note", "retired_reason")
DEEDS = (
    "nominated",
    "confirmed",
    "returned",
    "published",
    "corrected",
    "consented",
    "promoted",
    "unpromoted",
    "retired",
    "restored",
)


def upgrade() -> None:
    with op.batch_alter_table("experience_source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consent_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("consent_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_experience_source_consent_by_id"), "person", ["consent_by_id"], ["id"])
    op.execute(
        "UPDATE experience_source SET"
        " consent_by_id = (SELECT consent_by_id FROM experience WHERE experience.id = experience_id),"
        " consent_at = (SELECT consent_at FROM experience WHERE experience.id = experience_id)"
    )
    with op.batch_alter_table("experience", schema=None) as batch_op:
        for name in PEOPLE:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_experience_{name}"), "person", [name], ["id"])
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, forum.clock.UTCDateTime(), nullable=True))
        for name in NOTES:
            batch_op.add_column(sa.Column(name, sa.String(length=200), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_experience_completer_id"), ["completer_id"], unique=False)
        batch_op.drop_constraint(op.f("fk_experience_consent_by_id"), type_="foreignkey")
        batch_op.drop_column("consent_by_id")
        batch_op.drop_column("consent_at")
    # What was published before villages were asked counts as confirmed by whoever published it.
    op.execute(
        "UPDATE experience SET confirmed_at = published_at, confirmed_by_id = published_by_id WHERE state = 'published'"
    )
    with op.batch_alter_table("experience", schema=None) as batch_op:
        for name in NOTES:
            batch_op.alter_column(name, server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_experience_published_only_when_confirmed"), "state <> 'published' OR confirmed_at IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_experience_promoted_or_retired"), "promoted_at IS NULL OR retired_at IS NULL"
        )

    op.create_table(
        "card_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(*DEEDS, name="card_deed", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_card_step_experience_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_step_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_card_step_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_step")),
    )
    with op.batch_alter_table("card_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_step_experience_id"), ["experience_id"], unique=False)
    op.create_table(
        "card_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        *(
            sa.Column(part, sa.Text(), nullable=False)
            for part in ("problem", "practice", "result", "suitable", "caution", "cost")
        ),
        sa.Column("replaced_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_card_revision_experience_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["person.id"], name=op.f("fk_card_revision_replaced_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_revision")),
    )
    with op.batch_alter_table("card_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_revision_experience_id"), ["experience_id"], unique=False)


def downgrade() -> None:
    for table in ("card_revision", "card_step"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_experience_id"))
        op.drop_table(table)
    with op.batch_alter_table("experience", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_experience_promoted_or_retired"), type_="check")
        batch_op.drop_constraint(op.f("ck_experience_published_only_when_confirmed"), type_="check")
        batch_op.drop_index(batch_op.f("ix_experience_completer_id"))
        for name in PEOPLE:
            batch_op.drop_constraint(op.f(f"fk_experience_{name}"), type_="foreignkey")
        for name in (*PEOPLE, *MOMENTS, *NOTES):
            batch_op.drop_column(name)
        batch_op.add_column(sa.Column("consent_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("consent_at", forum.clock.UTCDateTime(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_experience_consent_by_id"), "person", ["consent_by_id"], ["id"])
    op.execute(
        "UPDATE experience SET"
        " consent_by_id = (SELECT max(consent_by_id) FROM experience_source WHERE experience_id = experience.id),"
        " consent_at = (SELECT max(consent_at) FROM experience_source WHERE experience_id = experience.id)"
    )
    with op.batch_alter_table("experience_source", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_experience_source_consent_by_id"), type_="foreignkey")
        batch_op.drop_column("consent_at")
        batch_op.drop_column("consent_by_id")
