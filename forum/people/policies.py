"""Whose page may be opened, and who sees a phone number there. What stands on a page is decided by the rooms it comes from."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, null, select

from forum.clock import today
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit


def is_shown_office() -> ColumnElement[bool]:
    """The condition for offices that have begun, ended ones too; who looks after the system has no part in what is written."""
    return and_(Posting.role != Role.ADMIN, Posting.since <= today())


def visible_people(actor: Actor) -> Select[Person]:
    """Whoever holds or held an office in the actor's district: once for each of these."""
    held = select(Person).join(Posting, Posting.person_id == Person.id).join(Unit, Unit.id == Posting.unit_id)
    if not actor.is_member:
        return held.where(false())
    return held.where(Unit.district_id == actor.district_id, is_shown_office())


def visible_places(actor: Actor) -> Select[Unit]:
    """The units of the actor's district, dissolved ones too: what was written stays with them."""
    if not actor.is_member:
        return select(Unit).where(false())
    return select(Unit).where(Unit.district_id == actor.district_id)


def phone_for(actor: Actor) -> ColumnElement[Any]:
    """The number of who is in office in the actor's own township, for its organisers; nothing for anybody else."""
    if not actor.is_organiser:
        return null().label("phone")
    return case((and_(Unit.township_id == actor.township_id, in_force()), Person.phone)).label("phone")


def sees_tasks(actor: Actor, place: Any) -> bool:
    """What a village is still to do: for its own people and for who looks after it."""
    return actor.is_member and (actor.unit_id == place.id or actor.organises(place.township_id, place.district_id))
