"""Posts that wait until somebody has looked: hidden from everybody but their author and those who look, until they are let through."""

from sqlalchemy import func, select

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.screening.queries import first_posts_of
from forum.threads.actions import count_replies
from forum.threads.mentions import tell_named
from forum.threads.models import HeldFor, Post
from forum.threads.telling import tell_of_reply, tell_who_looks
from forum.units.actors import Actor


def held_for(actor: Actor, *, has_word: bool) -> HeldFor | None:
    """Why what the actor is about to send has to wait, or None. Whoever would have to look waits for nobody."""
    if actor.is_organiser or actor.is_district:
        return None
    if has_word:
        return HeldFor.WORD
    number = first_posts_of(actor.township_id)
    if not number:
        return None
    shown = select(func.count(Post.id)).where(Post.author_id == actor.id, Post.hidden_at.is_(None))
    return HeldFor.FIRST if (db.session.scalar(shown) or 0) < number else None


def hold_post(post: Post, why: HeldFor) -> None:
    """Take a post that was rewritten out of sight until somebody has looked."""
    thread = post.thread
    if post.hidden_at is not None:
        return
    post.hidden_at = post.held_at = utcnow()
    post.held_for = why
    if post.is_opening:
        thread.hidden_at = thread.held_at = post.held_at
    else:
        count_replies(thread, -1)
    tell_who_looks(thread, post)


def let_through(actor: Actor, post: Post) -> None:
    """Show a post that waited; its author is told, and now those who follow the thread."""
    if post.held_at is None:
        return
    thread = post.thread
    post.hidden_at = post.held_at = post.held_for = None
    if post.is_opening:
        thread.hidden_at = thread.held_at = None
        thread.last_post_at = utcnow()
        tell_named(thread)
        note_change("thread", thread.id)
    else:
        count_replies(thread, +1, latest=True)
        tell_of_reply(thread, post)
        note_change("post", post.id)
    enqueue(post.author_id, "post.let_through", post.id)
    scope = {"township_id": thread.township_id, "district_id": thread.district_id}
    record(actor, "post.let_through", "post", post.id, **scope)
