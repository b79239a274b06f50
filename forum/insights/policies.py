"""Who sees the whole."""

from sqlalchemy import ColumnElement, Select, and_, false

from forum.learning.lectures.models import Lecture
from forum.meetings.policies import visible_townships
from forum.threads.models import Thread
from forum.units.actors import Actor
from forum.units.models import Unit


def sees_months(actor: Actor) -> bool:
    """The district, and organisers for their own township."""
    return actor.is_district or actor.is_organiser


def townships_in_care(actor: Actor) -> Select[Unit]:
    """The townships whose months the actor sees: all of the district's, or his own."""
    query = visible_townships(actor)
    return query.where(Unit.id == actor.township_id) if actor.is_organiser else query


def lectures_in_care(actor: Actor) -> ColumnElement[bool]:
    """The lectures that an office adds up, for a query that joins their threads: an organiser his township's, the district all of its own."""
    if actor.is_organiser:
        own = Lecture.township_id == actor.township_id
    elif actor.is_district:
        own = Lecture.district_id == actor.district_id
    else:
        return false()
    return and_(own, Thread.hidden_at.is_(None))
