"""Answers and attendance. The caller commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, Refused, WrongState, put_on_record
from forum.meetings.models import Answer, Attendance, Meeting, MeetingState, Sitting
from forum.notices.outbox import enqueue
from forum.units.actors import Actor, in_force
from forum.units.models import Posting, Unit


class NotExpected(Refused):
    """Only those who were asked to come answer."""


def answer_invitation(
    actor: Actor,
    meeting: Meeting,
    answer: Answer,
    reason: str = "",
    *,
    substitute_id: int | None = None,
    substitute_name: str = "",
    of: int | None = None,
) -> None:
    """Say that one comes, why not, or who comes instead; may be said anew until the meeting was held.

    A substitute is somebody in office in the same village, or a name; he is told. ``of`` names the person for whom an organiser answers:
    who entered it stays with the answer. Raises WrongState, NotExpected, and ValueError for a substitute from elsewhere or for nobody.
    """
    if meeting.state is not MeetingState.ANNOUNCED:
        raise WrongState(meeting.state)
    mine = select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.person_id == (of or actor.id))
    attendance = db.session.scalars(mine).one_or_none()
    if attendance is None or attendance.is_walk_in:
        raise NotExpected
    said = (answer, reason if answer is Answer.LEAVE else "", substitute_id, "" if substitute_id else substitute_name)
    if said == (attendance.answer, attendance.reason, attendance.substitute_id, attendance.substitute_name):
        return
    if (answer is Answer.SUBSTITUTE) != bool(substitute_id or substitute_name):
        raise ValueError("a substitute is somebody")
    if substitute_id is not None and substitute_id not in _colleagues(attendance):
        raise ValueError("a substitute holds an office in the same village")
    attendance.answer, attendance.reason, attendance.substitute_id, attendance.substitute_name = said
    attendance.answered_at = utcnow()
    attendance.entered_by_id = None if of in (None, actor.id) else actor.id
    if substitute_id is not None:
        enqueue(substitute_id, "meeting.substitute", meeting.id)


def _colleagues(attendance: Attendance) -> set[int]:
    others = select(Posting.person_id).where(in_force(), Posting.unit_id == attendance.unit_id)
    return set(db.session.scalars(others.where(Posting.person_id != attendance.person_id)))


def take_attendance(
    actor: Actor,
    meeting: Meeting,
    came: Iterable[int],
    *,
    version: int,
    seen: datetime | None = None,
    sitting: Sitting | None = None,
) -> None:
    """Write down who came to a sitting (the first, unless said): of those expected, and others of the township who walked in.

    Where a substitute came, the one he stands in for is named. Who was expected at another sitting and came here is from now on listed
    here; who came there stays there. A walk-in who is no longer named leaves the list. Who signed in by himself after the list was
    shown (``seen``) stays on it: whoever ticked could not know of him. One sitting may be over while another has not begun.
    Raises WrongState, ChangedMeanwhile when the meeting is no longer at ``version``, and ValueError for people who hold no office
    in the township.
    """
    sitting = sitting or meeting.main_sitting
    may_be_over = meeting.state is MeetingState.ANNOUNCED and sitting.starts_at <= utcnow()
    if meeting.state is not MeetingState.HELD and not may_be_over:
        raise WrongState(meeting.state)
    if meeting.version != version:
        raise ChangedMeanwhile
    there = set(came)
    of_meeting = db.session.scalars(select(Attendance).filter_by(meeting_id=meeting.id)).all()
    for row in of_meeting:
        if row.sitting_id != sitting.id and row.person_id in there and not row.came:
            row.sitting_id = sitting.id
    listed = {row.person_id: row for row in of_meeting}
    for person_id, row in listed.items():
        if row.sitting_id != sitting.id:
            continue
        if seen is not None and row.signed_at is not None and row.signed_at > seen:
            continue
        if row.is_walk_in and person_id not in there:
            db.session.delete(row)
        else:
            row.came = person_id in there
    for person_id, (posting_id, unit_id) in _offices(meeting.township_id, there - listed.keys()).items():
        db.session.add(
            Attendance(
                sitting_id=sitting.id,
                meeting_id=meeting.id,
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
