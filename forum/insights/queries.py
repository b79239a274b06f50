"""The months of a year, township by township."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from forum.clock import today, utcnow
from forum.extensions import db
from forum.insights.policies import townships_in_care
from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.meetings.policies import seen_meetings
from forum.meetings.sitting_queries import meeting_rows
from forum.units.actors import Actor
from forum.units.models import Unit

TO_CLOSE = timedelta(days=5)  # after a meeting took place, before it is said to be unfinished


class Stage(StrEnum):
    """How far a township is with a month."""

    NONE = "none"
    PLANNED = "planned"
    POSTPONED = "postponed"
    HELD = "held"
    UNFINISHED = "unfinished"
    CLOSED = "closed"


@dataclass(frozen=True)
class Entry:
    """One meeting in a month of the grid."""

    stage: Stage
    meeting: Any


@dataclass(frozen=True)
class Row:
    """A township with its twelve months, each with its meetings; a month without any is empty."""

    township_id: int
    name: str
    months: Sequence[Sequence[Entry]]


def stage_of(meeting: Any, now: datetime) -> Stage:
    """A meeting whose hour has passed took place, whether somebody said so or not."""
    if meeting.state in (MeetingState.CLOSED, MeetingState.POSTPONED):
        return Stage(meeting.state.value)
    if meeting.state is not MeetingState.HELD and (
        meeting.state is not MeetingState.ANNOUNCED or meeting.starts_at > now
    ):
        return Stage.PLANNED
    return Stage.UNFINISHED if meeting.starts_at + TO_CLOSE < now else Stage.HELD


def first_year(actor: Actor) -> int:
    """The year of the earliest meeting that the actor sees; this one when there is none."""
    earliest = db.session.scalar(select(func.min(Meeting.month)).where(seen_meetings(actor)))
    return (earliest or today()).year


def months_of(actor: Actor, year: int) -> list[Row]:
    """The grid of a year, townships in their fixed order; two statements. What was called off leaves its month empty."""
    townships = db.session.execute(
        townships_in_care(actor).with_only_columns(Unit.id, Unit.name).order_by(Unit.position, Unit.name)
    ).all()
    meetings = db.session.execute(
        meeting_rows(actor)
        .where(
            Meeting.township_id.in_([township.id for township in townships]),
            Meeting.month.between(date(year, 1, 1), date(year, 12, 1)),
            Meeting.state != MeetingState.CANCELLED,
        )
        .order_by(Sitting.starts_at, Meeting.id)
    ).all()
    now, cells = utcnow(), dict[tuple[int, int], list[Entry]]()
    for meeting in meetings:
        cells.setdefault((meeting.township_id, meeting.month.month), []).append(Entry(stage_of(meeting, now), meeting))
    return [Row(t.id, t.name, [cells.get((t.id, month), []) for month in range(1, 13)]) for t in townships]
