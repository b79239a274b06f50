"""Telling organisers once a week of a meeting that took place and was not closed."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, or_, select, update

from forum.clock import utcnow
from forum.extensions import db, reading
from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.notices.outbox import enqueue
from forum.units.actors import in_force
from forum.units.models import Posting, Role, Unit

AFTER = timedelta(days=5)
BETWEEN = timedelta(days=7)


def remind_of_next_unclosed() -> bool:
    """Remind the organisers of one meeting that is still open five days after its last sitting; whether there was one.

    Its row remembers when; it and the notices are one transaction, so a worker killed between them has done neither.
    """
    now = utcnow()
    with reading():
        found = db.session.execute(_unclosed(now)).first()
        db.session.rollback()
    if found is None:
        return False
    took = (
        update(Meeting)
        .where(Meeting.id == found.id, _is_quiet(now), Meeting.state == found.state)
        .values(urged_at=now, changed_at=Meeting.changed_at)  # no change of the meeting: calendars stay as they are
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", db.session.execute(took)).rowcount:
        for person_id in _organisers_of(found.township_id):
            enqueue(person_id, "meeting.unclosed", found.id)
    return True


def _unclosed(now: datetime) -> Any:
    over = func.max(func.coalesce(Sitting.ends_at, Sitting.starts_at))
    return (
        select(Meeting.id, Meeting.township_id, Meeting.state)
        .join(Sitting, Sitting.meeting_id == Meeting.id)
        .where(Meeting.state.in_((MeetingState.ANNOUNCED, MeetingState.HELD)), _is_quiet(now))
        .group_by(Meeting.id, Meeting.township_id, Meeting.state)
        .having(over <= now - AFTER)
        .order_by(Meeting.id)
        .limit(1)
    )


def _is_quiet(now: datetime) -> Any:
    return or_(Meeting.urged_at.is_(None), Meeting.urged_at <= now - BETWEEN)


def _organisers_of(township_id: int) -> list[int]:
    held = (
        select(Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_force(), Posting.role == Role.ORGANISER, Unit.township_id == township_id)
    )
    return sorted(set(db.session.scalars(held)))
