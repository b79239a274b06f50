"""What the library shows as a place to read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.library.adoptions.travel import ADOPTED
from forum.library.models import CardState, Experience, ExperienceTag
from forum.library.policies import readable_cards
from forum.library.queries import card_rows, published_cards
from forum.library.shelves.models import ShelfCard
from forum.library.shelves.policies import own_shelf, readable_shelf
from forum.tags.models import Tag
from forum.units.actors import Actor
from forum.units.models import Person

OF_EACH_GROUP = 3
SIBLINGS = 4


def shelf_rows(actor: Actor) -> Sequence[Any]:
    """The district's shelf and then the township's, in order, each card with the word on why and who put it there."""
    chooser = aliased(Person)
    return db.session.execute(
        card_rows(actor)
        .add_columns(
            ShelfCard.id.label("entry_id"),
            ShelfCard.note,
            ShelfCard.township_id.label("shelf_township_id"),
            ShelfCard.added_at,
            own_shelf(actor).label("is_mine"),
            chooser.name.label("chosen_by"),
        )
        .join(ShelfCard, ShelfCard.experience_id == Experience.id)
        .join(chooser, chooser.id == ShelfCard.added_by_id)
        .where(readable_shelf(actor))
        .order_by(ShelfCard.township_id.is_not(None), ShelfCard.position, ShelfCard.id)
    ).all()


def entry_of(actor: Actor, card_id: int) -> ShelfCard | None:
    """The card's entry on the actor's own shelf."""
    return db.session.scalars(
        select(ShelfCard).where(own_shelf(actor), ShelfCard.experience_id == card_id)
    ).one_or_none()


def borrowed_by_group(actor: Actor) -> dict[int, list[Any]]:
    """By group of tags: its cards that most villages tried, a few of each, with how many there are (``in_group``); one statement."""
    group_id = func.coalesce(Tag.parent_id, Tag.id).label("group_id")
    in_group = (
        select(ExperienceTag.experience_id, group_id).join(Tag, Tag.id == ExperienceTag.tag_id).distinct().subquery()
    )
    order = (ADOPTED.desc(), Experience.published_at.desc(), Experience.id.desc())
    ranked = (
        select(
            Experience.id,
            in_group.c.group_id,
            func.row_number().over(partition_by=in_group.c.group_id, order_by=order).label("place"),
            func.count().over(partition_by=in_group.c.group_id).label("in_group"),
        )
        .join(in_group, in_group.c.experience_id == Experience.id)
        .where(readable_cards(actor), Experience.state == CardState.PUBLISHED, Experience.retired_at.is_(None))
        .subquery()
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(
        card_rows(actor)
        .add_columns(ranked.c.group_id, ranked.c.in_group)
        .join(ranked, ranked.c.id == Experience.id)
        .where(ranked.c.place <= OF_EACH_GROUP)
        .order_by(ranked.c.group_id, ranked.c.place)
    ):
        found.setdefault(row.group_id, []).append(row)
    return found


def siblings_of(actor: Actor, card_id: int) -> Sequence[Any]:
    """Cards about the same: those that share most tags with a card, the most borrowed first among equals."""
    own = aliased(ExperienceTag)
    shared = (
        select(func.count())
        .select_from(ExperienceTag)
        .join(own, (own.tag_id == ExperienceTag.tag_id) & (own.experience_id == card_id))
        .where(ExperienceTag.experience_id == Experience.id)
        .correlate(Experience)
        .scalar_subquery()
    )
    common = exists().where(
        ExperienceTag.experience_id == Experience.id, ExperienceTag.tag_id == own.tag_id, own.experience_id == card_id
    )
    return db.session.execute(
        published_cards(actor)
        .where(Experience.retired_at.is_(None))
        .where(Experience.id != card_id, common)
        .order_by(shared.desc(), ADOPTED.desc(), Experience.published_at.desc(), Experience.id.desc())
        .limit(SIBLINGS)
    ).all()
