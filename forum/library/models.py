"""Experience cards, where they come from and how they are tagged."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.threads.models import TITLE_LENGTH, Reach


class CardState(StrEnum):
    DRAFT = "draft"
    NOMINATED = "nominated"
    PUBLISHED = "published"


class Experience(Model):
    """A card: the problem, what was done, what came of it, for which villages, with which dangers, at what cost."""

    __tablename__ = "experience"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reach: Mapped[Reach] = mapped_column(choice(Reach, "experience_reach"), default=Reach.DISTRICT)
    problem: Mapped[str] = mapped_column(Text, default="")
    practice: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    suitable: Mapped[str] = mapped_column(Text, default="")
    caution: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[CardState] = mapped_column(choice(CardState, "card_state"), default=CardState.DRAFT)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    nominated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_reason: Mapped[str] = mapped_column(String(200), default="")
    # Consent of whoever asked to show the experience of a narrowed thread to the whole district.
    consent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    consent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("reach = 'district' OR township_id IS NOT NULL", name="experience_narrowed_within_a_township"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="experience_published_at_a_time"),
        Index("ix_experience_district_published", "district_id", "published_at", "id"),
    )


class ExperienceSource(Model):
    """A thread from which a card was made."""

    __tablename__ = "experience_source"

    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True, index=True)


class ExperienceTag(Model):
    """A tag on a card."""

    __tablename__ = "experience_tag"

    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
