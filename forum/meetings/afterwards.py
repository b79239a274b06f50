"""Answers, attendance, minutes, and closing a meeting. The caller commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.consultations.actions import Written, conclude
from forum.extensions import db
from forum.markup import render
from forum.meetings.actions import ChangedMeanwhile, Refused, WrongState, put_on_record
from forum.meetings.models import Answer, Attendance, Meeting, MeetingState, Minutes
from forum.threads.models import Thread
from forum.units.actors import Actor, in_force
from forum.units.models import Posting, Unit


class NotExpected(Refused):
    """Only those who were asked to come answer."""


class AttendanceMissing(Refused):
    """Nobody has written down yet who came."""


class NothingSaid(Refused):
    """Neither minutes nor a conclusion: there is nothing to close with."""


@dataclass(frozen=True)
class Conclusion:
    """What the meeting found of a thread on its agenda."""

    thread: Thread
    written: Written


def answer_invitation(actor: Actor, meeting: Meeting, answer: Answer, reason: str = "") -> None:
    """Say that one comes, or why not; may be said anew until the meeting was held. Raises WrongState, NotExpected."""
    if meeting.state is not MeetingState.ANNOUNCED:
        raise WrongState(meeting.state)
    attendance = db.session.get(Attendance, (meeting.sitting.id, actor.id))
    if attendance is None:
        raise NotExpected
    said = (answer, reason if answer is Answer.LEAVE else "")
    if (attendance.answer, attendance.reason) != said:
        (attendance.answer, attendance.reason), attendance.answered_at = said, utcnow()


def take_attendance(
    actor: Actor, meeting: Meeting, came: Iterable[int], *, version: int, seen: datetime | None = None
) -> None:
    """Write down who came: of those expected, and others of the township who walked in.

    A walk-in who is no longer named leaves the list. Who signed in by himself after the list was shown (``seen``) stays on it: whoever
    ticked could not know of him. Raises WrongState, ChangedMeanwhile when the meeting is no longer at ``version``,
    and ValueError for people who hold no office in the township.
    """
    if meeting.state is not MeetingState.HELD:
        raise WrongState(meeting.state)
    if meeting.version != version:
        raise ChangedMeanwhile
    there = set(came)
    sitting_id = meeting.sitting.id
    listed = {row.person_id: row for row in db.session.scalars(select(Attendance).filter_by(sitting_id=sitting_id))}
    for person_id, row in listed.items():
        if seen is not None and row.signed_at is not None and row.signed_at > seen:
            continue
        if row.is_walk_in and person_id not in there:
            db.session.delete(row)
        else:
            row.came = person_id in there
    for person_id, (posting_id, unit_id) in _offices(meeting.township_id, there - listed.keys()).items():
        db.session.add(
            Attendance(
                sitting_id=sitting_id,
                person_id=person_id,
                posting_id=posting_id,
                unit_id=unit_id,
                is_walk_in=True,
                came=True,
            )
        )
    meeting.touch()
    db.session.flush()
    put_on_record(actor, meeting, "attendance", came=len(there))


def write_minutes(actor: Actor, meeting: Meeting, body: str, *, version: int) -> None:
    """Write the minutes, or rewrite them; ``version`` is 0 for the first. They are shown to others once the meeting is closed.

    Raises WrongState, and ChangedMeanwhile when somebody else wrote meanwhile.
    """
    if meeting.state not in (MeetingState.ANNOUNCED, MeetingState.HELD):
        raise WrongState(meeting.state)
    minutes = db.session.get(Minutes, meeting.id)
    if (minutes.version if minutes else 0) != version:
        raise ChangedMeanwhile
    if minutes is None:
        minutes = Minutes(meeting_id=meeting.id)
        db.session.add(minutes)
    minutes.body, minutes.body_html = body, render(body)
    minutes.written_by_id, minutes.written_at = actor.id, utcnow()
    try:
        db.session.flush()
    except IntegrityError as error:  # both were the first
        raise ChangedMeanwhile from error
    put_on_record(actor, meeting, "minutes")


def close(actor: Actor, meeting: Meeting, conclusions: Iterable[Conclusion]) -> None:
    """Close a held meeting and write what it found to the threads of its agenda.

    Attendance must have been taken; minutes may be missing when there is at least one conclusion, and the other way round.
    Raises WrongState, AttendanceMissing, NothingSaid.
    """
    conclusions = list(conclusions)
    if meeting.state is not MeetingState.HELD:
        raise WrongState(meeting.state)
    taken = select(func.count()).where(Attendance.sitting_id == meeting.sitting.id, Attendance.came.is_not(None))
    if not db.session.scalar(taken):
        raise AttendanceMissing
    if not conclusions and db.session.get(Minutes, meeting.id) is None:
        raise NothingSaid
    # Where only those who came were written down, by their own phones, the others did not come.
    absent = update(Attendance).where(Attendance.sitting_id == meeting.sitting.id, Attendance.came.is_(None))
    db.session.execute(absent.values(came=False))
    meeting.state, meeting.closed_at = MeetingState.CLOSED, utcnow()
    db.session.flush()
    for each in sorted(conclusions, key=lambda c: c.thread.id):  # each holds its thread: always in one order
        conclude(actor, each.thread, **vars(each.written), meeting_id=meeting.id)
    put_on_record(actor, meeting, "close", outcomes=len(conclusions))


def _offices(township_id: int, person_ids: set[int]) -> dict[int, tuple[int, int]]:
    rows = db.session.execute(
        select(Posting.person_id, Posting.id, Posting.unit_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_force(), Posting.person_id.in_(person_ids), Unit.township_id == township_id)
        .order_by(Posting.since.desc(), Posting.id.desc())
    )
    found = {row.person_id: (row.id, row.unit_id) for row in rows}
    if found.keys() != person_ids:
        raise ValueError("walk-ins hold an office in the township")
    return found
