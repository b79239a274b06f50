"""What the pages of people and places load: rows, each list of the reader's own right, and the same number of statements for one and for thirty."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import local, today
from forum.extensions import db
from forum.learning.lectures.models import Expert
from forum.learning.lectures.policies import readable_experts
from forum.library.adoptions.models import Adoption
from forum.library.adoptions.queries import adoption_rows
from forum.library.models import Experience
from forum.library.queries import of_place, published_cards
from forum.meetings.models import MeetingState
from forum.meetings.queries import current_meetings
from forum.paging import Page, keyset_page
from forum.people.policies import is_shown_office, phone_for, visible_people, visible_places
from forum.tags.queries import tag_lines
from forum.threads.models import Post, Thread, ThreadTag
from forum.threads.policies import readable_threads, shown_to
from forum.threads.queries import thread_rows
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind, VillageFacts
from forum.units.village_facts import fact_columns

Rows = Select[*tuple[Any, ...]]
EACH = 5  # of a list whose rest stands elsewhere
MOST_KNOWN = 50  # answers and cards whose tags say what somebody knows
MOST_OFFICES = 100
BODY_SHOWN = 600  # characters of a post of which the beginning is shown
_RANK = {role: number for number, role in enumerate(Role)}


def _latest_first() -> tuple[Any, ...]:
    """Offices in force first, then the latest."""
    return (case((in_force(), 0), else_=1), Posting.since.desc(), Posting.id.desc())


def offices_of(actor: Actor, person_id: int) -> Sequence[Any]:
    """The offices of somebody in time, with his name, his number where the actor sees it, and his place in the experts' directory;
    none when he is not the actor's to see."""
    township = aliased(Unit)
    expert = select(func.min(Expert.id)).where(Expert.person_id == Person.id, readable_experts(actor)).correlate(Person)
    query = (
        visible_people(actor)
        .with_only_columns(
            Person.id,
            Person.name,
            Posting.role,
            Posting.title,
            Posting.since,
            Posting.until,
            in_force().label("is_current"),
            phone_for(actor),
            expert.scalar_subquery().label("expert_id"),
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            township.id.label("township_id"),
            township.name.label("township_name"),
        )
        .outerjoin(township, and_(township.id == Unit.township_id, township.id != Unit.id))
        .where(Person.id == person_id)
    )
    return db.session.execute(query.order_by(*_latest_first()).limit(MOST_OFFICES)).all()


def place_with_offices(actor: Actor, place_id: int) -> Sequence[Any]:
    """A place with what is known of it, and who holds and who held an office there: a row for each, one without a person where nobody
    does; none when it is not the actor's to see."""
    township = aliased(Unit)
    query = (
        visible_places(actor)
        .with_only_columns(
            Unit.id,
            Unit.name,
            Unit.kind,
            Unit.township_id,
            Unit.district_id,
            Unit.closed_at,
            township.name.label("township_name"),
            *fact_columns(),
            Person.id.label("person_id"),
            Person.name.label("person_name"),
            Posting.role,
            Posting.title,
            Posting.since,
            Posting.until,
            in_force().label("is_current"),
            phone_for(actor),
        )
        .outerjoin(township, and_(township.id == Unit.township_id, township.id != Unit.id))
        .outerjoin(VillageFacts, VillageFacts.unit_id == Unit.id)
        .outerjoin(Posting, and_(Posting.unit_id == Unit.id, is_shown_office()))
        .outerjoin(Person, Person.id == Posting.person_id)
        .where(Unit.id == place_id)
    )
    first, *rest = _latest_first()
    rank = case(_RANK, value=case((in_force(), Posting.role)))
    return db.session.execute(query.order_by(first, rank, *rest).limit(MOST_OFFICES)).all()


def places_in(actor: Actor, place: Any) -> Sequence[Any]:
    """What lies in a township, an area or the district itself."""
    inside = {
        UnitKind.DISTRICT: and_(Unit.parent_id == place.id, Unit.kind.in_((UnitKind.TOWNSHIP, UnitKind.BUREAU))),
        UnitKind.TOWNSHIP: and_(Unit.township_id == place.id, Unit.kind == UnitKind.VILLAGE),
        UnitKind.AREA: and_(Unit.parent_id == place.id, Unit.kind == UnitKind.VILLAGE),
    }
    query = visible_places(actor).with_only_columns(Unit.id, Unit.name).where(inside[place.kind])
    return db.session.execute(
        query.where(Unit.closed_at.is_(None)).order_by(Unit.kind.desc(), Unit.position, Unit.name)
    ).all()


def by_person(person_id: int) -> ColumnElement[bool]:
    """The condition for posts that somebody wrote."""
    return Post.author_id == person_id


def by_place(place_id: int) -> ColumnElement[bool]:
    """The condition for posts that were written for a place; its people come first, for they are few and known by an index."""
    people = select(Posting.person_id).where(Posting.unit_id == place_id)
    return and_(Post.author_id.in_(people), Post.unit_id == place_id)


def answers_that_helped(actor: Actor, who: ColumnElement[bool]) -> Sequence[Any]:
    """Replies that whoever asked found to help, the latest first, with the tags of what was asked."""
    readable, scribe = and_(readable_threads(actor), shown_to(actor, Post)), aliased(Person)
    return db.session.execute(
        select(
            Post.id,
            Thread.title,
            Thread.accepted_at,
            Unit.name.label("asker_unit"),
            scribe.name.label("entered_by"),
            tag_lines(ThreadTag.tag_id, ThreadTag.thread_id == Thread.id, Thread),
        )
        .select_from(Post)
        .join(Thread, and_(Thread.id == Post.thread_id, Thread.accepted_post_id == Post.id))
        .join(Unit, Unit.id == Thread.unit_id)
        .outerjoin(scribe, scribe.id == Post.entered_by_id)
        # Asked of each row found by its author: as it stands SQLite would begin with the district, and read all of it.
        .where(who, case((readable, 1), else_=0) == 1)
        .order_by(Thread.accepted_at.desc(), Post.id.desc())
        .limit(MOST_KNOWN)
    ).all()


def cards_of_person(actor: Actor, person_id: int) -> Sequence[Any]:
    """Cards that hold good for which somebody stands: he confirmed one for his village, completed it, or wrote it about his own."""
    at_home = select(Posting.unit_id).where(Posting.id == Experience.posting_id).correlate(Experience).scalar_subquery()
    return _cards(
        actor,
        or_(
            and_(Experience.confirmed_by_id == person_id, Experience.confirmed_note == ""),
            Experience.completer_id == person_id,
            and_(Experience.author_id == person_id, Experience.unit_id == at_home),
        ),
    )


def cards_of_place(actor: Actor, place_id: int) -> Sequence[Any]:
    """The cards of a village, or of all in a township, that hold good."""
    return _cards(actor, of_place(place_id))


def _cards(actor: Actor, condition: ColumnElement[bool]) -> Sequence[Any]:
    query = published_cards(actor).where(Experience.retired_at.is_(None), condition)
    return db.session.execute(
        query.order_by(Experience.published_at.desc(), Experience.id.desc()).limit(MOST_KNOWN)
    ).all()


def writings_of(actor: Actor, person_id: int, cursor: str | None) -> Page:
    """What somebody wrote or had written down for him, as far as the actor may read it there, the latest first."""
    scribe = aliased(Person)
    query = (
        select(
            Post.id,
            Post.is_opening,
            Post.created_at,
            Post.hidden_at,
            func.substr(Post.body, 1, BODY_SHOWN).label("body"),
            Thread.title,
            Thread.kind,
            Unit.name.label("unit_name"),
            scribe.name.label("entered_by"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(scribe, scribe.id == Post.entered_by_id)
        .where(by_person(person_id), readable_threads(actor), shown_to(actor, Post))
    )
    return keyset_page(query, Post.created_at, Post.id, cursor)


def threads_of(actor: Actor, place: Any) -> Sequence[Any]:
    """What a place began last, and one more; in a township what moved last in all of its villages."""
    latest: Any
    if place.kind is UnitKind.TOWNSHIP:
        query, latest = thread_rows(actor).where(Thread.township_id == place.id), Thread.last_post_at
    else:
        query = thread_rows(actor).where(Thread.unit_id == place.id)
        # An expression: along the index of the newest a village's few threads would be looked for among all of the district.
        latest = func.coalesce(Thread.created_at, Thread.last_post_at)
    return db.session.execute(query.order_by(latest.desc(), Thread.id.desc()).limit(EACH + 1)).all()


def _tries(actor: Actor, place_id: int) -> Rows:
    return adoption_rows(actor).add_columns(Experience.title).where(Adoption.unit_id == place_id)


def latest_tries(actor: Actor, place_id: int) -> Sequence[Any]:
    """What a village tried last of other villages' cards, and one more."""
    query = _tries(actor, place_id).order_by(Adoption.created_at.desc(), Adoption.id.desc())
    return db.session.execute(query.limit(EACH + 1)).all()


def all_tries(actor: Actor, place_id: int, cursor: str | None) -> Page:
    """All that a village tried, the latest first."""
    return keyset_page(_tries(actor, place_id), Adoption.created_at, Adoption.id, cursor)


def next_meeting(actor: Actor, township_id: int) -> Any | None:
    """The meeting to which a township was asked next, today's too."""
    asked = (m for m in current_meetings(actor, township_id) if m.state is MeetingState.ANNOUNCED)
    return next((m for m in asked if local(m.starts_at).date() >= today()), None)
