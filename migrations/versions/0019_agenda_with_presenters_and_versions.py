"""Who presents what on an agenda, and what was published when

A line names somebody in office or an outside expert, its sitting, material, a card. What was announced so far becomes version 1.

Revision: 0019, after: 0018
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

meeting = sa.table(
    "meeting",
    sa.column("id", sa.Integer),
    sa.column("theme", sa.String),
    sa.column("created_by_id", sa.Integer),
    sa.column("announced_at", forum.clock.UTCDateTime),
)
sitting = sa.table(
    "sitting",
    sa.column("id", sa.Integer),
    sa.column("meeting_id", sa.Integer),
    sa.column("place", sa.String),
    sa.column("starts_at", forum.clock.UTCDateTime),
    sa.column("ends_at", forum.clock.UTCDateTime),
)
item = sa.table(
    "agenda_item",
    *(sa.column(name, sa.Integer) for name in ("id", "meeting_id", "position", "minutes_planned", "thread_id")),
    *(sa.column(name, sa.String) for name in ("kind", "title", "presenter")),
)


def upgrade() -> None:
    version = op.create_table(
        "agenda_version",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_version_meeting_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_agenda_version_published_by_id")),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_agenda_version")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("presenter_from", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("presenter_posting_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sitting_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("experience_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("material", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_foreign_key(
            op.f("fk_agenda_item_presenter_posting_id"), "posting", ["presenter_posting_id"], ["id"]
        )
        batch_op.create_foreign_key(
            op.f("fk_agenda_item_sitting_id"), "sitting", ["sitting_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(op.f("fk_agenda_item_experience_id"), "experience", ["experience_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_agenda_item_has_one_presenter"), "presenter_posting_id IS NULL OR presenter = ''"
        )
        batch_op.create_check_constraint(
            op.f("ck_agenda_item_has_one_source"), "thread_id IS NULL OR experience_id IS NULL"
        )
        batch_op.create_index(batch_op.f("ix_agenda_item_presenter_posting_id"), ["presenter_posting_id"], unique=False)
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        for name, length in (("presenter_from", 40), ("material", 500)):
            batch_op.alter_column(name, existing_type=sa.String(length=length), server_default=None)
        batch_op.alter_column("version", existing_type=sa.Integer(), server_default=None)
    for row in op.get_bind().execute(sa.select(meeting).where(meeting.c.announced_at.is_not(None))).all():
        op.execute(
            version.insert().values(
                meeting_id=row.id,
                number=1,
                published_by_id=row.created_by_id,
                published_at=row.announced_at,
                programme={"theme": row.theme, "places": _places(row.id), "entries": _entries(row.id)},
            )
        )


def _places(meeting_id: int) -> list[dict[str, object]]:
    rows = op.get_bind().execute(
        sa.select(sitting).where(sitting.c.meeting_id == meeting_id).order_by(sitting.c.starts_at, sitting.c.id)
    )
    return [
        {
            "id": row.id,
            "place": row.place,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        }
        for row in rows
    ]


def _entries(meeting_id: int) -> list[dict[str, object]]:
    rows = op.get_bind().execute(
        sa.select(item).where(item.c.meeting_id == meeting_id).order_by(item.c.position, item.c.id)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "title": row.title,
            "minutes": row.minutes_planned,
            "presenter": row.presenter,
            "person_id": None,
            "sitting_id": None,
            "thread_id": row.thread_id,
            "experience_id": None,
            "material": "",
        }
        for row in rows
    ]


def downgrade() -> None:
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_presenter_posting_id"))
        batch_op.drop_constraint(op.f("ck_agenda_item_has_one_source"), type_="check")
        batch_op.drop_constraint(op.f("ck_agenda_item_has_one_presenter"), type_="check")
        for name in ("experience_id", "sitting_id", "presenter_posting_id"):
            batch_op.drop_constraint(op.f(f"fk_agenda_item_{name}"), type_="foreignkey")
        for name in ("version", "material", "experience_id", "sitting_id", "presenter_posting_id", "presenter_from"):
            batch_op.drop_column(name)
    op.drop_table("agenda_version")
