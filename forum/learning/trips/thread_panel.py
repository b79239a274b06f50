"""What the thread of a trip shows of it: where, when, and the way to its page; where its posts are edited."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.extensions import db
from forum.learning.trips.models import StudyTrip, TripNote, stage_of
from forum.learning.trips.policies import can_manage
from forum.threads.models import Post, ThreadKind
from forum.threads.panels import EDITED_ELSEWHERE, PANELS, Panel
from forum.threads.references import holds
from forum.units.actors import Actor


def trip_panel(actor: Actor, head: Any) -> Panel:
    """Who may open the thread may open the trip."""
    if head.kind is not ThreadKind.TRIP:
        return Panel()
    trip = db.session.scalars(db.select(StudyTrip).where(StudyTrip.thread_id == head.id)).one_or_none()
    if trip is None:  # brought in from elsewhere
        return Panel()
    return Panel("learning/trips/_of_thread.html", {"trip": trip, "stage": stage_of(trip)})


def edited_on_its_trip(actor: Actor, post: Post) -> str | None:
    """A note is edited with its lines, an invitation with its trip."""
    if post.thread.kind is not ThreadKind.TRIP:
        return None
    if post.is_opening:
        trip = db.session.scalars(db.select(StudyTrip).where(StudyTrip.thread_id == post.thread_id)).one_or_none()
        return url_for("trips.edit", trip_id=trip.id) if trip and can_manage(actor, trip) else None
    note = db.session.get(TripNote, post.id)
    return url_for("trips.note", trip_id=note.trip_id) if note else None


PANELS.append(trip_panel)
EDITED_ELSEWHERE.append(edited_on_its_trip)
holds(StudyTrip.thread_id, lambda: _("这是一次学习考察的帖子"))
holds(TripNote.post_id, lambda: _("里面有学习考察的笔记"))
