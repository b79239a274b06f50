"""Who reads two threads: putting one into the other lets nobody read more, and leaves what he wrote to whoever wrote in it."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from forum.extensions import db
from forum.threads.models import Post, Reach, Thread, ThreadAdmission
from forum.threads.policies import in_reach
from forum.units.actors import Actor, load_actor


def widens(thread: Thread, into: Thread) -> bool:
    """Whether somebody who reads ``into`` may not read ``thread``."""
    if thread.reach is Reach.DISTRICT:
        return False
    if into.reach is Reach.DISTRICT or thread.township_id != into.township_id:
        return True
    if thread.reach is Reach.PANEL and into.reach is not Reach.PANEL:
        return True
    admitted = select(ThreadAdmission.person_id).where(ThreadAdmission.thread_id == into.id)
    named = {into.author_id, *(db.session.scalars(admitted) if into.reach is Reach.PANEL else ())}
    return any(_reads(actor, into) and not _reads(actor, thread) for actor in _by_any_posting(named))


def shuts_out(thread: Thread, into: Thread) -> bool:
    """Whether somebody who wrote in ``thread`` and reads it could not read ``into``."""
    if into.reach is Reach.DISTRICT or (into.reach is thread.reach is Reach.TOWNSHIP):
        return False
    wrote = set(db.session.scalars(select(Post.author_id).where(Post.thread_id == thread.id).distinct()))
    return any(_reads(actor, thread) and not _reads(actor, into) for actor in _by_any_posting(wrote))


def may_read(person_id: int, thread: Thread) -> bool:
    """Whether somebody reads a thread by one of his postings; who is out of office reads his own words wherever they are."""
    actors = _by_any_posting([person_id])
    return not actors or any(_reads(actor, thread) for actor in actors)


def _by_any_posting(people: Iterable[int]) -> list[Actor]:
    found = [actor for person_id in sorted(people) if (actor := load_actor(person_id))]
    return [replace(actor, posting=posting) for actor in found for posting in actor.postings]


def _reads(actor: Actor, thread: Thread) -> bool:
    return db.session.scalar(select(Thread.id).where(Thread.id == thread.id, in_reach(actor))) is not None
