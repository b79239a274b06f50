"""Reports of posts and suggestions about the forum."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.threads.models import Post

REASON_LENGTH = 500
ANSWER_LENGTH = 200
SUGGESTION_LENGTH = 2000
PAGE_LENGTH = 200


class ReportKind(StrEnum):
    """What is wrong with a post."""

    ADVERT = "advert"
    INSULT = "insult"
    PRIVACY = "privacy"
    FALSE = "false"
    UNRELATED = "unrelated"
    OTHER = "other"


class Verdict(StrEnum):
    """What became of a post that was pointed out."""

    HIDDEN = "hidden"
    LEFT = "left"
    ASKED = "asked"  # its author was asked to change it


class Report(Model):
    """Somebody points out a post, and is told what became of it. One for each person and post.

    ``request`` is what the author was asked to change, ``answer`` a word to whoever pointed it out.
    """

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    kind: Mapped[ReportKind] = mapped_column(choice(ReportKind, "report_kind"), default=ReportKind.OTHER)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict, "report_verdict"))
    request: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")

    post: Mapped[Post] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("post_id", "reporter_id"),)


class Suggestion(Model):
    """What somebody thinks should be better, and on which page he thought so."""

    __tablename__ = "suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    page: Mapped[str] = mapped_column(String(PAGE_LENGTH), default="")
    body: Mapped[str] = mapped_column(String(SUGGESTION_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
