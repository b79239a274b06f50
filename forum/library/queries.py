"""What library pages load."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.library.adoptions.travel import travel_columns
from forum.library.models import CardRevision, CardState, CardStep, Experience, ExperienceSource, ExperienceTag
from forum.library.policies import readable_cards
from forum.tags.queries import tag_lines
from forum.threads.models import Post, Reach, Thread, ThreadAdmission
from forum.threads.policies import readable_threads
from forum.units.actors import Actor, anyone, in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind

Rows = Select[*tuple[Any, ...]]
# What lists are ordered by: a card not yet published stands where it was written.
DATED = func.coalesce(Experience.published_at, Experience.created_at).label("dated")


def card_rows(actor: Actor) -> Rows:
    """Cards the actor may open, with what a list shows of each."""
    return (
        select(
            Experience.id,
            Experience.title,
            Experience.state,
            Experience.reach,
            Experience.author_id,
            Experience.unit_id,
            Experience.township_id,
            Experience.district_id,
            Experience.problem,
            Experience.created_at,
            Experience.published_at,
            Experience.promoted_at,
            Experience.retired_at,
            Experience.retired_reason,
            DATED,
            Unit.name.label("unit_name"),
            *travel_columns(),
            tag_lines(ExperienceTag.tag_id, ExperienceTag.experience_id == Experience.id, Experience),
        )
        .join(Unit, Unit.id == Experience.unit_id)
        .where(readable_cards(actor))
    )


def published_cards(actor: Actor) -> Rows:
    """The library itself: what has been published within the actor's reach."""
    return card_rows(actor).where(Experience.state == CardState.PUBLISHED)


def tagged_cards(tag_ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition for cards with at least one of these tags."""
    return exists().where(ExperienceTag.experience_id == Experience.id, ExperienceTag.tag_id.in_(list(tag_ids)))


def of_place(unit_id: int) -> ColumnElement[bool]:
    """The condition for cards of a township or a village."""
    return or_(Experience.unit_id == unit_id, Experience.township_id == unit_id)


def card_page(actor: Actor, card_id: int) -> Any | None:
    """One card with everything its page shows; None when it is not the actor's to see."""
    completer = aliased(Person)
    return db.session.execute(
        card_rows(actor)
        .add_columns(
            Experience.practice,
            Experience.result,
            Experience.suitable,
            Experience.caution,
            Experience.cost,
            Experience.returned_reason,
            Experience.nominated_at,
            Experience.completer_id,
            Experience.confirmed_at,
            Experience.version,
            Person.name.label("author_name"),
            completer.name.label("completer_name"),
        )
        .join(Person, Person.id == Experience.author_id)
        .outerjoin(completer, completer.id == Experience.completer_id)
        .where(Experience.id == card_id)
    ).one_or_none()


def sources_of(actor: Actor, card_id: int) -> Sequence[Any]:
    """The threads a card came from, those the actor may read."""
    return db.session.execute(
        select(Thread.id, Thread.title, Thread.author_id, Thread.reach, ExperienceSource.consent_at)
        .join(ExperienceSource, ExperienceSource.thread_id == Thread.id)
        .where(ExperienceSource.experience_id == card_id, readable_threads(actor))
        .order_by(Thread.id)
    ).all()


def history_of(card_id: int) -> Sequence[Any]:
    """The steps of a card's life in order: what, when, who for which unit, and why; one statement."""
    return db.session.execute(
        select(
            CardStep.deed,
            CardStep.at,
            CardStep.note,
            Person.name,
            Unit.name.label("unit_name"),
            Posting.role,
        )
        .join(Person, Person.id == CardStep.person_id)
        .outerjoin(Posting, Posting.id == CardStep.posting_id)
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .where(CardStep.experience_id == card_id)
        .order_by(CardStep.at, CardStep.id)
    ).all()


def revisions_of(card_id: int) -> Sequence[Any]:
    """What a card said before, the latest first, and who replaced it."""
    return db.session.execute(
        select(CardRevision, Person.name.label("replaced_by"))
        .join(Person, Person.id == CardRevision.replaced_by_id)
        .where(CardRevision.experience_id == card_id)
        .order_by(CardRevision.id.desc())
    ).all()


def who_could_complete(card: Any) -> list[tuple[int, str]]:
    """Who may know more of a card: those who wrote in its threads, the leaders of its village, the organisers of its township.

    Its author is left out, and who may not read a thread it came from; by unit and name, at most two hundred.
    """
    of_him = and_(ThreadAdmission.thread_id == Thread.id, ThreadAdmission.person_id == Person.id)
    admitted = exists().where(of_him).correlate(Thread, Person)
    at_home = Unit.township_id == Thread.township_id
    reads = or_(
        Thread.reach == Reach.DISTRICT,
        Thread.author_id == Person.id,
        and_(Thread.reach == Reach.TOWNSHIP, at_home),
        and_(Thread.reach == Reach.PANEL, or_(admitted, and_(at_home, Posting.role == Role.ORGANISER))),
    )
    closed = exists(
        select(ExperienceSource.thread_id)
        .join(Thread, Thread.id == ExperienceSource.thread_id)
        .where(ExperienceSource.experience_id == card.id, ExperienceSource.consent_at.is_(None))
        .where(~func.coalesce(reads, false()))
        .correlate(Person, Posting, Unit)
    )
    wrote = (
        select(Post.author_id)
        .join(ExperienceSource, ExperienceSource.thread_id == Post.thread_id)
        .where(ExperienceSource.experience_id == card.id, Post.hidden_at.is_(None))
    )
    leads = and_(Posting.unit_id == card.unit_id, Posting.role.in_((Role.SECRETARY, Role.DEPUTY)))
    organises = and_(Unit.township_id == card.township_id, Posting.role == Role.ORGANISER)
    rows = db.session.execute(
        select(Person.id, Person.name, func.min(Unit.name).label("unit_name"))
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_force(), Unit.district_id == card.district_id, Person.id != card.author_id)
        .where(Posting.role != Role.ADMIN, or_(Person.id.in_(wrote), leads, organises), ~closed)
        .group_by(Person.id, Person.name)
        .order_by(func.min(Unit.name), Person.name)
        .limit(200)
    )
    return [(row.id, f"{row.unit_name} · {row.name}") for row in rows]


def own_open_cards(actor: Actor, thread_id: int) -> list[tuple[int, str]]:
    """Unpublished cards of the actor's that do not rest on a thread yet: to them it can be added."""
    there = exists().where(ExperienceSource.experience_id == Experience.id, ExperienceSource.thread_id == thread_id)
    rows = db.session.execute(
        select(Experience.id, Experience.title)
        .where(readable_cards(actor), Experience.author_id == actor.id, ~there)
        .where(Experience.state != CardState.PUBLISHED)
        .order_by(Experience.id.desc())
        .limit(50)
    )
    return [(row.id, row.title) for row in rows]


@cache
def _cards_from_statement(role: Role | None) -> Rows:
    return (
        card_rows(anyone(role))
        .join(ExperienceSource, ExperienceSource.experience_id == Experience.id)
        .where(ExperienceSource.thread_id == bindparam("thread_id"))
        .order_by(Experience.id)
    )


def cards_from(actor: Actor, thread_id: int) -> Sequence[Any]:
    """The cards made from a thread, those the actor may read."""
    values = {**actor.as_parameters(), "thread_id": thread_id}
    return db.session.execute(_cards_from_statement(actor.role), values).all()


def villages_speaking_in(thread: Thread) -> list[tuple[int, str]]:
    """The villages that wrote in a thread, whose experience a card can tell: first that of the accepted answer, then the asker's."""
    rows = db.session.execute(
        select(
            Unit.id,
            Unit.name,
            func.max(case((Post.id == thread.accepted_post_id, 1), else_=0)).label("accepted"),
            func.min(Post.id).label("at"),
        )
        .join(Post, Post.unit_id == Unit.id)
        .where(Post.thread_id == thread.id, Post.hidden_at.is_(None), Unit.kind == UnitKind.VILLAGE)
        .group_by(Unit.id, Unit.name)
    ).all()
    rows = sorted(rows, key=lambda row: (not row.accepted, row.at))
    return [(row.id, row.name) for row in rows]


def villages_of(actor: Actor) -> list[tuple[int, str]]:
    """The villages a card from nothing can be about: the organiser's township, the district, or one's own."""
    query = select(Unit.id, Unit.name).where(Unit.kind == UnitKind.VILLAGE, Unit.closed_at.is_(None))
    if actor.is_organiser:
        query = query.where(Unit.township_id == actor.township_id)
    elif actor.is_district:
        query = query.where(Unit.district_id == actor.district_id)
    else:
        query = query.where(Unit.id == actor.unit_id)
    return [(row.id, row.name) for row in db.session.execute(query.order_by(Unit.township_id, Unit.name))]
