"""Planning a trip and taking it through its stages. Who goes along is in ``joining``, what they bring home in ``noting``. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import today, utcnow
from forum.extensions import db
from forum.learning.invited import invited_secretaries, tell_invited_groups
from forum.learning.trips.joining import hold, move_up
from forum.learning.trips.models import Stage, StudyTrip, TripMember, TripStop, TripTownship, stage_of
from forum.learning.trips.texts import opening_text
from forum.notices.outbox import enqueue
from forum.threads.actions import begin_thread, edit_post
from forum.threads.models import Post, Reach, ThreadKind
from forum.units.actors import Actor


class Refused(ValueError):
    """The trip cannot take this step now."""


class WrongStage(Refused):
    """The step does not lead on from where the trip is."""


class DayPassed(Refused):
    """People would be invited to something that nobody can join any more."""


class SeatsTaken(Refused):
    """More people sit than there would be seats."""


class ChangedMeanwhile(Exception):
    """Somebody else saved another version of the plan first: the writer is shown both."""


@dataclass(frozen=True)
class Stop:
    """A line of the programme."""

    at: str
    place: str
    what: str


@dataclass(frozen=True)
class Plan:
    """What is set of a trip. No townships: for all of the district; an organiser's trip is his township's whatever is said here."""

    title: str
    destination: str
    starts_on: date
    ends_on: date
    join_by: date
    seats: int
    brief: str = ""
    reach: Reach = Reach.DISTRICT
    township_ids: Sequence[int] = ()
    stops: Sequence[Stop] = ()


def plan_trip(actor: Actor, plan: Plan) -> StudyTrip:
    """Make a draft that only those see who look after it."""
    if actor.posting is None or actor.district_id is None:
        raise ValueError("only somebody in office plans a trip")
    trip = StudyTrip(
        township_id=actor.township_id,
        district_id=actor.district_id,
        created_by_id=actor.id,
        taken=0,
    )
    _apply(trip, plan)
    db.session.add(trip)
    db.session.flush()
    _write_lines(trip, plan)
    _put_on_record(actor, trip, "plan")
    return trip


def revise_trip(actor: Actor, trip: StudyTrip, plan: Plan, *, version: int) -> None:
    """Change the plan. Of another day or place those who go along are told; more seats are given to those who wait.

    Raises WrongStage once it is over, ChangedMeanwhile, and SeatsTaken.
    """
    hold(trip)
    if stage_of(trip) in (Stage.CLOSED, Stage.CANCELLED):
        raise WrongStage
    if trip.version != version:
        raise ChangedMeanwhile
    if plan.seats < trip.taken:
        raise SeatsTaken
    before = (trip.destination, trip.starts_on, trip.ends_on)
    reach = trip.reach  # of what was opened it is the thread's, and is not widened or narrowed here
    _apply(trip, plan)
    if trip.thread_id is not None:
        trip.reach = reach
    trip.version += 1
    _write_lines(trip, plan)
    db.session.flush()
    if trip.thread_id is not None:
        _rewrite_opening(actor, trip, plan)
        if (trip.destination, trip.starts_on, trip.ends_on) != before:
            for person_id in members_of(trip):
                enqueue(person_id, "trip.changed", trip.id)
            tell_invited_groups(trip.district_id, _townships(trip), "trip.changed", trip.id)
        move_up(trip)
    _put_on_record(actor, trip, "revise")


def open_trip(actor: Actor, trip: StudyTrip) -> None:
    """Begin the thread and invite: the secretaries of the townships concerned are told. Raises WrongStage, DayPassed."""
    hold(trip)
    if stage_of(trip) is not Stage.DRAFT:
        raise WrongStage
    if trip.join_by < today():
        raise DayPassed
    stops = db.session.scalars(select(TripStop).filter_by(trip_id=trip.id).order_by(TripStop.position)).all()
    opening = begin_thread(actor, ThreadKind.TRIP, trip.title, opening_text(trip, stops), reach=trip.reach)
    opening.thread.township_id, opening.thread.district_id = trip.township_id, trip.district_id
    trip.thread_id = opening.thread_id
    townships = _townships(trip)
    for person_id in invited_secretaries(trip.district_id, townships):
        if person_id != actor.id:
            enqueue(person_id, "trip.opened", trip.id)
    tell_invited_groups(trip.district_id, townships, "trip.opened", trip.id)
    _put_on_record(actor, trip, "open")


def cancel_trip(actor: Actor, trip: StudyTrip, reason: str) -> None:
    """Call it off with a reason, told to all who would have gone and all who waited. Raises WrongStage once people are back."""
    hold(trip)
    if stage_of(trip) in (Stage.BACK, Stage.CLOSED, Stage.CANCELLED):
        raise WrongStage
    trip.cancelled_at, trip.reason = utcnow(), reason
    for person_id in members_of(trip):
        enqueue(person_id, "trip.cancelled", trip.id)
    if trip.thread_id is not None:
        tell_invited_groups(trip.district_id, _townships(trip), "trip.cancelled", trip.id)
    _put_on_record(actor, trip, "cancel")


def close_trip(actor: Actor, trip: StudyTrip, on: bool) -> None:
    """Take no more notes, or take them again; what was to be used at home is asked about all the same. Raises WrongStage before all are back."""
    hold(trip)
    if (trip.closed_at is not None) == on:
        return
    if on and stage_of(trip) is not Stage.BACK:
        raise WrongStage
    trip.closed_at = utcnow() if on else None
    _put_on_record(actor, trip, "close" if on else "reopen")


def members_of(trip: StudyTrip) -> list[int]:
    """Everybody who goes along or waits."""
    return sorted(db.session.scalars(select(TripMember.person_id).where(TripMember.trip_id == trip.id)))


def _apply(trip: StudyTrip, plan: Plan) -> None:
    trip.title, trip.destination, trip.brief, trip.seats = plan.title, plan.destination, plan.brief, plan.seats
    trip.starts_on, trip.ends_on, trip.join_by, trip.reach = plan.starts_on, plan.ends_on, plan.join_by, plan.reach


def _write_lines(trip: StudyTrip, plan: Plan) -> None:
    db.session.execute(delete(TripStop).where(TripStop.trip_id == trip.id))
    db.session.execute(delete(TripTownship).where(TripTownship.trip_id == trip.id))
    db.session.add_all(
        TripStop(trip_id=trip.id, position=number, at=stop.at, place=stop.place, what=stop.what)
        for number, stop in enumerate(plan.stops)
    )
    townships = plan.township_ids if trip.township_id is None else [trip.township_id]
    db.session.add_all(TripTownship(trip_id=trip.id, township_id=ident) for ident in sorted(set(townships)))


def _rewrite_opening(actor: Actor, trip: StudyTrip, plan: Plan) -> None:
    """The invitation says what the plan says, whoever of the office changed it; what it said before is kept."""
    opening = db.session.scalars(
        select(Post)
        .options(db.joinedload(Post.thread))
        .where(Post.thread_id == trip.thread_id, Post.is_opening)
        .execution_options(populate_existing=True)
    ).one()
    edit_post(actor, opening, opening_text(trip, plan.stops), version=opening.version, title=trip.title)
    note_change("thread", opening.thread_id)


def _townships(trip: StudyTrip) -> Sequence[int]:
    """The townships invited; none for all."""
    return db.session.scalars(select(TripTownship.township_id).where(TripTownship.trip_id == trip.id)).all()


def _put_on_record(actor: Actor, trip: StudyTrip, deed: str) -> None:
    record(actor, f"trip.{deed}", "trip", trip.id, township_id=trip.township_id, district_id=trip.district_id)
