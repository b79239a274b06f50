"""Filling the shelf of what a new secretary should read first. The caller commits."""

from sqlalchemy import func, select

from forum.audit.actions import record
from forum.extensions import db
from forum.library.models import Experience
from forum.library.shelves.models import ShelfCard
from forum.library.shelves.policies import own_shelf
from forum.units.actors import Actor

LONGEST_SHELF = 30


class ShelfIsFull(Exception):
    """Nobody reads more than so many cards in his first weeks."""


def shelve_card(actor: Actor, card: Experience, note: str) -> ShelfCard:
    """Put a card at the end of one's shelf with a word on why; one that stands there already gets the new word.

    Raises ShelfIsFull.
    """
    assert actor.district_id is not None
    there = db.session.scalars(select(ShelfCard).where(own_shelf(actor), ShelfCard.experience_id == card.id)).first()
    if there is not None:
        there.note = note
        return there
    count, last = db.session.execute(
        select(func.count(), func.max(ShelfCard.position)).select_from(ShelfCard).where(own_shelf(actor))
    ).one()
    if count >= LONGEST_SHELF:
        raise ShelfIsFull
    entry = ShelfCard(
        experience_id=card.id,
        township_id=actor.township_id if actor.is_organiser else None,
        district_id=actor.district_id,
        note=note,
        position=(last or 0) + 1,
        added_by_id=actor.id,
    )
    db.session.add(entry)
    db.session.flush()
    _record(actor, "shelf.add", entry)
    return entry


def place_entry(actor: Actor, entry: ShelfCard, place: int) -> None:
    """Put a card at a place of its shelf, counted from 1; saying it twice changes nothing."""
    entries = list(
        db.session.scalars(
            select(ShelfCard)
            .where(own_shelf(actor), ShelfCard.id != entry.id)
            .order_by(ShelfCard.position, ShelfCard.id)
        )
    )
    entries.insert(max(place - 1, 0), entry)
    for position, each in enumerate(entries, 1):
        each.position = position


def take_off(actor: Actor, entry: ShelfCard) -> None:
    """Take a card off the shelf; the card stays what it is."""
    _record(actor, "shelf.remove", entry)
    db.session.delete(entry)


def _record(actor: Actor, action: str, entry: ShelfCard) -> None:
    scope = {"township_id": entry.township_id, "district_id": entry.district_id}
    record(actor, action, "card", entry.experience_id, **scope)
