"""The outbox and the inbox, and how people want to be told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice


class Leased:
    """The columns of a row that a worker takes under a lease (``forum.notices.leases``)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str] = mapped_column(String(200), default="")


class OutboxMessage(Leased, Model):
    """One thing to be told to one person, written in the transaction of what happened.

    ``subject_id`` is an id of the kind that the notice's ``kind`` implies (``thread.replied`` → a post).
    """

    __tablename__ = "outbox_message"

    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject_id: Mapped[int] = mapped_column()

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


class MailWhen(StrEnum):
    """Whether a notice is mailed besides, and when."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NEVER = "never"


class NoticePreference(Model):
    """How a person wants to be told of a topic, where it is not the usual way: in the inbox, and by the digest if he has a mail address."""

    __tablename__ = "notice_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    in_inbox: Mapped[bool] = mapped_column(Boolean, default=True)
    mail: Mapped[MailWhen] = mapped_column(choice(MailWhen, "notice_mail"), default=MailWhen.DIGEST)
