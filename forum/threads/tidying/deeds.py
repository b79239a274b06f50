"""What merging, splitting and moving have in common: holding threads, counting anew, and the row by which it is taken back."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, and_, func, or_, select, update

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.threads.models import Post, Reaction, ReactionKind, Thread
from forum.threads.tidying.models import DeedKind, ThreadDeed
from forum.units.actors import Actor

# The table, not the mapped class: where a post stands is no edit and must not raise its version.
POSTS: Table = Post.__table__  # type: ignore[assignment]


class CannotTidy(Exception):
    """It cannot be done, or not be taken back; the reason is for whoever wanted it."""

    @property
    def reason(self) -> str:
        """Why, in plain words."""
        return str(self.args[0])


def hold_threads(*ids: int) -> list[Thread]:
    """Have threads to oneself until the end of the transaction, as they are by now; whoever holds two takes them in the same order."""
    rows = select(Thread).where(Thread.id.in_(ids)).order_by(Thread.id).with_for_update()
    found = {thread.id: thread for thread in db.session.scalars(rows.execution_options(populate_existing=True))}
    return [found[ident] for ident in ids]


def opening_of(thread: Thread) -> Post:
    """The post that opens a thread."""
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()


def with_answers(thread: Thread, post_ids: Iterable[int]) -> set[int]:
    """Those of the posts that stand in the thread, and all that was answered to them."""
    ids = list(post_ids)
    family = or_(Post.id.in_(ids), Post.root_id.in_(ids))
    return set(db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, family)))


def recount(*threads: Thread) -> None:
    """Count anew the replies that are shown, and the villages that have the same problem."""
    db.session.flush()
    is_shown = and_(Post.thread_id == Thread.id, Post.is_opening.is_(False), Post.hidden_at.is_(None))
    is_same = and_(Post.thread_id == Thread.id, Post.is_opening, Reaction.kind == ReactionKind.SAME)
    replies = select(func.count(Post.id)).where(is_shown)
    villages = (
        select(func.count(func.distinct(Reaction.unit_id))).join(Post, Post.id == Reaction.post_id).where(is_same)
    )
    counts = {"reply_count": replies.scalar_subquery(), "same_count": villages.scalar_subquery()}
    for thread in threads:
        anew = update(Thread).where(Thread.id == thread.id).values(counts)
        db.session.execute(anew.execution_options(synchronize_session=False))
        db.session.refresh(thread)


def note_deed(actor: Actor, kind: DeedKind, thread: Thread, other: Thread | None, before: dict[str, Any]) -> ThreadDeed:
    """Write down what was done, so that it can be taken back; for the trail and for the search, too.

    It stays in the care of the township that the thread was in before.
    """
    scope = {"township_id": before.get("township_id", thread.township_id), "district_id": thread.district_id}
    deed = ThreadDeed(
        kind=kind,
        thread_id=thread.id,
        other_id=other.id if other else None,
        done_by_id=actor.id,
        before=before,
        **scope,
    )
    db.session.add(deed)
    db.session.flush()
    _changed(thread, other)
    record(actor, f"thread.{kind.value}", "thread", thread.id, **scope, **({"other": other.id} if other else {}))
    return deed


def note_undone(actor: Actor, deed: ThreadDeed, thread: Thread, other: Thread | None = None) -> None:
    """Write down that it was taken back."""
    deed.undone_at, deed.undone_by_id = utcnow(), actor.id
    _changed(thread, other)
    scope = {"township_id": deed.township_id, "district_id": deed.district_id}
    record(actor, f"thread.undo_{deed.kind.value}", "thread", deed.thread_id, deed=deed.id, **scope)


def _changed(*threads: Thread | None) -> None:
    for thread in threads:
        if thread is not None:
            note_change("thread", thread.id)
