"""后来怎样了: asking on the set day, and what the answer does to the thread. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import today, utcnow
from forum.consultations.actions import count_open_actions, hold, in_force, open_follow_up, plan_follow_up
from forum.consultations.models import ActionItem, FollowUp, FollowUpResult
from forum.consultations.whom import people_of, people_to_ask, told_by
from forum.extensions import db
from forum.media.models import Picture
from forum.notices.outbox import enqueue
from forum.threads.actions import add_reply
from forum.threads.models import Post, Thread, ThreadFollow
from forum.units.actors import Actor

BETWEEN_URGINGS = timedelta(days=7)


class AnsweredMeanwhile(Exception):
    """Somebody else has said what became of it since the writer opened the page."""


class UrgedBefore(Exception):
    """It was pointed out within the last seven days."""


@dataclass(frozen=True)
class Report:
    """What became of a conclusion, in a sentence; ``again`` is the next day to ask on, when it only got better."""

    result: FollowUpResult
    sentence: str
    again: date | None = None
    pictures: Sequence[Picture] = ()


def answer_follow_up(actor: Actor, thread: Thread, report: Report, *, seen: int | None = None) -> FollowUp:
    """Say what became of a thread's conclusion; the sentence becomes a post of the thread, so its followers hear of it.

    Solved, it is done; better, it is asked about again on another day if one is named; unsolved, the thread goes into another round.
    It may be said before the day, and without one. ``seen`` is the open follow-up as the writer saw it (0 for none). Raises
    AnsweredMeanwhile, also when the thread is in another round by now.
    """
    hold(thread)
    outcome = in_force(thread)
    asked = open_follow_up(thread.id)
    if outcome is None or (seen is not None and seen != (asked.id if asked else 0)):
        raise AnsweredMeanwhile
    if asked is None:
        asked = FollowUp(outcome_id=outcome.id, thread_id=thread.id, due=today())
        db.session.add(asked)
    post = add_reply(actor, thread, report.sentence, pictures=report.pictures)
    _sign(asked, actor, thread)
    asked.result, asked.sentence, asked.answered_at = report.result, report.sentence, utcnow()
    asked.post_id = post.id
    db.session.flush()
    thread.followup_due, thread.solved_at = None, None
    if report.result is FollowUpResult.SOLVED:
        thread.solved_at = asked.answered_at
    elif report.result is FollowUpResult.BETTER:
        plan_follow_up(thread, outcome, report.again)
    else:
        _reopen(actor, thread, asked)
    note_change("thread", thread.id)
    record(
        actor,
        "thread.follow_up",
        "thread",
        thread.id,
        township_id=thread.township_id,
        district_id=thread.district_id,
        result=report.result.value,
        follow_up=asked.id,
    )
    return asked


def _sign(asked: FollowUp, actor: Actor, thread: Thread) -> None:
    """The actor says it for the village; an organiser only writes down what whoever asked told him."""
    assert actor.posting is not None
    if actor.id == thread.author_id or (actor.leads_village and actor.unit_id == thread.unit_id):
        asked.answered_by_id, asked.posting_id, asked.entered_by_id = actor.id, actor.posting.id, None
    else:
        asked.answered_by_id, asked.posting_id, asked.entered_by_id = thread.author_id, thread.posting_id, actor.id


def _reopen(actor: Actor, thread: Thread, asked: FollowUp) -> None:
    """Another round begins; outcome, actions and the marked answer of this one stay as its history. All who took part are told."""
    asked.accepted_post_id = thread.accepted_post_id
    thread.accepted_post_id = thread.accepted_at = thread.concluded_at = thread.panel_due = None
    thread.round, thread.reopened_at = thread.round + 1, asked.answered_at
    db.session.flush()
    count_open_actions(thread.id)
    followers = select(ThreadFollow.person_id).where(ThreadFollow.thread_id == thread.id)
    authors = select(Post.author_id).where(Post.thread_id == thread.id, Post.hidden_at.is_(None))
    for person_id in sorted(set(db.session.scalars(followers.union(authors))) - {actor.id}):
        enqueue(person_id, "thread.reopened", thread.id)


def ask_about(asked: FollowUp, at: datetime) -> bool:
    """Ask now, unless it was done already; whether it was done here. Two workers at once ask once."""
    took = (
        update(FollowUp)
        .where(FollowUp.id == asked.id, FollowUp.asked_at.is_(None), FollowUp.result.is_(None))
        .values(asked_at=at)
    )
    if not _changed(took):
        return False
    for person_id in people_to_ask(db.session.get_one(Thread, asked.thread_id)):
        enqueue(person_id, "followup.due", asked.thread_id)
    return True


def remind_of(action: ActionItem, at: datetime) -> bool:
    """Remind of an action before its day, unless it was done already; whether it was done here."""
    took = (
        update(ActionItem)
        .where(ActionItem.id == action.id, ActionItem.reminded_at.is_(None), ActionItem.done_at.is_(None))
        .values(reminded_at=at)
    )
    if not _changed(took):
        return False
    _tell(action, "due")
    return True


def _tell(action: ActionItem, what: str) -> None:
    kind, subject_id = told_by(action, what)
    for person_id in people_of(action):
        enqueue(person_id, kind, subject_id)


def urge_answer(actor: Actor, asked: FollowUp, thread: Thread) -> None:
    """Ask once more what became of it. Raises UrgedBefore within seven days of the last time."""
    _urge(FollowUp, asked.id, FollowUp.result.is_(None))
    for person_id in people_to_ask(thread):
        enqueue(person_id, "followup.due", thread.id)
    scope = {"township_id": thread.township_id, "district_id": thread.district_id}
    record(actor, "follow_up.urge", "follow_up", asked.id, **scope)


def urge_action(actor: Actor, action: ActionItem) -> None:
    """Remind of what is late. Raises UrgedBefore within seven days of the last time."""
    _urge(ActionItem, action.id, ActionItem.done_at.is_(None))
    _tell(action, "late")
    scope = {"township_id": action.unit.township_id, "district_id": action.unit.district_id}
    record(actor, "action.urge", "action", action.id, **scope)


def _urge(what: type[FollowUp] | type[ActionItem], ident: int, is_open: Any) -> None:
    now = utcnow()
    quiet = what.urged_at.is_(None) | (what.urged_at <= now - BETWEEN_URGINGS)
    if not _changed(update(what).where(what.id == ident, quiet, is_open).values(urged_at=now)):
        raise UrgedBefore


def _changed(statement: Any) -> bool:
    return bool(cast("CursorResult[Any]", db.session.execute(statement)).rowcount)
