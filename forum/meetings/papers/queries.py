"""What the papers need beyond what the pages load."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from forum.consultations.ledger import ledger_rows
from forum.consultations.models import Outcome
from forum.consultations.queries import OutcomeRow, outcomes
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceSource
from forum.library.policies import readable_cards
from forum.meetings.models import AgendaItem, Meeting, MeetingState
from forum.meetings.papers.models import Letterhead, PaperNumber
from forum.meetings.queries import meeting_rows
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor
from forum.units.models import Unit

MOST_ACTIONS = 2000


def letterhead_of(township_id: int, meeting_id: int | None = None) -> tuple[Letterhead, PaperNumber | None]:
    """A township's letterhead, an empty one when none was set, and the number of a meeting's minutes; one statement."""
    row = db.session.execute(
        select(Letterhead, PaperNumber)
        .select_from(Unit)
        .outerjoin(Letterhead, Letterhead.township_id == Unit.id)
        .outerjoin(PaperNumber, PaperNumber.meeting_id == meeting_id)
        .where(Unit.id == township_id)
    ).one()
    return row.Letterhead or Letterhead(), row.PaperNumber


def closed_in(actor: Actor, township_id: int, year: int) -> Sequence[Any]:
    """The closed meetings of a township's year that the actor may open, in order."""
    return db.session.execute(
        meeting_rows(actor)
        .where(
            Meeting.township_id == township_id,
            Meeting.month.between(date(year, 1, 1), date(year, 12, 1)),
            Meeting.state == MeetingState.CLOSED,
        )
        .order_by(Meeting.month, Meeting.number, Meeting.id)
    ).all()


def agendas_of(actor: Actor, meeting_ids: Collection[int]) -> dict[int, list[Any]]:
    """The agendas of these meetings, without the lines whose threads are not the actor's to open; one statement."""
    return _by_meeting(
        select(AgendaItem.meeting_id, AgendaItem.kind, AgendaItem.title, AgendaItem.presenter)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .where(AgendaItem.meeting_id.in_(meeting_ids), or_(AgendaItem.thread_id.is_(None), readable_threads(actor)))
        .order_by(AgendaItem.meeting_id, AgendaItem.position, AgendaItem.id)
    )


def outcomes_of(actor: Actor, meeting_ids: Collection[int]) -> dict[int, list[OutcomeRow]]:
    """What these meetings found, each in the order of its agenda, as far as the actor may open the threads; one statement."""
    found: dict[int, list[OutcomeRow]] = {}
    for row in reversed(outcomes(actor, Outcome.meeting_id.in_(meeting_ids), as_decided=True)):
        found.setdefault(row.meeting_id or 0, []).append(row)
    return found


def cards_from(actor: Actor, meeting_ids: Collection[int]) -> dict[int, list[Any]]:
    """The published cards that grew out of threads on the agendas of these meetings, as far as the actor may open them; one statement."""
    return _by_meeting(
        select(AgendaItem.meeting_id, Experience.title, Unit.name.label("unit_name"))
        .join(ExperienceSource, ExperienceSource.thread_id == AgendaItem.thread_id)
        .join(Experience, Experience.id == ExperienceSource.experience_id)
        .join(Unit, Unit.id == Experience.unit_id)
        .where(
            AgendaItem.meeting_id.in_(meeting_ids),
            Experience.state == CardState.PUBLISHED,
            Experience.retired_at.is_(None),
            readable_cards(actor),
        )
        .distinct()
        .order_by(AgendaItem.meeting_id, Experience.title, Unit.name)
    )


def _by_meeting(query: Select[*tuple[Any, ...]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.meeting_id, []).append(row)
    return found


def ledger_of(actor: Actor, township_id: int) -> Sequence[Any]:
    """The ledger of a township, as far as the actor may see it; open ones first."""
    return db.session.execute(ledger_rows(actor, township_id).limit(MOST_ACTIONS)).all()
