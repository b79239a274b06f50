"""What meeting pages load: rows, and the same number of statements for one line and for forty."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    AgendaItem,
    AgendaKind,
    Answer,
    Attendance,
    Meeting,
    MeetingState,
    Sitting,
)
from forum.meetings.policies import seen_meetings
from forum.meetings.signing import is_open
from forum.paging import Page, keyset_page
from forum.threads.lists import reach_label
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
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


@dataclass(frozen=True)
class AgendaRow:
    """A line of the agenda as this reader may see it: without words where its thread is not his to open."""

    id: int
    kind: AgendaKind
    title: str | None
    presenter: str
    minutes_planned: int | None
    begins_at: datetime | None
    thread_id: int | None
    only_for: str  # who may read the thread, where that is not everybody
    is_readable: bool
    reply_count: int
    same_count: int
    asked_by: str
    is_open_thread: bool


def agenda_of(actor: Actor, meeting_id: int, starts_at: datetime) -> list[AgendaRow]:
    """The agenda of a meeting in order, with a running clock once minutes are planned for all but the last line; one statement."""
    readable = func.coalesce(readable_threads(actor), literal(False))
    rows = db.session.execute(
        select(
            AgendaItem.id,
            AgendaItem.kind,
            AgendaItem.title,
            AgendaItem.presenter,
            AgendaItem.minutes_planned,
            AgendaItem.thread_id,
            Thread.reach,
            Thread.reply_count,
            Thread.same_count,
            Thread.hidden_at,
            Unit.name.label("unit_name"),
            readable.label("is_readable"),
        )
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .outerjoin(Unit, Unit.id == Thread.unit_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()
    clock = starts_at if all(row.minutes_planned for row in rows[:-1]) else None
    lines = []
    for row in rows:
        shown = row.thread_id is None or bool(row.is_readable)
        lines.append(
            AgendaRow(
                id=row.id,
                kind=row.kind,
                title=row.title if shown else None,
                presenter=row.presenter if shown else "",
                minutes_planned=row.minutes_planned,
                begins_at=clock,
                thread_id=row.thread_id if shown else None,
                only_for=reach_label(row.reach) if row.reach is not None and row.reach.is_narrow else "",
                is_readable=shown,
                reply_count=(row.reply_count or 0) if shown else 0,
                same_count=(row.same_count or 0) if shown else 0,
                asked_by=(row.unit_name or "") if shown else "",
                is_open_thread=shown and row.thread_id is not None and row.hidden_at is None,
            )
        )
        clock = clock + timedelta(minutes=row.minutes_planned or 0) if clock else None
    return lines


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


def open_item(actor: Actor, meeting_id: int, item_id: int) -> Select[AgendaItem]:
    """A line of a meeting's agenda, if the actor may open the thread it stands for."""
    return (
        select(AgendaItem)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .where(
            AgendaItem.meeting_id == meeting_id,
            AgendaItem.id == item_id,
            or_(AgendaItem.thread_id.is_(None), readable_threads(actor)),
        )
    )


def meeting_outcomes(actor: Actor, meeting_id: int) -> list[OutcomeRow]:
    """What a meeting found in the order of its agenda, as far as the actor may open the threads; one statement."""
    return outcomes(actor, Outcome.meeting_id == meeting_id)[::-1]


def review_before(actor: Actor, meeting: Any) -> Review:
    """上期落实情况: the actions of the township's former meetings as they stand, or stood when this meeting was held; one statement."""
    at = meeting.held_at or utcnow()
    former = (Meeting.township_id == meeting.township_id, Meeting.closed_at < at, Meeting.id != meeting.id)
    last_closed = select(func.max(Meeting.closed_at)).where(*former).scalar_subquery()
    return review_of(actor, select(Meeting.id).where(*former), last_closed, at, local(at).date())
