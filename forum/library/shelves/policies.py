"""Whose shelf a card may be put on: organisers fill their township's, district staff the whole district's."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from forum.library.adoptions.policies import is_to_borrow
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.library.shelves.models import ShelfCard
from forum.threads.models import Reach
from forum.units.actors import Actor


def readable_shelf(actor: Actor) -> ColumnElement[bool]:
    """What stands on the actor's shelves, his district's and his township's, as far as he may open it; the query joins Experience."""
    shelves = and_(
        ShelfCard.district_id == actor.district_id,
        or_(ShelfCard.township_id.is_(None), ShelfCard.township_id == actor.township_id),
    )
    in_library = and_(Experience.state == CardState.PUBLISHED, Experience.retired_at.is_(None))
    return and_(readable_cards(actor), in_library, shelves)


def can_fill_shelf(actor: Actor) -> bool:
    return actor.is_organiser or actor.is_district


def can_shelve(actor: Actor, card: Any) -> bool:
    """A card of the library; on the district's shelf only what the whole district may read."""
    if not is_to_borrow(card):
        return False
    own = card.reach is Reach.TOWNSHIP and card.township_id == actor.township_id
    return (actor.is_organiser and (card.reach is Reach.DISTRICT or own)) or (
        actor.is_district and card.reach is Reach.DISTRICT
    )


def own_shelf(actor: Actor) -> ColumnElement[bool]:
    """The shelf that the actor fills."""
    if actor.is_organiser:
        return ShelfCard.township_id == actor.township_id
    if actor.is_district:
        return and_(ShelfCard.township_id.is_(None), ShelfCard.district_id == actor.district_id)
    return false()


def visible_entries(actor: Actor) -> Select[ShelfCard]:
    """The entries the actor may move and take off."""
    return select(ShelfCard).where(own_shelf(actor))
