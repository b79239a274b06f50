"""Who weighs cards, sees what nobody answers, and makes collections to hand out."""

from typing import Any

from sqlalchemy import ColumnElement, and_, true

from forum.library.adoptions.policies import is_to_borrow
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.threads.models import Reach, Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor


def keeps_library(actor: Actor) -> bool:
    """Organisers for their township, district staff for the district."""
    return actor.is_organiser or actor.is_district


def can_weigh(actor: Actor, card: Any) -> bool:
    """Read what speaks for and against promoting a card of the library; who promotes it is another question."""
    return keeps_library(actor) and is_to_borrow(card)


def for_all(actor: Actor) -> ColumnElement[bool]:
    """Cards that everybody in the district may read: paper cannot be narrowed once it is handed out."""
    in_library = and_(Experience.state == CardState.PUBLISHED, Experience.retired_at.is_(None))
    return and_(readable_cards(actor), in_library, Experience.reach == Reach.DISTRICT)


def in_care(actor: Actor) -> ColumnElement[bool]:
    """The threads that the actor may open and looks after: his township's, or all."""
    return and_(readable_threads(actor), Thread.township_id == actor.township_id if actor.is_organiser else true())
