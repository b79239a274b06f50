"""What the list of trips and a trip's page show, put together from rows."""

from typing import Any

from flask import url_for

from forum.learning.trips.models import Stage, stage_of
from forum.learning.trips.panels import NOTE_LINKS
from forum.learning.trips.policies import (
    OVER,
    adds_people,
    can_answer,
    can_edit_note,
    can_join,
    can_leave,
    can_manage,
    can_write_note,
    in_care,
    is_before,
    takes_off,
)
from forum.learning.trips.queries import (
    brought_home,
    coming_trips,
    members_of,
    notes_of,
    past_trips,
    stops_of,
    trip_head,
)
from forum.media.queries import pictures_of
from forum.units.actors import Actor


def index_page(actor: Actor, cursor: str | None) -> dict[str, Any]:
    """The list: what is to come, the next first, and what was, a page at a time."""
    page = past_trips(actor, cursor)

    def at(place: str | None) -> str | None:
        return url_for("trips.index", at=place) if place else None

    return {
        "coming": [] if cursor else coming_trips(actor),
        "past": page.rows,
        "newer_url": at(page.newer),
        "older_url": at(page.older),
    }


def trip_page(actor: Actor, trip_id: int) -> dict[str, Any] | None:
    """Everything a trip's page shows; None when it is not the actor's to see."""
    head = trip_head(actor, trip_id)
    if head is None:
        return None
    stage = stage_of(head)
    members = members_of(trip_id) if head.thread_id else []
    has_set_out = stage in (Stage.UNDER_WAY, Stage.BACK, Stage.CLOSED, Stage.CANCELLED)
    notes = notes_of(actor, trip_id) if has_set_out else []
    own = next((note for note in notes if note.row.person_id == actor.id), None)
    return {
        "head": head,
        "stage": stage,
        "stops": stops_of(trip_id),
        "going": [m for m in members if m.seated_at is not None],
        "waiting": [m for m in members if m.seated_at is None],
        "notes": notes,
        "home": brought_home(notes),
        "own": own,
        "pictures": pictures_of([note.row.post_id for note in notes]),
        "links": {n.row.post_id: _links(actor, head, n.row) for n in notes},
        "may_answer": {n.row.post_id for n in notes if can_answer(actor, n.row)},
        "may_edit": {n.row.post_id for n in notes if can_edit_note(actor, n.row)},
        "may_add": [m.person_id for m in members if is_before(head) and takes_off(actor, head, m)],
        "may": rights(actor, head, stage, has_note=own is not None),
    }


def rights(actor: Actor, head: Any, stage: Stage, *, has_note: bool) -> dict[str, bool]:
    """What the actor may do with a trip."""
    manages = can_manage(actor, head)
    return {
        "manage": manages,
        "open": manages and stage is Stage.DRAFT,
        "cancel": manages and stage is not Stage.BACK,
        "close": manages and stage is Stage.BACK,
        "reopen": in_care(actor, head) and stage is Stage.CLOSED,
        "join": head.has_seat is None and can_join(actor, head, is_invited=head.is_invited),
        "leave": head.has_seat is not None and can_leave(actor, head),
        "add": is_before(head) and adds_people(actor, head, is_invited=head.is_invited),
        "write": not has_note and can_write_note(actor, head, has_seat=bool(head.has_seat)),
        "is_over": stage in OVER,
    }


def _links(actor: Actor, head: Any, note: Any) -> list[tuple[Any, str]]:
    found = [link(actor, head, note) for link in NOTE_LINKS]
    return [link for link in found if link is not None]
