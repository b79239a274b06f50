"""What meeting pages load: rows, and the same number of statements for one line and for forty."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import from_local, local, today, utcnow
from forum.consultations.models import Outcome
from forum.consultations.queries import OutcomeRow, Review, outcomes, review_of
from forum.extensions import db
from forum.meetings.minutes.models import Minutes, MinutesVersion
from forum.meetings.models import Attendance, Meeting, MeetingState, Sitting
from forum.meetings.signing import is_open
from forum.meetings.sitting_queries import meeting_rows, sitting_rows
from forum.paging import Page, keyset_page
from forum.units.actors import Actor
from forum.units.models import Person, Unit

MOST_CURRENT = 100  # meetings of this month and later in one list


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


def attendance_of(meeting_id: int, sitting_id: int | None = None) -> Sequence[Any]:
    """Who was asked to a meeting, or to one of its sittings, and who walked in, by sitting and village: the answer with reason or
    substitute, and whether he came; one statement.
    """
    substitute, enterer = aliased(Person), aliased(Person)
    query = (
        select(
            Attendance.sitting_id,
            Attendance.person_id,
            Attendance.unit_id,
            Attendance.answer,
            Attendance.reason,
            func.coalesce(substitute.name, Attendance.substitute_name).label("substitute"),
            enterer.name.label("entered_by"),
            Attendance.came,
            Attendance.signed_at,
            Attendance.is_walk_in,
            Person.name,
            Unit.name.label("unit_name"),
            Sitting.name.label("sitting_name"),
            Sitting.place,
        )
        .select_from(Attendance)
        .join(Sitting, Sitting.id == Attendance.sitting_id)
        .join(Person, Person.id == Attendance.person_id)
        .join(Unit, Unit.id == Attendance.unit_id)
        .outerjoin(substitute, substitute.id == Attendance.substitute_id)
        .outerjoin(enterer, enterer.id == Attendance.entered_by_id)
        .where(Attendance.meeting_id == meeting_id)
        .order_by(Sitting.position, Sitting.id, Unit.position, Unit.name, Person.id)
    )
    return db.session.execute(query if sitting_id is None else query.where(Attendance.sitting_id == sitting_id)).all()


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
    """When the actor signed in there, for himself or for whom he stands in; None when he has not."""
    mine = or_(Attendance.person_id == actor.id, Attendance.substitute_id == actor.id)
    return db.session.scalar(select(func.max(Attendance.signed_at)).where(Attendance.sitting_id == sitting_id, mine))


def sittings_to_sign(actor: Actor, now: datetime) -> list[Any]:
    """The sittings at which people sign in at this hour, of meetings the actor is listed at or could walk into; one statement.

    Rows of ``sitting_rows``.
    """
    about_now = Sitting.starts_at.between(now - timedelta(days=2), now + timedelta(days=1))
    query = sitting_rows(actor).where(
        Meeting.state.in_((MeetingState.ANNOUNCED, MeetingState.HELD)),
        about_now,
        or_(Meeting.township_id == actor.township_id, Meeting.id.in_(_listed(actor))),
    )
    return [row for row in db.session.execute(query.order_by(Sitting.starts_at)) if is_open(row, now)]


def _listed(actor: Actor) -> Any:
    return select(Attendance.meeting_id).where(
        or_(Attendance.person_id == actor.id, Attendance.substitute_id == actor.id)
    )


def meeting_outcomes(actor: Actor, meeting_id: int) -> list[OutcomeRow]:
    """What a meeting found in the order of its agenda, as far as the actor may open the threads; one statement."""
    return outcomes(actor, Outcome.meeting_id == meeting_id, as_decided=True)[::-1]


def review_before(actor: Actor, meeting: Any) -> Review:
    """上期落实情况: the actions of the township's former meetings as they stand, or stood when this meeting was held; one statement."""
    at = meeting.held_at or utcnow()
    former = (Meeting.township_id == meeting.township_id, Meeting.closed_at < at, Meeting.id != meeting.id)
    last_closed = select(func.max(Meeting.closed_at)).where(*former).scalar_subquery()
    return review_of(actor, select(Meeting.id).where(*former), last_closed, at, local(at).date(), meeting.id)
