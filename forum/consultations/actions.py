"""Concluding a thread and finishing what was decided. The caller commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.consultations.calling import close_panel
from forum.consultations.models import ActionItem, FollowUp, Outcome, OutcomeReply, OutcomeVillage
from forum.consultations.whom import people_of
from forum.extensions import db
from forum.markup import render
from forum.notices.outbox import enqueue
from forum.threads.models import Post, Thread
from forum.units.actors import Actor


class ConcludedMeanwhile(Exception):
    """Somebody else has concluded the thread, or it went into another round, since the writer opened the page."""


@dataclass(frozen=True)
class Task:
    """Something to be done: what, by which unit (and whom, if named), by when."""

    what: str
    unit_id: int
    due: date | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class Written:
    """An outcome as somebody writes it: what ``conclude`` is told, ``conclude(actor, thread, **vars(written))``."""

    statement: str
    reply_ids: tuple[int, ...] = ()
    village_ids: tuple[int, ...] = ()
    tasks: tuple[Task, ...] = ()
    follow_up: date | None = None


def conclude(
    actor: Actor,
    thread: Thread,
    statement: str,
    *,
    reply_ids: Iterable[int] = (),
    tasks: Iterable[Task] = (),
    village_ids: Iterable[int] = (),
    follow_up: date | None = None,
    meeting_id: int | None = None,
    seen: int | None = None,
) -> Outcome:
    """Say what came of a thread, on which replies it rests, who does what by when, and when to ask what became of it.

    Where the round has an outcome this one takes its place, its actions and its follow-up; the former stays to be read. ``seen`` is
    the outcome in force as the writer saw it (0 for none, None for whatever stands). Asker and authors of the replies are
    told, and who has something to do.
    Raises ConcludedMeanwhile, and ValueError for an empty statement and for replies that do not stand in the thread, or not any more.
    """
    if not statement.strip():
        raise ValueError("an outcome says something")
    hold(thread)
    former = in_force(thread)
    if seen is not None and seen != (former.id if former else 0):
        raise ConcludedMeanwhile
    authors = _authors_of(thread, wanted := set(reply_ids))
    if former is not None:
        former.replaced_at = utcnow()
        db.session.flush()
    outcome = Outcome(
        thread_id=thread.id,
        round=thread.round,
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
    db.session.add_all(OutcomeVillage(outcome_id=outcome.id, unit_id=unit_id) for unit_id in set(village_ids))
    _decide(outcome, former, tasks)
    if thread.solved_at is None:  # what is solved is not asked about again because a word of it was corrected
        plan_follow_up(thread, outcome, follow_up)
    thread.concluded_at = outcome.concluded_at
    close_panel(thread.id)
    db.session.flush()
    count_open_actions(thread.id)
    for person_id in sorted({thread.author_id, *authors} - {actor.id}):
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
        **({"replaces": former.id} if former else {}),
    )
    return outcome


def hold(thread: Thread) -> None:
    """Have the thread to oneself until the end of the transaction, as it is by now: its steps go one after the other."""
    own = select(Thread).where(Thread.id == thread.id).with_for_update(key_share=True)
    db.session.scalars(own.execution_options(populate_existing=True)).one()


def in_force(thread: Thread) -> Outcome | None:
    """The outcome of the round that the thread is in, if it has come to one."""
    return db.session.scalars(
        select(Outcome).where(
            Outcome.thread_id == thread.id, Outcome.round == thread.round, Outcome.replaced_at.is_(None)
        )
    ).one_or_none()


def plan_follow_up(thread: Thread, outcome: Outcome, due: date | None) -> None:
    """Set the day on which whoever asked is asked what became of it; the open follow-up is put off to it, or dropped with None."""
    planned = open_follow_up(thread.id)
    if due is None:
        if planned is not None:
            db.session.delete(planned)
    elif planned is None:
        db.session.add(FollowUp(outcome_id=outcome.id, thread_id=thread.id, due=due))
    else:
        planned.outcome_id = outcome.id
        if planned.due != due:
            planned.due, planned.asked_at, planned.urged_at = due, None, None
    thread.followup_due = due


def open_follow_up(thread_id: int) -> FollowUp | None:
    """The follow-up of a thread that waits for its day or its answer."""
    return db.session.scalars(
        select(FollowUp).where(FollowUp.thread_id == thread_id, FollowUp.result.is_(None))
    ).one_or_none()


def count_open_actions(thread_id: int) -> None:
    """Count anew what of the decisions of a thread's present round is still to be done; lists show it."""
    still_open = (
        select(func.count())
        .select_from(ActionItem)
        .join(Outcome, Outcome.id == ActionItem.outcome_id)
        .where(
            Outcome.thread_id == Thread.id,
            Outcome.round == Thread.round,
            Outcome.replaced_at.is_(None),
            ActionItem.done_at.is_(None),
        )
        .correlate(Thread)
        .scalar_subquery()
    )
    db.session.execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(open_actions=still_open)
        .execution_options(synchronize_session=False)
    )


def _authors_of(thread: Thread, reply_ids: set[int]) -> list[int]:
    authors = db.session.scalars(
        select(Post.author_id).where(
            Post.id.in_(reply_ids), Post.thread_id == thread.id, Post.is_opening.is_(False), Post.hidden_at.is_(None)
        )
    ).all()
    if len(authors) != len(reply_ids):
        raise ValueError("an outcome rests on replies of its own thread")
    return list(authors)


def _decide(outcome: Outcome, former: Outcome | None, tasks: Iterable[Task]) -> None:
    if former is not None:
        db.session.execute(update(ActionItem).where(ActionItem.outcome_id == former.id).values(outcome_id=outcome.id))
    told = _give(tasks, outcome_id=outcome.id, meeting_id=outcome.meeting_id)
    for person_id in sorted({person_id for _item, person_id in told} - {outcome.concluded_by_id}):
        enqueue(person_id, "action.given", outcome.thread_id)


def decide_without_thread(actor: Actor, meeting_id: int, tasks: Iterable[Task]) -> int:
    """Give tasks that a meeting decided outside of any thread, tell those in charge, and say how many there were."""
    tasks = list(tasks)
    told = _give(tasks, outcome_id=None, meeting_id=meeting_id)
    for person_id in sorted({person_id for _item, person_id in told} - {actor.id}):
        enqueue(person_id, "task.given", meeting_id)
    return len(tasks)


def _give(tasks: Iterable[Task], *, outcome_id: int | None, meeting_id: int | None) -> list[tuple[ActionItem, int]]:
    """Write them down; each with everybody who is to be told of it."""
    items = [
        ActionItem(
            outcome_id=outcome_id,
            meeting_id=meeting_id,
            what=task.what,
            unit_id=task.unit_id,
            person_id=task.person_id,
            due=task.due,
        )
        for task in tasks
    ]
    db.session.add_all(items)
    db.session.flush()
    return [(item, person_id) for item in items for person_id in people_of(item)]
