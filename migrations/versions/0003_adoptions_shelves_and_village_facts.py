"""Adoptions of cards, the shelves of cards to read first, and what villages are like

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "village_facts",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "land",
            sa.Enum(
                "plain", "coastal", "hill", name="village_land", native_enum=False, create_constraint=True, length=20
            ),
            nullable=True,
        ),
        sa.Column("is_relocated", sa.Boolean(), nullable=True),
        sa.Column(
            "population",
            sa.Enum(
                "under_500",
                "under_1000",
                "under_2000",
                "above_2000",
                name="village_population",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "income",
            sa.Enum(
                "under_10",
                "under_30",
                "under_50",
                "under_100",
                "above_100",
                name="village_income",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "distance",
            sa.Enum(
                "near", "middle", "far", name="village_distance", native_enum=False, create_constraint=True, length=20
            ),
            nullable=True,
        ),
        sa.Column("changed_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_village_facts_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_village_facts")),
    )
    op.create_table(
        "adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("change", sa.String(length=500), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "worked",
                "partly",
                "failed",
                name="adoption_result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("result_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("result_by_id", sa.Integer(), nullable=True),
        sa.Column("result_posting_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("caution", sa.String(length=1000), nullable=False),
        sa.Column("withdrawn_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("reminded_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(result IS NULL) = (result_at IS NULL) AND (result IS NULL) = (result_by_id IS NULL)",
            name=op.f("ck_adoption_result_has_a_time_and_a_name"),
        ),
        sa.CheckConstraint("result IS NULL OR withdrawn_at IS NULL", name=op.f("ck_adoption_withdrawn_has_no_result")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_adoption_entered_by_id")),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_adoption_experience_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_adoption_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_adoption_posting_id")),
        sa.ForeignKeyConstraint(["result_by_id"], ["person.id"], name=op.f("fk_adoption_result_by_id")),
        sa.ForeignKeyConstraint(["result_posting_id"], ["posting.id"], name=op.f("fk_adoption_result_posting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_adoption_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
    )
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.create_index("ix_adoption_experience_unit", ["experience_id", "unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_adoption_to_ask",
            ["due"],
            unique=False,
            sqlite_where=sa.text("result IS NULL AND withdrawn_at IS NULL AND reminded_at IS NULL"),
            postgresql_where=sa.text("result IS NULL AND withdrawn_at IS NULL AND reminded_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_adoption_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_adoption_one_open",
            ["experience_id", "unit_id"],
            unique=True,
            sqlite_where=sa.text("result IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("result IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "shelf_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_shelf_card_added_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_shelf_card_district_id")),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_shelf_card_experience_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_shelf_card_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_card")),
    )
    with op.batch_alter_table("shelf_card", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shelf_card_district_township", ["district_id", "township_id", "position"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shelf_card_experience_id"), ["experience_id"], unique=False)
        batch_op.create_index(
            "uq_shelf_card_of_district",
            ["district_id", "experience_id"],
            unique=True,
            sqlite_where=sa.text("township_id IS NULL"),
            postgresql_where=sa.text("township_id IS NULL"),
        )
        batch_op.create_index("uq_shelf_card_of_township", ["township_id", "experience_id"], unique=True)

    op.create_table(
        "adoption_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adoption_id", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "worked",
                "partly",
                "failed",
                name="adoption_revision_result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("result_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("result_by_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("caution", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["adoption_id"], ["adoption.id"], name=op.f("fk_adoption_revision_adoption_id")),
        sa.ForeignKeyConstraint(["result_by_id"], ["person.id"], name=op.f("fk_adoption_revision_result_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_revision")),
    )
    with op.batch_alter_table("adoption_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoption_revision_adoption_id"), ["adoption_id"], unique=False)


def downgrade() -> None:
    for table in ("adoption_revision", "shelf_card", "adoption", "village_facts"):
        op.drop_table(table)
