"""Signing in at a sitting by one's own phone. The caller commits."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.actions import Refused, TooEarly, WrongState
from forum.meetings.models import Answer, Attendance, Meeting, MeetingState, Sitting
from forum.units.actors import Actor

OPENS_BEFORE = timedelta(minutes=90)
STAYS_OPEN = timedelta(hours=2)  # after the end


class TooLate(Refused):
    """The sitting ended long ago."""


class OtherSitting(Refused):
    """He is on the list of another sitting of the meeting."""

    def __init__(self, sitting_id: int) -> None:
        super().__init__(f"listed at sitting {sitting_id}")
        self.sitting_id = sitting_id


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
    """Write down that the actor is here: expected, standing in for somebody, or walked in; False when that stood there already.

    Who had said that another comes for him, and comes after all, comes himself. The meeting's version stays: two hundred people sign
    in within minutes, and none of them edits the meeting. Raises WrongState, TooEarly, TooLate, OtherSitting, OtherTownship.
    """
    now = utcnow()
    if meeting.state not in (MeetingState.ANNOUNCED, MeetingState.HELD):
        raise WrongState(meeting.state)
    if now < opens_at(sitting):
        raise TooEarly
    if now > closes_at(sitting):
        raise TooLate
    places = _places_of(actor, meeting)
    if not places:
        return _walked_in(actor, meeting, sitting, now)
    if sitting.id not in places.values():
        raise OtherSitting(next(iter(places.values())))
    if actor.id in places:
        himself = update(Attendance).where(
            Attendance.meeting_id == meeting.id,
            Attendance.person_id == actor.id,
            Attendance.answer == Answer.SUBSTITUTE,
        )
        db.session.execute(himself.values(answer=Answer.COMING, substitute_id=None, substitute_name=""))
    signed = update(Attendance).where(
        Attendance.sitting_id == sitting.id, Attendance.person_id.in_(places), Attendance.signed_at.is_(None)
    )
    return bool(cast("CursorResult[Any]", db.session.execute(signed.values(came=True, signed_at=now))).rowcount)


def _places_of(actor: Actor, meeting: Meeting) -> dict[int, int]:
    """Where he is on the list, by whose name: his own, else of those he stands in for."""
    mine = or_(Attendance.person_id == actor.id, Attendance.substitute_id == actor.id)
    rows = db.session.execute(
        select(Attendance.person_id, Attendance.sitting_id).where(Attendance.meeting_id == meeting.id, mine)
    )
    places = {row.person_id: row.sitting_id for row in rows}
    return {actor.id: places[actor.id]} if actor.id in places else places


def _walked_in(actor: Actor, meeting: Meeting, sitting: Sitting, now: datetime) -> bool:
    posting = next((p for p in actor.postings if p.township_id == meeting.township_id), None)
    if posting is None:
        raise OtherTownship
    row = Attendance(
        sitting_id=sitting.id,
        meeting_id=meeting.id,
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
