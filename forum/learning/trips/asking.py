"""What the worker asks: for a note once one is back, and on the day set whether something was used. Piece by piece, each once."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, and_, exists, select, update

from forum.clock import today, utcnow
from forum.extensions import db, reading
from forum.learning.trips.models import StudyTrip, TripMember, TripNote, TripUse, UseResult
from forum.notices.outbox import enqueue
from forum.notices.worker import register_job
from forum.threads.models import Post, Thread
from forum.units.actors import in_force
from forum.units.models import Person, Posting, Role

STILL_FRESH = timedelta(days=30)  # a note that was not asked for by then is not asked for any more
FIVE_MINUTES = 300


def ask_of_next() -> bool:
    """Ask of one thing whose day has come whether it was used; whether there was one."""
    due = (
        select(TripUse.id, TripUse.due, Post.author_id, Post.unit_id)
        .join(Post, Post.id == TripUse.note_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            TripUse.asked_at.is_(None),
            TripUse.due <= today(),
            Post.hidden_at.is_(None),
            Thread.hidden_at.is_(None),
        )
        .order_by(TripUse.due, TripUse.id)
        .limit(1)
    )
    found = _first(due)
    if found is None:
        return False
    still_open = TripUse.result.is_(None) | (TripUse.result == UseResult.DOING)
    took = update(TripUse).where(TripUse.id == found.id, TripUse.asked_at.is_(None), TripUse.due == found.due)
    if _changed(took.where(still_open).values(asked_at=utcnow())):
        for person_id in people_to_ask(found.author_id, found.unit_id):
            enqueue(person_id, "tripuse.due", found.id)
    return True


def ask_for_next_note() -> bool:
    """Ask one member who is back for his note, once; whether there was one."""
    wrote = exists().where(TripNote.trip_id == TripMember.trip_id, TripNote.person_id == TripMember.person_id)
    back = and_(
        StudyTrip.ends_on < today(),
        StudyTrip.ends_on >= today() - STILL_FRESH,
        StudyTrip.cancelled_at.is_(None),
        StudyTrip.closed_at.is_(None),
    )
    found = _first(
        select(TripMember.id, TripMember.person_id, TripMember.trip_id)
        .join(StudyTrip, StudyTrip.id == TripMember.trip_id)
        .where(back, TripMember.seated_at.is_not(None), TripMember.asked_at.is_(None), ~wrote)
        .order_by(TripMember.id)
        .limit(1)
    )
    if found is None:
        return False
    took = update(TripMember).where(TripMember.id == found.id, TripMember.asked_at.is_(None))
    if _changed(took.values(asked_at=utcnow())):
        enqueue(found.person_id, "trip.write", found.trip_id)
    return True


def people_to_ask(author_id: int, unit_id: int) -> list[int]:
    """Who wrote it while he is in office there, else who leads the village now."""
    held = (
        select(Posting.person_id, Posting.role)
        .join(Person, Person.id == Posting.person_id)
        .where(Posting.unit_id == unit_id, in_force(), Person.disabled_at.is_(None))
    )
    rows = db.session.execute(held).all()
    if any(row.person_id == author_id for row in rows):
        return [author_id]
    return sorted({row.person_id for row in rows if row.role in (Role.SECRETARY, Role.DEPUTY)})


def _first(query: Select[*tuple[Any, ...]]) -> Any | None:
    """The first row, without holding up writers when there is none."""
    with reading():
        found = db.session.execute(query).first()
        db.session.rollback()
    return found


def _changed(statement: Any) -> bool:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return bool(cast("CursorResult[Any]", done).rowcount)


register_job("uses of study trips", FIVE_MINUTES, ask_of_next)
register_job("notes of study trips", FIVE_MINUTES, ask_for_next_note)
