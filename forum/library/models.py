"""Experience cards, where they come from and how they are tagged."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.threads.models import TITLE_LENGTH, Reach

REASON_LENGTH = 200


class CardState(StrEnum):
    DRAFT = "draft"
    NOMINATED = "nominated"
    PUBLISHED = "published"


class CardDeed(StrEnum):
    """A step in a card's life, kept with its date and the person."""

    NOMINATED = "nominated"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    CONSENTED = "consented"
    PROMOTED = "promoted"
    UNPROMOTED = "unpromoted"
    RETIRED = "retired"
    RESTORED = "restored"


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
    returned_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    completer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # The source village says that it is true, or its organiser does so for it, with the reason.
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_note: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    promoted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    promoted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retired_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("reach = 'district' OR township_id IS NOT NULL", name="experience_narrowed_within_a_township"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="experience_published_at_a_time"),
        CheckConstraint(
            "state <> 'published' OR confirmed_at IS NOT NULL", name="experience_published_only_when_confirmed"
        ),
        CheckConstraint("promoted_at IS NULL OR retired_at IS NULL", name="experience_promoted_or_retired"),
        Index("ix_experience_district_published", "district_id", "published_at", "id"),
    )


class ExperienceSource(Model):
    """A thread from which a card was made.

    From a narrowed thread it is shown to the whole district only once whoever asked there has agreed; that consent is kept.
    """

    __tablename__ = "experience_source"

    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True, index=True)
    consent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    consent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CardStep(Model):
    """A step in a card's life: what, by whom in which office, when, and why where a reason was given."""

    __tablename__ = "card_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), index=True)
    deed: Mapped[CardDeed] = mapped_column(choice(CardDeed, "card_deed"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    note: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")


class CardRevision(Model):
    """What a card said before it was changed once it had left its author's hands; kept for good."""

    __tablename__ = "card_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    problem: Mapped[str] = mapped_column(Text, default="")
    practice: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    suitable: Mapped[str] = mapped_column(Text, default="")
    caution: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    replaced_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ExperienceTag(Model):
    """A tag on a card."""

    __tablename__ = "experience_tag"

    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
