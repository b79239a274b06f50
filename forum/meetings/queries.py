"""What meeting pages load: rows, and the same number of statements for one line and for forty."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from forum.clock import from_local, local, today, utcnow
from forum.consultations.models import Outcome
from forum.consultations.queries import OutcomeRow, Review, outcomes, review_of
from forum.extensions import db
from forum.meetings.minutes.models import Minutes, MinutesVersion
from forum.meetings.models import (
    Answer,
    Attendance,
    Meeting,
    MeetingState,
    Sitting,
)
from forum.meetings.policies import seen_meetings
from forum.meetings.signing import is_open
from forum.paging import Page, keyset_page
from forum.units.actors import Actor
from forum.units.models import Person, Unit

Rows = Select[*tuple[Any, ...]]

MOST_CURRENT = 100  # meetings of this month and later in one list


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Attendance)
        .where(Attendance.sitting_id == Sitting.id, *conditions)
        .correlate(Sitting)
        .scalar_subquery()
    )


def meeting_rows(actor: Actor) -> Rows:
    """Meetings the actor may open, each with its sitting, its township, who was asked and what the actor answered."""
    is_expected = Attendance.is_walk_in.is_(False)
    mine = aliased(Attendance)
    return (
        select(
            Meeting.id,
            Meeting.township_id,
            Meeting.district_id,
            Meeting.month,
            Meeting.number,
            Meeting.theme,
            Meeting.state,
            Meeting.reason,
            Meeting.announced_at,
            Meeting.version,
            Unit.name.label("township_name"),
            Sitting.id.label("sitting_id"),
            Sitting.place,
            Sitting.starts_at,
            Sitting.ends_at,
            Sitting.chair_id,
            Sitting.note_taker_id,
            _count(is_expected).label("expected"),
            _count(is_expected, Attendance.answer == Answer.COMING).label("coming"),
            _count(is_expected, Attendance.answer == Answer.LEAVE).label("leave"),
            _count(Attendance.came.is_(True)).label("came"),
            _count(Attendance.came.is_not(None)).label("taken"),
            mine.answer.label("my_answer"),
            mine.reason.label("my_reason"),
            mine.signed_at.label("my_signed_at"),
            func.coalesce(mine.is_walk_in.is_(False), literal(False)).label("is_expected"),
        )
        .join(Sitting, Sitting.meeting_id == Meeting.id)
        .join(Unit, Unit.id == Meeting.township_id)
        .outerjoin(mine, and_(mine.sitting_id == Sitting.id, mine.person_id == actor.id))
        .where(seen_meetings(actor))
    )


def meeting_head(actor: Actor, meeting_id: int) -> Any | None:
    """The row of one meeting with brief, chair, note-taker and which version its minutes are in; None when it is not the actor's to see."""
    chair, note_taker, writer = aliased(Person), aliased(Person), aliased(Person)
    query = (
        meeting_rows(actor)
        .add_columns(
            Meeting.brief,
            Meeting.held_at,
            Meeting.closed_at,
            chair.name.label("chair_name"),
            note_taker.name.label("note_taker_name"),
            Minutes.number.label("minutes_number"),
            Minutes.revision.label("minutes_revision"),
            Minutes.left_out,
            Minutes.issued_at,
            Minutes.issued_on,
            MinutesVersion.reason.label("minutes_reason"),
            MinutesVersion.written_at.label("minutes_at"),
            writer.name.label("minutes_by"),
        )
        .outerjoin(chair, chair.id == Sitting.chair_id)
        .outerjoin(note_taker, note_taker.id == Sitting.note_taker_id)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .outerjoin(
            MinutesVersion,
            and_(
                MinutesVersion.meeting_id == Meeting.id,
                MinutesVersion.number == Minutes.number,
                MinutesVersion.revision == Minutes.revision,
            ),
        )
        .outerjoin(writer, writer.id == MinutesVersion.written_by_id)
        .where(Meeting.id == meeting_id)
    )
    return db.session.execute(query).one_or_none()


def current_meetings(actor: Actor, township_id: int | None = None) -> Sequence[Any]:
    """Meetings of this month and later, the actor's own township first, then by time."""
    query = meeting_rows(actor).where(Meeting.month >= today().replace(day=1))
    if township_id:
        query = query.where(Meeting.township_id == township_id)
    own_first = case((Meeting.township_id == actor.township_id, 0), else_=1)
    return db.session.execute(query.order_by(own_first, Sitting.starts_at, Meeting.id).limit(MOST_CURRENT)).all()


def past_meetings(actor: Actor, township_id: int | None, cursor: str | None) -> Page:
    """A page of the meetings of earlier months, the latest first."""
    query = meeting_rows(actor).where(Meeting.month < today().replace(day=1))
    if township_id:
        query = query.where(Meeting.township_id == township_id)
    return keyset_page(query, Sitting.starts_at, Meeting.id, cursor)


def home_meeting(actor: Actor) -> Any | None:
    """The next meeting of the actor's township, else the last of this month, with his answer and the counts; one statement.

    None for those who belong to no township, and when there is none.
    """
    if actor.township_id is None:
        return None
    day_begins = from_local(datetime.combine(today(), time()))
    open_states = (MeetingState.DRAFT, MeetingState.ANNOUNCED, MeetingState.HELD)
    is_next = and_(Sitting.starts_at >= day_begins, Meeting.state.in_(open_states))
    query = meeting_rows(actor).where(
        Meeting.township_id == actor.township_id, or_(is_next, Meeting.month == today().replace(day=1))
    )
    soonest = case((is_next, Sitting.starts_at))
    order = (case((is_next, 0), else_=1), soonest, Meeting.number.desc(), Meeting.id.desc())
    return db.session.execute(query.order_by(*order).limit(1)).one_or_none()


def attendance_of(sitting_id: int) -> Sequence[Any]:
    """Who was asked and who walked in, by village: answer, reason and whether he came; one statement."""
    return db.session.execute(
        select(
            Attendance.person_id,
            Attendance.answer,
            Attendance.reason,
            Attendance.came,
            Attendance.signed_at,
            Attendance.is_walk_in,
            Person.name,
            Unit.name.label("unit_name"),
        )
        .join(Person, Person.id == Attendance.person_id)
        .join(Unit, Unit.id == Attendance.unit_id)
        .where(Attendance.sitting_id == sitting_id)
        .order_by(Unit.position, Unit.name, Person.id)
    ).all()


def signed_in(sitting_id: int) -> Sequence[Any]:
    """Who has signed in by his own phone, the latest first; one statement."""
    return db.session.execute(
        select(Attendance.signed_at, Person.name, Unit.name.label("unit_name"))
        .join(Person, Person.id == Attendance.person_id)
        .join(Unit, Unit.id == Attendance.unit_id)
        .where(Attendance.sitting_id == sitting_id, Attendance.signed_at.is_not(None))
        .order_by(Attendance.signed_at.desc(), Person.id)
    ).all()


def own_sign_in(actor: Actor, sitting_id: int) -> datetime | None:
    """When the actor signed in there; None when he has not."""
    return db.session.scalar(
        select(Attendance.signed_at).where(Attendance.sitting_id == sitting_id, Attendance.person_id == actor.id)
    )


def sittings_to_sign(actor: Actor, now: datetime) -> list[Any]:
    """The sittings at which people sign in at this hour, those the actor is expected at or could walk into; one statement.

    Rows of ``meeting_rows``.
    """
    about_now = Sitting.starts_at.between(now - timedelta(days=2), now + timedelta(days=1))
    query = meeting_rows(actor).where(
        Meeting.state.in_((MeetingState.ANNOUNCED, MeetingState.HELD)),
        about_now,
        or_(Meeting.township_id == actor.township_id, Sitting.id.in_(_listed(actor))),
    )
    return [row for row in db.session.execute(query.order_by(Sitting.starts_at)) if is_open(row, now)]


def _listed(actor: Actor) -> Any:
    return select(Attendance.sitting_id).where(Attendance.person_id == actor.id)


def meeting_outcomes(actor: Actor, meeting_id: int) -> list[OutcomeRow]:
    """What a meeting found in the order of its agenda, as far as the actor may open the threads; one statement."""
    return outcomes(actor, Outcome.meeting_id == meeting_id)[::-1]


def review_before(actor: Actor, meeting: Any) -> Review:
    """上期落实情况: the actions of the township's former meetings as they stand, or stood when this meeting was held; one statement."""
    at = meeting.held_at or utcnow()
    former = (Meeting.township_id == meeting.township_id, Meeting.closed_at < at, Meeting.id != meeting.id)
    last_closed = select(func.max(Meeting.closed_at)).where(*former).scalar_subquery()
    return review_of(actor, select(Meeting.id).where(*former), last_closed, at, local(at).date())
