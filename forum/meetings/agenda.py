"""Arranging the agenda of a meeting. The caller commits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select

from forum.extensions import db
from forum.library.models import Experience
from forum.meetings.actions import ChangedMeanwhile, Refused, WrongState, put_on_record
from forum.meetings.minutes.actions import is_written
from forum.meetings.minutes.models import MinutesPart
from forum.meetings.models import AgendaItem, AgendaKind, Meeting, MeetingState
from forum.meetings.policies import PLANNED
from forum.meetings.published import publish_programme
from forum.threads.actions import begin_thread
from forum.threads.models import Thread, ThreadKind
from forum.units.actors import Actor, in_force
from forum.units.models import Posting, Role

LONGEST_AGENDA = 40

KIND_OF_THREAD = {
    ThreadKind.QUESTION: AgendaKind.QUESTION,
    ThreadKind.TOPIC: AgendaKind.TOPIC,
    ThreadKind.SHARE: AgendaKind.CASE,
    ThreadKind.TRIP: AgendaKind.VISIT,
    ThreadKind.LECTURE: AgendaKind.LECTURE,
}

SPOKEN_FOR = (ThreadKind.QUESTION, ThreadKind.SHARE)  # by whoever wrote it; a topic is led by whoever is asked to


class AgendaFull(Refused):
    """More than anybody can sit through."""


class HasMinutes(Refused):
    """Something was written in the minutes under the line: it cannot be taken off."""


class PresenterLeft(Refused):
    """Who was to present holds that office no longer."""


class NothingNew(Refused):
    """What is to be published has been published."""


class HasThread(Refused):
    """There is a thread already in which the line is talked over."""


@dataclass(frozen=True)
class Line:
    """What an organiser writes into a line of the agenda; its fields are those of ``AgendaItem``."""

    kind: AgendaKind
    title: str
    minutes_planned: int | None = None
    presenter: str = ""
    presenter_from: str = ""
    presenter_posting_id: int | None = None
    sitting_id: int | None = None
    thread_id: int | None = None
    experience_id: int | None = None
    material: str = ""


def add_item(actor: Actor, meeting: Meeting, line: Line) -> AgendaItem:
    """Put a line at the end of the agenda. Raises WrongState, AgendaFull, PresenterLeft."""
    _refuse_left(line)
    return _add(actor, meeting, [line])[0]


def add_threads(actor: Actor, meeting: Meeting, threads: Iterable[Thread]) -> list[AgendaItem]:
    """Put threads at the end of the agenda, each as its kind suggests, to be presented by whoever asked or shared; those on it stay.

    Raises WrongState, AgendaFull.
    """
    there = {item.thread_id for item in _items_of(meeting)}
    new = [thread for thread in threads if thread.id not in there]
    speaks = _running([t.posting_id for t in new if t.kind in SPOKEN_FOR])
    lines = [
        Line(
            KIND_OF_THREAD.get(t.kind, AgendaKind.OTHER),
            t.title,
            presenter_posting_id=t.posting_id if t.posting_id in speaks else None,
            thread_id=t.id,
        )
        for t in new
    ]
    return _add(actor, meeting, lines)


def add_cards(actor: Actor, meeting: Meeting, cards: Iterable[Experience]) -> list[AgendaItem]:
    """Put experience cards at the end of the agenda, to be told of by the secretary of their village; those on it stay.

    Raises WrongState, AgendaFull.
    """
    there = {item.experience_id for item in _items_of(meeting)}
    new = [card for card in cards if card.id not in there]
    secretaries = select(Posting.unit_id, Posting.id).where(
        Posting.unit_id.in_([card.unit_id for card in new]), Posting.role == Role.SECRETARY, in_force()
    )
    tells = {row.unit_id: row.id for row in db.session.execute(secretaries)}
    lines = [
        Line(AgendaKind.CASE, card.title, presenter_posting_id=tells.get(card.unit_id), experience_id=card.id)
        for card in new
    ]
    return _add(actor, meeting, lines)


def change_item(actor: Actor, meeting: Meeting, item: AgendaItem, line: Line, *, version: int) -> None:
    """Rewrite a line; it keeps its place. Raises WrongState, PresenterLeft, and ChangedMeanwhile when it is no longer at ``version``."""
    _expect_open(meeting)
    if item.version != version:
        raise ChangedMeanwhile
    _refuse_left(line)
    for name, value in asdict(line).items():
        setattr(item, name, value)
    item.version += 1
    _note(actor, meeting)


def arrange_items(actor: Actor, meeting: Meeting, order: Sequence[tuple[int, int | None]], *, version: int) -> None:
    """Put the lines in this order, each with its minutes.

    Raises WrongState, and ChangedMeanwhile when the meeting is no longer at ``version`` or has other lines than these.
    """
    _expect_open(meeting)
    items = {item.id: item for item in _items_of(meeting)}
    if meeting.version != version or sorted(items) != sorted(item_id for item_id, _minutes in order):
        raise ChangedMeanwhile
    now = [(item.id, item.minutes_planned) for item in items.values()]
    if now == list(order):
        return
    for position, (item_id, minutes) in enumerate(order, 1):
        item = items[item_id]
        item.position = position
        if item.minutes_planned != minutes:
            item.minutes_planned, item.version = minutes, item.version + 1
    _note(actor, meeting)


def publish_agenda(actor: Actor, meeting: Meeting, *, version: int) -> None:
    """Let everybody see the agenda of an announced meeting as it is now, and tell those whom the changes touch.

    Raises WrongState, NothingNew, and ChangedMeanwhile when the meeting is no longer at ``version``: who publishes has seen what goes out.
    """
    if meeting.state is not MeetingState.ANNOUNCED:
        raise WrongState(meeting.state)
    if meeting.version != version:
        raise ChangedMeanwhile
    meeting.touch()
    db.session.flush()  # of two at once the second stops here
    if publish_programme(actor, meeting) is None:
        raise NothingNew
    put_on_record(actor, meeting, "publish")


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
        AgendaItem(meeting_id=meeting.id, position=position, **asdict(line))
        for position, line in enumerate(lines, last + 1)
    ]
    db.session.add_all(added)
    _note(actor, meeting)
    return added


def _items_of(meeting: Meeting) -> list[AgendaItem]:
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(AgendaItem.position, AgendaItem.id)))


def _refuse_left(line: Line) -> None:
    if line.presenter_posting_id is not None and not _running([line.presenter_posting_id]):
        raise PresenterLeft


def _running(posting_ids: Collection[int | None]) -> set[int]:
    """Of these postings those in force."""
    return set(db.session.scalars(select(Posting.id).where(Posting.id.in_(posting_ids), in_force())))


def _expect_open(meeting: Meeting) -> None:
    if meeting.state not in (*PLANNED, MeetingState.HELD):
        raise WrongState(meeting.state)


def _note(actor: Actor, meeting: Meeting) -> None:
    meeting.touch()
    db.session.flush()
    put_on_record(actor, meeting, "agenda")
