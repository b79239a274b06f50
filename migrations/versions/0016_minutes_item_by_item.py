"""Minutes item by item

Parts, marks and versions; what was one text becomes the part that belongs to no line, and version 1 where the meeting is closed.

Revision: 0016, after: 0015
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _texts(table: str) -> sa.TableClause:
    """What the former table and the parts have in common."""
    return sa.table(
        table,
        sa.column("meeting_id", sa.Integer()),
        sa.column("body", sa.Text()),
        sa.column("body_html", sa.Text()),
        sa.column("written_by_id", sa.Integer()),
        sa.column("written_at", forum.clock.UTCDateTime()),
        sa.column("version", sa.Integer()),
    )


MEETING = sa.table(
    "meeting",
    sa.column("id", sa.Integer()),
    sa.column("state", sa.String()),
    sa.column("created_by_id", sa.Integer()),
    sa.column("closed_at", forum.clock.UTCDateTime()),
)


def _name_on(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    of = {"meeting_id": "meeting", "item_id": "agenda_item", "part_id": "minutes_part", "unit_id": "unit"}
    return [
        sa.ForeignKeyConstraint([name], [f"{of.get(name, 'person')}.id"], name=op.f(f"fk_{table}_{name}"))
        for name in columns
    ]


def upgrade() -> None:
    connection = op.get_bind()
    former = connection.execute(sa.select(_texts("minutes"))).mappings().all()
    closed = connection.execute(sa.select(MEETING).where(MEETING.c.state == "closed")).mappings().all()
    op.drop_table("minutes")
    minutes = op.create_table(
        "minutes",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.String(length=300), nullable=False),
        sa.Column("issued_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_name_on("minutes", "meeting_id", "issued_by_id"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_minutes")),
    )
    part = op.create_table(
        "minutes_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("is_continued", sa.Boolean(), nullable=False),
        sa.Column("hand", sa.String(length=24), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_name_on("minutes_part", "meeting_id", "item_id", "written_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_part")),
        sa.UniqueConstraint("item_id", name=op.f("uq_minutes_part_item_id")),
    )
    with op.batch_alter_table("minutes_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_part_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            "uq_minutes_part_rest",
            ["meeting_id"],
            unique=True,
            sqlite_where=sa.text("item_id IS NULL"),
            postgresql_where=sa.text("item_id IS NULL"),
        )
    op.create_table(
        "minutes_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("conclusion", "action", name="mark_kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", forum.clock.UTCDateTime(), nullable=False),
        *_name_on("minutes_mark", "part_id", "unit_id", "person_id", "made_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_mark")),
    )
    with op.batch_alter_table("minutes_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_mark_part_id"), ["part_id"], unique=False)
    version = op.create_table(
        "minutes_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", forum.clock.UTCDateTime(), nullable=False),
        *_name_on("minutes_version", "meeting_id", "written_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_version")),
        sa.UniqueConstraint(
            "meeting_id", "number", "revision", name=op.f("uq_minutes_version_meeting_id_number_revision")
        ),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urged_at", forum.clock.UTCDateTime(), nullable=True))

    for row in former:
        values = {"item_id": None, "is_continued": False, "hand": ""}
        connection.execute(part.insert().values(**row, **values))
    texts = {row["meeting_id"]: row for row in former}
    for meeting in closed:
        row = texts.get(meeting["id"])
        whole = {"meeting_id": meeting["id"], "number": 1, "revision": 1}
        connection.execute(minutes.insert().values(**whole, left_out="", version=1))
        body = {"item": None, "thread": None, "kind": "", "title": "", "body": row["body"]} if row else None
        connection.execute(
            version.insert().values(
                **whole,
                parts=[body] if body else [],
                reason="",
                written_by_id=row["written_by_id"] if row else meeting["created_by_id"],
                written_at=row["written_at"] if row else meeting["closed_at"],
            )
        )


def downgrade() -> None:
    connection = op.get_bind()
    part = _texts("minutes_part")
    written = connection.execute(sa.select(part).order_by(part.c.meeting_id, sa.text("id"))).mappings().all()
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("urged_at")
    op.drop_table("minutes_version")
    op.drop_table("minutes_mark")
    op.drop_table("minutes_part")
    op.drop_table("minutes")
    minutes = op.create_table(
        "minutes",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_name_on("minutes", "meeting_id", "written_by_id"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_minutes")),
    )
    whole: dict[int, dict] = {}
    for row in written:
        values = dict(row)
        known = whole.setdefault(row["meeting_id"], values)
        if known is not values:
            known["body"] += "\n\n" + row["body"]
            known["body_html"] += row["body_html"]
    for values in whole.values():
        connection.execute(minutes.insert().values(**values))
