"""What was done to threads that can be taken back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.threads.models import Thread


class DeedKind(StrEnum):
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"


class ThreadDeed(Model):
    """A thread was moved, merged into another or split off it; ``before`` is what taking it back needs to know.

    ``thread_id`` is the thread that was acted on, ``other_id`` the one it was merged into or what was split off. The deed stays in
    the care of the township in which it was done, wherever the thread is by now.
    """

    __tablename__ = "thread_deed"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeedKind] = mapped_column(choice(DeedKind, "thread_deed_kind"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    done_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    thread: Mapped[Thread] = relationship(foreign_keys=[thread_id], lazy="raise_on_sql")
