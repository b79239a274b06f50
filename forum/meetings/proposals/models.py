"""Proposed themes, and what each township said to them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice


class OfferAnswer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ThemeProposal(Model):
    """A theme for a month, with why."""

    __tablename__ = "theme_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    month: Mapped[date] = mapped_column()  # the first day of its month
    theme: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(1000))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_theme_proposal_district_month", "district_id", "month"),)


class ThemeOffer(Model):
    """One township to which a theme was proposed: whether it takes it up, and for which meeting."""

    __tablename__ = "theme_offer"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("theme_proposal.id"), primary_key=True)
    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    answer: Mapped[OfferAnswer | None] = mapped_column(choice(OfferAnswer, "theme_offer_answer"))
    word: Mapped[str] = mapped_column(String(300), default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)

    proposal: Mapped[ThemeProposal] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="theme_offer_answered_at_a_time"),
        CheckConstraint(
            "meeting_id IS NULL OR (answer IS NOT NULL AND answer = 'accepted')",
            name="theme_offer_accepted_for_a_meeting",
        ),
    )
