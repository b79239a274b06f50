"""Who puts threads in order, and who takes it back."""

from sqlalchemy import ColumnElement, Select, and_, false, select

from forum.threads.models import Reach, Thread
from forum.threads.tidying.models import ThreadDeed
from forum.units.actors import Actor


def in_care(actor: Actor) -> ColumnElement[bool]:
    """The condition for threads that the actor may move, merge and split; as ``can_moderate`` says of one that is loaded."""
    if actor.is_organiser:
        return Thread.township_id == actor.township_id
    if actor.is_district:
        return and_(Thread.district_id == actor.district_id, Thread.reach != Reach.PANEL)
    return false()


def readable_deeds(actor: Actor) -> ColumnElement[bool]:
    """The condition for deeds, in a query that joins their threads: done in the actor's township, wherever the thread is by now."""
    if actor.is_organiser:
        return ThreadDeed.township_id == actor.township_id
    if actor.is_district:
        return and_(ThreadDeed.district_id == actor.district_id, Thread.reach != Reach.PANEL)
    return false()


def visible_deeds(actor: Actor) -> Select[ThreadDeed]:
    """What was done to threads in the actor's care, and what he may take back."""
    return select(ThreadDeed).join(ThreadDeed.thread).where(readable_deeds(actor))
