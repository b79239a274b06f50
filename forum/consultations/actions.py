"""Concluding a thread and finishing what was decided. The caller commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.consultations.models import ActionItem, Outcome, OutcomeReply
from forum.extensions import db
from forum.markup import render
from forum.notices.outbox import enqueue
from forum.threads.models import Post, Thread
from forum.units.actors import Actor


class DoneBefore(ValueError):
    """Somebody has said before that it is done."""


@dataclass(frozen=True)
class Task:
    """Something to be done: what, by which unit (and whom, if named), by when."""

    what: str
    unit_id: int
    due: date | None = None
    person_id: int | None = None


def conclude(
    actor: Actor,
    thread: Thread,
    statement: str,
    *,
    reply_ids: Iterable[int] = (),
    tasks: Iterable[Task] = (),
    meeting_id: int | None = None,
) -> Outcome:
    """Say what came of a thread, on which replies it rests and who does what by when; asker and authors of those replies are told.

    Raises ValueError for an empty statement and for replies that do not stand in the thread, or not any more.
    """
    if not statement.strip():
        raise ValueError("an outcome says something")
    wanted = set(reply_ids)
    authors = db.session.execute(
        select(Post.id, Post.author_id).where(
            Post.id.in_(wanted), Post.thread_id == thread.id, Post.is_opening.is_(False), Post.hidden_at.is_(None)
        )
    ).all()
    if len(authors) != len(wanted):
        raise ValueError("an outcome rests on replies of its own thread")
    outcome = Outcome(
        thread_id=thread.id,
        meeting_id=meeting_id,
        statement=statement,
        statement_html=render(statement),
        concluded_by_id=actor.id,
        posting_id=actor.posting.id if actor.posting else None,
        concluded_at=utcnow(),
    )
    db.session.add(outcome)
    db.session.flush()
    db.session.add_all(OutcomeReply(outcome_id=outcome.id, post_id=post_id) for post_id in wanted)
    db.session.add_all(
        ActionItem(
            outcome_id=outcome.id,
            meeting_id=meeting_id,
            what=task.what,
            unit_id=task.unit_id,
            person_id=task.person_id,
            due=task.due,
        )
        for task in tasks
    )
    thread.concluded_at = outcome.concluded_at
    for person_id in sorted({thread.author_id, *(row.author_id for row in authors)} - {actor.id}):
        enqueue(person_id, "thread.decided", thread.id)
    note_change("thread", thread.id)
    record(
        actor,
        "thread.conclude",
        "thread",
        thread.id,
        township_id=thread.township_id,
        district_id=thread.district_id,
        outcome=outcome.id,
        meeting=meeting_id,
    )
    return outcome


def finish_action(actor: Actor, action: ActionItem, note: str) -> None:
    """Say in a sentence how something was done. Raises DoneBefore when that was said before."""
    said = (
        update(ActionItem)
        .where(ActionItem.id == action.id, ActionItem.done_at.is_(None))
        .values(done_at=utcnow(), note=note)
    )
    if not cast("CursorResult[Any]", db.session.execute(said)).rowcount:
        raise DoneBefore
    record(
        actor,
        "action.finish",
        "action",
        action.id,
        township_id=action.unit.township_id,
        district_id=action.unit.district_id,
    )
