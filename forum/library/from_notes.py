"""A card made from a member's note of a study trip: what he saw, what his village does with it, and what came of that."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.learning.trips.models import StudyTrip, TripNote, UseResult
from forum.learning.trips.panels import NOTE_LINKS
from forum.learning.trips.queries import uses_of
from forum.library.forms import PART_LENGTH, CardForm
from forum.library.policies import can_make_card
from forum.threads.models import TITLE_LENGTH, Post, Thread
from forum.threads.policies import readable_posts
from forum.units.actors import Actor


def prefill_from_note(actor: Actor, form: CardForm, thread: Thread, post_id: int) -> None:
    """Fill in what a note of this thread says; of its lines those in use, or all while none is. Another post changes nothing."""
    found = db.session.execute(
        select(TripNote.saw, Post.unit_id, StudyTrip.destination, StudyTrip.brief)
        .join(Post, Post.id == TripNote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(StudyTrip, StudyTrip.id == TripNote.trip_id)
        .where(
            TripNote.post_id == post_id, Post.thread_id == thread.id, Post.hidden_at.is_(None), readable_posts(actor)
        )
    ).one_or_none()
    if found is None:
        return
    uses = uses_of([post_id])[post_id]
    used = [use for use in uses if use.row.result is UseResult.USED] or uses
    seen = _("在%(place)s看到：%(saw)s", place=found.destination, saw=found.saw)
    lines = [f"{number}. {use.row.what}\n{use.row.plan}" for number, use in enumerate(used, 1)]
    if used:
        form.title.data = used[0].row.what[:TITLE_LENGTH]
    form.problem.data = found.brief[:PART_LENGTH]
    form.practice.data = "\n".join([seen, *lines])[:PART_LENGTH]
    form.result.data = "\n".join(use.words for use in used if use.words)[:PART_LENGTH]
    if any(unit_id == found.unit_id for unit_id, _name in form.unit.choices or ()):
        form.unit.data = found.unit_id


def _to_card(actor: Actor, trip: Any, note: Any) -> tuple[str, str] | None:
    if note.hidden_at is not None or not can_make_card(actor, trip):
        return None
    return _("做成经验卡"), url_for("library.from_thread", thread_id=trip.thread_id, note=note.post_id)


NOTE_LINKS.append(_to_card)
