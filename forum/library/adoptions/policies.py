"""Who may say for a village that it tries a card, and how it went. Whoever may open a card reads all of its adoptions."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, select
from sqlalchemy.orm import contains_eager

from forum.library.adoptions.models import Adoption
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.threads.models import Reach
from forum.units.actors import Actor
from forum.units.models import Unit, UnitKind

# A card or an adoption, or a row with the columns a policy looks at.
Facts = Any


def readable_adoptions(actor: Actor) -> ColumnElement[bool]:
    """The adoptions of cards the actor may open, without those given up; the query joins Experience."""
    return and_(readable_cards(actor), Adoption.withdrawn_at.is_(None))


def visible_adoptions(actor: Actor) -> Select[Adoption]:
    """The adoptions of cards the actor may open, those given up too, each with its village at hand as ``adoption.unit``."""
    return (
        select(Adoption)
        .join(Experience, Experience.id == Adoption.experience_id)
        .join(Adoption.unit)
        .options(contains_eager(Adoption.unit))
        .where(readable_cards(actor))
    )


def is_to_borrow(card: Facts) -> bool:
    """Whether a card stands in the library for other villages to try."""
    return card.state is CardState.PUBLISHED and card.retired_at is None


def can_adopt(actor: Actor, card: Facts) -> bool:
    """A village's leader for his own village, unless it is the card's; the organiser and the district write it down for others."""
    if not is_to_borrow(card) or (card.reach is Reach.TOWNSHIP and card.township_id != actor.township_id):
        return False
    return (actor.leads_village and actor.unit_id != card.unit_id) or actor.is_organiser or actor.is_district


def may_adopt(actor: Actor, card: Facts) -> ColumnElement[bool]:
    """The villages for which the actor may say that they try the card; the query is of Unit."""
    village = and_(Unit.kind == UnitKind.VILLAGE, Unit.closed_at.is_(None), Unit.id != card.unit_id)
    if actor.leads_village:
        return and_(village, Unit.id == actor.unit_id)
    if actor.is_organiser:
        return and_(village, Unit.township_id == actor.township_id)
    if actor.is_district:
        return and_(village, Unit.district_id == actor.district_id)
    return false()


def can_report(actor: Actor, adoption: Facts, unit: Facts) -> bool:
    """Say how it went, correct it, or give it up: whoever leads the village, or writes it down for villages in his care."""
    own = actor.leads_village and actor.unit_id == adoption.unit_id
    return adoption.withdrawn_at is None and (own or actor.organises(unit.township_id, unit.district_id))


def can_withdraw(actor: Actor, adoption: Facts, unit: Facts) -> bool:
    """Give up what has no result yet."""
    return adoption.result is None and can_report(actor, adoption, unit)


def can_follow_tries(actor: Actor) -> bool:
    """A village's leaders, and who looks after villages."""
    return actor.leads_village or actor.is_organiser or actor.is_district


def in_care(actor: Actor) -> ColumnElement[bool]:
    """Units whose adoptions are the actor's business: his village's, his township's, his district's; the query joins Unit."""
    if actor.is_organiser:
        return Unit.township_id == actor.township_id
    if actor.is_district:
        return Unit.district_id == actor.district_id
    return Unit.id == actor.unit_id if actor.leads_village else false()
