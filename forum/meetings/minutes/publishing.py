"""Minutes that others read: published when the meeting is closed, issued (印发), and corrected. The caller commits."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, Refused, WrongState, put_on_record
from forum.meetings.minutes.actions import hold_meeting, part_of, set_body
from forum.meetings.minutes.models import Minutes, MinutesPart, MinutesVersion
from forum.meetings.models import AgendaItem, Attendance, Meeting, MeetingState, Sitting
from forum.notices.outbox import enqueue
from forum.units.actors import Actor


class IssuedBefore(Refused):
    """The minutes were issued already."""


def publish(actor: Actor, meeting: Meeting, left_out: str = "") -> Minutes:
    """Make what was written version 1; ``left_out`` says why something is missing. For the closing alone, once."""
    minutes = Minutes(meeting_id=meeting.id, number=1, revision=1, left_out=left_out)
    db.session.add(minutes)
    _keep_version(actor, minutes)
    return minutes


def correct(
    actor: Actor, meeting: Meeting, body: str, *, item_id: int | None = None, version: int, reason: str = ""
) -> Minutes:
    """Put right what published minutes say under one line of the agenda, or under none. What they said before stays to be read.

    Issued minutes come in a new version, which says what changed and is told to those who were expected; before that it is another
    revision. The same text again changes nothing. Raises WrongState, ChangedMeanwhile, and ValueError where the reason is missing.
    """
    minutes = _published(meeting)
    part = part_of(meeting.id, item_id)
    if (part.version if part else 0) != version:
        raise ChangedMeanwhile
    if (part.body if part else "") == body:
        return minutes
    if minutes.issued_at is not None:
        if not reason.strip():
            raise ValueError("a correction of issued minutes says what changed")
        minutes.number, minutes.revision = minutes.number + 1, 1
    else:
        minutes.revision += 1
    if part is None:
        part = MinutesPart(meeting_id=meeting.id, item_id=item_id)
        db.session.add(part)
    set_body(actor, part, body)
    db.session.flush()
    _keep_version(actor, minutes, reason)
    if minutes.issued_at is not None:
        for person_id in expected_at(meeting.id):
            if person_id != actor.id:
                enqueue(person_id, "meeting.corrected", meeting.id)
    put_on_record(actor, meeting, "correct_minutes", number=minutes.number, revision=minutes.revision)
    return minutes


def issue(actor: Actor, meeting: Meeting, on: date) -> None:
    """印发: from this day on the minutes are an official paper. Raises WrongState, IssuedBefore."""
    minutes = _published(meeting)
    if minutes.issued_at is not None:
        raise IssuedBefore
    minutes.issued_at, minutes.issued_on, minutes.issued_by_id = utcnow(), on, actor.id
    db.session.flush()
    put_on_record(actor, meeting, "issue_minutes", number=minutes.number)


def expected_at(meeting_id: int) -> list[int]:
    """Whoever was expected at a meeting, or came to it."""
    listed = select(Attendance.person_id).join(Sitting, Sitting.id == Attendance.sitting_id)
    return sorted(set(db.session.scalars(listed.where(Sitting.meeting_id == meeting_id))))


def _published(meeting: Meeting) -> Minutes:
    state = hold_meeting(meeting)
    if state is not MeetingState.CLOSED:
        raise WrongState(state)
    own = select(Minutes).filter_by(meeting_id=meeting.id).execution_options(populate_existing=True)
    return db.session.scalars(own).one()


def _keep_version(actor: Actor, minutes: Minutes, reason: str = "") -> None:
    db.session.flush()
    version = MinutesVersion(
        meeting_id=minutes.meeting_id,
        number=minutes.number,
        revision=minutes.revision,
        parts=_as_they_read(minutes.meeting_id),
        reason=reason,
        written_by_id=actor.id,
    )
    db.session.add(version)
    db.session.flush()


def _as_they_read(meeting_id: int) -> list[dict[str, Any]]:
    rows: Sequence[Any] = db.session.execute(
        select(
            MinutesPart.item_id,
            AgendaItem.thread_id,
            AgendaItem.experience_id,
            AgendaItem.kind,
            AgendaItem.title,
            MinutesPart.body,
        )
        .outerjoin(AgendaItem, AgendaItem.id == MinutesPart.item_id)
        .where(MinutesPart.meeting_id == meeting_id, MinutesPart.body != "")
        .order_by(AgendaItem.position.is_(None), AgendaItem.position, AgendaItem.id)
    ).all()
    return [
        {
            "item": row.item_id,
            "thread": row.thread_id,
            "card": row.experience_id,
            "kind": row.kind.value if row.kind else "",
            "title": row.title or "",
            "body": row.body,
        }
        for row in rows
    ]
