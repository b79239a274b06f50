"""Telling people of a post: those who follow its thread, and those who have to look at it. The caller commits."""

from sqlalchemy import select

from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.mentions import tell_named
from forum.threads.models import Post, Thread, ThreadFollow
from forum.threads.reading import leave_behind
from forum.units.actors import in_force
from forum.units.models import Posting, Role, Unit


def tell_of_reply(thread: Thread, reply: Post) -> None:
    """Tell who is named, those who follow the thread, and whoever is answered; for all who have read it there is something new."""
    leave_behind(reply)
    named = tell_named(thread, reply)
    told = set(db.session.scalars(select(ThreadFollow.person_id).where(ThreadFollow.thread_id == thread.id)))
    if reply.parent_id is not None:
        told.add(db.session.get_one(Post, reply.parent_id).author_id)
    for person_id in sorted(told - named - {reply.author_id, reply.entered_by_id}):
        enqueue(person_id, "thread.replied", reply.id)


def tell_who_looks(thread: Thread, post: Post) -> None:
    """Tell those in whose care the thread lies that a post waits for them."""
    role, scope = (
        (Role.DISTRICT, Unit.district_id == thread.district_id)
        if thread.township_id is None
        else (Role.ORGANISER, Unit.township_id == thread.township_id)
    )
    who = (
        select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id).where(Posting.role == role, scope, in_force())
    )
    for person_id in sorted(set(db.session.scalars(who))):
        enqueue(person_id, "post.held", post.id)
