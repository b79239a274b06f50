"""What becomes of a card: draft → nominated → confirmed by its village → published → promoted, or retired. The caller commits.

Each step is dated, with the person, and told to whom it concerns.
"""

from typing import Any

from sqlalchemy import select

from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.library.actions import add_step, record_deed
from forum.library.adoptions.models import Adoption
from forum.library.models import CardDeed, CardState, Experience
from forum.library.policies import speaks_for_source
from forum.notices.outbox import enqueue
from forum.notices.robots.announcements import tell_groups
from forum.notices.robots.models import Hears
from forum.threads.models import Reach
from forum.units.actors import Actor, in_force
from forum.units.models import Posting, Role


class NotThatStep(Exception):
    """The card is not in the state from which this step leads: somebody else took it first."""


class NotConfirmed(NotThatStep):
    """Nobody has said yet that it is true."""


def nominate_card(actor: Actor, card: Experience) -> None:
    """Hand a draft to the township. Who leads the village it is about says by it that it is true; else its leaders are asked.

    Raises NotThatStep when it is no draft.
    """
    _step(card, CardState.DRAFT, CardState.NOMINATED)
    card.nominated_at, card.returned_reason = utcnow(), ""
    add_step(actor, card, CardDeed.NOMINATED)
    if speaks_for_source(actor, card):
        confirm_card(actor, card)
    elif card.confirmed_at is None:
        for person_id in _leaders([card.unit_id]) - {actor.id}:
            enqueue(person_id, "card.confirm", card.id)


def confirm_card(actor: Actor, card: Experience, note: str = "") -> None:
    """Say that a nominated card is true; an organiser says for the village how he knows. Its author is told.

    Raises NotThatStep when it is not nominated, or was confirmed before; ValueError when he who is not of the village gives no reason.
    """
    if card.state is not CardState.NOMINATED or card.confirmed_at is not None:
        raise NotThatStep
    if not note and not speaks_for_source(actor, card):
        raise ValueError("whoever confirms for a village says how he knows")
    card.confirmed_at, card.confirmed_by_id, card.confirmed_note = utcnow(), actor.id, note
    add_step(actor, card, CardDeed.CONFIRMED, note)
    if note:
        record_deed(actor, "card.confirm", card)


def publish_card(actor: Actor, card: Experience) -> None:
    """Put a nominated card into the library; its author is told. Raises NotThatStep when it is not nominated, NotConfirmed."""
    if card.state is CardState.NOMINATED and card.confirmed_at is None:
        raise NotConfirmed
    _step(card, CardState.NOMINATED, CardState.PUBLISHED)
    card.published_at, card.published_by_id = utcnow(), actor.id
    add_step(actor, card, CardDeed.PUBLISHED)
    _tell(actor, card, "card.published", {card.author_id})
    if card.reach is Reach.DISTRICT:
        tell_groups(card.township_id, Hears.CARDS, "card.published", card.id)
    record_deed(actor, "card.publish", card)
    note_change("card", card.id)


def return_card(actor: Actor, card: Experience, reason: str) -> None:
    """Give a nominated card back to its author with the reason. Raises NotThatStep when it is not nominated."""
    _step(card, CardState.NOMINATED, CardState.DRAFT)
    card.returned_reason = reason
    add_step(actor, card, CardDeed.RETURNED, reason)
    _tell(actor, card, "card.returned", {card.author_id})
    record_deed(actor, "card.return", card, reason=reason)


def promote_card(actor: Actor, card: Experience) -> None:
    """Recommend a card to every village of the district; its author and its village are told. Raises NotThatStep."""
    if card.state is not CardState.PUBLISHED or card.promoted_at is not None or card.retired_at is not None:
        raise NotThatStep
    card.promoted_at, card.promoted_by_id = utcnow(), actor.id
    add_step(actor, card, CardDeed.PROMOTED)
    _tell(actor, card, "card.promoted", {card.author_id, *_leaders([card.unit_id])})
    record_deed(actor, "card.promote", card)


def unpromote_card(actor: Actor, card: Experience) -> None:
    """Recommend it no longer; it stays in the library. Raises NotThatStep."""
    if card.promoted_at is None:
        raise NotThatStep
    card.promoted_at = card.promoted_by_id = None
    add_step(actor, card, CardDeed.UNPROMOTED)
    record_deed(actor, "card.unpromote", card)


def retire_card(actor: Actor, card: Experience, reason: str) -> None:
    """Say that a published card proved wrong, and why: it stays findable with the warning. Author and villages that tried it are told,
    whoever leads them now.

    Raises NotThatStep when it is not published, or retired already.
    """
    if card.state is not CardState.PUBLISHED or card.retired_at is not None:
        raise NotThatStep
    card.retired_at, card.retired_by_id, card.retired_reason = utcnow(), actor.id, reason
    card.promoted_at = card.promoted_by_id = None
    add_step(actor, card, CardDeed.RETIRED, reason)
    tried = select(Adoption.unit_id).where(Adoption.experience_id == card.id, Adoption.withdrawn_at.is_(None))
    _tell(actor, card, "card.retired", {card.author_id, *_leaders(tried)})
    record_deed(actor, "card.retire", card, reason=reason)
    note_change("card", card.id)


def restore_card(actor: Actor, card: Experience) -> None:
    """It was right after all. Raises NotThatStep when it is not retired."""
    if card.retired_at is None:
        raise NotThatStep
    card.retired_at = card.retired_by_id = None
    card.retired_reason = ""
    add_step(actor, card, CardDeed.RESTORED)
    record_deed(actor, "card.restore", card)
    note_change("card", card.id)


def _step(card: Experience, before: CardState, after: CardState) -> None:
    if card.state is not before:
        raise NotThatStep
    card.state = after


def _leaders(unit_ids: Any) -> set[int]:
    leading = (Posting.unit_id.in_(unit_ids), Posting.role.in_((Role.SECRETARY, Role.DEPUTY)), in_force())
    return set(db.session.scalars(select(Posting.person_id).where(*leading)))


def _tell(actor: Actor, card: Experience, kind: str, people: set[int]) -> None:
    for person_id in sorted(people - {actor.id}):
        enqueue(person_id, kind, card.id)
