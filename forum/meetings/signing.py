"""Signing in at a sitting by one's own phone. The caller commits."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.actions import Refused, TooEarly, WrongState
from forum.meetings.models import Attendance, Meeting, MeetingState, Sitting
from forum.units.actors import Actor

OPENS_BEFORE = timedelta(minutes=90)
STAYS_OPEN = timedelta(hours=2)  # after the end


class TooLate(Refused):
    """The sitting ended long ago."""


class OtherTownship(Refused):
    """Neither expected here nor of this township: the organiser can write him down by hand."""


def is_open(sitting: Any, now: datetime) -> bool:
    """Whether people sign in at this hour. Asks ``starts_at`` and ``ends_at``."""
    return opens_at(sitting) <= now <= closes_at(sitting)


def opens_at(sitting: Any) -> datetime:
    """From when on people sign in."""
    return cast(datetime, sitting.starts_at) - OPENS_BEFORE


def closes_at(sitting: Any) -> datetime:
    """Until when people sign in."""
    return cast(datetime, sitting.ends_at or sitting.starts_at) + STAYS_OPEN


def sign_in(actor: Actor, meeting: Meeting, sitting: Sitting) -> bool:
    """Write down that the actor is here, whether he was expected or walked in; False when that stood there already.

    The meeting's version stays: two hundred people sign in within minutes, and none of them edits the meeting.
    Raises WrongState, TooEarly, TooLate, OtherTownship.
    """
    now = utcnow()
    if meeting.state not in (MeetingState.ANNOUNCED, MeetingState.HELD):
        raise WrongState(meeting.state)
    if now < opens_at(sitting):
        raise TooEarly
    if now > closes_at(sitting):
        raise TooLate
    mine = (Attendance.sitting_id == sitting.id, Attendance.person_id == actor.id)
    is_listed = db.session.scalar(select(Attendance.person_id).where(*mine)) is not None
    if not is_listed and _walked_in(actor, meeting, sitting, now):
        return True
    signed = update(Attendance).where(*mine, Attendance.signed_at.is_(None)).values(came=True, signed_at=now)
    return cast("CursorResult[Any]", db.session.execute(signed)).rowcount == 1


def _walked_in(actor: Actor, meeting: Meeting, sitting: Sitting, now: datetime) -> bool:
    posting = next((p for p in actor.postings if p.township_id == meeting.township_id), None)
    if posting is None:
        raise OtherTownship
    row = Attendance(
        sitting_id=sitting.id,
        person_id=actor.id,
        posting_id=posting.id,
        unit_id=posting.unit_id,
        is_walk_in=True,
        came=True,
        signed_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # a double tap got there first
        return False
    return True
