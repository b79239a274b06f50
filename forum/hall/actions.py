"""What happens in the hall. The caller commits."""

from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.extensions import db
from forum.hall.models import HallEcho, HallQuestion, HallState
from forum.meetings.models import AgendaItem
from forum.units.actors import Actor

MOST_OPEN = 5  # questions of one person at a time


class AskedEnough(ValueError):
    """One person has many questions open already."""


def go_to(sitting_id: int, meeting_id: int, item_id: int) -> None:
    """Let the hall be at an item from now on; the one it is at already goes on. Raises ValueError for a foreign item."""
    known = select(AgendaItem.id).where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting_id)
    if db.session.scalar(known) is None:
        raise ValueError("an item of this meeting's agenda")
    _ensure_state(sitting_id)
    db.session.execute(
        update(HallState)
        .where(HallState.sitting_id == sitting_id, HallState.item_id.is_distinct_from(item_id))
        .values(item_id=item_id, item_began_at=utcnow(), version=HallState.version + 1)
    )


def ask(actor: Actor, sitting_id: int, body: str) -> HallQuestion:
    """Ask something from one's seat; it comes last. Raises AskedEnough."""
    if actor.posting is None:
        raise ValueError("only somebody in office asks")
    mine = (HallQuestion.sitting_id == sitting_id, HallQuestion.person_id == actor.id)
    still_open = select(func.count()).where(*mine, HallQuestion.taken_off_at.is_(None))
    if (db.session.scalar(still_open) or 0) >= MOST_OPEN:
        raise AskedEnough
    last = select(func.coalesce(func.max(HallQuestion.position), 0)).where(HallQuestion.sitting_id == sitting_id)
    question = HallQuestion(
        sitting_id=sitting_id,
        person_id=actor.id,
        unit_id=actor.posting.unit_id,
        body=body,
        position=(db.session.scalar(last) or 0) + 1,
    )
    db.session.add(question)
    db.session.flush()
    _changed(sitting_id)
    return question


def echo(actor: Actor, question: HallQuestion, on: bool) -> None:
    """我也想问, or no longer. Said twice it stands once; one's own question needs no echo."""
    if question.person_id == actor.id:
        return
    mine = (HallEcho.question_id == question.id, HallEcho.person_id == actor.id)
    if on:
        try:
            with db.session.begin_nested():
                db.session.add(HallEcho(question_id=question.id, person_id=actor.id))
        except IntegrityError:
            return
    elif not cast("CursorResult[Any]", db.session.execute(delete(HallEcho).where(*mine))).rowcount:
        return
    _changed(question.sitting_id)


def move(question: HallQuestion, up: bool) -> None:
    """Exchange a question's place with the one before it, or after; the first stays first."""
    beside = HallQuestion.position < question.position if up else HallQuestion.position > question.position
    order = HallQuestion.position.desc() if up else HallQuestion.position
    other = db.session.scalars(
        select(HallQuestion)
        .where(HallQuestion.sitting_id == question.sitting_id, HallQuestion.taken_off_at.is_(None), beside)
        .order_by(order)
        .limit(1)
    ).first()
    if other is not None:
        question.position, other.position = other.position, question.position
        db.session.flush()
        _changed(question.sitting_id)


def take_off(question: HallQuestion) -> None:
    """It was answered, or does not belong here; whoever asked may ask again."""
    question.taken_off_at = utcnow()
    db.session.flush()
    _changed(question.sitting_id)


def _changed(sitting_id: int) -> None:
    _ensure_state(sitting_id)
    db.session.execute(
        update(HallState).where(HallState.sitting_id == sitting_id).values(version=HallState.version + 1)
    )


def _ensure_state(sitting_id: int) -> None:
    if db.session.get(HallState, sitting_id) is None:
        try:
            with db.session.begin_nested():
                db.session.add(HallState(sitting_id=sitting_id))
        except IntegrityError:  # somebody else was the first
            return
