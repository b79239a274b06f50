"""Narrowing a question that was open to those called to help. Never the other way: what was confided stays so."""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from forum.audit.actions import record
from forum.changes import note_change
from forum.extensions import db
from forum.threads.models import Post, Reach, Thread, ThreadAdmission
from forum.units.actors import Actor

# What higher rooms made of a thread follows it: they register what is to be done when it becomes for the panel only.
FOLLOWERS: list[Callable[[Thread], None]] = []


def narrow_to_panel(actor: Actor, thread: Thread) -> None:
    """Leave a thread to whoever asked, the organiser and the panel; those who have replied already stay in."""
    thread.reach = Reach.PANEL
    wrote = select(Post.author_id).where(Post.thread_id == thread.id, Post.hidden_at.is_(None)).distinct()
    admit(thread, db.session.scalars(wrote))
    for follow in FOLLOWERS:
        follow(thread)
    note_change("thread", thread.id)
    record(actor, "thread.narrow", "thread", thread.id, township_id=thread.township_id, district_id=thread.district_id)


def admit(thread: Thread, person_ids: Iterable[int]) -> None:
    """Let people read a thread that is for the panel only; whoever asked needs no admission."""
    there = set(db.session.scalars(select(ThreadAdmission.person_id).where(ThreadAdmission.thread_id == thread.id)))
    new = set(person_ids) - there - {thread.author_id}
    db.session.add_all(ThreadAdmission(thread_id=thread.id, person_id=person_id) for person_id in sorted(new))
