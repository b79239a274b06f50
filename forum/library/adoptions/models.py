"""A village that tries a card, and what came of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.units.models import Unit

CHANGE_LENGTH = 500
RESULT_LENGTH = 1000


class AdoptionResult(StrEnum):
    """How it went. A failure teaches as much as a success and is shown the same."""

    WORKED = "worked"
    PARTLY = "partly"
    FAILED = "failed"


class Adoption(Model):
    """A village says 我们村试试: what it does differently, by when; later the result, why, and what others should mind."""

    __tablename__ = "adoption"

    id: Mapped[int] = mapped_column(primary_key=True)
    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # who said so for the village
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    entered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id")
    )  # who wrote it down for him, if he did not
    change: Mapped[str] = mapped_column(String(CHANGE_LENGTH))
    due: Mapped[date] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    result: Mapped[AdoptionResult | None] = mapped_column(choice(AdoptionResult, "adoption_result"))
    result_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    result_posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    why: Mapped[str] = mapped_column(String(RESULT_LENGTH), default="")
    caution: Mapped[str] = mapped_column(String(RESULT_LENGTH), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            "(result IS NULL) = (result_at IS NULL) AND (result IS NULL) = (result_by_id IS NULL)",
            name="adoption_result_has_a_time_and_a_name",
        ),
        CheckConstraint("result IS NULL OR withdrawn_at IS NULL", name="adoption_withdrawn_has_no_result"),
        Index("ix_adoption_experience_unit", "experience_id", "unit_id"),
        # A village tries a card once at a time; after a result it may try again.
        Index(
            "uq_adoption_one_open",
            "experience_id",
            "unit_id",
            unique=True,
            sqlite_where=text("result IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("result IS NULL AND withdrawn_at IS NULL"),
        ),
        # What the worker looks for every few minutes.
        Index(
            "ix_adoption_to_ask",
            "due",
            sqlite_where=text("result IS NULL AND withdrawn_at IS NULL AND reminded_at IS NULL"),
            postgresql_where=text("result IS NULL AND withdrawn_at IS NULL AND reminded_at IS NULL"),
        ),
    )

    @property
    def is_open(self) -> bool:
        """Whether the village is still at it."""
        return self.result is None and self.withdrawn_at is None


class AdoptionRevision(Model):
    """A result as it stood before it was corrected: kept, and shown with its date."""

    __tablename__ = "adoption_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    adoption_id: Mapped[int] = mapped_column(ForeignKey("adoption.id"), index=True)
    result: Mapped[AdoptionResult] = mapped_column(choice(AdoptionResult, "adoption_revision_result"))
    result_at: Mapped[datetime] = mapped_column(UTCDateTime)
    result_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(String(RESULT_LENGTH), default="")
    caution: Mapped[str] = mapped_column(String(RESULT_LENGTH), default="")
