"""Going along on a trip, and staying at home after all. Seats go in the order in which people came. The caller commits."""

from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.learning.trips.models import StudyTrip, TripMember, stage_of
from forum.learning.trips.policies import JOINABLE, is_before
from forum.notices.outbox import enqueue
from forum.units.actors import Actor


class TooLate(ValueError):
    """Nobody joins or leaves any more."""


def hold(trip: StudyTrip) -> None:
    """Have the trip to oneself until the end of the transaction, as it is by now: its steps go one after the other."""
    own = select(StudyTrip).where(StudyTrip.id == trip.id).with_for_update(key_share=True)
    db.session.scalars(own.execution_options(populate_existing=True)).one()


def join(actor: Actor, trip: StudyTrip) -> TripMember:
    """Go along if there is a seat, else wait for one; who is down for it already stays where he is. Raises TooLate."""
    if actor.posting is None:
        raise ValueError("only somebody in office goes along")
    hold(trip)
    if stage_of(trip) not in JOINABLE:
        raise TooLate
    return _put_down(trip, actor.id, actor.posting.id, actor.posting.unit_id)


def add_member(actor: Actor, trip: StudyTrip, person: Any) -> TripMember:
    """Put somebody else down for it (代录), also after the day for joining; he is told.

    ``person`` has ``id``, ``posting_id`` and ``unit_id``. Raises TooLate once it has set out.
    """
    hold(trip)
    if not is_before(trip):
        raise TooLate
    entered_by = actor.id if person.id != actor.id else None
    member = _put_down(trip, person.id, person.posting_id, person.unit_id, entered_by)
    if entered_by and member.entered_by_id == entered_by:
        enqueue(person.id, "trip.added", trip.id)
        record(
            actor,
            "trip.add",
            "trip",
            trip.id,
            township_id=trip.township_id,
            district_id=trip.district_id,
            person=person.id,
        )
    return member


def leave(actor: Actor, trip: StudyTrip, person_id: int) -> None:
    """Go along no more; whoever waits longest takes the seat and is told. Who is taken off by another is told too.

    Taking off who is not down for it changes nothing. Raises TooLate once it has set out.
    """
    hold(trip)
    if not is_before(trip):
        raise TooLate
    member = db.session.scalars(select(TripMember).filter_by(trip_id=trip.id, person_id=person_id)).one_or_none()
    if member is None:
        return
    had_seat = member.seated_at is not None
    db.session.delete(member)
    db.session.flush()
    if had_seat:
        _count(trip, -1)
    if person_id != actor.id:
        enqueue(person_id, "trip.taken_off", trip.id)
        record(
            actor,
            "trip.take_off",
            "trip",
            trip.id,
            township_id=trip.township_id,
            district_id=trip.district_id,
            person=person_id,
        )
    move_up(trip)


def move_up(trip: StudyTrip) -> None:
    """Give the free seats to those who wait longest, and tell them."""
    if not is_before(trip):
        return
    waiting = select(TripMember).where(TripMember.trip_id == trip.id, TripMember.seated_at.is_(None))
    for member in db.session.scalars(waiting.order_by(TripMember.joined_at, TripMember.id).limit(trip.seats)).all():
        if not _take_seat(trip):
            return
        member.seated_at = utcnow()
        enqueue(member.person_id, "trip.moved_up", trip.id)
    db.session.flush()


def _put_down(
    trip: StudyTrip, person_id: int, posting_id: int, unit_id: int, entered_by_id: int | None = None
) -> TripMember:
    there = db.session.scalars(select(TripMember).filter_by(trip_id=trip.id, person_id=person_id)).one_or_none()
    if there is not None:
        return there
    now = utcnow()
    member = TripMember(
        trip_id=trip.id,
        person_id=person_id,
        posting_id=posting_id,
        unit_id=unit_id,
        joined_at=now,
        seated_at=now if _take_seat(trip) else None,
        entered_by_id=entered_by_id,
    )
    db.session.add(member)
    db.session.flush()
    return member


def _take_seat(trip: StudyTrip) -> bool:
    """Whether a seat was free; it is taken by the very statement that looks."""
    took = (
        update(StudyTrip)
        .where(StudyTrip.id == trip.id, StudyTrip.taken < StudyTrip.seats)
        .values(taken=StudyTrip.taken + 1)
    )
    return _changed(trip, took)


def _count(trip: StudyTrip, by: int) -> None:
    _changed(trip, update(StudyTrip).where(StudyTrip.id == trip.id).values(taken=StudyTrip.taken + by))


def _changed(trip: StudyTrip, statement: Any) -> bool:
    db.session.flush()
    done = cast("CursorResult[Any]", db.session.execute(statement.execution_options(synchronize_session=False)))
    db.session.refresh(trip, ["taken"])
    return bool(done.rowcount)
