"""Saved searches, and what was found for them."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model

TEXT_LENGTH = 200
ARGUMENTS_LENGTH = 300


class SavedSearch(Model):
    """What somebody searched for and keeps. Only if he wants to he is told of what is new."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH), default="")
    arguments: Mapped[str] = mapped_column(String(ARGUMENTS_LENGTH), default="")  # the rest, as in the page's address
    tells: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    looked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)  # what was written before is nothing new
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    new_since: Mapped[date | None] = mapped_column()  # from which day on there is what was told of

    __table_args__ = (
        UniqueConstraint("person_id", "text", "arguments", name="uq_saved_search_once"),
        Index("ix_saved_search_due", "tells", "looked_at", "id"),
    )


class SearchFind(Model):
    """A thread or card that was told of as new for a saved search: it is not told of again."""

    __tablename__ = "search_find"

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_search_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    experience_id: Mapped[int | None] = mapped_column(ForeignKey("experience.id"))
    found_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (
        UniqueConstraint("saved_search_id", "thread_id", name="uq_search_find_thread"),
        UniqueConstraint("saved_search_id", "experience_id", name="uq_search_find_experience"),
        CheckConstraint("(thread_id IS NULL) <> (experience_id IS NULL)", name="search_find_of_one_thing"),
    )
