"""Outcomes and action items."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model
from forum.units.models import Unit


class Outcome(Model):
    """The conclusion of a thread: what was found, by whom, in which meeting if in one."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    statement: Mapped[str] = mapped_column(Text)
    statement_html: Mapped[str] = mapped_column(Text)
    concluded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    concluded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class OutcomeReply(Model):
    """A reply on which an outcome rests."""

    __tablename__ = "outcome_reply"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)


class ActionItem(Model):
    """What somebody is to do by when, as an outcome or a meeting decided."""

    __tablename__ = "action_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    what: Mapped[str] = mapped_column(String(300))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index("ix_action_item_unit_due", "unit_id", "due"),)
