"""Scheduling a meeting and taking it through its states. The caller commits.

draft → announced → held → closed; postponed (and announced anew) or cancelled with a reason.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.clock import local, today, utcnow
from forum.extensions import db
from forum.meetings.models import AgendaItem, AgendaKind, Attendance, Meeting, MeetingState, Sitting
from forum.meetings.published import publish_programme, published
from forum.meetings.sittings import Plan, set_sittings, sitting_by_village
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
    """The meeting has not begun, or not at each of its sittings."""


class ThemeMissing(Refused):
    """Nobody is asked to come before it is settled what for."""


class NobodyExpected(Refused):
    """No secretary of the township is in office: there is nobody to tell."""


class NumberTaken(ValueError):
    """Another meeting of the township has this issue number."""


class ChangedMeanwhile(Exception):
    """Somebody else saved another version first: the writer is shown both."""


def schedule(actor: Actor, township: Unit, plan: Plan) -> Meeting:
    """Make a draft that only organisers see. Raises NumberTaken."""
    _refuse_taken(township.id, plan.number)
    meeting = Meeting(
        township_id=township.id,
        district_id=township.district_id,
        month=plan.month,
        number=plan.number,
        theme=plan.theme,
        theme_tag_id=plan.theme_tag_id,
        brief=plan.brief,
        sittings=[],
        created_by_id=actor.id,
    )
    db.session.add(meeting)
    _flush()
    set_sittings(meeting, plan.sittings)
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
    """Change a draft or an announced meeting. Another theme is told to everybody expected; another day, hour or place to those of that
    sitting, and to whoever is now expected at another; and what was announced is published anew.

    Whose day changes is asked anew; for another hour or place answers stand. Raises WrongState, DayPassed, ThemeMissing,
    NumberTaken, SittingInUse, and ChangedMeanwhile when the meeting is no longer at ``version``.
    """
    _expect(meeting, MeetingState.DRAFT, MeetingState.ANNOUNCED)
    if meeting.version != version:
        raise ChangedMeanwhile
    before, old_theme = {sitting.id: _where(sitting) for sitting in meeting.sittings}, meeting.theme
    seats = {attendance.person_id: before[attendance.sitting_id] for attendance in _listed(meeting)}
    if meeting.state is MeetingState.ANNOUNCED:
        _refuse_unready(plan, days=[day for day, *_rest in before.values()])
    _apply(meeting, plan)
    if meeting.state is MeetingState.ANNOUNCED:
        moved = _seat(meeting, seats)
        told = _tell(meeting, None if meeting.theme != old_theme else moved)
        publish_programme(actor, meeting, with_agenda=False, told=told)
    put_on_record(actor, meeting, "revise")


def set_theme(actor: Actor, meeting: Meeting, theme: str, tag_id: int | None) -> None:
    """Settle what a draft is about. Raises WrongState."""
    _expect(meeting, MeetingState.DRAFT)
    meeting.theme, meeting.theme_tag_id = theme, tag_id
    meeting.touch()
    db.session.flush()
    put_on_record(actor, meeting, "revise")


def announce(actor: Actor, meeting: Meeting) -> None:
    """Show a draft to the district, and tell the township's secretaries, who are asked to answer.

    Raises WrongState, ThemeMissing, DayPassed, NobodyExpected.
    """
    _expect(meeting, MeetingState.DRAFT)
    if not meeting.theme:
        raise ThemeMissing
    if local(meeting.starts_at).date() < today():
        raise DayPassed
    _announce(actor, meeting)


def announce_anew(actor: Actor, meeting: Meeting, plan: Plan, *, version: int) -> None:
    """Set a new time for a postponed meeting and tell everybody; all are asked again.

    Raises WrongState, SameTime, DayPassed, ThemeMissing, NobodyExpected, NumberTaken, SittingInUse, ChangedMeanwhile.
    """
    _expect(meeting, MeetingState.POSTPONED)
    if meeting.version != version:
        raise ChangedMeanwhile
    times = {sitting.id: sitting.starts_at for sitting in meeting.sittings}
    if all(times.get(sitting.sitting_id or 0) == sitting.starts_at for sitting in plan.sittings):
        raise SameTime
    _refuse_unready(plan)
    db.session.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
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
    if not meeting.has_begun_everywhere:
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


def _refuse_unready(plan: Plan, days: Collection[date] = ()) -> None:
    """Refuse to tell people of a plan without a theme, or with a day that has passed; ``days`` were told before."""
    if not plan.theme:
        raise ThemeMissing
    new = {local(sitting.starts_at).date() for sitting in plan.sittings} - set(days)
    if any(day < today() for day in new):
        raise DayPassed


def _apply(meeting: Meeting, plan: Plan) -> None:
    _refuse_taken(meeting.township_id, plan.number, but=meeting.id)
    meeting.month, meeting.number, meeting.brief = plan.month, plan.number, plan.brief
    meeting.theme, meeting.theme_tag_id = plan.theme, plan.theme_tag_id
    meeting.touch()
    _flush()
    set_sittings(meeting, plan.sittings)


def _where(sitting: Sitting) -> tuple[date, datetime, datetime | None, str, str]:
    """The day of a sitting, and what somebody must know who goes there."""
    return local(sitting.starts_at).date(), sitting.starts_at, sitting.ends_at, sitting.place, sitting.link


def _seat(meeting: Meeting, seats: Mapping[int, tuple[date, datetime, datetime | None, str, str]]) -> set[int]:
    """Seat everybody at the sitting of his village; returns those for whom the day, the hour or the place is another one than before."""
    places = {sitting.id: _where(sitting) for sitting in meeting.sittings}
    villages, moved = sitting_by_village(meeting), set()
    for attendance in _listed(meeting):
        if attendance.came is None and not attendance.is_walk_in:
            attendance.sitting_id = villages.get(attendance.unit_id, meeting.main_sitting.id)
        old, new = seats[attendance.person_id], places[attendance.sitting_id]
        if old != new:
            moved.add(attendance.person_id)
        if old[0] != new[0]:  # on another day: asked anew
            attendance.answer, attendance.reason, attendance.answered_at = None, "", None
            attendance.substitute_id, attendance.substitute_name, attendance.entered_by_id = None, "", None
    return moved


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
    db.session.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
    villages = sitting_by_village(meeting)
    for person_id, (posting_id, unit_id) in secretaries.items():
        db.session.add(
            Attendance(
                sitting_id=villages.get(unit_id, meeting.main_sitting.id),
                meeting_id=meeting.id,
                person_id=person_id,
                posting_id=posting_id,
                unit_id=unit_id,
            )
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


def _listed(meeting: Meeting) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id)))


def _call_off(actor: Actor, meeting: Meeting, state: MeetingState, reason: str) -> None:
    meeting.state, meeting.reason = state, reason
    _tell(meeting)
    put_on_record(actor, meeting, state.value)


def _tell(meeting: Meeting, people: set[int] | None = None) -> set[int]:
    """Tell these people (unless said: those expected and those who present), and the groups, that something is another than it was."""
    if people is None:
        programme = published(meeting.id)
        presenters = {entry.person_id for entry in programme.entries if entry.person_id} if programme else set()
        people = presenters | {attendance.person_id for attendance in _listed(meeting)}
    for person_id in sorted(people):
        enqueue(person_id, "meeting.changed", meeting.id)
    if people:
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
