"""Minutes: a text for each line of the agenda and one for the rest, what was marked in them, and the versions they went through."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice

REASON_LENGTH = 300
MARK_LENGTH = 2000


class MarkKind(StrEnum):
    CONCLUSION = "conclusion"  # what its thread came to, to be written there at closing
    ACTION = "action"  # what somebody is to do


class MinutesPart(Model):
    """What was said under one line of the agenda; without a line, what belongs to none.

    ``hand`` is the page that wrote last: who never got his answer may send again what he typed further, without meeting himself.
    """

    __tablename__ = "minutes_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    body: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    is_continued: Mapped[bool] = mapped_column(default=False)  # 继续研究: no conclusion yet, and none was meant
    hand: Mapped[str] = mapped_column(String(24), default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    version: Mapped[int] = mapped_column(default=1)

    marks: Mapped[list["MinutesMark"]] = relationship(back_populates="part", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(
            "uq_minutes_part_rest",
            "meeting_id",
            unique=True,
            sqlite_where=text("item_id IS NULL"),
            postgresql_where=text("item_id IS NULL"),
        ),
    )


class MinutesMark(Model):
    """A sentence of the minutes that something is to come of. It keeps its own words when the text changes."""

    __tablename__ = "minutes_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("minutes_part.id"), index=True)
    kind: Mapped[MarkKind] = mapped_column(choice(MarkKind, "mark_kind"))
    text: Mapped[str] = mapped_column(String(MARK_LENGTH))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date | None] = mapped_column()
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    part: Mapped[MinutesPart] = relationship(back_populates="marks", lazy="raise_on_sql")


class Minutes(Model):
    """The minutes of a closed meeting as a whole: which version they are in, and whether they were issued (印发).

    Until they are issued they stay version 1, and each correction is a revision of it; afterwards each is a new version.
    """

    __tablename__ = "minutes"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    number: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    left_out: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")  # why something was missing at closing
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_on: Mapped[date | None] = mapped_column()
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MinutesVersion(Model):
    """The minutes as they read at one time. ``parts`` are dicts of item, kind, title, body, and thread or card of the line, if any."""

    __tablename__ = "minutes_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int] = mapped_column()
    revision: Mapped[int] = mapped_column()
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (UniqueConstraint("meeting_id", "number", "revision"),)
