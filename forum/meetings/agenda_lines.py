"""The agenda as its reader may see it: a line says no more than he may open of its thread or card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, false, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import Experience
from forum.library.policies import readable_cards
from forum.meetings.models import AgendaItem, AgendaKind, MeetingState
from forum.meetings.programme import Entry, Programme, changes
from forum.meetings.published import programme_from, programme_now, published, rows_now
from forum.threads.lists import reach_label
from forum.threads.models import Reach, Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor
from forum.units.models import Unit


@dataclass(frozen=True)
class AgendaRow:
    """A line of the agenda as this reader may see it: without words where its thread or card is not his to open.

    ``begins`` are its beginnings at its sittings, mostly one; ``place`` is said where there are several sittings and it belongs to one.
    """

    id: int
    kind: AgendaKind
    title: str | None
    presenter: str
    minutes_planned: int | None
    begins: tuple[datetime, ...]
    place: str
    thread_id: int | None
    card_id: int | None
    material: str
    only_for: str  # who may read the thread or card, where that is not everybody
    is_readable: bool
    reply_count: int
    same_count: int
    asked_by: str
    is_open_thread: bool
    sitting_id: int | None = None  # of the one sitting that it is for

    @property
    def begins_at(self) -> datetime | None:
        """When it begins, first of all."""
        return self.begins[0] if self.begins else None


class Fact(NamedTuple):
    """What a line shows of the thread or card behind it, and whether its reader may open that."""

    reach: Reach
    reply_count: int
    same_count: int
    hidden_at: datetime | None
    unit_name: str
    is_readable: bool


Facts = Mapping[tuple[str, int], Fact]


def agenda_of(actor: Actor, meeting: Any) -> list[AgendaRow]:
    """The agenda that readers of a meeting go by; two statements at most, one once it has begun.

    Until the meeting begins that is the one published last; from then on, in the hall and on paper, what stands now. ``meeting`` is a
    row with ``id``, ``theme``, ``state``, ``announced_at`` and ``starts_at``.
    """
    programme = None if goes_by_the_hour(meeting) else published(meeting.id)
    return lines_of(actor, programme, _own_sitting(meeting)) if programme else lines_now(actor, meeting)


def agenda_and_changes(actor: Actor, meeting: Any) -> tuple[list[AgendaRow], int]:
    """The same for who arranges it, with the number of changes that readers do not see yet; one statement more."""
    programme = None if goes_by_the_hour(meeting) else published(meeting.id)
    if programme is None:
        return lines_now(actor, meeting), 0
    lines = lines_of(actor, programme, _own_sitting(meeting))
    return lines, len(changes(programme, programme_now(meeting.id, meeting.theme)))


def goes_by_the_hour(meeting: Any) -> bool:
    """Whether what organisers arrange counts at once: nothing was announced yet, or the meeting has begun."""
    has_begun = meeting.state is MeetingState.ANNOUNCED and meeting.starts_at <= utcnow()
    return meeting.announced_at is None or has_begun or meeting.state in (MeetingState.HELD, MeetingState.CLOSED)


def _own_sitting(meeting: Any) -> int | None:
    """The sitting that concerns the reader, where the row of a meeting says it."""
    return getattr(meeting, "sitting_id", None)


def lines_of(actor: Actor, programme: Programme, sitting_id: int | None = None) -> list[AgendaRow]:
    """The lines of a programme for a reader, with the hours of his sitting where one is given; one statement."""
    return _lines(programme, _facts(actor, programme.entries), sitting_id)


def lines_now(actor: Actor, meeting: Any) -> list[AgendaRow]:
    """The agenda as it stands, published or not, for who writes its minutes; one statement."""
    asked, told = aliased(Unit), aliased(Unit)
    rows: Sequence[Any] = db.session.execute(
        rows_now(meeting.id)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .outerjoin(asked, asked.id == Thread.unit_id)
        .outerjoin(Experience, Experience.id == AgendaItem.experience_id)
        .outerjoin(told, told.id == Experience.unit_id)
        .add_columns(
            Thread.reach.label("thread_reach"),
            Thread.reply_count,
            Thread.same_count,
            Thread.hidden_at,
            asked.name.label("thread_unit"),
            func.coalesce(readable_threads(actor), false()).label("thread_readable"),
            Experience.reach.label("card_reach"),
            told.name.label("card_unit"),
            func.coalesce(readable_cards(actor), false()).label("card_readable"),
        )
    ).all()
    facts = {}
    for row in rows:
        if row.thread_id is not None:
            counts = (row.reply_count, row.same_count, row.hidden_at)
            facts["thread", row.thread_id] = Fact(row.thread_reach, *counts, row.thread_unit, row.thread_readable)
        if row.experience_id is not None:
            facts["card", row.experience_id] = Fact(row.card_reach, 0, 0, None, row.card_unit, row.card_readable)
    return _lines(programme_from(meeting.theme, rows), facts, _own_sitting(meeting))


def _lines(programme: Programme, facts: Facts, sitting_id: int | None) -> list[AgendaRow]:
    """A clock runs once minutes are planned for all but the last line."""

    def begins(entry: Entry) -> tuple[datetime, ...]:
        at_his = clock.get((entry.id, sitting_id or 0))
        return (at_his,) if at_his else tuple(programme.beginnings(entry))

    clock = programme.clock()
    is_timed = all((entry.id, place.id) in clock for place in programme.places for entry in programme.at(place))
    names = {place.id: place.label for place in programme.places} if len(programme.places) > 1 else {}
    return [
        _row(entry, facts, begins(entry) if is_timed else (), names.get(entry.sitting_id or 0, ""))
        for entry in programme.entries
    ]


def _row(entry: Entry, facts: Facts, begins: tuple[datetime, ...], place: str) -> AgendaRow:
    fact = facts.get(key) if (key := source_of(entry)) else None
    shown = key is None or bool(fact and fact.is_readable)
    return AgendaRow(
        id=entry.id,
        kind=entry.kind,
        title=entry.title if shown else None,
        presenter=entry.presenter if shown else "",
        minutes_planned=entry.minutes,
        begins=begins,
        place=place,
        sitting_id=entry.sitting_id,
        thread_id=entry.thread_id if shown else None,
        card_id=entry.experience_id if shown else None,
        material=entry.material if shown else "",
        only_for=reach_label(fact.reach) if fact and fact.reach.is_narrow else "",
        is_readable=shown,
        reply_count=fact.reply_count if fact and shown else 0,
        same_count=fact.same_count if fact and shown else 0,
        asked_by=fact.unit_name if fact and shown else "",
        is_open_thread=shown and entry.thread_id is not None and fact is not None and fact.hidden_at is None,
    )


def source_of(entry: Entry) -> tuple[str, int] | None:
    """Whose reach decides over the words of a line: its thread's or its card's; None for a line of its own."""
    if entry.thread_id is not None:
        return "thread", entry.thread_id
    return ("card", entry.experience_id) if entry.experience_id is not None else None


def readable_sources(actor: Actor, entries: Iterable[Entry]) -> set[tuple[str, int]]:
    """Of the threads and cards behind these lines those that the actor may open; one statement."""
    return {key for key, fact in _facts(actor, entries).items() if fact.is_readable}


def _facts(actor: Actor, entries: Iterable[Entry]) -> Facts:
    sources = [source for entry in entries if (source := source_of(entry))]
    if not sources:
        return {}

    def ids(of: str) -> list[int]:
        return sorted({ident for kind, ident in sources if kind == of})

    threads = (
        select(
            literal("thread").label("source"),
            Thread.id,
            Thread.reach,
            Thread.reply_count,
            Thread.same_count,
            Thread.hidden_at,
            Unit.name.label("unit_name"),
            func.coalesce(readable_threads(actor), false()).label("is_readable"),
        )
        .join(Unit, Unit.id == Thread.unit_id)
        .where(Thread.id.in_(ids("thread")))
    )
    cards = (
        select(
            literal("card"),
            Experience.id,
            Experience.reach,
            literal(0),
            literal(0),
            null(),
            Unit.name,
            func.coalesce(readable_cards(actor), false()),
        )
        .join(Unit, Unit.id == Experience.unit_id)
        .where(Experience.id.in_(ids("card")))
    )
    rows: Sequence[Any] = db.session.execute(union_all(threads, cards)).all()
    return {(row.source, row.id): Fact(*row[2:]) for row in rows}


def open_item(actor: Actor, meeting_id: int, item_id: int) -> Select[AgendaItem]:
    """A line of a meeting's agenda, if the actor may open the thread or card it stands for."""
    return (
        select(AgendaItem)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .outerjoin(Experience, Experience.id == AgendaItem.experience_id)
        .where(
            AgendaItem.meeting_id == meeting_id,
            AgendaItem.id == item_id,
            or_(AgendaItem.thread_id.is_(None), readable_threads(actor)),
            or_(AgendaItem.experience_id.is_(None), readable_cards(actor)),
        )
    )
