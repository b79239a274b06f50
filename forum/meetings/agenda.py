"""Arranging the agenda of a meeting. The caller commits."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from forum.extensions import db
from forum.meetings.actions import Refused, WrongState, put_on_record
from forum.meetings.minutes.actions import is_written
from forum.meetings.minutes.models import MinutesPart
from forum.meetings.models import AgendaItem, AgendaKind, Meeting, MeetingState
from forum.meetings.policies import PLANNED
from forum.threads.actions import begin_thread
from forum.threads.models import Thread, ThreadKind
from forum.units.actors import Actor

LONGEST_AGENDA = 40

KIND_OF_THREAD = {
    ThreadKind.QUESTION: AgendaKind.QUESTION,
    ThreadKind.TOPIC: AgendaKind.TOPIC,
    ThreadKind.SHARE: AgendaKind.CASE,
    ThreadKind.TRIP: AgendaKind.VISIT,
}


class AgendaFull(Refused):
    """More than anybody can sit through."""


class HasMinutes(Refused):
    """Something was written in the minutes under the line: it cannot be taken off."""


class HasThread(Refused):
    """There is a thread already in which the line is talked over."""


@dataclass(frozen=True)
class Line:
    """What an organiser writes into a line of the agenda."""

    kind: AgendaKind
    title: str
    minutes_planned: int | None = None
    presenter: str = ""
    thread_id: int | None = None


def add_item(actor: Actor, meeting: Meeting, line: Line) -> AgendaItem:
    """Put a line at the end of the agenda. Raises WrongState, AgendaFull."""
    return _add(actor, meeting, [line])[0]


def add_threads(actor: Actor, meeting: Meeting, threads: Iterable[Thread]) -> list[AgendaItem]:
    """Put threads at the end of the agenda, each as its kind suggests; those on it already stay. Raises WrongState, AgendaFull."""
    there = {item.thread_id for item in _items_of(meeting)}
    lines = [
        Line(KIND_OF_THREAD.get(t.kind, AgendaKind.OTHER), t.title, thread_id=t.id)
        for t in threads
        if t.id not in there
    ]
    return _add(actor, meeting, lines)


def change_item(actor: Actor, meeting: Meeting, item: AgendaItem, line: Line) -> None:
    """Rewrite a line; it keeps its place. Raises WrongState."""
    _expect_open(meeting)
    item.kind, item.title, item.presenter = line.kind, line.title, line.presenter
    item.minutes_planned, item.thread_id = line.minutes_planned, line.thread_id
    _note(actor, meeting)


def place_item(actor: Actor, meeting: Meeting, item: AgendaItem, place: int) -> None:
    """Put a line at a place, counted from 1; saying it twice changes nothing. Raises WrongState."""
    _expect_open(meeting)
    before = _items_of(meeting)
    items = [other for other in before if other.id != item.id]
    items.insert(max(place - 1, 0), item)
    if items == before:
        return
    for position, each in enumerate(items, 1):
        each.position = position
    _note(actor, meeting)


def remove_item(actor: Actor, meeting: Meeting, item: AgendaItem) -> None:
    """Take a line off; its thread stays what it is. Raises WrongState, HasMinutes."""
    _expect_open(meeting)
    if is_written(meeting.id, item.id):
        raise HasMinutes
    db.session.execute(delete(MinutesPart).where(MinutesPart.item_id == item.id))
    db.session.delete(item)
    _note(actor, meeting)


def begin_item_thread(actor: Actor, meeting: Meeting, item: AgendaItem, title: str, body: str) -> Thread:
    """Begin a topic thread in which a line is talked over beforehand. Raises WrongState, HasThread."""
    _expect_open(meeting)
    if item.thread_id is not None:
        raise HasThread
    thread = begin_thread(actor, ThreadKind.TOPIC, title, body).thread
    item.thread_id = thread.id
    _note(actor, meeting)
    return thread


def _add(actor: Actor, meeting: Meeting, lines: list[Line]) -> list[AgendaItem]:
    _expect_open(meeting)
    there = _items_of(meeting)
    if len(there) + len(lines) > LONGEST_AGENDA:
        raise AgendaFull
    last = max((item.position for item in there), default=0)
    added = [
        AgendaItem(
            meeting_id=meeting.id,
            position=position,
            kind=line.kind,
            title=line.title,
            minutes_planned=line.minutes_planned,
            presenter=line.presenter,
            thread_id=line.thread_id,
        )
        for position, line in enumerate(lines, last + 1)
    ]
    db.session.add_all(added)
    _note(actor, meeting)
    return added


def _items_of(meeting: Meeting) -> list[AgendaItem]:
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(AgendaItem.position, AgendaItem.id)))


def _expect_open(meeting: Meeting) -> None:
    if meeting.state not in (*PLANNED, MeetingState.HELD):
        raise WrongState(meeting.state)


def _note(actor: Actor, meeting: Meeting) -> None:
    meeting.touch()
    db.session.flush()
    put_on_record(actor, meeting, "agenda")
