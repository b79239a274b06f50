"""落实台账: what the threads and meetings of a township decided that somebody is to do, and how far it is."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from forum.clock import today
from forum.consultations.models import ActionItem, ActionUndoing, Outcome
from forum.consultations.policies import seen_actions
from forum.consultations.queries import MEETING, ActionRow, action_row
from forum.extensions import db
from forum.paging import PAGE_SIZE
from forum.threads.models import Thread
from forum.units.actors import Actor
from forum.units.models import Person, Unit, UnitKind

Rows = Select[*tuple[Any, ...]]
MOST_OF_A_VILLAGE = 50


class LedgerState(StrEnum):
    """How far an action is."""

    OPEN = "open"  # to be done, its day not come
    LATE = "late"
    DONE = "done"


def visible_ledgers(actor: Actor) -> Select[Unit]:
    """The townships whose ledger the actor may open: those of his district. What stands in it is as visible as its threads."""
    if not actor.is_member:
        return select(Unit).where(false())
    return select(Unit).where(Unit.kind == UnitKind.TOWNSHIP, Unit.district_id == actor.district_id)


def _in_state(state: LedgerState) -> ColumnElement[bool]:
    is_late = ActionItem.due < today()
    return {
        LedgerState.DONE: ActionItem.done_at.is_not(None),
        LedgerState.LATE: and_(ActionItem.done_at.is_(None), is_late),
        LedgerState.OPEN: and_(ActionItem.done_at.is_(None), or_(ActionItem.due.is_(None), ~is_late)),
    }[state]


def of_township(township_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The condition, where unit, outcome, thread and meeting are joined: what stands in a township's ledger. Of rounds that ended
    unsolved nothing is to be done any more."""
    by_thread = and_(Thread.township_id == township_id, Thread.hidden_at.is_(None), Outcome.round == Thread.round)
    return or_(by_thread, and_(ActionItem.outcome_id.is_(None), MEETING.c.township_id == township_id))


def _actions() -> Rows:
    """All actions with what pages show of them, their outcome and its thread at hand."""
    return (
        select(
            ActionItem.id.label("action_id"),
            ActionItem.what,
            ActionItem.due,
            ActionItem.done_at,
            ActionItem.note,
            ActionItem.unit_id,
            ActionItem.person_id,
            ActionItem.done_by_id,
            ActionItem.post_id.label("action_post_id"),
            ActionItem.meeting_id,
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
            Person.name.label("person_name"),
            Thread.id.label("thread_id"),
            Thread.title,
        )
        .select_from(ActionItem)
        .join(Unit, Unit.id == ActionItem.unit_id)
        .outerjoin(Person, Person.id == ActionItem.person_id)
        .outerjoin(Outcome, Outcome.id == ActionItem.outcome_id)
        .outerjoin(Thread, Thread.id == Outcome.thread_id)
    )


def ledger_rows(actor: Actor, township_id: int | ColumnElement[int]) -> Rows:
    """The ledger of a township, as far as the actor may see it: what is late first, then by day, what is done last."""
    return (
        _actions()
        .add_columns(MEETING.c.number)
        .outerjoin(MEETING, MEETING.c.id == ActionItem.meeting_id)
        .where(seen_actions(actor), of_township(township_id))
        .order_by(
            ActionItem.done_at.is_not(None),
            case((ActionItem.done_at.is_(None), ActionItem.due)).is_(None),
            case((ActionItem.done_at.is_(None), ActionItem.due)),
            ActionItem.done_at.desc(),
            ActionItem.id,
        )
    )


def ledger_page(actor: Actor, township_id: int, state: LedgerState, number: int) -> Sequence[Any]:
    """One page of the ledger, and one row more."""
    rows = ledger_rows(actor, township_id).where(_in_state(state))
    return db.session.execute(rows.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()


def ledger_counts(actor: Actor, township_id: int) -> dict[LedgerState, int]:
    """How many there are in each state; one statement."""
    counts = [func.count(case((_in_state(state), 1))).label(state.name) for state in LedgerState]
    row = db.session.execute(ledger_rows(actor, township_id).with_only_columns(*counts).order_by(None)).one()
    return dict(zip(LedgerState, row, strict=True))


def decided_by(actor: Actor, meeting_id: int) -> list[ActionRow]:
    """What a meeting decided without a thread; one statement."""
    rows = ledger_rows(actor, MEETING.c.township_id).where(
        ActionItem.meeting_id == meeting_id, ActionItem.outcome_id.is_(None)
    )
    return [action_row(actor, row, today()) for row in db.session.execute(rows)]


def open_actions_of(actor: Actor, unit_id: int) -> list[ActionRow]:
    """What a village is still to do, by day, as far as the actor may see it; of rounds that ended unsolved nothing is."""
    rows = (
        _actions()
        .where(seen_actions(actor), ActionItem.unit_id == unit_id, ActionItem.done_at.is_(None))
        .where(or_(ActionItem.outcome_id.is_(None), Outcome.round == Thread.round))
        .order_by(ActionItem.due.is_(None), ActionItem.due, ActionItem.id)
        .limit(MOST_OF_A_VILLAGE)
    )
    return [action_row(actor, row, today()) for row in db.session.execute(rows)]


def undoings_of(action_id: int) -> Sequence[Any]:
    """Who took back that an action was done, and why, the latest first; the caller may see the action."""
    return db.session.execute(
        select(ActionUndoing.note, ActionUndoing.done_at, ActionUndoing.undone_at, ActionUndoing.reason, Person.name)
        .join(Person, Person.id == ActionUndoing.undone_by_id)
        .where(ActionUndoing.action_id == action_id)
        .order_by(ActionUndoing.id.desc())
    ).all()
