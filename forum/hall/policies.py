"""Who looks at the hall, who speaks in it, who leads it. A place is a row of ``queries.hall_of``."""

from typing import Any

from sqlalchemy import Select, select

from forum.clock import utcnow
from forum.hall.models import HallQuestion
from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.meetings.policies import can_run_sitting, seen_meetings
from forum.meetings.signing import is_open
from forum.units.actors import Actor


def visible_questions(actor: Actor) -> Select[HallQuestion]:
    """Questions in halls of meetings that the actor may open, those taken off left out."""
    return (
        select(HallQuestion)
        .join(Sitting, Sitting.id == HallQuestion.sitting_id)
        .join(Meeting, Meeting.id == Sitting.meeting_id)
        .where(seen_meetings(actor), HallQuestion.taken_off_at.is_(None))
    )


def is_on(place: Any) -> bool:
    """Whether it is the hour of the sitting."""
    return place.state in (MeetingState.ANNOUNCED, MeetingState.HELD) and is_open(place, utcnow())


def can_speak(actor: Actor, place: Any) -> bool:
    """Ask, and say 我也想问: those of the township and who was asked or signed in, while the sitting lasts."""
    return is_on(place) and (actor.township_id == place.township_id or place.is_listed)


def can_lead(actor: Actor, place: Any) -> bool:
    """Go on to the next item and order the questions: organisers and the named chair."""
    return can_run_sitting(actor, place, place)
