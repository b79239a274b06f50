"""What members write of a trip, and what they say became of it at home. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.audit.actions import record
from forum.clock import today, utcnow
from forum.extensions import db
from forum.learning.trips.joining import hold
from forum.learning.trips.models import StudyTrip, TripAnswer, TripNote, TripUse, UseResult
from forum.learning.trips.texts import note_text
from forum.media.actions import attach
from forum.media.models import Picture
from forum.threads.actions import EditedMeanwhile, add_reply, edit_post
from forum.threads.models import Post, Thread
from forum.units.actors import Actor
from forum.units.models import Unit


class WrittenAlready(Exception):
    """He has written his note in another window: it can be edited."""


class AnsweredMeanwhile(Exception):
    """Somebody else has said what became of it since the writer opened the page."""


@dataclass(frozen=True)
class Line:
    """Something that fits the member's village, how and by when it is to be used there; ``use_id`` names one that stands already."""

    what: str
    plan: str
    who: str
    due: date
    use_id: int | None = None


@dataclass(frozen=True)
class Answer:
    """What became of it; ``again`` is the next day to ask on when it is being done."""

    result: UseResult
    words: str = ""
    again: date | None = None


def write_note(
    actor: Actor, trip: StudyTrip, saw: str, lines: Sequence[Line] = (), pictures: Sequence[Picture] = ()
) -> TripNote:
    """Answer the three questions, as a post of the trip's thread; its followers hear of it. Raises WrittenAlready."""
    hold(trip)
    thread = db.session.get_one(Thread, trip.thread_id)
    if db.session.scalar(select(TripNote.post_id).filter_by(trip_id=trip.id, person_id=actor.id)):
        raise WrittenAlready
    post = add_reply(actor, thread, note_text(saw, lines), pictures=pictures)
    note = TripNote(post_id=post.id, trip_id=trip.id, person_id=actor.id, saw=saw)
    db.session.add(note)
    db.session.flush()
    _write_lines(note.post_id, lines, [])
    return note


def edit_note(
    actor: Actor, note: TripNote, saw: str, lines: Sequence[Line], pictures: Sequence[Picture], *, version: int
) -> None:
    """Rewrite one's own note; what it said is kept. Lines of which it was said what became of them stay as they are.

    Raises EditedMeanwhile when the post is no longer at ``version``.
    """
    if note.post.version != version:
        raise EditedMeanwhile
    uses = db.session.scalars(
        select(TripUse)
        .where(TripUse.note_id == note.post_id)
        .order_by(TripUse.position, TripUse.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    answered = [use for use in uses if use.result is not None]
    edit_post(actor, note.post, note_text(saw, [*answered, *lines]), version=version)
    attach(note.post_id, pictures)
    note.saw = saw
    _write_lines(note.post_id, lines, uses)


def answer_use(actor: Actor, use: TripUse, answer: Answer, *, seen: int | None = None) -> None:
    """Say what became of it at home: used, being done (and asked again on another day), or not fitting, with the reason.

    ``seen`` is how often it had been answered when the writer opened the page. Raises AnsweredMeanwhile.
    """
    db.session.scalars(
        select(TripUse).where(TripUse.id == use.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if seen is not None and seen != use.version:
        raise AnsweredMeanwhile
    now = utcnow()
    use.result, use.answered_at, use.version = answer.result, now, use.version + 1
    if answer.result is UseResult.DOING:
        assert answer.again is not None
        use.due, use.asked_at = answer.again, None
    else:
        use.asked_at = use.asked_at or now
    said = TripAnswer(use_id=use.id, result=answer.result, words=answer.words, again=answer.again, answered_at=now)
    _sign(said, actor, use)
    db.session.add(said)
    db.session.flush()


def _sign(said: TripAnswer, actor: Actor, use: TripUse) -> None:
    """The actor says it for the village; an organiser only writes down what its people told him."""
    assert actor.posting is not None
    post, unit = db.session.execute(
        select(Post, Unit).join(Unit, Unit.id == Post.unit_id).where(Post.id == use.note_id)
    ).one()
    if actor.id == post.author_id or (actor.leads_village and actor.unit_id == post.unit_id):
        said.person_id, said.posting_id = actor.id, actor.posting.id
        return
    said.person_id, said.posting_id, said.entered_by_id = post.author_id, post.posting_id, actor.id
    scope = {"township_id": unit.township_id, "district_id": unit.district_id}
    record(actor, "trip.answer", "trip_use", use.id, **scope, result=said.result.value)


def _write_lines(note_id: int, lines: Sequence[Line], there: Sequence[TripUse]) -> None:
    """Make the lines, those that stand already changed, those left out gone; answered ones are none of these."""
    waiting = {use.id: use for use in there if use.result is None}
    first = len(there) - len(waiting)
    for position, line in enumerate(lines, first):
        use = waiting.pop(line.use_id or 0, None)
        if use is None:
            use = TripUse(note_id=note_id, due=line.due, version=0)
            db.session.add(use)
        if use.due != line.due and line.due > today():  # a later day is asked about anew
            use.asked_at = None
        use.position, use.what, use.plan, use.who, use.due = position, line.what, line.plan, line.who, line.due
    for use in waiting.values():
        db.session.delete(use)
    db.session.flush()
