"""Outcomes and actions as rows: of a thread, and open ones of a township."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, column, exists, func, or_, select, table
from sqlalchemy.orm import aliased

from forum.clock import today
from forum.consultations.models import (
    ActionItem,
    FollowUp,
    FollowUpResult,
    Outcome,
    OutcomeReply,
    OutcomeVillage,
)
from forum.consultations.policies import can_finish, can_undo, seen_actions
from forum.extensions import db
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_threads
from forum.units import actors
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit

# Meetings are a higher room: here they are known only as the table that an outcome points to.
MEETING = table("meeting", column("id"), column("number"), column("township_id"))


@dataclass(frozen=True)
class ActionRow:
    """An action as pages show it."""

    id: int
    what: str
    unit_name: str
    due: date | None
    done_at: datetime | None
    note: str
    is_late: bool
    may_finish: bool
    person_name: str | None = None
    post_id: int | None = None  # of the reply that shows it in pictures
    may_undo: bool = False
    unit_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class FollowUpRow:
    """A look back: planned for a day, or answered. ``entered_by`` wrote it down for whoever asked."""

    id: int
    due: date
    asked_at: datetime | None
    answered_at: datetime | None
    result: FollowUpResult | None
    sentence: str
    post_id: int | None
    by_name: str | None
    entered_by: str | None


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome with its actions and follow-ups, and ``replies`` it rests on as (post id, unit and name of its author).

    ``by`` is who concluded it, ``office`` what he was then, or None when it was whoever asked.
    """

    id: int
    thread_id: int
    thread_title: str
    round: int
    statement: str
    statement_html: str
    concluded_at: datetime
    replaced_at: datetime | None
    by: str
    office: str | None
    asker_left: bool
    meeting_id: int | None
    meeting_number: int | None
    replies: tuple[tuple[int, str], ...]
    villages: tuple[str, ...]
    village_ids: tuple[int, ...]
    actions: tuple[ActionRow, ...]
    follow_ups: tuple[FollowUpRow, ...]

    @property
    def planned(self) -> FollowUpRow | None:
        """The look back that is still to come, or waits for its answer."""
        return next((f for f in self.follow_ups if f.result is None), None)


def _replies_of_outcome() -> ColumnElement[str]:
    """The replies an outcome rests on in one column, ``id:unit:name`` a line, hidden ones left out."""
    unit, author = aliased(Unit), aliased(Person)
    line = cast(Post.id, String(20)) + ":" + unit.name + ":" + author.name
    return (
        select(func.aggregate_strings(line, "\n"))
        .select_from(OutcomeReply)
        .join(Post, Post.id == OutcomeReply.post_id)
        .join(unit, unit.id == Post.unit_id)
        .join(author, author.id == Post.author_id)
        .where(OutcomeReply.outcome_id == Outcome.id, Post.hidden_at.is_(None))
        .correlate(Outcome)
        .scalar_subquery()
        .label("reply_lines")
    )


def _villages_of_outcome() -> ColumnElement[str]:
    """The villages that act together, ``id:name`` a line each."""
    village = aliased(Unit)
    return (
        select(func.aggregate_strings(cast(village.id, String(20)) + ":" + village.name, "\n"))
        .select_from(OutcomeVillage)
        .join(village, village.id == OutcomeVillage.unit_id)
        .where(OutcomeVillage.outcome_id == Outcome.id)
        .correlate(Outcome)
        .scalar_subquery()
        .label("village_lines")
    )


def asker_left() -> ColumnElement[bool]:
    """Whether whoever asked holds no office any more where he asked; in a query that joins the thread."""
    held = exists().where(Posting.person_id == Thread.author_id, Posting.unit_id == Thread.unit_id, actors.in_force())
    return ~held.correlate(Thread)


def outcomes(actor: Actor, *conditions: ColumnElement[bool], as_decided: bool = False) -> list[OutcomeRow]:
    """Outcomes of threads the actor may open, the latest first, each with its actions and follow-ups; one statement.

    An outcome that was corrected has handed its actions on; ``as_decided`` still shows those that its meeting gave.
    """
    of_outcome: ColumnElement[bool] = ActionItem.outcome_id == Outcome.id
    if as_decided:
        heir = aliased(Outcome)
        heirs = select(heir.id).where(heir.thread_id == Outcome.thread_id, heir.round == Outcome.round)
        given = and_(ActionItem.meeting_id == Outcome.meeting_id, ActionItem.outcome_id.in_(heirs.correlate(Outcome)))
        of_outcome = or_(of_outcome, given)
    concluder, doer, teller, writer = (aliased(Person) for _n in range(4))
    rows = db.session.execute(
        select(
            Outcome.id,
            Outcome.thread_id,
            Outcome.round,
            Outcome.statement,
            Outcome.statement_html,
            Outcome.concluded_at,
            Outcome.replaced_at,
            Outcome.concluded_by_id,
            concluder.name.label("concluder_name"),
            Posting.title.label("office"),
            Thread.author_id,
            asker_left().label("asker_left"),
            _villages_of_outcome(),
            FollowUp.id.label("follow_up_id"),
            FollowUp.due.label("follow_up_due"),
            FollowUp.asked_at,
            FollowUp.answered_at,
            FollowUp.result,
            FollowUp.sentence,
            FollowUp.post_id,
            teller.name.label("teller_name"),
            writer.name.label("writer_name"),
            doer.name.label("person_name"),
            ActionItem.person_id,
            Outcome.meeting_id,
            MEETING.c.number.label("meeting_number"),
            Thread.title.label("thread_title"),
            _replies_of_outcome(),
            ActionItem.id.label("action_id"),
            ActionItem.what,
            ActionItem.due,
            ActionItem.done_at,
            ActionItem.note,
            ActionItem.unit_id,
            ActionItem.done_by_id,
            ActionItem.post_id.label("action_post_id"),
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
        )
        .select_from(Outcome)
        .join(Thread, Thread.id == Outcome.thread_id)
        .join(concluder, concluder.id == Outcome.concluded_by_id)
        .outerjoin(Posting, Posting.id == Outcome.posting_id)
        .outerjoin(FollowUp, FollowUp.outcome_id == Outcome.id)
        .outerjoin(teller, teller.id == FollowUp.answered_by_id)
        .outerjoin(writer, writer.id == FollowUp.entered_by_id)
        .outerjoin(MEETING, MEETING.c.id == Outcome.meeting_id)
        .outerjoin(ActionItem, of_outcome)
        .outerjoin(Unit, Unit.id == ActionItem.unit_id)
        .outerjoin(doer, doer.id == ActionItem.person_id)
        .where(readable_threads(actor), *conditions)
        .order_by(Outcome.concluded_at.desc(), Outcome.id.desc(), ActionItem.id, FollowUp.id)
    ).all()
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return [_outcome_row(actor, group) for group in grouped.values()]


def _outcome_row(actor: Actor, rows: Sequence[Any]) -> OutcomeRow:
    """One outcome of rows that pair each of its actions with each of its follow-ups."""
    first = rows[0]
    actions = {row.action_id: row for row in rows if row.action_id is not None}
    follow_ups = {row.follow_up_id: row for row in rows if row.follow_up_id is not None}
    villages = [line.split(":", 1) for line in sorted((first.village_lines or "").split("\n")) if line]
    is_asker = first.concluded_by_id == first.author_id
    lines = [line.split(":", 2) for line in (first.reply_lines or "").split("\n") if line]
    return OutcomeRow(
        id=first.id,
        thread_id=first.thread_id,
        thread_title=first.thread_title,
        round=first.round,
        statement=first.statement,
        statement_html=first.statement_html,
        concluded_at=first.concluded_at,
        replaced_at=first.replaced_at,
        by=first.concluder_name,
        office=None if is_asker else first.office or "",
        asker_left=bool(first.asker_left),
        meeting_id=first.meeting_id,
        meeting_number=first.meeting_number,
        replies=tuple((int(post_id), f"{unit} {name}") for post_id, unit, name in lines),
        villages=tuple(village for _id, village in villages),
        village_ids=tuple(int(ident) for ident, _name in villages),
        actions=tuple(action_row(actor, row, today()) for row in actions.values()),
        follow_ups=tuple(
            FollowUpRow(
                id=row.follow_up_id,
                due=row.follow_up_due,
                asked_at=row.asked_at,
                answered_at=row.answered_at,
                result=row.result,
                sentence=row.sentence,
                post_id=row.post_id,
                by_name=row.teller_name,
                entered_by=row.writer_name,
            )
            for row in follow_ups.values()
        ),
    )


def action_row(actor: Actor, row: Any, on: date) -> ActionRow:
    """An action of a row with its columns, as it stands on a day."""
    return ActionRow(
        id=row.action_id,
        what=row.what,
        unit_name=row.unit_name,
        due=row.due,
        done_at=row.done_at,
        note=row.note,
        is_late=row.done_at is None and row.due is not None and row.due < on,
        may_finish=row.done_at is None
        and can_finish(actor, row.unit_id, row.township_id, row.district_id, row.person_id),
        person_name=row.person_name,
        post_id=row.action_post_id,
        unit_id=row.unit_id,
        person_id=row.person_id,
        may_undo=row.done_at is not None and can_undo(actor, row.done_by_id, row.township_id, row.district_id),
    )


def what_was_said_last(thread_id: int) -> Any | None:
    """What was last said to have become of a thread, and by whom; the caller may read the thread."""
    teller, writer = aliased(Person), aliased(Person)
    return db.session.execute(
        select(
            FollowUp.result,
            FollowUp.sentence,
            FollowUp.answered_at,
            teller.name.label("by_name"),
            writer.name.label("entered_by"),
        )
        .join(teller, teller.id == FollowUp.answered_by_id)
        .outerjoin(writer, writer.id == FollowUp.entered_by_id)
        .where(FollowUp.thread_id == thread_id, FollowUp.result.is_not(None))
        .order_by(FollowUp.answered_at.desc(), FollowUp.id.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True)
class Review:
    """What became of what was decided: the open actions, late ones first, and those done since the last time."""

    actions: tuple[ActionRow, ...]
    own: tuple[ActionRow, ...] = ()  # what the reviewing meeting itself decided without a thread

    @property
    def done(self) -> int:
        return sum(a.done_at is not None for a in self.actions)

    @property
    def late(self) -> int:
        return sum(a.is_late for a in self.actions)

    @property
    def waiting(self) -> int:
        """Open, and not late."""
        return len(self.actions) - self.done - self.late


def review_of(actor: Actor, meeting_ids: Any, since: Any, at: datetime, on: date, own_id: int) -> Review:
    """How the actions of these meetings stood at a moment (``on`` is its day): open then, or done after ``since``.

    ``meeting_ids`` is a query of ids, ``since`` an expression that may be null; ``own_id`` is the meeting that looks back, of which also
    comes, as it stands now, what it decided without a thread. Only what the actor may open; one statement.
    """
    is_own = and_(ActionItem.meeting_id == own_id, ActionItem.outcome_id.is_(None))
    done_then = and_(ActionItem.done_at.is_not(None), or_(is_own, ActionItem.done_at <= at))
    open_then = or_(ActionItem.done_at.is_(None), ActionItem.done_at > at)
    rows = db.session.execute(
        select(
            ActionItem.id.label("action_id"),
            ActionItem.what,
            ActionItem.due,
            case((done_then, ActionItem.done_at)).label("done_at"),
            case((done_then, ActionItem.note), else_="").label("note"),
            ActionItem.unit_id,
            ActionItem.person_id,
            ActionItem.meeting_id,
            Person.name.label("person_name"),
            case((done_then, ActionItem.done_by_id)).label("done_by_id"),
            case((done_then, ActionItem.post_id)).label("action_post_id"),
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
        )
        .join(Unit, Unit.id == ActionItem.unit_id)
        .outerjoin(Person, Person.id == ActionItem.person_id)
        .outerjoin(Outcome, Outcome.id == ActionItem.outcome_id)
        .outerjoin(Thread, Thread.id == Outcome.thread_id)
        .where(
            seen_actions(actor),
            or_(is_own, and_(ActionItem.meeting_id.in_(meeting_ids), or_(open_then, ActionItem.done_at >= since))),
        )
        .order_by(case((done_then, 1), else_=0), ActionItem.due, ActionItem.id)
    ).all()
    return Review(
        tuple(action_row(actor, row, on) for row in rows if row.meeting_id != own_id),
        tuple(action_row(actor, row, today()) for row in rows if row.meeting_id == own_id),
    )
