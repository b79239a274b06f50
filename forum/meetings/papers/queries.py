"""What the papers need beyond what the pages load."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from forum.consultations.models import ActionItem, Outcome
from forum.extensions import db
from forum.meetings.models import Meeting
from forum.meetings.papers.models import Letterhead, PaperNumber
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor
from forum.units.models import Person, Unit

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


def ledger_of(actor: Actor, township_id: int) -> Sequence[Any]:
    """The actions that threads of a township decided in their present round, as far as the actor may open them; open ones first."""
    return db.session.execute(
        select(
            ActionItem.what,
            ActionItem.due,
            ActionItem.done_at,
            ActionItem.note,
            Unit.name.label("unit_name"),
            Person.name.label("person_name"),
            Thread.title,
            Meeting.number,
        )
        .join(Outcome, Outcome.id == ActionItem.outcome_id)
        .join(Thread, Thread.id == Outcome.thread_id)
        .join(Unit, Unit.id == ActionItem.unit_id)
        .outerjoin(Person, Person.id == ActionItem.person_id)
        .outerjoin(Meeting, Meeting.id == Outcome.meeting_id)
        .where(
            Thread.township_id == township_id,
            Thread.hidden_at.is_(None),
            Outcome.round == Thread.round,
            readable_threads(actor),
        )
        .order_by(ActionItem.done_at.is_not(None), ActionItem.due.is_(None), ActionItem.due, ActionItem.id)
        .limit(MOST_ACTIONS)
    ).all()
