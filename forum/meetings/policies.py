"""Who may see, schedule and run a meeting.

Facts are a meeting with its sittings loaded, or a row with the columns asked for here (``chair_id`` and ``note_taker_id`` included).
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
    return select(Meeting).join(Meeting.sittings).options(contains_eager(Meeting.sittings)).where(seen_meetings(actor))


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
    """Mark as held, take attendance, close: organisers and the named chair."""
    return can_schedule(actor, meeting) or _is_named(actor, meeting, "chair_id")


def can_write_minutes(actor: Actor, meeting: MeetingFacts) -> bool:
    """Organisers, the named chair and the named note-taker."""
    return can_run(actor, meeting) or _is_named(actor, meeting, "note_taker_id")


def can_correct_minutes(actor: Actor, meeting: MeetingFacts, is_issued: bool) -> bool:
    """Put right what published minutes say: whoever wrote them; once they are issued, only organisers."""
    return can_schedule(actor, meeting) if is_issued else can_write_minutes(actor, meeting)


def can_arrange(actor: Actor, meeting: MeetingFacts) -> bool:
    """Arrange the agenda: organisers, until the meeting is over and done."""
    return can_schedule(actor, meeting) and meeting.state in (*PLANNED, MeetingState.HELD)


def _is_named(actor: Actor, meeting: MeetingFacts, office: str) -> bool:
    facts = [s for s in meeting.sittings if isinstance(s, Sitting)] if isinstance(meeting, Meeting) else [meeting]
    return actor.is_member and any(getattr(each, office) == actor.id for each in facts)
