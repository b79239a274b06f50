"""What a sitting is at, and what people ask from their seats."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model

QUESTION_LENGTH = 200


class HallState(Model):
    """The item that a sitting is at. ``version`` goes up with everything that wall and phones show."""

    __tablename__ = "hall_state"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id", ondelete="SET NULL"))
    item_began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=0)


class HallQuestion(Model):
    """A question from the hall. The chair puts them in order (``position``) and takes off what was answered."""

    __tablename__ = "hall_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    body: Mapped[str] = mapped_column(String(QUESTION_LENGTH))
    position: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    taken_off_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_hall_question_sitting", "sitting_id", "position", "id"),)


class HallEcho(Model):
    """Somebody who would ask the same."""

    __tablename__ = "hall_echo"

    question_id: Mapped[int] = mapped_column(ForeignKey("hall_question.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
