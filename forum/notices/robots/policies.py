"""Who looks after the robots of a township: its organisers."""

from sqlalchemy import Select, false, select

from forum.notices.robots.models import Robot
from forum.units.actors import Actor


def can_keep_robots(actor: Actor) -> bool:
    return actor.is_organiser and actor.township_id is not None


def visible_robots(actor: Actor) -> Select[Robot]:
    """The robots of the actor's own township, if he is its organiser."""
    mine = Robot.township_id == actor.township_id if can_keep_robots(actor) else false()
    return select(Robot).where(mine)
