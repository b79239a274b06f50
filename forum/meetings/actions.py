"""Scheduling a meeting and taking it through its states. The caller commits.

draft → announced → held → closed; postponed (and announced anew) or cancelled with a reason.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.clock import local, today, utcnow
from forum.extensions import db
from forum.meetings.models import AgendaItem, AgendaKind, Attendance, Meeting, MeetingState, Sitting
from forum.meetings.published import publish_programme, published
from forum.notices.outbox import enqueue
from forum.notices.robots.announcements import tell_groups
from forum.notices.robots.models import Hears
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit

REVIEW_TITLE = "上期落实情况"


class Refused(ValueError):
    """The meeting cannot take this step now."""


class WrongState(Refused):
    """The step does not lead on from the state the meeting is in."""

    def __init__(self, state: MeetingState) -> None:
        super().__init__(f"not from {state}")
        self.state = state


class DayPassed(Refused):
    """People would be told to come to a day that has passed."""


class SameTime(Refused):
    """A postponed meeting is announced anew with a new time."""


class TooEarly(Refused):
    """The meeting has not begun."""


class NobodyExpected(Refused):
    """No secretary of the township is in office: there is nobody to tell."""


class NumberTaken(ValueError):
    """Another meeting of the township has this issue number."""


class ChangedMeanwhile(Exception):
    """Somebody else saved another version first: the writer is shown both."""


@dataclass(frozen=True)
class Plan:
    """What an organiser sets: month (its first day), issue number, theme, brief, and the one sitting.

    Raises ValueError for a sitting that ends before it begins, or in another month.
    """

    month: date
    number: int
    theme: str
    place: str
    starts_at: datetime
    ends_at: datetime
    brief: str = ""
    chair_id: int | None = None
    note_taker_id: int | None = None

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at or local(self.starts_at).date().replace(day=1) != self.month:
            raise ValueError("a sitting lies within its month and ends after it begins")


def schedule(actor: Actor, township: Unit, plan: Plan) -> Meeting:
    """Make a draft that only organisers see. Raises NumberTaken."""
    _refuse_taken(township.id, plan.number)
    meeting = Meeting(
        township_id=township.id,
        district_id=township.district_id,
        month=plan.month,
        number=plan.number,
        theme=plan.theme,
        brief=plan.brief,
        created_by_id=actor.id,
    )
    sitting = Sitting(
        meeting=meeting,
        place=plan.place,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        chair_id=plan.chair_id,
        note_taker_id=plan.note_taker_id,
    )
    db.session.add_all((meeting, sitting))
    _flush()
    _begin_with_review(meeting)
    put_on_record(actor, meeting, "schedule")
    return meeting


def _begin_with_review(meeting: Meeting) -> None:
    """A township that has met before looks first at what became of what it decided; the line finds its actions itself."""
    met = select(Meeting.id).where(
        Meeting.township_id == meeting.township_id, Meeting.state.in_((MeetingState.HELD, MeetingState.CLOSED))
    )
    if db.session.scalar(met.limit(1)) is not None:
        db.session.add(
            AgendaItem(
                meeting_id=meeting.id, position=1, kind=AgendaKind.REVIEW, title=REVIEW_TITLE, minutes_planned=10
            )
        )
        db.session.flush()


def revise(actor: Actor, meeting: Meeting, plan: Plan, *, version: int) -> None:
    """Change a draft or an announced meeting; when an announced one has another theme, time or place, it is published and those expected told.

    On another day answers are asked anew; for another hour or place they stand. Raises WrongState, DayPassed, NumberTaken and
    ChangedMeanwhile when the meeting is no longer at ``version``.
    """
    _expect(meeting, MeetingState.DRAFT, MeetingState.ANNOUNCED)
    if meeting.version != version:
        raise ChangedMeanwhile
    sitting = meeting.sitting
    before = (meeting.theme, sitting.place, sitting.starts_at, sitting.ends_at)
    differs = before != (plan.theme, plan.place, plan.starts_at, plan.ends_at)
    other_day = local(sitting.starts_at).date() != local(plan.starts_at).date()
    if meeting.state is MeetingState.ANNOUNCED and other_day:
        _refuse_past(plan)
    _apply(meeting, plan)
    if meeting.state is MeetingState.ANNOUNCED and differs:
        for attendance in _expected(sitting):
            if other_day:
                attendance.answer, attendance.reason, attendance.answered_at = None, "", None
        told = _tell_everybody(meeting)
        publish_programme(actor, meeting, with_agenda=False, told=told)
    put_on_record(actor, meeting, "revise")


def announce(actor: Actor, meeting: Meeting) -> None:
    """Show a draft to the district, and tell the township's secretaries, who are asked to answer.

    Raises WrongState, DayPassed, NobodyExpected.
    """
    _expect(meeting, MeetingState.DRAFT)
    if local(meeting.sitting.starts_at).date() < today():
        raise DayPassed
    _announce(actor, meeting)


def announce_anew(actor: Actor, meeting: Meeting, plan: Plan, *, version: int) -> None:
    """Set a new time for a postponed meeting and tell everybody; all are asked again.

    Raises WrongState, SameTime, DayPassed, NobodyExpected, NumberTaken, ChangedMeanwhile.
    """
    _expect(meeting, MeetingState.POSTPONED)
    if meeting.version != version:
        raise ChangedMeanwhile
    if plan.starts_at == meeting.sitting.starts_at:
        raise SameTime
    _refuse_past(plan)
    _apply(meeting, plan)
    _announce(actor, meeting)


def postpone(actor: Actor, meeting: Meeting, reason: str) -> None:
    """Put it off with a reason, told to those expected. Raises WrongState."""
    _expect(meeting, MeetingState.DRAFT, MeetingState.ANNOUNCED)
    _call_off(actor, meeting, MeetingState.POSTPONED, reason)


def cancel(actor: Actor, meeting: Meeting, reason: str) -> None:
    """Call it off with a reason, told to those expected; its number is free again. Raises WrongState."""
    _expect(meeting, MeetingState.DRAFT, MeetingState.ANNOUNCED, MeetingState.POSTPONED)
    _call_off(actor, meeting, MeetingState.CANCELLED, reason)


def hold(actor: Actor, meeting: Meeting) -> None:
    """Mark an announced meeting as held, once it has begun. Raises WrongState, TooEarly."""
    _expect(meeting, MeetingState.ANNOUNCED)
    if utcnow() < meeting.sitting.starts_at:
        raise TooEarly
    meeting.state, meeting.held_at = MeetingState.HELD, utcnow()
    put_on_record(actor, meeting, "hold")


def next_number(township_id: int) -> int:
    """The issue number to propose: one more than the township's last."""
    last = db.session.scalar(
        select(func.max(Meeting.number)).where(
            Meeting.township_id == township_id, Meeting.state != MeetingState.CANCELLED
        )
    )
    return (last or 0) + 1


def _expect(meeting: Meeting, *states: MeetingState) -> None:
    if meeting.state not in states:
        raise WrongState(meeting.state)


def _refuse_past(plan: Plan) -> None:
    if local(plan.starts_at).date() < today():
        raise DayPassed


def _apply(meeting: Meeting, plan: Plan) -> None:
    _refuse_taken(meeting.township_id, plan.number, but=meeting.id)
    meeting.month, meeting.number, meeting.theme, meeting.brief = plan.month, plan.number, plan.theme, plan.brief
    sitting = meeting.sitting
    sitting.place, sitting.starts_at, sitting.ends_at = plan.place, plan.starts_at, plan.ends_at
    sitting.chair_id, sitting.note_taker_id = plan.chair_id, plan.note_taker_id
    meeting.touch()
    _flush()


def _refuse_taken(township_id: int, number: int, but: int | None = None) -> None:
    others = select(func.count(Meeting.id)).where(
        Meeting.township_id == township_id,
        Meeting.number == number,
        Meeting.state != MeetingState.CANCELLED,
        Meeting.id != (but or 0),
    )
    if db.session.scalar(others):
        raise NumberTaken


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody took the number since it was looked at: a plan breaks no other rule
        raise NumberTaken from error


def _announce(actor: Actor, meeting: Meeting) -> None:
    """Expected are the secretaries in office today; who left office since the last time is expected no more."""
    secretaries = _secretaries_of(meeting.township_id)
    if not secretaries:
        raise NobodyExpected
    meeting.state, meeting.announced_at, meeting.reason = MeetingState.ANNOUNCED, utcnow(), ""
    db.session.flush()
    db.session.execute(delete(Attendance).where(Attendance.sitting_id == meeting.sitting.id))
    for person_id, (posting_id, unit_id) in secretaries.items():
        db.session.add(
            Attendance(sitting_id=meeting.sitting.id, person_id=person_id, posting_id=posting_id, unit_id=unit_id)
        )
        enqueue(person_id, "meeting.announced", meeting.id)
    publish_programme(actor, meeting)
    tell_groups(meeting.township_id, Hears.MEETINGS, "meeting.announced", meeting.id)
    put_on_record(actor, meeting, "announce", expected=len(secretaries))


def _secretaries_of(township_id: int) -> dict[int, tuple[int, int]]:
    """Posting and village of each; who leads two villages is expected once."""
    rows = db.session.execute(
        select(Posting.person_id, Posting.id, Posting.unit_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .where(
            in_force(),
            Posting.role == Role.SECRETARY,
            Unit.township_id == township_id,
            Unit.closed_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Posting.since.desc(), Posting.id.desc())
    )
    return {row.person_id: (row.id, row.unit_id) for row in rows}


def _expected(sitting: Sitting) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(Attendance.sitting_id == sitting.id)))


def _call_off(actor: Actor, meeting: Meeting, state: MeetingState, reason: str) -> None:
    meeting.state, meeting.reason = state, reason
    _tell_everybody(meeting)
    put_on_record(actor, meeting, state.value)


def _tell_everybody(meeting: Meeting) -> set[int]:
    """Tell those expected, those who present, and the groups that something about the meeting is another than it was."""
    programme = published(meeting.id)
    presenters = {entry.person_id for entry in programme.entries if entry.person_id} if programme else set()
    people = presenters | {attendance.person_id for attendance in _expected(meeting.sitting)}
    for person_id in sorted(people):
        enqueue(person_id, "meeting.changed", meeting.id)
    tell_groups(meeting.township_id, Hears.MEETINGS, "meeting.changed", meeting.id)
    return people


def put_on_record(actor: Actor, meeting: Meeting, deed: str, **detail: int) -> None:
    """Write what was done with a meeting, e.g. ``"close"``, to the audit trail of its township."""
    record(
        actor,
        f"meeting.{deed}",
        "meeting",
        meeting.id,
        township_id=meeting.township_id,
        district_id=meeting.district_id,
        **detail,
    )
