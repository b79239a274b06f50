"""Saying that what was decided is done, and taking that back. The caller commits."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.consultations.actions import count_open_actions
from forum.consultations.models import ActionItem, ActionUndoing, Outcome
from forum.consultations.whom import people_of, told_by
from forum.extensions import db
from forum.media.models import Picture
from forum.notices.outbox import enqueue
from forum.threads.actions import add_reply
from forum.threads.models import Thread
from forum.units.actors import Actor


class DoneBefore(ValueError):
    """Somebody has said before that it is done."""


class NotDone(ValueError):
    """Nobody says that it is done, or not any more."""


def finish_action(actor: Actor, action: ActionItem, note: str, pictures: Sequence[Picture] = ()) -> None:
    """Say in a sentence how something was done. Pictures of it go into its thread, as a reply: then those see it who may read that.

    Raises DoneBefore when it was said before.
    """
    thread_id = _thread_of(action)
    said = (
        update(ActionItem)
        .where(ActionItem.id == action.id, ActionItem.done_at.is_(None))
        .values(done_at=utcnow(), note=note, done_by_id=actor.id)
    )
    if not cast("CursorResult[Any]", db.session.execute(said)).rowcount:
        raise DoneBefore
    if pictures and thread_id is not None:
        post = add_reply(actor, db.session.get_one(Thread, thread_id), note, pictures=pictures)
        db.session.flush()
        action.post_id = post.id
    _count_and_record(actor, action, thread_id, "finish")


def undo_action(actor: Actor, action: ActionItem, reason: str) -> None:
    """Take back that something is done, and tell those in charge; what was said stays to be read. Raises NotDone."""
    former = {
        "done_at": action.done_at,
        "done_by_id": action.done_by_id,
        "note": action.note,
        "post_id": action.post_id,
    }
    back = (
        update(ActionItem)
        .where(ActionItem.id == action.id, ActionItem.done_at == action.done_at)
        .values(done_at=None, done_by_id=None, note="", post_id=None, urged_at=None)
    )
    if action.done_at is None or not cast("CursorResult[Any]", db.session.execute(back)).rowcount:
        raise NotDone
    db.session.add(ActionUndoing(action_id=action.id, undone_by_id=actor.id, reason=reason, **former))
    kind, subject_id = told_by(action, "undone")
    for person_id in people_of(action):
        if person_id != actor.id:
            enqueue(person_id, kind, subject_id)
    _count_and_record(actor, action, _thread_of(action), "undo")


def _thread_of(action: ActionItem) -> int | None:
    return None if action.outcome_id is None else db.session.get_one(Outcome, action.outcome_id).thread_id


def _count_and_record(actor: Actor, action: ActionItem, thread_id: int | None, deed: str) -> None:
    if thread_id is not None:
        count_open_actions(thread_id)
    scope = {"township_id": action.unit.township_id, "district_id": action.unit.district_id}
    record(actor, f"action.{deed}", "action", action.id, **scope)
