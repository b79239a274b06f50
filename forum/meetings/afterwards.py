"""Answers and attendance. The caller commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, Refused, WrongState, put_on_record
from forum.meetings.models import Answer, Attendance, Meeting, MeetingState
from forum.units.actors import Actor, in_force
from forum.units.models import Posting, Unit


class NotExpected(Refused):
    """Only those who were asked to come answer."""


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
