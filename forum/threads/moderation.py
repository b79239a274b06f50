"""What organisers do with threads: hide, restore, lock. Every deed leaves an audit row."""

from sqlalchemy import func, select

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.actions import count_replies
from forum.threads.deeds import unaccept_answer
from forum.threads.holding import let_through
from forum.threads.mentions import tell_named
from forum.threads.models import Post, Thread
from forum.units.actors import Actor

MOST_PINNED = 5  # in a township


class PinnedEnough(Exception):
    """The township has as many pinned as it may."""


def hide_post(actor: Actor, post: Post, reason: str) -> None:
    """Hide a post, with a reason that its author sees. Hiding the opening hides the thread; a hidden answer is accepted no more.

    What waited for somebody to look at it is not let through by that, and waits no more.
    """
    if post.hidden_at is not None and post.held_at is None:
        return
    was_shown = post.hidden_at is None
    post.hidden_at, post.hidden_by_id, post.hidden_reason = utcnow(), actor.id, reason
    post.held_at = post.held_for = None
    thread = post.thread
    if post.is_opening:
        thread.hidden_at, thread.hidden_by_id, thread.hidden_reason = post.hidden_at, actor.id, reason
        thread.held_at = None
    elif was_shown:
        count_replies(thread, -1)
    if thread.accepted_post_id == post.id:
        unaccept_answer(actor, thread)
    if post.author_id != actor.id:
        enqueue(post.author_id, "thread.hidden", post.id)
    _record(actor, "post.hide", "post", post.id, thread, reason=reason)


def restore_post(actor: Actor, post: Post) -> None:
    """Show a hidden post again; what waits to be looked at is let through."""
    if post.held_at is not None:
        return let_through(actor, post)
    if post.hidden_at is None:
        return None
    post.hidden_at, post.hidden_by_id, post.hidden_reason = None, None, ""
    thread = post.thread
    if post.is_opening:
        thread.hidden_at, thread.hidden_by_id, thread.hidden_reason = None, None, ""
    else:
        count_replies(thread, +1)
    tell_named(thread, None if post.is_opening else post)
    _record(actor, "post.restore", "post", post.id, thread)
    return None


def lock_thread(actor: Actor, thread: Thread, on: bool) -> None:
    """Take no more replies, or take them again."""
    if (thread.locked_at is not None) == on:
        return
    thread.locked_at = utcnow() if on else None
    _record(actor, "thread.lock" if on else "thread.unlock", "thread", thread.id, thread)


def pin_thread(actor: Actor, thread: Thread, on: bool) -> None:
    """Let a thread stand first in its township's list, or no longer. Raises PinnedEnough: what is all pinned stands nowhere first."""
    if (thread.pinned_at is not None) == on:
        return
    if on:
        pinned = select(func.count(Thread.id)).where(
            Thread.township_id == thread.township_id, Thread.pinned_at.is_not(None), Thread.merged_post_id.is_(None)
        )
        if (db.session.scalar(pinned) or 0) >= MOST_PINNED:
            raise PinnedEnough
    thread.pinned_at = utcnow() if on else None
    _record(actor, "thread.pin" if on else "thread.unpin", "thread", thread.id, thread)


def _record(actor: Actor, action: str, kind: str, object_id: int, thread: Thread, **detail: str) -> None:
    record(actor, action, kind, object_id, township_id=thread.township_id, district_id=thread.district_id, **detail)
