"""Makers of trips for tests. Each commits."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from forum.clock import today
from forum.extensions import db
from forum.learning.trips.actions import Plan, Stop, open_trip, plan_trip
from forum.learning.trips.joining import join
from forum.learning.trips.models import StudyTrip, TripNote, TripUse
from forum.learning.trips.noting import Line, write_note
from forum.learning.trips.policies import visible_notes
from forum.units.actors import Actor


def plan(**values: Any) -> Plan:
    """A day trip in ten days, with room for two."""
    day = today() + timedelta(days=10)
    usual = {
        "title": "去杏花村看大棚",
        "destination": "南山县杏花村",
        "starts_on": day,
        "ends_on": day,
        "join_by": day - timedelta(days=3),
        "seats": 2,
        "brief": "看看人家的党支部怎么领办合作社。",
        "stops": [Stop("9:30", "大棚", "看水肥一体"), Stop("14:00", "村委会", "听账怎么分")],
    }
    return Plan(**{**usual, **values})


def make_trip(planner: Actor, *, is_open: bool = True, **values: Any) -> StudyTrip:
    trip = plan_trip(planner, plan(**values))
    if is_open:
        open_trip(planner, trip)
    db.session.commit()
    return trip


def put_down(trip: StudyTrip, *people: Actor) -> None:
    for person in people:
        join(person, trip)
    db.session.commit()


def pass_time(trip: StudyTrip, days_ago: int = 1) -> StudyTrip:
    """Let it have taken place so many days ago (0: today)."""
    day = today() - timedelta(days=days_ago)
    values = {"starts_on": day, "ends_on": day, "join_by": day - timedelta(days=3)}
    db.session.execute(update(StudyTrip).where(StudyTrip.id == trip.id).values(values))
    db.session.commit()
    return now(trip)


def now(trip: StudyTrip) -> StudyTrip:
    """The trip as it is stored."""
    db.session.rollback()
    return db.session.get_one(StudyTrip, trip.id, populate_existing=True)


def line(what: str = "水肥一体", due: date | None = None, **values: Any) -> Line:
    usual = {"plan": "先在两个棚里试", "who": "柳大山", "due": due or today() + timedelta(days=30)}
    return Line(what=what, **{**usual, **values})


def make_note(actor: Actor, trip: StudyTrip, saw: str = "一棚一阀，手机浇水。", *lines: Line) -> TripNote:
    note = write_note(actor, now(trip), saw, lines or [line()])
    db.session.commit()
    return note


def note_now(actor: Actor, note: TripNote) -> TripNote:
    db.session.rollback()
    query = visible_notes(actor).where(TripNote.post_id == note.post_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one()


def uses_of(note: TripNote) -> list[TripUse]:
    db.session.rollback()
    query = db.select(TripUse).where(TripUse.note_id == note.post_id).order_by(TripUse.position, TripUse.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
