"""Study trips, who goes along, and what they bring home."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, today, utcnow
from forum.extensions import Model, choice
from forum.threads.models import TITLE_LENGTH, Post, Reach

PLACE_LENGTH = 80
WORDS_LENGTH = 500
REASON_LENGTH = 200
MOST_SEATS = 200


class StudyTrip(Model):
    """A journey to a place that does something well. A draft has no thread; opening it begins the thread that carries notes and talk.

    ``taken`` counts the seats that are somebody's: a member sits when the one conditional update found a free seat.
    """

    __tablename__ = "study_trip"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    destination: Mapped[str] = mapped_column(String(PLACE_LENGTH))
    brief: Mapped[str] = mapped_column(Text, default="")
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # none: the district's
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reach: Mapped[Reach] = mapped_column(choice(Reach, "study_trip_reach"), default=Reach.DISTRICT)
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    join_by: Mapped[date] = mapped_column()
    seats: Mapped[int] = mapped_column()
    taken: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)  # of the plan; joining does not change it
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= seats", name="study_trip_no_more_than_its_seats"),
        CheckConstraint("starts_on <= ends_on AND join_by <= starts_on", name="study_trip_days_in_order"),
        CheckConstraint("reach = 'district' OR township_id IS NOT NULL", name="study_trip_narrowed_within_a_township"),
        CheckConstraint("(cancelled_at IS NULL) = (reason = '')", name="study_trip_cancelled_with_a_reason"),
        CheckConstraint("closed_at IS NULL OR thread_id IS NOT NULL", name="study_trip_closed_once_opened"),
        Index("ix_study_trip_district_ends", "district_id", "ends_on", "id"),
        Index("ix_study_trip_district_new", "district_id", "created_at", "id"),
    )


class Stage(StrEnum):
    """Where a trip is: a fact of its dates, its seats and what was done with it, never stored."""

    DRAFT = "draft"
    OPEN = "open"
    FULL = "full"
    SHUT = "shut"  # the day for joining has passed
    UNDER_WAY = "under_way"
    BACK = "back"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def stage_of(trip: StudyTrip | Any, on: date | None = None) -> Stage:
    """The stage of a trip, or of a row with its columns, on a day (today, unless said)."""
    day = on or today()
    if trip.cancelled_at is not None:
        return Stage.CANCELLED
    if trip.thread_id is None:
        return Stage.DRAFT
    if trip.closed_at is not None:
        return Stage.CLOSED
    if day > trip.ends_on:
        return Stage.BACK
    if day >= trip.starts_on:
        return Stage.UNDER_WAY
    if day > trip.join_by:
        return Stage.SHUT
    return Stage.FULL if trip.taken >= trip.seats else Stage.OPEN


class TripStop(Model):
    """A line of the programme: when, where, and what is to be seen there."""

    __tablename__ = "trip_stop"

    trip_id: Mapped[int] = mapped_column(ForeignKey("study_trip.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    what: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")


class TripTownship(Model):
    """A township whose people are invited; a trip without any is open to all of the district."""

    __tablename__ = "trip_township"

    trip_id: Mapped[int] = mapped_column(ForeignKey("study_trip.id"), primary_key=True)
    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class TripMember(Model):
    """Somebody who goes along, or waits for a seat as long as ``seated_at`` is empty; ``entered_by`` put him down for it."""

    __tablename__ = "trip_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("study_trip.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    seated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # for his note, once he is back

    __table_args__ = (UniqueConstraint("trip_id", "person_id"),)


class TripNote(Model):
    """What a member writes of a trip: a post of its thread, with the first of its three answers kept apart."""

    __tablename__ = "trip_note"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    trip_id: Mapped[int] = mapped_column(ForeignKey("study_trip.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    saw: Mapped[str] = mapped_column(Text)

    post: Mapped[Post] = relationship(lazy="raise_on_sql")
    uses: Mapped[list["TripUse"]] = relationship(lazy="raise_on_sql", order_by="TripUse.position, TripUse.id")

    __table_args__ = (UniqueConstraint("trip_id", "person_id"),)


class UseResult(StrEnum):
    """What became of something that was to be used at home."""

    USED = "used"  # 用上了
    DOING = "doing"  # 正在办
    UNFIT = "unfit"  # 不合适


class TripUse(Model):
    """Something seen that fits the member's village, how it is to be used there, and the day on which he is asked.

    ``asked_at`` is empty as long as the question is still to come.
    """

    __tablename__ = "trip_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("trip_note.post_id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    what: Mapped[str] = mapped_column(String(REASON_LENGTH))
    plan: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    who: Mapped[str] = mapped_column(String(60), default="")
    due: Mapped[date] = mapped_column()
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[UseResult | None] = mapped_column(choice(UseResult, "trip_use_result"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=0)  # how often it was answered

    __table_args__ = (
        CheckConstraint("(result IS NULL) = (answered_at IS NULL)", name="trip_use_answered_at_a_time"),
        Index(
            "ix_trip_use_to_ask",
            "due",
            sqlite_where=text("asked_at IS NULL"),
            postgresql_where=text("asked_at IS NULL"),
        ),
    )


class TripAnswer(Model):
    """What was said on the day, kept for good; ``entered_by`` wrote it down for the village."""

    __tablename__ = "trip_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("trip_use.id"), index=True)
    result: Mapped[UseResult] = mapped_column(choice(UseResult, "trip_answer_result"))
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    again: Mapped[date | None] = mapped_column()
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint("(result = 'doing') = (again IS NOT NULL)", name="trip_answer_asked_again_when_doing"),
        CheckConstraint("result <> 'unfit' OR words <> ''", name="trip_answer_unfit_says_why"),
    )
