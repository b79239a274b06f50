"""The trips in the calendar of who goes along: no titles, for a calendar is shared with a family."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from forum.extensions import db
from forum.learning.trips.models import StudyTrip, TripMember
from forum.learning.trips.policies import readable_trips
from forum.threads.models import Post, Thread
from forum.units.actors import Actor

MOST = 100


def trips_for_calendar(person: Actor, since: date) -> Sequence[Any]:
    """The trips from a day on in which a person has a seat and that he may open in any of his offices, those called off too."""
    postings = [replace(person, posting=posting) for posting in person.postings]
    if not postings:
        return []
    changed_at = func.coalesce(StudyTrip.cancelled_at, Post.edited_at, Post.created_at).label("changed_at")
    return db.session.execute(
        select(
            StudyTrip.id,
            StudyTrip.destination,
            StudyTrip.starts_on,
            StudyTrip.ends_on,
            StudyTrip.cancelled_at,
            StudyTrip.reason,
            StudyTrip.version,
            changed_at,
        )
        .join(TripMember, and_(TripMember.trip_id == StudyTrip.id, TripMember.person_id == person.id))
        .join(Thread, Thread.id == StudyTrip.thread_id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.is_opening))
        .where(TripMember.seated_at.is_not(None), StudyTrip.ends_on >= since)
        .where(or_(*(readable_trips(posting) for posting in postings)))
        .order_by(StudyTrip.starts_on.desc(), StudyTrip.id)
        .limit(MOST)
    ).all()
