"""What may be the same matter, and what was done to a thread."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.paging import id_from
from forum.threads.models import Thread, ThreadTag
from forum.threads.policies import readable_threads
from forum.threads.tidying.models import ThreadDeed
from forum.threads.tidying.policies import in_care, readable_deeds
from forum.units.actors import Actor
from forum.units.models import Person, Unit

MOST_OFFERED = 12
_ADDRESS = re.compile(r"/threads/(\d+)|^\s*(\d+)\s*$")


def to_merge_with(actor: Actor, thread: Thread, words: str) -> Sequence[Any]:
    """Threads in the actor's care that may be the same matter: with these words in the title or at this address, else with a tag in common."""
    others = (
        select(Thread.id, Thread.title, Thread.reply_count, Thread.created_at, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Thread.unit_id)
        .where(in_care(actor), readable_threads(actor), Thread.id != thread.id, Thread.hidden_at.is_(None))
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
        .limit(MOST_OFFERED)
    )
    if found := _ADDRESS.search(words):
        others = others.where(Thread.id == id_from(found[1] or found[2]))
    elif words:
        others = others.where(*(Thread.title.contains(word, autoescape=True) for word in words.split()[:5]))
    else:
        tags = select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)
        alike = select(ThreadTag.thread_id).where(ThreadTag.tag_id.in_(tags))
        others = others.where(or_(Thread.id.in_(alike), Thread.title == thread.title))
    return db.session.execute(others).all()


def deeds_of(actor: Actor, thread_id: int) -> Sequence[Any]:
    """What was done to a thread that the actor may take back, the latest first, with the titles of both and who did it."""
    other, doer = aliased(Thread), aliased(Person)
    return db.session.execute(
        select(
            ThreadDeed.id,
            ThreadDeed.kind,
            ThreadDeed.thread_id,
            ThreadDeed.other_id,
            ThreadDeed.done_at,
            ThreadDeed.undone_at,
            ThreadDeed.before,
            Thread.title,
            other.title.label("other_title"),
            doer.name.label("doer"),
        )
        .join(ThreadDeed.thread)
        .outerjoin(other, other.id == ThreadDeed.other_id)
        .join(doer, doer.id == ThreadDeed.done_by_id)
        .where(readable_deeds(actor), or_(ThreadDeed.thread_id == thread_id, ThreadDeed.other_id == thread_id))
        .order_by(ThreadDeed.id.desc())
        .limit(20)
    ).all()
