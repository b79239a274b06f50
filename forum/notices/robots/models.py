"""Robots of group chats, and what is told to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.notices.models import Leased


class RobotKind(StrEnum):
    """Whose chat it sits in."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"


class Hears(StrEnum):
    """What a group may be told of."""

    MEETINGS = "meetings"
    UNANSWERED = "unanswered"
    CARDS = "cards"
    LEARNING = "learning"


class Robot(Model):
    """A robot that an organiser made in the chat group of his township. Its key and signing secret are kept sealed."""

    __tablename__ = "robot"

    id: Mapped[int] = mapped_column(primary_key=True)
    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[RobotKind] = mapped_column(choice(RobotKind, "robot_kind"))
    name: Mapped[str] = mapped_column(String(40))
    sealed_key: Mapped[str] = mapped_column(String(400))
    sealed_secret: Mapped[str] = mapped_column(String(400), default="")
    hears_meetings: Mapped[bool] = mapped_column(Boolean, default=True)
    hears_unanswered: Mapped[bool] = mapped_column(Boolean, default=True)
    hears_cards: Mapped[bool] = mapped_column(Boolean, default=True)
    hears_learning: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    free_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)  # when it may be told the next thing
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str] = mapped_column(String(40), default="")  # why the last thing did not arrive; empty when it did

    def hears(self, what: Hears) -> bool:
        """Whether its group wants to be told of this."""
        return bool(getattr(self, f"hears_{what}"))


class RobotMessage(Leased, Model):
    """One thing to be told to one group. ``once`` is True for what a group is told a single time, else NULL."""

    __tablename__ = "robot_message"

    robot_id: Mapped[int] = mapped_column(ForeignKey("robot.id"))
    subject_id: Mapped[int] = mapped_column()
    once: Mapped[bool | None] = mapped_column(Boolean)

    __table_args__ = (
        UniqueConstraint("robot_id", "kind", "subject_id", "once", name="uq_robot_message_once"),
        Index("ix_robot_message_unsent", "sent_at", "due_at", "id"),
    )
