"""How far somebody has read a thread.

A page tells by a POST, once it has been looked at, how far it goes; opening a page writes nothing. A new reply marks the readers of
its thread as behind, so that what is new for somebody is found without looking through all threads.
"""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.extensions import db
from forum.threads.models import Post, Thread, ThreadRead
from forum.units.actors import Actor


def start_reading(person_id: int, thread_id: int, at: datetime) -> None:
    """Whoever opens or answers a thread knows it up to then; what he has read before stands."""
    if db.session.get(ThreadRead, (thread_id, person_id)) is None:
        with suppress(IntegrityError), db.session.begin_nested():  # the page in another window got there first
            db.session.add(ThreadRead(thread_id=thread_id, person_id=person_id, read_to=at))


def read_up_to(actor: Actor, post: Post) -> None:
    """The actor has read a thread up to a post of it: never back to an earlier one."""
    start_reading(actor.id, post.thread_id, post.created_at)
    mine = update(ThreadRead).where(ThreadRead.thread_id == post.thread_id, ThreadRead.person_id == actor.id)
    mine = mine.execution_options(synchronize_session=False)
    db.session.execute(mine.where(ThreadRead.read_to < post.created_at).values(read_to=post.created_at))
    more = exists().where(Post.thread_id == ThreadRead.thread_id, is_new_for(actor.id))
    still_new = case((more, func.coalesce(ThreadRead.new_at, post.created_at)))
    db.session.execute(mine.values(new_at=still_new))


def leave_behind(reply: Post) -> None:
    """There is something new for everybody who has read the thread, but the one who wrote it, and who wrote it down for him."""
    db.session.execute(
        update(ThreadRead)
        .where(
            ThreadRead.thread_id == reply.thread_id,
            ThreadRead.person_id.not_in([reply.author_id, reply.entered_by_id or reply.author_id]),
        )
        .values(new_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def is_new_for(person_id: int) -> ColumnElement[bool]:
    """The condition for replies that came after what somebody read, in a query that has ``ThreadRead`` at hand."""
    return and_(
        Post.created_at > ThreadRead.read_to,
        Post.author_id != person_id,
        func.coalesce(Post.entered_by_id, Post.author_id) != person_id,
        Post.is_opening.is_(False),
        Post.hidden_at.is_(None),
    )


def is_behind(person_id: int) -> ColumnElement[bool]:
    """The condition under which a row of ``ThreadRead``, joined to its thread, says that there is something new."""
    return and_(ThreadRead.thread_id == Thread.id, ThreadRead.person_id == person_id, ThreadRead.new_at.is_not(None))


def new_for(person_id: int) -> ColumnElement[bool]:
    """Whether there is something new for somebody, as a column of a list of threads."""
    return select(ThreadRead.thread_id).where(is_behind(person_id)).correlate(Thread).exists().label("is_unread")
