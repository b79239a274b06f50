"""Panels and whom they ask, outcomes, action items and follow-ups."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.threads.models import Thread
from forum.units.models import Unit

WHAT_LENGTH = 300
NOTE_LENGTH = 500
SENTENCE_LENGTH = 500
WORD_LENGTH = 200  # of what a panel is asked, and why somebody cannot answer


class Consultation(Model):
    """A panel called to a thread: who is asked to answer by which day. One in each round of the thread."""

    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    round: Mapped[int] = mapped_column(default=1)
    called_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    due: Mapped[date] = mapped_column()
    note: Mapped[str] = mapped_column(String(WORD_LENGTH), default="")
    called_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    thread: Mapped[Thread] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("thread_id", "round"),
        Index("ix_consultation_due", "closed_at", "due"),
    )


class Invitation(Model):
    """Somebody called to a panel. That he answered is not kept here: his reply in the thread says it."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_note: Mapped[str] = mapped_column(String(WORD_LENGTH), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    consultation: Mapped[Consultation] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("consultation_id", "person_id"),)


class Outcome(Model):
    """The conclusion of a round of a thread: what was found, by whom, in which meeting if in one.

    One is in force in each round. Correcting it makes another that takes its place, its actions and its open follow-up; the
    former stays as it was, with the moment at which it was replaced.
    """

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    statement: Mapped[str] = mapped_column(Text)
    statement_html: Mapped[str] = mapped_column(Text)
    concluded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    concluded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    round: Mapped[int] = mapped_column(default=1)  # of its thread
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index(
            "uq_outcome_one_in_force",
            "thread_id",
            "round",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )


class OutcomeVillage(Model):
    """A village that takes part in what an outcome decided: those named act together."""

    __tablename__ = "outcome_village"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class OutcomeReply(Model):
    """A reply on which an outcome rests."""

    __tablename__ = "outcome_reply"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)


class ActionItem(Model):
    """What somebody is to do by when, as an outcome or a meeting decided."""

    __tablename__ = "action_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    what: Mapped[str] = mapped_column(String(WHAT_LENGTH))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # the reply that shows it in pictures
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # before the date, by the worker
    urged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # after it, by the organiser

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index("ix_action_item_unit_due", "unit_id", "due"),
        Index(
            "ix_action_item_open_due",
            "due",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )


class ActionUndoing(Model):
    """That an action was done, as somebody said, and was taken back: what he had said, and why it does not hold."""

    __tablename__ = "action_undoing"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"), index=True)
    done_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    undone_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    undone_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(NOTE_LENGTH))


class FollowUpResult(StrEnum):
    """What became of it."""

    SOLVED = "solved"
    BETTER = "better"
    UNSOLVED = "unsolved"


class FollowUp(Model):
    """On a set day whoever asked is asked once: 后来怎样了? One at a time is open in a thread.

    ``answered_by`` says what became of it, for his village; ``entered_by`` wrote it down for him if he did not. What ended a round
    unsolved keeps the answer that had been marked in it.
    """

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    due: Mapped[date] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    urged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[FollowUpResult | None] = mapped_column(choice(FollowUpResult, "follow_up_result"))
    sentence: Mapped[str] = mapped_column(String(SENTENCE_LENGTH), default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    accepted_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))

    __table_args__ = (
        CheckConstraint(
            "(result IS NULL) = (answered_at IS NULL) AND (result IS NULL) = (answered_by_id IS NULL)",
            name="follow_up_answered_with_a_time_and_a_name",
        ),
        Index(
            "uq_follow_up_one_open",
            "thread_id",
            unique=True,
            sqlite_where=text("result IS NULL"),
            postgresql_where=text("result IS NULL"),
        ),
        Index(
            "ix_follow_up_open_due",
            "due",
            sqlite_where=text("result IS NULL"),
            postgresql_where=text("result IS NULL"),
        ),
    )
