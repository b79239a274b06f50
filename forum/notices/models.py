"""The outbox and the inbox."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model


class OutboxMessage(Model):
    """One thing to be told to one person, written in the transaction of what happened.

    ``subject_id`` is an id of the kind that the notice's ``kind`` implies (``thread.replied`` → a post). ``attempts`` and ``due_at``
    are the lease: whoever raises ``attempts`` by a conditional update owns the row until ``due_at``.
    """

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject_id: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (Index("ix_outbox_message_unsent", "sent_at", "due_at", "id"),)


class InboxItem(Model):
    """A notice a person sees in the application. At most one for each outbox row, however often the worker died.

    ``created_at`` is when it happened, not when it was delivered.
    """

    __tablename__ = "inbox_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column()
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("ix_inbox_item_person", "person_id", "created_at", "id"),
        Index("ix_inbox_item_unread", "person_id", "read_at", "thread_id"),
    )
