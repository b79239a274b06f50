"""What was published of a meeting: kept as a version each time, and those told whom it touches. The caller commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from forum.extensions import db
from forum.learning.lectures.models import Expert, Lecture
from forum.meetings.models import AgendaItem, AgendaVersion, Meeting, Sitting
from forum.meetings.programme import Entry, Place, Programme, newly_taken_up, touched
from forum.notices.outbox import enqueue
from forum.threads.models import Thread
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit


def presenter_of(item: type[AgendaItem]) -> ColumnElement[str]:
    """Who presents a line as people read it: village and name, or an expert with his bureau, of a lecture its own; empty for nobody."""
    of_the_forum = (
        select(Unit.name + " " + Person.name)
        .select_from(Posting)
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.id == item.presenter_posting_id)
        .correlate(item)
        .scalar_subquery()
    )
    outside = case(
        (item.presenter_from != "", item.presenter + "（" + item.presenter_from + "）"), else_=item.presenter
    )
    of_lecture = _expert_of(item, Expert.name + "（" + Expert.workplace + "）")
    return func.coalesce(of_the_forum, of_lecture, outside)


def _expert_of(item: type[AgendaItem], said: Any) -> ColumnElement[Any]:
    """What is said of the expert whose lecture a line takes up, where nobody else was named to present it."""
    return (
        select(said)
        .select_from(Lecture)
        .join(Expert, Expert.id == Lecture.expert_id)
        .where(Lecture.thread_id == item.thread_id, item.presenter == "", item.presenter_posting_id.is_(None))
        .correlate(item)
        .scalar_subquery()
    )


PLACE = (Sitting.id, Sitting.place, Sitting.starts_at, Sitting.ends_at, Sitting.name)
ENTRY = (
    AgendaItem.id.label("item_id"),
    AgendaItem.kind,
    AgendaItem.title,
    AgendaItem.minutes_planned,
    presenter_of(AgendaItem).label("presenter"),
    func.coalesce(Posting.person_id, _expert_of(AgendaItem, Expert.person_id)).label("person_id"),
    AgendaItem.sitting_id,
    AgendaItem.thread_id,
    AgendaItem.experience_id,
    AgendaItem.material,
)


def rows_now(meeting_id: int) -> Select[*tuple[Any, ...]]:
    """The programme as its organisers have it at the moment, every line beside every sitting: there are few of both."""
    return (
        select(*PLACE, *ENTRY)
        .outerjoin(AgendaItem, AgendaItem.meeting_id == Sitting.meeting_id)
        .outerjoin(Posting, Posting.id == AgendaItem.presenter_posting_id)
        .where(Sitting.meeting_id == meeting_id)
        .order_by(Sitting.position, Sitting.id, AgendaItem.position, AgendaItem.id)
    )


def programme_from(theme: str, rows: Iterable[Any]) -> Programme:
    """A programme from rows that begin with the columns of ``rows_now``."""
    end = len(PLACE) + len(ENTRY)
    places: dict[Place, None] = {}
    lines: dict[Entry, None] = {}
    for row in rows:
        places.setdefault(Place(*row[: len(PLACE)]))
        if row.item_id is not None:
            lines.setdefault(Entry(*row[len(PLACE) : end]))
    return Programme(theme, tuple(places), tuple(lines))


def programme_now(meeting_id: int, theme: str) -> Programme:
    """The programme as its organisers have it at the moment; one statement."""
    return programme_from(theme, db.session.execute(rows_now(meeting_id)))


def published(meeting_id: int) -> Programme | None:
    """The programme as it was published last; None for what never was. One statement."""
    kept = db.session.scalar(
        select(AgendaVersion.programme)
        .where(AgendaVersion.meeting_id == meeting_id)
        .order_by(AgendaVersion.number.desc())
        .limit(1)
    )
    return Programme.from_json(kept) if kept else None


def publish_programme(
    actor: Actor, meeting: Meeting, *, with_agenda: bool = True, told: Collection[int] = ()
) -> AgendaVersion | None:
    """Keep the programme as a new version, unless it is the last one's, and tell presenters and askers whom it touches.

    Without ``with_agenda`` the lines stay as they were published: a new hour is told at once, an agenda when it is ready. ``told`` are
    people who learn of the change anyway.
    """
    old, new = published(meeting.id), programme_now(meeting.id, meeting.theme)
    if old is not None and not with_agenda:
        new = replace(new, entries=old.entries)
    if new == old:
        return None
    last = select(func.coalesce(func.max(AgendaVersion.number), 0)).where(AgendaVersion.meeting_id == meeting.id)
    version = AgendaVersion(
        meeting_id=meeting.id,
        number=(db.session.scalar(last) or 0) + 1,
        published_by_id=actor.id,
        programme=new.as_json(),
    )
    db.session.add(version)
    db.session.flush()
    people = concerned(old, new)
    for person_id in sorted(people.presenters.keys() - {actor.id, *told}):
        enqueue(person_id, "meeting.presents", meeting.id)
    for item_id, person_id in sorted(people.askers.items()):
        if person_id not in people.presenters.keys() | {actor.id}:
            enqueue(person_id, "meeting.takes_up", item_id)
    return version


@dataclass(frozen=True)
class Concerned:
    """Whom publishing touches: presenters of what is new, gone or changed, and by line whoever asked what is newly taken up."""

    presenters: Mapping[int, str]
    askers: Mapping[int, int]
    names: Mapping[int, str]

    def told(self, actor: Actor) -> list[str]:
        """What those are called who will be told when the actor publishes."""
        people = dict.fromkeys([*self.presenters, *self.askers.values()])
        return [self.names[person_id] for person_id in people if person_id != actor.id]


def concerned(old: Programme | None, new: Programme) -> Concerned:
    """Whom publishing one programme after another touches; one statement."""
    before = old or Programme(new.theme, new.places)
    people = touched(before, new)
    named = {e.person_id: e.presenter for e in (*before.entries, *new.entries) if e.person_id in people and e.person_id}
    lines = newly_taken_up(old, new)
    rows: Sequence[Any] = db.session.execute(
        select(Thread.id, Thread.author_id, (Unit.name + " " + Person.name).label("name"))
        .join(Person, Person.id == Thread.author_id)
        .join(Unit, Unit.id == Thread.unit_id)
        .where(Thread.id.in_([entry.thread_id for entry in lines]))
    ).all()
    authors = {row.id: row.author_id for row in rows}
    askers = {entry.id: authors[entry.thread_id] for entry in lines if entry.thread_id in authors}
    return Concerned(named, askers, {row.author_id: row.name for row in rows} | named)
