"""What a calendar holds: the meetings that concern a person and that he may open today."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.models import Attendance, Meeting, Sitting
from forum.meetings.policies import seen_meetings
from forum.meetings.sitting_queries import Rows
from forum.units.actors import Actor
from forum.units.models import Unit

KEPT = timedelta(days=400)
MOST = 300


def calendar_rows() -> Rows:
    """Meetings with what a calendar says of them."""
    return (
        select(
            Meeting.id,
            Meeting.number,
            Meeting.theme,
            Meeting.brief,
            Meeting.state,
            Meeting.reason,
            Meeting.version,
            Meeting.changed_at,
            Sitting.id.label("sitting_id"),
            Sitting.name.label("sitting_name"),
            Sitting.link,
            Unit.name.label("township_name"),
            Sitting.place,
            Sitting.starts_at,
            Sitting.ends_at,
        )
        .join(Sitting, Sitting.meeting_id == Meeting.id)
        .join(Unit, Unit.id == Meeting.township_id)
    )


def meeting_for_calendar(actor: Actor, meeting_id: int) -> Sequence[Any]:
    """The sittings of one meeting that concern the actor, else all of them; none when the meeting is not his to see."""
    query = calendar_rows().where(Meeting.id == meeting_id, seen_meetings(actor), _concerns(actor))
    return db.session.execute(query.order_by(Sitting.position, Sitting.id)).all()


def _concerns(person: Actor) -> ColumnElement[bool]:
    """Sittings that a person goes to; where there is none such, each of the meeting."""
    mine, other, its = aliased(Attendance), aliased(Sitting), Sitting.meeting_id

    def goes_to(sitting: Any) -> ColumnElement[bool]:
        listed = or_(mine.person_id == person.id, mine.substitute_id == person.id)
        return or_(
            exists().where(mine.sitting_id == sitting.id, listed).correlate(sitting),
            sitting.chair_id == person.id,
            sitting.note_taker_id == person.id,
        )

    return or_(goes_to(Sitting), ~exists().where(other.meeting_id == its, goes_to(other)).correlate(Sitting))


def calendar_of(person: Actor) -> Sequence[Any]:
    """The announced meetings of the last year and to come that concern a person, in any of his offices; one statement.

    Those of his townships, for the district all of them, and those at which he is expected, leads or takes notes; of each the sittings
    that he goes to, or all.
    """
    postings = [replace(person, posting=posting) for posting in person.postings]
    listed = select(Attendance.sitting_id).where(
        or_(Attendance.person_id == person.id, Attendance.substitute_id == person.id)
    )
    concerns = or_(
        Meeting.township_id.in_([p.township_id for p in postings if p.township_id]),
        Meeting.district_id.in_([p.district_id for p in postings if p.is_district]),
        Sitting.id.in_(listed),
        Sitting.chair_id == person.id,
        Sitting.note_taker_id == person.id,
    )
    may_open = or_(false(), *(seen_meetings(p) for p in postings))
    return db.session.execute(
        calendar_rows()
        .where(
            and_(
                may_open,
                concerns,
                _concerns(person),
                Meeting.announced_at.is_not(None),
                Sitting.starts_at > utcnow() - KEPT,
            )
        )
        .order_by(Sitting.starts_at.desc(), Meeting.id, Sitting.position, Sitting.id)
        .limit(MOST)
    ).all()
