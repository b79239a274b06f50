"""What the list of meetings and a meeting's page show, put together from rows."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask import url_for

from forum.clock import today, utcnow
from forum.consultations.ledger import decided_by
from forum.extensions import db
from forum.meetings.agenda_lines import agenda_and_changes, agenda_of
from forum.meetings.labels import month_label
from forum.meetings.minutes.queries import minutes_of
from forum.meetings.models import AgendaKind, MeetingState
from forum.meetings.policies import (
    can_arrange,
    can_run,
    can_run_sitting,
    can_schedule,
    can_write_minutes,
    visible_townships,
)
from forum.meetings.proposals.queries import themes_to_answer
from forum.meetings.queries import (
    attendance_of,
    current_meetings,
    meeting_head,
    meeting_outcomes,
    past_meetings,
    review_before,
)
from forum.meetings.sitting_queries import sittings_of
from forum.units.actors import Actor
from forum.units.models import Unit


def index_page(actor: Actor, township_id: int | None, cursor: str | None) -> dict[str, Any]:
    """The list: this month's meetings, those to come, former ones a page at a time; for the district by township."""
    townships = db.session.execute(
        visible_townships(actor).with_only_columns(Unit.id, Unit.name).order_by(Unit.position, Unit.name)
    ).all()
    page = past_meetings(actor, township_id, cursor)
    current = [] if cursor else current_meetings(actor, township_id)
    month = today().replace(day=1)
    own = [m for m in current if m.township_id == actor.township_id and m.month == month]

    def at(place: str | None) -> str | None:
        return url_for("meetings.index", township=township_id, at=place) if place else None

    return {
        "month": month_label(month),
        "townships": townships,
        "township_id": township_id,
        "this_month": [m for m in current if m.month == month],
        "to_come": [m for m in current if m.month > month],
        "past": list(_by_month(page.rows)),
        "newer_url": at(page.newer),
        "older_url": at(page.older),
        "is_first_page": not cursor,
        "to_schedule": actor.is_organiser and not any(m.state is not MeetingState.CANCELLED for m in own),
        "themes": themes_to_answer(actor) if not cursor else [],
        "unscheduled": _unscheduled(actor, townships, current, month) if not cursor and not township_id else [],
    }


def _by_month(rows: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    for month, group in groupby(rows, key=lambda row: row.month):
        yield month_label(month), list(group)


def _unscheduled(actor: Actor, townships: Sequence[Any], current: Sequence[Any], month: date) -> list[Any]:
    """For the district: townships that have nothing planned this month."""
    planned = {m.township_id for m in current if m.month == month and m.state is not MeetingState.CANCELLED}
    return [t for t in townships if t.id not in planned] if actor.is_district else []


def meeting_page(actor: Actor, meeting_id: int) -> dict[str, Any] | None:
    """Everything a meeting's page shows; None when it is not the actor's to see."""
    head = meeting_head(actor, meeting_id)
    if head is None:
        return None
    may = rights(actor, head)
    agenda, pending = agenda_and_changes(actor, head) if may["arrange"] else (agenda_of(actor, head), 0)
    sittings = sittings_of(meeting_id) if head.sitting_count > 1 else []
    is_closed = head.state is MeetingState.CLOSED
    review = review_before(actor, head) if any(i.kind is AgendaKind.REVIEW for i in agenda) else None
    return {
        "head": head,
        "agenda": agenda,
        "pending": pending,
        "review": review,
        "sittings": sittings,
        "attendance": attendance_of(meeting_id, None if may["run"] else head.sitting_id)
        if may["run_sitting"] and head.announced_at
        else [],
        "minutes": minutes_of(actor, meeting_id) if is_closed or (may["minutes"] and head.announced_at) else [],
        "tasks": review.own if review else decided_by(actor, meeting_id) if is_closed else [],
        "outcomes": meeting_outcomes(actor, meeting_id) if is_closed else [],
        "may": may,
        "now": utcnow(),
        "has_begun": head.last_starts_at <= utcnow(),
    }


def rights(actor: Actor, head: Any) -> dict[str, bool]:
    """What the actor may do with a meeting."""
    return {
        "schedule": can_schedule(actor, head),
        "arrange": can_arrange(actor, head),
        "run": can_run(actor, head),
        "run_sitting": can_run_sitting(actor, head, head),
        "minutes": can_write_minutes(actor, head),
        "answer": head.is_expected and head.state is MeetingState.ANNOUNCED,
    }
