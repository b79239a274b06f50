"""What one does in a thread with a tap: accept an answer, say that it helped or that one has the same, follow. The caller commits."""

from contextlib import suppress

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.models import Post, Reaction, ReactionKind, Thread, ThreadFollow
from forum.units.actors import Actor


def accept_answer(actor: Actor, thread: Thread, post: Post) -> None:
    """Mark the reply that answered; its author and the asker are told. Accepting another one takes its place."""
    if thread.accepted_post_id == post.id:
        return
    thread.accepted_post_id, thread.accepted_at = post.id, utcnow()
    for person_id in sorted({post.author_id, thread.author_id} - {actor.id}):
        enqueue(person_id, "thread.decided", thread.id)
    note_change("thread", thread.id)


def unaccept_answer(actor: Actor, thread: Thread) -> None:
    """Take the mark back: the question is open again."""
    thread.accepted_post_id = thread.accepted_at = None
    note_change("thread", thread.id)


def react(actor: Actor, post: Post, kind: ReactionKind, on: bool) -> None:
    """Say 这个管用 of a reply or 我们村也有 of a question, or take it back. Saying it twice changes nothing."""
    if actor.posting is None:
        raise ValueError("only somebody in office speaks for a unit")
    # Two who react at once go one after the other: each would else count without the other's.
    db.session.execute(select(Post.id).where(Post.id == post.id).with_for_update(key_share=True))
    mine = db.session.get(Reaction, (post.id, actor.id, kind))
    if on and mine is None:
        db.session.add(Reaction(post_id=post.id, person_id=actor.id, kind=kind, unit_id=actor.posting.unit_id))
    elif mine is not None and not on:
        db.session.delete(mine)
    db.session.flush()
    of_kind = select(Reaction).where(Reaction.post_id == post.id, Reaction.kind == kind).subquery()
    if kind is ReactionKind.SAME:  # villages count, not people: secretary and deputy of one village are one
        villages = select(func.count(func.distinct(of_kind.c.unit_id))).scalar_subquery()
        db.session.execute(update(Thread).where(Thread.id == post.thread_id).values(same_count=villages))
    else:
        people = select(func.count(of_kind.c.person_id)).scalar_subquery()
        # The table, not the mapped class: a reaction is no edit and must not raise the version.
        db.session.execute(update(Post.__table__).where(Post.id == post.id).values(useful_count=people))  # type: ignore[arg-type]


def follow(actor: Actor, thread: Thread, on: bool) -> None:
    """Hear of new replies, or no longer."""
    if on:
        begin_to_follow(actor.id, thread.id)
    else:
        db.session.execute(
            delete(ThreadFollow).where(ThreadFollow.thread_id == thread.id, ThreadFollow.person_id == actor.id)
        )


def begin_to_follow(person_id: int, thread_id: int) -> None:
    """Let somebody hear of new replies, also where nobody asked him: whoever writes in a thread does."""
    if db.session.get(ThreadFollow, (thread_id, person_id)) is None:
        with suppress(IntegrityError), db.session.begin_nested():  # a double tap got there first
            db.session.add(ThreadFollow(thread_id=thread_id, person_id=person_id))
