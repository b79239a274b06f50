"""Minutes as rows, as far as their reader may open the threads that they speak of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from forum.extensions import db
from forum.library.models import Experience
from forum.library.policies import readable_cards
from forum.meetings.labels import kind_label
from forum.meetings.minutes.models import MarkKind, MinutesMark, MinutesPart, MinutesVersion
from forum.meetings.models import AgendaItem, AgendaKind
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor
from forum.units.models import Person, Unit


@dataclass(frozen=True)
class PartRow:
    """What was said under one line of the agenda, or under none (``item_id`` is None)."""

    id: int
    item_id: int | None
    kind: AgendaKind | None
    title: str
    body: str
    body_html: str
    is_continued: bool
    version: int
    written_by: str
    written_at: datetime

    @property
    def heading(self) -> str:
        """What it is headed where there are several."""
        return heading_of(self.kind, self.title)


@dataclass(frozen=True)
class MarkRow:
    """A marked sentence; ``who`` is empty as long as nobody is named."""

    id: int
    item_id: int | None
    kind: MarkKind
    text: str
    unit_id: int | None
    person_id: int | None
    due: date | None
    who: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing of an action; a conclusion is its sentence."""
        return self.kind is MarkKind.CONCLUSION or (self.unit_id is not None and self.due is not None)


def _readable(actor: Actor) -> Any:
    """The condition, where the line with its thread and card is joined: as the agenda shows its words, so the minutes."""
    thread = or_(AgendaItem.thread_id.is_(None), readable_threads(actor))
    return and_(thread, or_(AgendaItem.experience_id.is_(None), readable_cards(actor)))


def minutes_of(actor: Actor, meeting_id: int) -> list[PartRow]:
    """What was written, in the order of the agenda and then the rest; one statement."""
    rows = db.session.execute(
        select(
            MinutesPart.id,
            MinutesPart.item_id,
            AgendaItem.kind,
            func.coalesce(AgendaItem.title, "").label("title"),
            MinutesPart.body,
            MinutesPart.body_html,
            MinutesPart.is_continued,
            MinutesPart.version,
            Person.name.label("written_by"),
            MinutesPart.written_at,
        )
        .outerjoin(AgendaItem, AgendaItem.id == MinutesPart.item_id)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .outerjoin(Experience, Experience.id == AgendaItem.experience_id)
        .join(Person, Person.id == MinutesPart.written_by_id)
        .where(MinutesPart.meeting_id == meeting_id, _readable(actor))
        .order_by(AgendaItem.position.is_(None), AgendaItem.position, MinutesPart.id)
    )
    return [PartRow(**row._mapping) for row in rows]


def marks_of(actor: Actor, meeting_id: int) -> list[MarkRow]:
    """What was marked in the minutes of a meeting, as it was marked; one statement."""
    return marked_and_said(actor, meeting_id)[0]


def marked_and_said(actor: Actor, meeting_id: int) -> tuple[list[MarkRow], set[int | None]]:
    """What was marked, and the lines of which anything was written (None for what belongs to none); one statement."""
    rows = db.session.execute(
        select(
            MinutesMark.id,
            MinutesPart.item_id,
            (MinutesPart.body != "").label("is_said"),
            MinutesMark.kind,
            MinutesMark.text,
            MinutesMark.unit_id,
            MinutesMark.person_id,
            MinutesMark.due,
            Unit.name.label("unit_name"),
            Person.name.label("person_name"),
        )
        .select_from(MinutesPart)
        .outerjoin(MinutesMark, MinutesMark.part_id == MinutesPart.id)
        .outerjoin(AgendaItem, AgendaItem.id == MinutesPart.item_id)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .outerjoin(Experience, Experience.id == AgendaItem.experience_id)
        .outerjoin(Unit, Unit.id == MinutesMark.unit_id)
        .outerjoin(Person, Person.id == MinutesMark.person_id)
        .where(MinutesPart.meeting_id == meeting_id, _readable(actor))
        .order_by(MinutesMark.id)
    ).all()
    marks = [
        MarkRow(
            id=row.id,
            item_id=row.item_id,
            kind=row.kind,
            text=row.text,
            unit_id=row.unit_id,
            person_id=row.person_id,
            due=row.due,
            who=" · ".join(name for name in (row.unit_name, row.person_name) if name),
        )
        for row in rows
        if row.id is not None
    ]
    return marks, {row.item_id for row in rows if row.is_said}


def open_mark(actor: Actor, meeting_id: int, mark_id: int) -> Select[MinutesMark]:
    """A mark in the minutes of a meeting, with its part at hand, if the actor may open the thread that it speaks of."""
    return (
        select(MinutesMark)
        .join(MinutesMark.part)
        .options(contains_eager(MinutesMark.part))
        .outerjoin(AgendaItem, AgendaItem.id == MinutesPart.item_id)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .outerjoin(Experience, Experience.id == AgendaItem.experience_id)
        .where(MinutesMark.id == mark_id, MinutesPart.meeting_id == meeting_id, _readable(actor))
    )


def as_text(parts: Iterable[PartRow]) -> str:
    """Minutes in one text, each part under a heading; the rest without one where it is all there is."""
    written = [part for part in parts if part.body]
    if len(written) == 1 and written[0].item_id is None:
        return written[0].body
    return "\n\n".join(f"# {part.heading}\n{part.body}" for part in written)


def heading_of(kind: AgendaKind | None, title: str) -> str:
    """What a part is headed: the kind of its line and what the line says."""
    label = kind_label(kind or AgendaKind.OTHER)
    if not title or title.startswith(label):  # 上期落实情况：养羊出村 says it already
        return title or label
    return _("%(kind)s：%(title)s", kind=label, title=title)


def versions_of(meeting_id: int) -> Sequence[Any]:
    """All versions and revisions of the minutes of a meeting, the first first; one statement."""
    return db.session.execute(
        select(
            MinutesVersion.number,
            MinutesVersion.revision,
            MinutesVersion.parts,
            MinutesVersion.reason,
            MinutesVersion.written_at,
            Person.name.label("written_by"),
        )
        .join(Person, Person.id == MinutesVersion.written_by_id)
        .where(MinutesVersion.meeting_id == meeting_id)
        .order_by(MinutesVersion.number, MinutesVersion.revision)
    ).all()


def readable_sources(actor: Actor, versions: Iterable[Any]) -> set[tuple[str, int]]:
    """Those threads and cards behind the lines of these versions that the actor may open; two statements at most."""
    parts = [part for version in versions for part in version.parts]
    threads, cards = ({part[what] for part in parts if part.get(what)} for what in ("thread", "card"))
    found: set[tuple[str, int]] = set()
    if threads:
        query = select(Thread.id).where(Thread.id.in_(threads), readable_threads(actor))
        found |= {("thread", ident) for ident in db.session.scalars(query)}
    if cards:
        query = select(Experience.id).where(Experience.id.in_(cards), readable_cards(actor))
        found |= {("card", ident) for ident in db.session.scalars(query)}
    return found
