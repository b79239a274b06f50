"""Mail addresses, and the letters that go to them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model
from forum.notices.models import Leased

LONGEST_ADDRESS = 254


class MailAddress(Model):
    """Where a person's letters go. A new address is ``pending`` until a link sent to it was used; the one before stays in use."""

    __tablename__ = "mail_address"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    address: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    pending: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    nonce: Mapped[str] = mapped_column(
        String(32), default=""
    )  # of the link last sent; signed, so that the table opens nothing
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    failure: Mapped[str] = mapped_column(String(200), default="")  # why the last letter came back


class LetterKind(StrEnum):
    """What a letter is for."""

    DIGEST = "digest"
    NOTICE = "notice"
    CONFIRM = "confirm"


class Letter(Leased, Model):
    """One mail to one person: the digest of a morning, one notice, or the link that confirms his address."""

    __tablename__ = "letter"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    morning: Mapped[date | None] = mapped_column()  # of a digest

    __table_args__ = (
        Index("uq_letter_person_morning", "person_id", "morning", unique=True),
        Index("ix_letter_unsent", "sent_at", "due_at", "id"),
    )


class LetterLine(Model):
    """What a letter tells. Whether its reader may still see it is asked when the letter is sent."""

    __tablename__ = "letter_line"

    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"), primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column()
