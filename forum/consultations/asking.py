"""Asking on the day what became of a conclusion, and reminding of actions three days before theirs: piece by piece, for the worker."""

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Select, and_, or_, select

from forum.clock import today, utcnow
from forum.consultations.followups import ask_about, remind_of
from forum.consultations.models import ActionItem, FollowUp, Outcome
from forum.extensions import db, reading
from forum.threads.models import Thread

T = TypeVar("T")
REMINDED_BEFORE = timedelta(days=3)


def ask_about_next() -> bool:
    """Ask about one thread whose day has come; whether there was one."""
    due = (
        select(FollowUp)
        .join(Thread, Thread.id == FollowUp.thread_id)
        .where(
            FollowUp.result.is_(None),
            FollowUp.asked_at.is_(None),
            FollowUp.due <= today(),
            Thread.hidden_at.is_(None),
        )
        .order_by(FollowUp.due, FollowUp.id)
        .limit(1)
    )
    found = _first(due)
    if found is not None:
        ask_about(found, utcnow())
    return found is not None


def remind_of_next() -> bool:
    """Remind of one action that is due within three days; whether there was one. What a past round decided is left alone."""
    due = (
        select(ActionItem)
        .outerjoin(Outcome, Outcome.id == ActionItem.outcome_id)
        .outerjoin(Thread, Thread.id == Outcome.thread_id)
        .where(
            ActionItem.done_at.is_(None),
            ActionItem.reminded_at.is_(None),
            ActionItem.due.between(today(), today() + REMINDED_BEFORE),
            or_(Outcome.id.is_(None), and_(Outcome.round == Thread.round, Thread.hidden_at.is_(None))),
        )
        .order_by(ActionItem.due, ActionItem.id)
        .limit(1)
    )
    found = _first(due)
    if found is not None:
        remind_of(found, utcnow())
    return found is not None


def _first(query: Select[T]) -> T | None:
    """The first row, without holding up writers when there is none."""
    with reading():
        found = db.session.scalars(query).first()
        db.session.rollback()
    return found
