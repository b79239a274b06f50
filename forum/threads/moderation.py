"""What organisers do with threads: hide, restore, lock. Every deed leaves an audit row."""

from sqlalchemy import update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.actions import unaccept_answer
from forum.threads.models import Post, Thread
from forum.units.actors import Actor


def hide_post(actor: Actor, post: Post, reason: str) -> None:
    """Hide a post, with a reason that its author sees. Hiding the opening hides the thread; a hidden answer is accepted no more."""
    if post.hidden_at is not None:
        return
    post.hidden_at, post.hidden_by_id, post.hidden_reason = utcnow(), actor.id, reason
    thread = post.thread
    if post.is_opening:
        thread.hidden_at, thread.hidden_by_id, thread.hidden_reason = post.hidden_at, actor.id, reason
    else:
        _shown_replies(thread, -1)
        if thread.accepted_post_id == post.id:
            unaccept_answer(actor, thread)
    if post.author_id != actor.id:
        enqueue(post.author_id, "thread.hidden", post.id)
    _record(actor, "post.hide", "post", post.id, thread, reason=reason)


def restore_post(actor: Actor, post: Post) -> None:
    """Show a hidden post again."""
    if post.hidden_at is None:
        return
    post.hidden_at, post.hidden_by_id, post.hidden_reason = None, None, ""
    thread = post.thread
    if post.is_opening:
        thread.hidden_at, thread.hidden_by_id, thread.hidden_reason = None, None, ""
    else:
        _shown_replies(thread, +1)
    _record(actor, "post.restore", "post", post.id, thread)


def lock_thread(actor: Actor, thread: Thread, on: bool) -> None:
    """Take no more replies, or take them again."""
    if (thread.locked_at is not None) == on:
        return
    thread.locked_at = utcnow() if on else None
    _record(actor, "thread.lock" if on else "thread.unlock", "thread", thread.id, thread)


def _shown_replies(thread: Thread, by: int) -> None:
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(reply_count=Thread.reply_count + by))


def _record(actor: Actor, action: str, kind: str, object_id: int, thread: Thread, **detail: str) -> None:
    record(actor, action, kind, object_id, township_id=thread.township_id, district_id=thread.district_id, **detail)
