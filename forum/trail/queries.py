"""What the trail's page loads: deeds, and what they were done to, as far as its reader may know."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, cast, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from forum.audit.models import AuditEntry
from forum.clock import from_local
from forum.extensions import db
from forum.learning.lectures.models import Lecture
from forum.learning.lectures.policies import visible_lectures
from forum.learning.trips.models import StudyTrip
from forum.learning.trips.policies import visible_trips
from forum.library.models import Experience
from forum.library.policies import readable_cards
from forum.meetings.models import Meeting
from forum.meetings.policies import seen_meetings, visible_townships
from forum.tags.models import Tag
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_posts, readable_threads
from forum.trail.policies import seen_deeds
from forum.trail.words import DEEDS, Work
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Wanted:
    """Which deeds somebody looks for; what is None (or empty) narrows nothing."""

    name: str = ""
    work: Work | None = None
    township_id: int | None = None
    thread_id: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Subject:
    """What a deed was done to: its name, and the thread it belongs to, if any."""

    name: str
    thread_id: int | None = None


def deed_rows(actor: Actor, wanted: Wanted) -> Rows:
    """The deeds that the actor reads and looks for; where they stood when they did it, from the posting of then."""
    at, township = aliased(Unit), aliased(Unit)
    return (
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.actor_id,
            AuditEntry.action,
            AuditEntry.subject_kind,
            AuditEntry.subject_id,
            AuditEntry.detail,
            Person.name,
            at.name.label("unit_name"),
            Posting.title,
            Posting.role,
            township.name.label("township"),
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .outerjoin(Posting, Posting.id == AuditEntry.posting_id)
        .outerjoin(at, at.id == Posting.unit_id)
        .outerjoin(township, township.id == AuditEntry.township_id)
        .where(seen_deeds(actor), *_narrowing(wanted))
    )


def _narrowing(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.name:
        yield Person.name.contains(wanted.name, autoescape=True)
    if wanted.work is not None:
        yield AuditEntry.action.in_(DEEDS[wanted.work])
    if wanted.township_id is not None:
        yield AuditEntry.township_id == wanted.township_id
    if wanted.first is not None:
        yield AuditEntry.at >= from_local(datetime.combine(wanted.first, time()))
    if wanted.last is not None:
        yield AuditEntry.at < from_local(datetime.combine(wanted.last + timedelta(days=1), time()))
    if wanted.thread_id is not None:
        posts = select(Post.id).where(Post.thread_id == wanted.thread_id)
        yield or_(
            and_(AuditEntry.subject_kind == "thread", AuditEntry.subject_id == wanted.thread_id),
            and_(AuditEntry.subject_kind == "post", AuditEntry.subject_id.in_(posts)),
        )


def townships_to_choose(actor: Actor) -> Sequence[Any]:
    """The townships by which the district narrows the trail; an organiser has only one."""
    if not actor.is_district:
        return ()
    return db.session.execute(
        visible_townships(actor).with_only_columns(Unit.id, Unit.name).order_by(Unit.position, Unit.name)
    ).all()


def _threads(actor: Actor, idents: Sequence[int]) -> Rows:
    return select(Thread.id, Thread.title, Thread.id).where(Thread.id.in_(idents), readable_threads(actor))


def _posts(actor: Actor, idents: Sequence[int]) -> Rows:
    query = select(Post.id, Thread.title, Thread.id).join(Thread, Thread.id == Post.thread_id)
    return query.where(Post.id.in_(idents), readable_posts(actor))


def _meetings(actor: Actor, idents: Sequence[int]) -> Rows:
    return _named(Meeting.id, Meeting.theme).where(Meeting.id.in_(idents), seen_meetings(actor))


def _cards(actor: Actor, idents: Sequence[int]) -> Rows:
    return _named(Experience.id, Experience.title).where(Experience.id.in_(idents), readable_cards(actor))


def _trips(actor: Actor, idents: Sequence[int]) -> Rows:
    query = visible_trips(actor).where(StudyTrip.id.in_(idents))
    return query.with_only_columns(StudyTrip.id, StudyTrip.title, StudyTrip.thread_id)


def _lectures(actor: Actor, idents: Sequence[int]) -> Rows:
    query = visible_lectures(actor).where(Lecture.id.in_(idents))
    return query.with_only_columns(Lecture.id, Lecture.title, Lecture.thread_id)


def _people(_actor: Actor, idents: Sequence[int]) -> Rows:
    return _named(Person.id, Person.name).where(Person.id.in_(idents))  # the deed lies in the reader's care


def _units(_actor: Actor, idents: Sequence[int]) -> Rows:
    return _named(Unit.id, Unit.name).where(Unit.id.in_(idents))


def _tags(_actor: Actor, idents: Sequence[int]) -> Rows:
    return _named(Tag.id, Tag.name).where(Tag.id.in_(idents))


def _named(ident: Any, name: Any) -> Rows:
    return select(ident, name, literal(None))


_NAMED: dict[str, Callable[[Actor, Sequence[int]], Rows]] = {
    "thread": _threads,
    "post": _posts,
    "meeting": _meetings,
    "card": _cards,
    "trip": _trips,
    "lecture": _lectures,
    "person": _people,
    "unit": _units,
    "tag": _tags,
}


def subjects_of(actor: Actor, deeds: Iterable[Any]) -> dict[tuple[str, int], Subject]:
    """What these deeds were done to, in one statement; what the actor may not open is not among them."""
    idents: dict[str, set[int]] = {}
    for deed in deeds:
        if deed.subject_kind in _NAMED and deed.subject_id is not None:
            idents.setdefault(deed.subject_kind, set()).add(deed.subject_id)
    parts = []
    for kind, of_kind in idents.items():
        found = _NAMED[kind](actor, sorted(of_kind)).subquery()
        ident, name, thread_id = found.c
        parts.append(select(literal(kind, String), ident, cast(name, String), cast(thread_id, Integer)))
    if not parts:
        return {}
    return {
        (kind, ident): Subject(name, thread_id)
        for kind, ident, name, thread_id in db.session.execute(union_all(*parts)).all()
    }
