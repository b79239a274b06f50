"""Who may see a trip, go along, write of it, and say what became of it.

Facts are a trip, or a row that carries the columns a policy looks at.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import joinedload

from forum.learning.trips.models import Stage, StudyTrip, TripNote, TripTownship, TripUse, stage_of
from forum.threads.models import Post, Reach, Thread
from forum.threads.policies import readable_posts, readable_threads
from forum.units.actors import Actor
from forum.units.models import Unit

TripFacts = StudyTrip | Any

JOINABLE = (Stage.OPEN, Stage.FULL)
OVER = (Stage.CLOSED, Stage.CANCELLED)


def readable_trips(actor: Actor) -> ColumnElement[bool]:
    """Trips whose threads the actor may open, and drafts in his care, in a query that outer-joins their threads."""
    if not actor.is_member:
        return false()
    return or_(
        and_(StudyTrip.thread_id.is_not(None), readable_threads(actor)),
        and_(StudyTrip.thread_id.is_(None), _in_care(actor)),
    )


def _in_care(actor: Actor) -> ColumnElement[bool]:
    if actor.is_organiser:
        return StudyTrip.township_id == actor.township_id
    if actor.is_district:
        return and_(StudyTrip.district_id == actor.district_id, StudyTrip.reach == Reach.DISTRICT)
    return false()


def visible_trips(actor: Actor) -> Select[StudyTrip]:
    """The trips the actor may open."""
    return select(StudyTrip).outerjoin(Thread, Thread.id == StudyTrip.thread_id).where(readable_trips(actor))


def visible_uses(actor: Actor) -> Select[TripUse]:
    """What was to be used at home, of the notes the actor may read."""
    return (
        select(TripUse)
        .join(TripNote, TripNote.post_id == TripUse.note_id)
        .join(Post, Post.id == TripNote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(readable_posts(actor))
    )


def visible_notes(actor: Actor) -> Select[TripNote]:
    """The notes the actor may read, each with its post, thread and lines at hand."""
    post = joinedload(TripNote.post)
    return (
        select(TripNote)
        .join(Post, Post.id == TripNote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .options(post, post.joinedload(Post.thread), joinedload(TripNote.uses))
        .where(readable_posts(actor))
    )


def invites(actor: Actor) -> ColumnElement[bool]:
    """Whether a trip invites the actor: his township is among those named or none is; who belongs to no township is always welcome."""
    named = exists().where(TripTownship.trip_id == StudyTrip.id).correlate(StudyTrip)
    if actor.township_id is None:
        return StudyTrip.id == StudyTrip.id
    return or_(~named, named.where(TripTownship.township_id == actor.township_id))


def can_plan(actor: Actor) -> bool:
    """Make a trip: organisers for their township, the district for all or some of its townships."""
    return actor.is_organiser or actor.is_district


def can_manage(actor: Actor, trip: TripFacts) -> bool:
    """Change, open, cancel and close it, as long as it is not over."""
    return in_care(actor, trip) and stage_of(trip) not in OVER


def in_care(actor: Actor, trip: TripFacts) -> bool:
    return actor.organises(trip.township_id, trip.district_id)


def can_join(actor: Actor, trip: TripFacts, *, is_invited: bool) -> bool:
    """Go along or wait for a seat, until the day for joining has passed."""
    return actor.is_member and is_invited and stage_of(trip) in JOINABLE


def can_leave(actor: Actor, trip: TripFacts) -> bool:
    """Stay at home after all, until it sets out."""
    return actor.is_member and is_before(trip)


def adds_people(actor: Actor, trip: TripFacts, *, is_invited: bool) -> bool:
    """Put others down for it and take them off (代录): whoever looks after it, and organisers of townships invited for their own people."""
    return in_care(actor, trip) or (actor.is_organiser and is_invited)


def takes_off(actor: Actor, trip: TripFacts, member: Any) -> bool:
    """Take this one off the list."""
    return in_care(actor, trip) or (actor.is_organiser and member.township_id == actor.township_id)


def is_before(trip: TripFacts) -> bool:
    """Whether people still come and go: it is open and has not set out."""
    return stage_of(trip) in (*JOINABLE, Stage.SHUT)


def can_write_note(actor: Actor, trip: TripFacts, *, has_seat: bool) -> bool:
    """Once it has set out, each member writes his own."""
    return actor.is_member and has_seat and stage_of(trip) in (Stage.UNDER_WAY, Stage.BACK)


def can_edit_note(actor: Actor, post: Any) -> bool:
    """Nobody edits another's words; what is hidden is restored first."""
    return post.author_id == actor.id and post.hidden_at is None


def can_answer(actor: Actor, use: Any) -> bool:
    """Say what became of it: who wrote it, who leads his village now, and organisers for them (代录)."""
    speaks = use.person_id == actor.id or (actor.leads_village and actor.unit_id == use.unit_id)
    cared_for = actor.organises(use.township_id, use.district_id)
    return actor.is_member and use.hidden_at is None and (speaks or cared_for)


def people_in_hand(actor: Actor) -> ColumnElement[bool]:
    """Whose names the actor may put down: an organiser his township's, the district everybody's; the query joins Unit."""
    if actor.is_organiser:
        return Unit.township_id == actor.township_id
    if actor.is_district:
        return Unit.district_id == actor.district_id
    return false()
