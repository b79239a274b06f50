"""Outcomes and actions as rows: of a thread, and open ones of a township."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, column, func, or_, select, table
from sqlalchemy.orm import aliased

from forum.clock import today
from forum.consultations.models import ActionItem, Outcome, OutcomeReply
from forum.consultations.policies import can_finish
from forum.extensions import db
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor
from forum.units.models import Person, Unit

MOST_REPLIES = 30  # of a thread, to choose from
EXCERPTED = 400  # characters of a reply that a list needs of its body

# Meetings are a higher room: here they are known only as the table that an outcome points to.
MEETING = table("meeting", column("id"), column("number"))


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


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome with its actions, and ``replies`` it rests on as (post id, unit and name of its author)."""

    id: int
    thread_id: int
    thread_title: str
    statement_html: str
    concluded_at: datetime
    meeting_id: int | None
    meeting_number: int | None
    replies: tuple[tuple[int, str], ...]
    actions: tuple[ActionRow, ...]


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


def outcomes(actor: Actor, *conditions: ColumnElement[bool]) -> list[OutcomeRow]:
    """Outcomes of threads the actor may open, the latest first, each with its actions; one statement."""
    rows = db.session.execute(
        select(
            Outcome.id,
            Outcome.thread_id,
            Outcome.statement_html,
            Outcome.concluded_at,
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
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
        )
        .select_from(Outcome)
        .join(Thread, Thread.id == Outcome.thread_id)
        .outerjoin(MEETING, MEETING.c.id == Outcome.meeting_id)
        .outerjoin(ActionItem, ActionItem.outcome_id == Outcome.id)
        .outerjoin(Unit, Unit.id == ActionItem.unit_id)
        .where(readable_threads(actor), *conditions)
        .order_by(Outcome.concluded_at.desc(), Outcome.id.desc(), ActionItem.id)
    ).all()
    of_outcome: dict[int, list[Any]] = {}
    for row in rows:
        of_outcome.setdefault(row.id, []).append(row)
    return [_outcome_row(actor, group) for group in of_outcome.values()]


def _outcome_row(actor: Actor, rows: Sequence[Any]) -> OutcomeRow:
    first = rows[0]
    lines = [line.split(":", 2) for line in (first.reply_lines or "").split("\n") if line]
    return OutcomeRow(
        id=first.id,
        thread_id=first.thread_id,
        thread_title=first.thread_title,
        statement_html=first.statement_html,
        concluded_at=first.concluded_at,
        meeting_id=first.meeting_id,
        meeting_number=first.meeting_number,
        replies=tuple((int(post_id), f"{unit} {name}") for post_id, unit, name in lines),
        actions=tuple(_action_row(actor, row, today()) for row in rows if row.action_id is not None),
    )


def _action_row(actor: Actor, row: Any, on: date) -> ActionRow:
    return ActionRow(
        id=row.action_id,
        what=row.what,
        unit_name=row.unit_name,
        due=row.due,
        done_at=row.done_at,
        note=row.note,
        is_late=row.done_at is None and row.due is not None and row.due < on,
        may_finish=row.done_at is None and can_finish(actor, row.unit_id, row.township_id, row.district_id),
    )


@dataclass(frozen=True)
class Review:
    """What became of what was decided: the open actions, late ones first, and those done since the last time."""

    actions: tuple[ActionRow, ...]

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


def review_of(actor: Actor, meeting_ids: Any, since: Any, at: datetime, on: date) -> Review:
    """How the actions of these meetings stood at a moment (``on`` is its day): open then, or done after ``since``.

    ``meeting_ids`` is a query of ids, ``since`` an expression that may be null. Only what the actor may open; one statement.
    """
    done_then = ActionItem.done_at <= at
    open_then = or_(ActionItem.done_at.is_(None), ActionItem.done_at > at)
    rows = db.session.execute(
        select(
            ActionItem.id.label("action_id"),
            ActionItem.what,
            ActionItem.due,
            case((done_then, ActionItem.done_at)).label("done_at"),
            case((done_then, ActionItem.note), else_="").label("note"),
            ActionItem.unit_id,
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
        )
        .join(Outcome, Outcome.id == ActionItem.outcome_id)
        .join(Thread, Thread.id == Outcome.thread_id)
        .join(Unit, Unit.id == ActionItem.unit_id)
        .where(
            readable_threads(actor),
            ActionItem.meeting_id.in_(meeting_ids),
            or_(open_then, ActionItem.done_at >= since),
        )
        .order_by(case((done_then, 1), else_=0), ActionItem.due, ActionItem.id)
    ).all()
    return Review(tuple(_action_row(actor, row, on) for row in rows))


def replies_to_rest_on(actor: Actor, thread_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The replies of these threads that an outcome may rest on: ``id``, ``unit_name``, ``author_name``, ``body`` (its beginning).

    By thread, the accepted answer first, then those called useful, thirty at most; hidden ones are left out. One statement.
    """
    is_accepted = case((Thread.accepted_post_id == Post.id, 0), else_=1)
    order = (is_accepted, Post.useful_count.desc(), Post.created_at, Post.id)
    ranked = (
        select(Post.id, func.row_number().over(partition_by=Post.thread_id, order_by=order).label("place"))
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            readable_threads(actor),
            Post.thread_id.in_(list(thread_ids)),
            Post.is_opening.is_(False),
            Post.hidden_at.is_(None),
        )
        .subquery()
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(
        select(
            Post.id,
            Post.thread_id,
            func.substr(Post.body, 1, EXCERPTED).label("body"),
            Unit.name.label("unit_name"),
            Person.name.label("author_name"),
        )
        .join(ranked, ranked.c.id == Post.id)
        .join(Unit, Unit.id == Post.unit_id)
        .join(Person, Person.id == Post.author_id)
        .where(ranked.c.place <= MOST_REPLIES)
        .order_by(Post.thread_id, ranked.c.place)
    ):
        found.setdefault(row.thread_id, []).append(row)
    return found
