"""What the pages of those who look after the library load."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import aliased

from forum.consultations.models import FollowUp
from forum.extensions import db
from forum.library.adoptions.models import Adoption
from forum.library.adoptions.queries import adoption_rows
from forum.library.desk.policies import for_all, in_care
from forum.library.models import CardState, Experience, ExperienceSource, ExperienceTag
from forum.library.policies import readable_cards
from forum.library.queries import card_rows, of_place, tagged_cards
from forum.library.shelves.models import ShelfCard
from forum.library.shelves.policies import readable_shelf
from forum.tags.models import Tag
from forum.tags.queries import shown_name
from forum.threads.models import Thread, ThreadKind, ThreadTag
from forum.threads.policies import readable_threads
from forum.threads.queries import ANSWERED, thread_rows
from forum.units.actors import Actor
from forum.units.models import Unit

QUESTIONS_OF_EACH = 5
MOST_TAGS = 20
MOST_TO_CHOOSE = 200


def follow_ups_of(actor: Actor, card_id: int) -> Sequence[Any]:
    """What became of the threads a card came from, as far as the actor may open them: answers by date, and what is still to come."""
    return db.session.execute(
        select(
            FollowUp.id,
            FollowUp.due,
            FollowUp.result,
            FollowUp.answered_at,
            FollowUp.sentence,
            Thread.id.label("thread_id"),
            Thread.title,
            Unit.name.label("unit_name"),
        )
        .join(Thread, Thread.id == FollowUp.thread_id)
        .join(ExperienceSource, ExperienceSource.thread_id == Thread.id)
        .join(Unit, Unit.id == Thread.unit_id)
        .where(ExperienceSource.experience_id == card_id, readable_threads(actor))
        .order_by(FollowUp.answered_at.is_(None), FollowUp.answered_at, FollowUp.due, FollowUp.id)
    ).all()


@dataclass(frozen=True)
class Gap:
    """A tag under which is asked and for which there is no card."""

    tag_id: int
    code: str
    name: str
    questions: int
    villages: int
    unsettled: int


def gaps(actor: Actor, since: datetime, *conditions: ColumnElement[bool]) -> list[Gap]:
    """Tags without a card, by how many villages asked under them since then; only threads in the actor's care that he may open.

    ``conditions`` narrow the threads further.
    """
    tag, leaf = aliased(Tag), aliased(Tag)
    merged = func.coalesce(tag.merged_into_id, tag.id)
    carried = aliased(Tag)
    has_card = (
        exists()
        .where(ExperienceTag.experience_id == Experience.id, Experience.state == CardState.PUBLISHED)
        .where(Experience.retired_at.is_(None))
        .where(ExperienceTag.tag_id == carried.id, func.coalesce(carried.merged_into_id, carried.id) == leaf.id)
        .where(readable_cards(actor))
    )
    questions = func.count(distinct(Thread.id)).label("questions")
    villages = func.count(distinct(Thread.unit_id)).label("villages")
    settled = func.count(distinct(Thread.id)).filter(ANSWERED)
    rows = db.session.execute(
        select(
            leaf.id, leaf.code, leaf.name, leaf.name_en, questions, villages, (questions - settled).label("unsettled")
        )
        .select_from(Thread)
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .join(tag, tag.id == ThreadTag.tag_id)
        .join(leaf, leaf.id == merged)
        .where(Thread.kind == ThreadKind.QUESTION, Thread.created_at >= since, in_care(actor), ~has_card, *conditions)
        .group_by(leaf.id, leaf.code, leaf.name, leaf.name_en)
        .order_by(villages.desc(), questions.desc(), leaf.id)
        .limit(MOST_TAGS)
    ).all()
    return [Gap(r.id, r.code, shown_name(r), r.questions, r.villages, r.unsettled) for r in rows]


def questions_under(actor: Actor, tag_ids: Iterable[int], since: datetime) -> dict[int, list[Any]]:
    """The questions behind these tags, a few of each: those without an answer first, then those more villages have."""
    tag = aliased(Tag)
    merged = func.coalesce(tag.merged_into_id, tag.id)
    order = (ANSWERED, Thread.same_count.desc(), Thread.created_at.desc(), Thread.id.desc())
    ranked = (
        select(
            Thread.id,
            merged.label("tag_id"),
            func.row_number().over(partition_by=merged, order_by=order).label("place"),
        )
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .join(tag, tag.id == ThreadTag.tag_id)
        .where(
            Thread.kind == ThreadKind.QUESTION,
            Thread.created_at >= since,
            in_care(actor),
            merged.in_(list(tag_ids)),
        )
        .subquery()
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(
        thread_rows(actor)
        .add_columns(ranked.c.tag_id)
        .join(ranked, ranked.c.id == Thread.id)
        .where(ranked.c.place <= QUESTIONS_OF_EACH)
        .order_by(ranked.c.tag_id, ranked.c.place)
    ):
        found.setdefault(row.tag_id, []).append(row)
    return found


def cards_to_collect(actor: Actor, tag_ids: Iterable[int] | None, place: int | None, shelf: bool) -> Sequence[Any]:
    """Cards that may be handed out on paper: of a group or tag, of a township or village, on the shelves in their order, or all."""
    query = card_rows(actor).where(for_all(actor))
    if tag_ids is not None:
        query = query.where(tagged_cards(tag_ids))
    if place:
        query = query.where(of_place(place))
    if shelf:
        at = (ShelfCard.township_id.is_not(None), ShelfCard.position)
        on_shelf = select(ShelfCard.experience_id, func.row_number().over(order_by=at).label("place"))
        first = (
            on_shelf.join(Experience, Experience.id == ShelfCard.experience_id).where(readable_shelf(actor)).subquery()
        )
        where = select(func.min(first.c.place)).where(first.c.experience_id == Experience.id).correlate(Experience)
        query = query.where(where.scalar_subquery().is_not(None)).order_by(where.scalar_subquery())
    return db.session.execute(
        query.order_by(Experience.published_at.desc(), Experience.id.desc()).limit(MOST_TO_CHOOSE)
    ).all()


def cards_in_full(actor: Actor, card_ids: Iterable[int]) -> list[Any]:
    """These cards with all their parts, in the order asked for; what may not be handed out is left out."""
    wanted = list(dict.fromkeys(card_ids))
    township = aliased(Unit)
    parts = (Experience.practice, Experience.result, Experience.suitable, Experience.caution, Experience.cost)
    rows = db.session.execute(
        card_rows(actor)
        .add_columns(*parts, township.name.label("township_name"))
        .outerjoin(township, township.id == Unit.township_id)
        .where(for_all(actor), Experience.id.in_(wanted))
    ).all()
    return sorted(rows, key=lambda row: wanted.index(row.id))


def adoptions_by_card(actor: Actor, card_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The adoptions of these cards that have a result, by card, the earliest first."""
    rows = db.session.execute(
        adoption_rows(actor)
        .where(Experience.id.in_(list(card_ids)), Adoption.result.is_not(None))
        .order_by(Adoption.result_at, Adoption.id)
    ).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.experience_id, []).append(row)
    return found
