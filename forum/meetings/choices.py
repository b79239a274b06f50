"""What the forms about meetings offer to choose from: people, threads, places and months. One statement each."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true
from sqlalchemy.orm import aliased

from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.meetings.agenda import LONGEST_AGENDA
from forum.meetings.models import AgendaItem, Meeting, MeetingState
from forum.threads.models import Thread, ThreadKind
from forum.threads.policies import readable_threads
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind

OFFERED_THREADS = 40
OFFERED_CARDS = 20
OFFERED_PEOPLE = 20
RECENT = timedelta(days=365)


def people_of(township_id: int) -> Sequence[Any]:
    """Everybody in office in a township, once each, by unit."""
    found: dict[int, Any] = {}
    for row in db.session.execute(
        select(Person.id, Person.name, Posting.title, Unit.name.label("unit_name"), Unit.kind)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_force(), Unit.township_id == township_id, Person.disabled_at.is_(None))
        .order_by(case((Unit.kind == UnitKind.TOWNSHIP, 0), else_=1), Unit.position, Unit.name, Person.id)
    ):
        found.setdefault(row.id, row)
    return list(found.values())


def people_to_present(actor: Actor, typed: str, chosen_id: int | None = None) -> Sequence[Any]:
    """People of the actor's district whose name, village or township holds all of what was typed, the actor's own township first.

    ``posting_id``, ``name``, ``unit_name``, and ``is_running``: those who have left come last. ``chosen_id`` is a posting to look up
    beside them. One statement.
    """
    township = aliased(Unit)
    words = typed.split()
    holds = [
        or_(
            *(column.contains(word, autoescape=True) for column in (Person.name, Unit.name, township.name)),
            Unit.name + Person.name == word,
        )
        for word in words
    ]
    return db.session.execute(
        select(
            Posting.id.label("posting_id"),
            Person.name,
            Unit.name.label("unit_name"),
            and_(in_force(), Person.disabled_at.is_(None)).label("is_running"),
        )
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(township, township.id == Unit.township_id)
        .where(
            Unit.district_id == actor.district_id,
            Posting.role != Role.ADMIN,
            or_(Posting.id == chosen_id, and_(*holds) if words else false()),
        )
        .order_by(
            case((and_(in_force(), Person.disabled_at.is_(None)), 0), else_=1),
            case((Unit.township_id == actor.township_id, 0), else_=1),
            Unit.position,
            Unit.name,
            Person.id,
            Posting.since.desc(),
        )
        .limit(OFFERED_PEOPLE)
    ).all()


def cards_to_offer(
    actor: Actor, meeting_id: int, township_id: int, *, words: str = "", is_sent: bool = False
) -> Sequence[Any]:
    """Published cards of a township that its village may tell of, the latest first; those on the agenda already are left out."""
    there = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id, AgendaItem.experience_id == Experience.id)
    return db.session.execute(
        select(Experience.id, Experience.title, Experience.published_at, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Experience.unit_id)
        .where(
            readable_cards(actor),
            Experience.township_id == township_id,
            Experience.state == CardState.PUBLISHED,
            Experience.retired_at.is_(None),
            *_titled(Experience.title, words),
            true() if is_sent else ~there.exists(),
        )
        .order_by(Experience.published_at.desc(), Experience.id.desc())
        .limit(OFFERED_CARDS + (LONGEST_AGENDA if is_sent else 0))
    ).all()


def _titled(title: Any, words: str) -> list[ColumnElement[bool]]:
    return [title.icontains(word, autoescape=True) for word in words.split()]


def threads_to_offer(
    actor: Actor,
    meeting_id: int,
    township_id: int,
    *,
    words: str = "",
    linked_id: int | None = None,
    is_sent: bool = False,
) -> Sequence[Any]:
    """Threads of a township that may come onto the agenda: unanswered and widely shared questions first.

    Offered is what moved in the last year, has all the ``words`` in its title, has no conclusion and is not on this agenda yet;
    ``linked_id`` is offered in any case.
    To check what was sent, what came onto the agenda since counts too: the same form sent again is no error.
    """
    there = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id, AgendaItem.thread_id == Thread.id)
    unanswered = and_(Thread.kind == ThreadKind.QUESTION, Thread.reply_count == 0)
    fits = and_(
        Thread.township_id == township_id,
        Thread.hidden_at.is_(None),
        Thread.concluded_at.is_(None),
        Thread.kind != ThreadKind.NOTICE,
        Thread.last_post_at > utcnow() - RECENT,
        *_titled(Thread.title, words),
        true() if is_sent else ~there.exists(),
    )
    return db.session.execute(
        select(
            Thread.id,
            Thread.title,
            Thread.kind,
            Thread.reach,
            Thread.reply_count,
            Thread.same_count,
            Thread.created_at,
            Unit.name.label("unit_name"),
        )
        .join(Unit, Unit.id == Thread.unit_id)
        .where(readable_threads(actor), or_(Thread.id == linked_id, fits))
        .order_by(
            case((Thread.id == linked_id, 0), (unanswered, 1), else_=2),
            Thread.same_count.desc(),
            Thread.last_post_at.desc(),
            Thread.id,
        )
        .limit(OFFERED_THREADS + (LONGEST_AGENDA if is_sent else 0))
    ).all()


def months_taken(township_id: int) -> set[date]:
    """The months from this one on for which a township has a meeting planned or held."""
    return set(
        db.session.scalars(
            select(Meeting.month).where(
                Meeting.township_id == township_id,
                Meeting.month >= today().replace(day=1),
                Meeting.state != MeetingState.CANCELLED,
            )
        )
    )


def villages_of(township_id: int) -> Sequence[Any]:
    """The villages of a township, to be seated at its sittings."""
    return db.session.execute(
        select(Unit.id, Unit.name)
        .where(Unit.township_id == township_id, Unit.kind == UnitKind.VILLAGE, Unit.closed_at.is_(None))
        .order_by(Unit.position, Unit.name)
    ).all()


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """The names of people who are on no list any more."""
    if not person_ids:
        return {}
    return {
        row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    }


def free_month(taken: Collection[date]) -> date:
    """The first month from this one on without a meeting."""
    month = today().replace(day=1)
    while month in taken:
        month = (month + timedelta(days=31)).replace(day=1)
    return month
