"""Who sees the whole."""

from sqlalchemy import Select

from forum.meetings.policies import visible_townships
from forum.units.actors import Actor
from forum.units.models import Unit


def sees_months(actor: Actor) -> bool:
    """The district, and organisers for their own township."""
    return actor.is_district or actor.is_organiser


def townships_in_care(actor: Actor) -> Select[Unit]:
    """The townships whose months the actor sees: all of the district's, or his own."""
    query = visible_townships(actor)
    return query.where(Unit.id == actor.township_id) if actor.is_organiser else query
