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
    """Cards the actor may open: published ones within their reach, his own, those he was asked to complete or his village to
    confirm, and unpublished ones lying in his care."""
    if not actor.is_member:
        return false()
    narrowed = and_(Experience.reach == Reach.TOWNSHIP, Experience.township_id == actor.township_id)
    panel = and_(Experience.reach == Reach.PANEL, ~_has_source_closed_to(actor))
    within = or_(Experience.reach == Reach.DISTRICT, narrowed, panel)
    seen = [
        Experience.author_id == actor.id,
        and_(Experience.completer_id == actor.id, within),
        and_(Experience.state == CardState.PUBLISHED, within),
    ]
    if actor.leads_village:
        seen.append(and_(Experience.unit_id == actor.unit_id, Experience.state == CardState.NOMINATED, within))
    if actor.is_organiser:  # of threads of two townships he reads only one
        seen.append(and_(Experience.township_id == actor.township_id, or_(Experience.reach != Reach.PANEL, panel)))
    elif actor.is_district:
        seen.append(and_(Experience.state == CardState.NOMINATED, within))
    return and_(Experience.district_id == actor.district_id, or_(*seen))


def _has_source_closed_to(actor: Actor) -> ColumnElement[bool]:
    """Whether a card came from a thread that the actor may not read and that nobody has opened: who reads all of them reads the card."""
    return exists(
        select(ExperienceSource.thread_id)
        .join(Thread, Thread.id == ExperienceSource.thread_id)
        .where(ExperienceSource.experience_id == Experience.id, ExperienceSource.consent_at.is_(None))
        .where(~func.coalesce(in_reach(actor), false()))
        .correlate(Experience)
    )


def visible_cards(actor: Actor) -> Select[Experience]:
    """The cards the actor may open."""
    return select(Experience).where(readable_cards(actor))


def can_make_card(actor: Actor, thread: Any) -> bool:
    """Anybody who takes part may propose a card; who publishes it is another question."""
    return actor.is_member and thread.hidden_at is None


def can_edit_card(actor: Actor, card: CardFacts) -> bool:
    """Its author, whoever was asked to complete it as long as it is a draft, its organisers. Every change of a published card is kept."""
    asked = card.completer_id == actor.id and card.state is CardState.DRAFT
    own = card.author_id == actor.id or asked
    return actor.is_member and (own or actor.organises(card.township_id, card.district_id))


def can_ask_to_complete(actor: Actor, card: CardFacts) -> bool:
    """Its author or organiser names one person; a card that was handed on is complete."""
    is_his = card.author_id == actor.id or actor.organises(card.township_id, card.district_id)
    return actor.is_member and card.state is CardState.DRAFT and is_his


def can_nominate(actor: Actor, card: CardFacts) -> bool:
    return card.state is CardState.DRAFT and can_edit_card(actor, card)


def speaks_for_source(actor: Actor, card: CardFacts) -> bool:
    """Whether the card is about the actor's own village, and he leads it."""
    return actor.leads_village and actor.unit_id == card.unit_id


def can_confirm(actor: Actor, card: CardFacts) -> bool:
    """Say that it is true: the source village, or its organiser for it."""
    waits = card.state is CardState.NOMINATED and card.confirmed_at is None
    return waits and (speaks_for_source(actor, card) or actor.organises(card.township_id, card.district_id))


def can_review(actor: Actor, card: CardFacts) -> bool:
    """Publish a nominated card or return it with a reason: the township, and the district for all of its own."""
    return card.state is CardState.NOMINATED and actor.organises(card.township_id, card.district_id)


def can_return(actor: Actor, card: CardFacts) -> bool:
    """Give it back with the reason: whoever reviews, and the village that is to confirm it and cannot."""
    return can_review(actor, card) or can_confirm(actor, card)


def can_promote(actor: Actor, card: CardFacts) -> bool:
    """全区推广, and taking it back: the district alone, for what everybody may read."""
    is_open = card.state is CardState.PUBLISHED and card.reach is Reach.DISTRICT and card.retired_at is None
    return actor.is_district and is_open and actor.district_id == card.district_id


def can_retire(actor: Actor, card: CardFacts) -> bool:
    """Say that a published card proved wrong, or that it did not after all."""
    return card.state is CardState.PUBLISHED and actor.organises(card.township_id, card.district_id)


def rights(actor: Actor, card: CardFacts) -> dict[str, bool]:
    """What the actor may do with a card; nothing of it asks the database."""
    return {
        "edit": can_edit_card(actor, card),
        "complete": can_ask_to_complete(actor, card),
        "nominate": can_nominate(actor, card),
        "speak": speaks_for_source(actor, card),
        "confirm": can_confirm(actor, card),
        "review": can_review(actor, card),
        "return": can_return(actor, card),
        "promote": can_promote(actor, card),
        "retire": can_retire(actor, card),
    }
