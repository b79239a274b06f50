"""Closing a meeting: conclusions to their threads, actions into the ledger, minutes to everybody. The caller commits."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from forum.clock import utcnow
from forum.consultations.actions import Task, Written, conclude, decide_without_thread
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, Refused, WrongState, put_on_record
from forum.meetings.minutes.actions import hold_meeting
from forum.meetings.minutes.models import MinutesMark, MinutesPart
from forum.meetings.minutes.publishing import expected_at, publish
from forum.meetings.models import AgendaItem, AgendaKind, Attendance, Meeting, MeetingState, Sitting
from forum.notices.outbox import enqueue
from forum.threads.models import Thread
from forum.units.actors import Actor


class AttendanceMissing(Refused):
    """At some sitting nobody has written down yet who came."""


class NothingSaid(Refused):
    """Neither minutes nor a conclusion: there is nothing to close with."""


class Unexplained(Refused):
    """Something is missing that may be missing, but nobody said why."""


@dataclass(frozen=True)
class Conclusion:
    """What the meeting found of a thread on its agenda."""

    thread: Thread
    written: Written


@dataclass(frozen=True)
class Closing:
    """What a meeting is closed with: conclusions, tasks that belong to no thread, the lines of the agenda that are to be studied on
    (继续研究), and why something is missing. ``seen`` is the last mark of the minutes that the writer knew of."""

    conclusions: Collection[Conclusion] = ()
    tasks: Collection[Task] = ()
    continued: Collection[int] = ()
    left_out: str = ""
    seen: int | None = None


@dataclass(frozen=True)
class Closed:
    """What came of closing."""

    conclusions: int
    actions: int
    told: int


def close(actor: Actor, meeting: Meeting, closing: Closing) -> Closed:
    """Close a held meeting: write what it found to its threads, put what is to be done into the ledger, publish the minutes, tell people.

    Raises WrongState, AttendanceMissing, NothingSaid, Unexplained, and ChangedMeanwhile when something was marked since.
    """
    state = hold_meeting(meeting)
    if state is not MeetingState.HELD:
        raise WrongState(state)
    if closing.seen is not None and closing.seen < last_mark(meeting.id):
        raise ChangedMeanwhile
    _look_for_gaps(meeting, closing)
    # Where only those who came were written down, by their own phones, the others did not come.
    sittings = select(Sitting.id).where(Sitting.meeting_id == meeting.id)
    absent = update(Attendance).where(Attendance.sitting_id.in_(sittings), Attendance.came.is_(None))
    db.session.execute(absent.values(came=False).execution_options(synchronize_session=False))
    meeting.state, meeting.closed_at = MeetingState.CLOSED, utcnow()
    db.session.flush()
    for each in sorted(closing.conclusions, key=lambda c: c.thread.id):  # each holds its thread: always in one order
        conclude(actor, each.thread, **vars(each.written), meeting_id=meeting.id)
    actions = decide_without_thread(actor, meeting.id, closing.tasks)
    actions += sum(len(each.written.tasks) for each in closing.conclusions)
    _continue(actor, meeting.id, closing.continued)
    publish(actor, meeting, closing.left_out)
    told = [person_id for person_id in expected_at(meeting.id) if person_id != actor.id]
    for person_id in told:
        enqueue(person_id, "meeting.closed", meeting.id)
    put_on_record(actor, meeting, "close", outcomes=len(closing.conclusions), actions=actions)
    return Closed(len(closing.conclusions), actions, len(told))


def last_mark(meeting_id: int) -> int:
    """The id of what was marked last in the minutes, 0 for nothing."""
    query = select(func.max(MinutesMark.id)).join(MinutesPart, MinutesPart.id == MinutesMark.part_id)
    return db.session.scalar(query.where(MinutesPart.meeting_id == meeting_id)) or 0


def _look_for_gaps(meeting: Meeting, closing: Closing) -> None:
    # Of each sitting at which somebody was expected; where nobody was, there is no list to take.
    listed = select(func.count(Attendance.came)).where(Attendance.meeting_id == meeting.id)
    taken = db.session.scalars(listed.group_by(Attendance.sitting_id)).all()
    if not taken or not all(taken):
        raise AttendanceMissing
    written = select(MinutesPart.item_id).where(MinutesPart.meeting_id == meeting.id, MinutesPart.body != "")
    said = set(db.session.scalars(written))
    if not said and not closing.conclusions:
        raise NothingSaid
    concluded = {each.thread.id for each in closing.conclusions}
    rows = db.session.execute(
        select(AgendaItem.id, AgendaItem.kind, AgendaItem.thread_id).where(AgendaItem.meeting_id == meeting.id)
    )
    for item in rows:
        is_settled = item.thread_id in concluded or item.id in closing.continued
        if not closing.left_out and not is_settled and (item.kind is AgendaKind.QUESTION or is_silent(item, said)):
            raise Unexplained


def is_silent(item: Any, said: Collection[int | None]) -> bool:
    """Whether nothing was written of a line: neither below it, nor a text for the whole meeting. What became of earlier decisions
    stands in the ledger."""
    return item.kind is not AgendaKind.REVIEW and item.id not in said and None not in said


def _continue(actor: Actor, meeting_id: int, item_ids: Iterable[int]) -> None:
    wanted = set(item_ids)
    own = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id, AgendaItem.id.in_(wanted))
    if set(db.session.scalars(own)) != wanted:
        raise ValueError("lines of this meeting's agenda")
    parts = {p.item_id: p for p in db.session.scalars(select(MinutesPart).where(MinutesPart.item_id.in_(wanted)))}
    for item_id in wanted:
        part = parts.get(item_id) or MinutesPart(meeting_id=meeting_id, item_id=item_id, written_by_id=actor.id)
        part.is_continued = True
        db.session.add(part)
