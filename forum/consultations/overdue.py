"""What has passed its day: threads of which nobody has said what became of them, and actions not done."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from forum.clock import today
from forum.consultations.models import ActionItem, FollowUp, Outcome
from forum.consultations.policies import in_care, in_care_without_thread
from forum.consultations.queries import asker_left
from forum.extensions import db
from forum.paging import PAGE_SIZE
from forum.threads.models import Thread
from forum.threads.queries import Rows, thread_rows
from forum.units.actors import Actor
from forum.units.models import Person, Unit

WAITED = timedelta(days=7)  # for an answer, before the organiser is shown it


def to_look_back(actor: Actor) -> Rows:
    """Threads of which the actor is asked what became of them, as list rows: his own, and those of whoever left his village.

    Of what is hidden nobody can say anything.
    """
    own = Thread.author_id == actor.id
    if actor.leads_village:
        own = or_(own, and_(Thread.unit_id == actor.unit_id, asker_left()))
    return thread_rows(actor).where(Thread.followup_due <= today(), Thread.hidden_at.is_(None), own)


def unanswered(actor: Actor, page: int) -> Sequence[Any]:
    """Follow-ups that have waited a week for an answer, the longest first; one page and one row more."""
    rows = _unanswered(actor).with_only_columns(
        FollowUp.id,
        FollowUp.due,
        FollowUp.urged_at,
        FollowUp.thread_id,
        Thread.title,
        Unit.name.label("unit_name"),
        Person.name.label("author_name"),
    )
    rows = rows.join(Unit, Unit.id == Thread.unit_id).join(Person, Person.id == Thread.author_id)
    return _page(rows.order_by(FollowUp.due, FollowUp.id), page)


def late_actions(actor: Actor, page: int) -> Sequence[Any]:
    """Actions past their day that the present round decided, the latest last; one page and one row more."""
    rows = _late(actor).with_only_columns(
        ActionItem.id,
        ActionItem.what,
        ActionItem.due,
        ActionItem.urged_at,
        ActionItem.unit_id,
        ActionItem.person_id,
        ActionItem.meeting_id,
        Outcome.thread_id,
        Thread.title,
        Unit.name.label("unit_name"),
        Unit.township_id,
        Unit.district_id,
        Person.name.label("person_name"),
    )
    rows = rows.outerjoin(Person, Person.id == ActionItem.person_id)
    return _page(rows.order_by(ActionItem.due, ActionItem.id), page)


def counts(actor: Actor) -> Any:
    """How many there are of both, as ``unanswered`` and ``late``; one statement."""
    number = func.count()
    return db.session.execute(
        select(
            _unanswered(actor).with_only_columns(number).scalar_subquery().label("unanswered"),
            _late(actor).with_only_columns(number).scalar_subquery().label("late"),
        )
    ).one()


def _unanswered(actor: Actor) -> Rows:
    return (
        select(FollowUp.id)
        .join(Thread, Thread.id == FollowUp.thread_id)
        .where(in_care(actor), Thread.hidden_at.is_(None), FollowUp.result.is_(None), FollowUp.due <= today() - WAITED)
    )


def _late(actor: Actor) -> Rows:
    return (
        select(ActionItem.id)
        .join(Unit, Unit.id == ActionItem.unit_id)
        .outerjoin(Outcome, Outcome.id == ActionItem.outcome_id)
        .outerjoin(Thread, Thread.id == Outcome.thread_id)
        .where(
            or_(
                and_(in_care(actor), Thread.hidden_at.is_(None), Outcome.round == Thread.round),
                in_care_without_thread(actor),
            ),
            ActionItem.done_at.is_(None),
            ActionItem.due < today(),
        )
    )


def _page(query: Rows, page: int) -> Sequence[Any]:
    return db.session.execute(query.limit(PAGE_SIZE + 1).offset((page - 1) * PAGE_SIZE)).all()
