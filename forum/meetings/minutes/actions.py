"""Writing the minutes while they are nobody's but the note-takers': parts and marks. The caller commits."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.markup import render
from forum.meetings.actions import ChangedMeanwhile, WrongState, put_on_record
from forum.meetings.minutes.models import MarkKind, MinutesMark, MinutesPart
from forum.meetings.models import Meeting, MeetingState
from forum.units.actors import Actor

WRITTEN_IN = (MeetingState.ANNOUNCED, MeetingState.HELD)


@dataclass(frozen=True)
class Marked:
    """A marked sentence; for an action also which unit (and whom, if named) it is for, and by when, as far as that is known."""

    text: str
    unit_id: int | None = None
    person_id: int | None = None
    due: date | None = None


def write_part(
    actor: Actor, meeting: Meeting, body: str, *, item_id: int | None = None, version: int, hand: str = ""
) -> MinutesPart:
    """Write what was said under a line of the agenda, or under none; ``version`` is 0 for the first.

    Raises WrongState, and ChangedMeanwhile when somebody else wrote there meanwhile. The page (``hand``) that wrote last may send again,
    in case its answer was lost on the way.
    """
    state = hold_meeting(meeting)
    if state not in WRITTEN_IN:
        raise WrongState(state)
    part = part_of(meeting.id, item_id)
    if part is None:
        if version:
            raise ChangedMeanwhile
        part = MinutesPart(meeting_id=meeting.id, item_id=item_id)
        db.session.add(part)
    elif version != part.version and not (hand and hand == part.hand and version == part.version - 1):
        raise ChangedMeanwhile
    if part.body != body or part.written_by_id is None:
        is_new_hand = part.written_by_id != actor.id
        set_body(actor, part, body, hand)
        db.session.flush()
        if is_new_hand:  # once for each who writes, not for each pause in his typing
            put_on_record(actor, meeting, "minutes", item=item_id or 0)
    return part


def set_body(actor: Actor, part: MinutesPart, body: str, hand: str = "") -> None:
    """Put a text in the place of what a part says."""
    part.body, part.body_html, part.hand = body, render(body), hand
    part.written_by_id, part.written_at = actor.id, utcnow()


def add_mark(actor: Actor, meeting: Meeting, part: MinutesPart, kind: MarkKind, marked: Marked) -> MinutesMark:
    """Mark a sentence as a conclusion or an action; the same once more is the same mark. Raises WrongState."""
    _expect_open(meeting)
    same = select(MinutesMark).filter_by(part_id=part.id, kind=kind, text=marked.text)
    mark = db.session.scalars(same).first()
    if mark is None:
        mark = MinutesMark(part_id=part.id, kind=kind, made_by_id=actor.id, **vars(marked))
        db.session.add(mark)
        db.session.flush()
    return mark


def change_mark(meeting: Meeting, mark: MinutesMark, marked: Marked) -> None:
    """Say it in other words, or who does it by when. Raises WrongState."""
    _expect_open(meeting)
    mark.text, mark.unit_id, mark.person_id, mark.due = marked.text, marked.unit_id, marked.person_id, marked.due


def remove_mark(meeting: Meeting, mark: MinutesMark) -> None:
    """Nothing is to come of it after all; the sentence stays. Raises WrongState."""
    _expect_open(meeting)
    db.session.delete(mark)


def part_of(meeting_id: int, item_id: int | None) -> MinutesPart | None:
    """The part of a line, or the one for what belongs to none, as it is by now."""
    query = select(MinutesPart).filter_by(meeting_id=meeting_id, item_id=item_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def hold_meeting(meeting: Meeting) -> MeetingState:
    """Have the minutes of a meeting to oneself until the end of the transaction; the state it is in by now.

    Who closes and who still writes go one after the other: nothing is marked that the closing did not see.
    """
    return db.session.scalars(
        select(Meeting.state).where(Meeting.id == meeting.id).with_for_update(key_share=True)
    ).one()


def is_written(meeting_id: int, item_id: int) -> bool:
    """Whether anything was written or marked under a line of the agenda: then it cannot be taken off."""
    marked = select(MinutesMark.id).where(MinutesMark.part_id == MinutesPart.id).exists()
    query = select(MinutesPart.id).where(
        MinutesPart.meeting_id == meeting_id, MinutesPart.item_id == item_id, (MinutesPart.body != "") | marked
    )
    return db.session.scalar(query) is not None


def _expect_open(meeting: Meeting) -> None:
    state = hold_meeting(meeting)
    if state not in WRITTEN_IN:
        raise WrongState(state)
