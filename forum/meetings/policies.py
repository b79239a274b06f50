"""Who may see, schedule and run a meeting.

Facts are a meeting with its sittings loaded, or a row of ``queries.meeting_rows``, which says of its reader whether he chairs them all
(``chairs_all``) and whether he is named at one (``is_named``).
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import contains_eager

from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.units.actors import Actor
from forum.units.models import Unit, UnitKind

MeetingFacts = Meeting | Any

PLANNED = (MeetingState.DRAFT, MeetingState.ANNOUNCED, MeetingState.POSTPONED)


def seen_meetings(actor: Actor) -> ColumnElement[bool]:
    """The condition for meetings the actor may open: those ever announced in his district, and drafts in his care."""
    if not actor.is_member:
        return false()
    conditions: list[ColumnElement[bool]] = [Meeting.announced_at.is_not(None)]
    if actor.is_organiser:
        conditions.append(Meeting.township_id == actor.township_id)
    elif actor.is_district:
        conditions.append(Meeting.district_id == actor.district_id)
    return and_(Meeting.district_id == actor.district_id, or_(*conditions))


def visible_meetings(actor: Actor) -> Select[Meeting]:
    """The meetings the actor may open, each with its sittings at hand."""
    query = select(Meeting).join(Meeting.sittings).options(contains_eager(Meeting.sittings))
    return query.where(seen_meetings(actor)).order_by(Sitting.position, Sitting.id)


def visible_townships(actor: Actor) -> Select[Unit]:
    """The townships of the actor's district."""
    if not actor.is_member:
        return select(Unit).where(false())
    return select(Unit).where(
        Unit.kind == UnitKind.TOWNSHIP, Unit.district_id == actor.district_id, Unit.closed_at.is_(None)
    )


def can_schedule_in(actor: Actor, township: Unit) -> bool:
    """Organisers for their own township, the district for each of its townships."""
    return actor.organises(township.id, township.district_id)


def can_schedule(actor: Actor, meeting: MeetingFacts) -> bool:
    """Change, announce, postpone and cancel."""
    return actor.organises(meeting.township_id, meeting.district_id)


def can_run(actor: Actor, meeting: MeetingFacts) -> bool:
    """Steps of the whole meeting, marking it as held and closing it: organisers, and whoever chairs each of its sittings."""
    if isinstance(meeting, Meeting):
        chairs_all = all(sitting.chair_id == actor.id for sitting in meeting.sittings)
    else:
        chairs_all = meeting.chairs_all
    return can_schedule(actor, meeting) or (actor.is_member and chairs_all)


def can_run_sitting(actor: Actor, meeting: MeetingFacts, sitting: Any) -> bool:
    """Take a sitting's attendance, show its code, lead its hall: organisers and its named chair."""
    return can_schedule(actor, meeting) or (actor.is_member and sitting.chair_id == actor.id)


def can_write_minutes(actor: Actor, meeting: MeetingFacts) -> bool:
    """Organisers, and the named chairs and note-takers."""
    if isinstance(meeting, Meeting):
        is_named = any(actor.id in (sitting.chair_id, sitting.note_taker_id) for sitting in meeting.sittings)
    else:
        is_named = meeting.is_named
    return can_schedule(actor, meeting) or (actor.is_member and is_named)


def can_write_part(actor: Actor, meeting: Meeting, sitting_id: int | None) -> bool:
    """Write what was said under a line that only one sitting has: organisers, and that sitting's chair and note-taker."""
    there = [sitting for sitting in meeting.sittings if sitting_id in (None, sitting.id)]
    is_named = actor.is_member and any(actor.id in (each.chair_id, each.note_taker_id) for each in there)
    return can_schedule(actor, meeting) or is_named


def can_correct_minutes(actor: Actor, meeting: MeetingFacts, is_issued: bool) -> bool:
    """Put right what published minutes say: whoever wrote them; once they are issued, only organisers."""
    return can_schedule(actor, meeting) if is_issued else can_write_minutes(actor, meeting)


def can_arrange(actor: Actor, meeting: MeetingFacts) -> bool:
    """Arrange the agenda: organisers, until the meeting is over and done."""
    return can_schedule(actor, meeting) and meeting.state in (*PLANNED, MeetingState.HELD)
