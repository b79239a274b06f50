"""Who may read, write, publish and open up experience cards."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from forum.library.models import CardState, Experience, ExperienceSource
from forum.threads.models import Reach, Thread
from forum.threads.policies import in_reach
from forum.units.actors import Actor

# A card, or a row that carries the columns a policy looks at.
CardFacts = Experience | Any


def readable_cards(actor: Actor) -> ColumnElement[bool]:
    """Cards the actor may open: published ones within their reach, his own, and unpublished ones lying in his care."""
    if not actor.is_member:
        return false()
    narrowed = and_(Experience.reach == Reach.TOWNSHIP, Experience.township_id == actor.township_id)
    panel = and_(Experience.reach == Reach.PANEL, ~_has_source_closed_to(actor))
    within = or_(Experience.reach == Reach.DISTRICT, narrowed, panel)
    seen = [Experience.author_id == actor.id, and_(Experience.state == CardState.PUBLISHED, within)]
    if actor.is_organiser:
        seen.append(Experience.township_id == actor.township_id)
    elif actor.is_district:
        seen.append(and_(Experience.state == CardState.NOMINATED, within))
    return and_(Experience.district_id == actor.district_id, or_(*seen))


def _has_source_closed_to(actor: Actor) -> ColumnElement[bool]:
    """Whether a card came from a thread that the actor may not read: a card for the panel only is for whoever reads all of them."""
    return exists(
        select(ExperienceSource.thread_id)
        .join(Thread, Thread.id == ExperienceSource.thread_id)
        .where(ExperienceSource.experience_id == Experience.id, ~func.coalesce(in_reach(actor), false()))
        .correlate(Experience)
    )


def visible_cards(actor: Actor) -> Select[Experience]:
    """The cards the actor may open."""
    return select(Experience).where(readable_cards(actor))


def can_make_card(actor: Actor, thread: Any) -> bool:
    """Anybody who takes part may propose a card; who publishes it is another question."""
    return actor.is_member and thread.hidden_at is None


def can_edit_card(actor: Actor, card: CardFacts) -> bool:
    """Its author until it is published, its organisers always."""
    own = card.author_id == actor.id and card.state is not CardState.PUBLISHED
    return actor.is_member and (own or actor.organises(card.township_id, card.district_id))


def can_nominate(actor: Actor, card: CardFacts) -> bool:
    return card.state is CardState.DRAFT and can_edit_card(actor, card)


def can_review(actor: Actor, card: CardFacts) -> bool:
    """Publish a nominated card or return it with a reason: the township, and the district for all of its own."""
    return card.state is CardState.NOMINATED and actor.organises(card.township_id, card.district_id)
