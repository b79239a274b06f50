"""What the pages of trips load: rows, and the same number of statements for one member and for fifty."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import today
from forum.extensions import db
from forum.learning.trips.models import (
    StudyTrip,
    TripAnswer,
    TripMember,
    TripNote,
    TripStop,
    TripTownship,
    TripUse,
    UseResult,
)
from forum.learning.trips.policies import invites, people_in_hand, readable_trips
from forum.paging import Page, keyset_page
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_posts
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit

Rows = Select[*tuple[Any, ...]]
MOST_COMING = 50


def trip_rows(actor: Actor) -> Rows:
    """Trips the actor may open, with what a list shows of each."""
    township, invited = aliased(Unit), aliased(Unit)
    names = (
        select(func.aggregate_strings(invited.name, "\n"))
        .join(TripTownship, TripTownship.township_id == invited.id)
        .where(TripTownship.trip_id == StudyTrip.id)
        .correlate(StudyTrip)
        .scalar_subquery()
    )
    mine = select(TripMember.seated_at.is_not(None)).where(
        TripMember.trip_id == StudyTrip.id, TripMember.person_id == actor.id
    )
    return (
        select(
            StudyTrip.id,
            StudyTrip.thread_id,
            StudyTrip.title,
            StudyTrip.destination,
            StudyTrip.reach,
            StudyTrip.township_id,
            StudyTrip.district_id,
            StudyTrip.starts_on,
            StudyTrip.ends_on,
            StudyTrip.join_by,
            StudyTrip.seats,
            StudyTrip.taken,
            StudyTrip.closed_at,
            StudyTrip.cancelled_at,
            StudyTrip.reason,
            StudyTrip.created_at,
            township.name.label("township_name"),
            names.label("invited"),
            invites(actor).label("is_invited"),
            mine.scalar_subquery().label("has_seat"),  # None: is not down for it
        )
        .outerjoin(Thread, Thread.id == StudyTrip.thread_id)
        .outerjoin(township, township.id == StudyTrip.township_id)
        .where(readable_trips(actor))
    )


def coming_trips(actor: Actor) -> Sequence[Any]:
    """Trips that are planned, open or under way, the next first."""
    coming = and_(StudyTrip.ends_on >= today(), StudyTrip.cancelled_at.is_(None))
    return db.session.execute(
        trip_rows(actor).where(coming).order_by(StudyTrip.starts_on, StudyTrip.id).limit(MOST_COMING)
    ).all()


def past_trips(actor: Actor, cursor: str | None) -> Page:
    """Trips from which people are back, and those that were called off; the latest first."""
    past = or_(StudyTrip.ends_on < today(), StudyTrip.cancelled_at.is_not(None))
    return keyset_page(trip_rows(actor).where(past), StudyTrip.created_at, StudyTrip.id, cursor)


def trip_head(actor: Actor, trip_id: int) -> Any | None:
    """The row of one trip with its words and its planner; None when it is not the actor's to see."""
    planner = aliased(Person)
    return db.session.execute(
        trip_rows(actor)
        .add_columns(
            StudyTrip.brief, planner.name.label("planner"), Thread.reply_count, Thread.hidden_at, Thread.hidden_reason
        )
        .join(planner, planner.id == StudyTrip.created_by_id)
        .where(StudyTrip.id == trip_id)
    ).one_or_none()


def stops_of(trip_id: int) -> Sequence[Any]:
    """The programme."""
    return db.session.execute(
        select(TripStop.at, TripStop.place, TripStop.what)
        .where(TripStop.trip_id == trip_id)
        .order_by(TripStop.position)
    ).all()


def members_of(trip_id: int) -> Sequence[Any]:
    """Who goes along, and after them who waits, each in the order in which they came."""
    entered = aliased(Person)
    return db.session.execute(
        select(
            TripMember.person_id,
            TripMember.seated_at,
            Person.name,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.township_id,
            entered.name.label("entered_by"),
        )
        .join(Person, Person.id == TripMember.person_id)
        .join(Unit, Unit.id == TripMember.unit_id)
        .outerjoin(entered, entered.id == TripMember.entered_by_id)
        .where(TripMember.trip_id == trip_id)
        .order_by(case((TripMember.seated_at.is_not(None), 0), else_=1), TripMember.joined_at, TripMember.id)
    ).all()


@dataclass
class Use:
    """Something that fits a village, with what was said to have become of it, the last at the end."""

    row: Any
    answers: list[Any] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What was said last."""
        return self.answers[-1].words if self.answers else ""


@dataclass
class Note:
    """A member's note."""

    row: Any
    uses: list[Use] = field(default_factory=list)


def notes_of(actor: Actor, trip_id: int) -> list[Note]:
    """The notes of a trip that the actor may read, by time; hidden ones only his own. Two statements."""
    rows = db.session.execute(
        select(
            TripNote.post_id,
            TripNote.person_id,
            Post.author_id,
            TripNote.saw,
            Post.created_at,
            Post.edited_at,
            Post.hidden_at,
            Post.hidden_reason,
            Person.name,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
            Posting.title.label("office"),
            Posting.until.label("office_until"),
        )
        .join(Post, Post.id == TripNote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Post.author_id)
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(Posting, Posting.id == Post.posting_id)
        .where(
            TripNote.trip_id == trip_id,
            readable_posts(actor),
            or_(Post.hidden_at.is_(None), Post.author_id == actor.id),
        )
        .order_by(Post.created_at, Post.id)
    ).all()
    uses = uses_of([row.post_id for row in rows])
    return [Note(row, uses[row.post_id]) for row in rows]


def uses_of(note_ids: Iterable[int]) -> dict[int, list[Use]]:
    """What fits at home, by note, each with all that was said of it; one statement."""
    wanted, found = list(note_ids), defaultdict[int, list[Use]](list)
    entered = aliased(Person)
    rows = db.session.execute(
        select(
            TripUse.id,
            TripUse.note_id,
            TripUse.what,
            TripUse.plan,
            TripUse.who,
            TripUse.due,
            TripUse.asked_at,
            TripUse.result,
            TripAnswer.id.label("answer_id"),
            TripAnswer.result.label("said"),
            TripAnswer.words,
            TripAnswer.answered_at,
            Person.name.label("said_by"),
            entered.name.label("entered_by"),
        )
        .outerjoin(TripAnswer, TripAnswer.use_id == TripUse.id)
        .outerjoin(Person, Person.id == TripAnswer.person_id)
        .outerjoin(entered, entered.id == TripAnswer.entered_by_id)
        .where(TripUse.note_id.in_(wanted))
        .order_by(TripUse.note_id, TripUse.position, TripUse.id, TripAnswer.id)
    )
    for row in rows if wanted else ():
        uses = found[row.note_id]
        if not uses or uses[-1].row.id != row.id:
            uses.append(Use(row))
        if row.answer_id is not None:
            uses[-1].answers.append(row)
    return found


def brought_home(notes: Iterable[Note]) -> dict[UseResult, list[tuple[Note, Use]]]:
    """What came of the trip so far, by result: in words, in the order of the notes."""
    home: dict[UseResult, list[tuple[Note, Use]]] = {}
    for note in notes:
        for use in note.uses:
            if use.row.result is not None and note.row.hidden_at is None:
                home.setdefault(use.row.result, []).append((note, use))
    return {result: home[result] for result in (UseResult.USED, UseResult.DOING, UseResult.UNFIT) if result in home}


def use_row(use_id: int) -> Any:
    """One use with its note's author and place, for the page on which it is answered."""
    return db.session.execute(
        select(
            TripUse.id,
            TripUse.what,
            TripUse.plan,
            TripUse.who,
            TripUse.due,
            TripUse.version,
            TripUse.result,
            TripUse.note_id,
            TripNote.trip_id,
            TripNote.person_id,
            StudyTrip.destination,
            StudyTrip.title,
            Post.unit_id,
            Post.hidden_at,
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
        )
        .join(TripNote, TripNote.post_id == TripUse.note_id)
        .join(StudyTrip, StudyTrip.id == TripNote.trip_id)
        .join(Post, Post.id == TripNote.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(TripUse.id == use_id)
    ).one()


def people_to_add(actor: Actor, trip: StudyTrip, township_id: int | None) -> Sequence[Any]:
    """Everybody in office whom the actor may put down for a trip and who is invited, once each, in one township if it is named."""
    invited = select(TripTownship.township_id).where(TripTownship.trip_id == trip.id)
    welcome = or_(Unit.township_id.is_(None), Unit.township_id.in_(invited), ~invited.exists())
    found: dict[int, Any] = {}
    query = (
        select(
            Person.id,
            Person.name,
            Posting.id.label("posting_id"),
            Posting.title,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
        )
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            people_in_hand(actor),
            Posting.role != Role.ADMIN,
            in_force(),
            welcome,
            Person.disabled_at.is_(None),
            Unit.closed_at.is_(None),
        )
        .order_by(Unit.township_id, Unit.position, Unit.name, Person.id, Posting.id)
    )
    if township_id is not None:
        query = query.where(Unit.township_id == township_id)
    for row in db.session.execute(query):
        found.setdefault(row.id, row)
    return list(found.values())
