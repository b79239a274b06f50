"""What the pages about an agenda show, put together from rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from forum.extensions import db
from forum.meetings.agenda_forms import OrderForm
from forum.meetings.agenda_hints import hints_for, hints_within
from forum.meetings.agenda_labels import change_words, hint_words
from forum.meetings.agenda_lines import AgendaRow, goes_by_the_hour, lines_of, readable_sources, source_of
from forum.meetings.models import AgendaKind, AgendaVersion, Meeting
from forum.meetings.programme import Entry, Programme, changes
from forum.meetings.published import concerned, programme_now, published
from forum.meetings.queries import review_before
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit

MOST_VERSIONS = 30


def arrange_page(actor: Actor, meeting: Meeting, form: OrderForm, now: Programme | None) -> dict[str, Any]:
    """The agenda to be arranged: as it stands, or as it was just sent; ``now`` is what somebody else made of it meanwhile."""
    stands = now or programme_now(meeting.id, meeting.theme)
    shown = replace(stands, entries=tuple(_as_sent(stands.entries, form))) if form.typed else stands
    rows = lines_of(actor, shown)
    hints = hints_for(actor, meeting, shown)
    typed = dict(form.typed)
    return {
        "meeting": meeting,
        "agenda": rows,
        "minutes": {row.id: typed.get(row.id, str(row.minutes_planned or "")) for row in rows},
        "now": lines_of(actor, now) if now else None,
        "review": review_before(actor, meeting) if any(row.kind is AgendaKind.REVIEW for row in rows) else None,
        "hints": hint_words(hints, _readable(shown, rows)),
        "quiet": hints.quiet,
        "pending": len(pending_changes(meeting, stands)),
    }


def _as_sent(entries: tuple[Entry, ...], form: OrderForm) -> Iterable[Entry]:
    """The lines in the order that was sent, with the minutes that could be read; lines that came since stand at the end."""
    there = {entry.id: entry for entry in entries}
    for ident, text in form.typed:
        if ident in there:
            minutes = int(text) if text and ident not in form.wrong else None
            yield replace(there.pop(ident), minutes=minutes)
    yield from there.values()


def pending_changes(meeting: Any, programme: Programme) -> list[Any]:
    """What readers do not see yet of an announced meeting; one statement."""
    old = None if goes_by_the_hour(meeting) else published(meeting.id)
    return changes(old, programme) if old else []


def publish_page(actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """What publishing would change, who would be told, and what to mind."""
    old, new = published(meeting.id), programme_now(meeting.id, meeting.theme)
    readable = readable_sources(actor, [*(old.entries if old else ()), *new.entries])
    return {
        "meeting": meeting,
        "changes": change_words(changes(old, new), readable, new.places) if old else [],
        "agenda": lines_of(actor, new),
        "told": concerned(old, new).told(actor),
        "hints": hint_words(hints_within(new), readable),
    }


def announce_page(actor: Actor, head: Any) -> dict[str, Any]:
    """What goes out with the first announcement: the agenda, to how many, and who is told besides."""
    programme = programme_now(head.id, head.theme)
    rows = lines_of(actor, programme)
    return {
        "head": head,
        "places": programme.places,
        "agenda": rows,
        "secretaries": secretaries_in_office(head.township_id),
        "told": concerned(published(head.id), programme).told(actor),
        "hints": hint_words(hints_within(programme), _readable(programme, rows)),
    }


def _readable(programme: Programme, rows: Sequence[AgendaRow]) -> set[tuple[str, int]]:
    pairs = zip(programme.entries, rows, strict=True)
    return {key for entry, row in pairs if row.is_readable and (key := source_of(entry))}


def secretaries_in_office(township_id: int) -> int:
    """How many secretaries of a township are told when a meeting is announced; one statement."""
    people = select(func.count(func.distinct(Posting.person_id))).join(Unit, Unit.id == Posting.unit_id)
    people = people.join(Person, Person.id == Posting.person_id).where(
        in_force(),
        Posting.role == Role.SECRETARY,
        Unit.township_id == township_id,
        Unit.closed_at.is_(None),
        Person.disabled_at.is_(None),
    )
    return db.session.scalar(people) or 0


def versions_of(meeting_id: int, number: int | None = None) -> Sequence[Any]:
    """What was published of a meeting, the latest first, one more than is shown; or the one of a number. One statement."""
    query = (
        select(AgendaVersion.number, AgendaVersion.published_at, AgendaVersion.programme, Person.name)
        .join(Person, Person.id == AgendaVersion.published_by_id)
        .where(AgendaVersion.meeting_id == meeting_id)
        .order_by(AgendaVersion.number.desc())
        .limit(MOST_VERSIONS + 1)
    )
    return db.session.execute(query if number is None else query.where(AgendaVersion.number == number)).all()


@dataclass(frozen=True)
class VersionRow:
    """A version in the list: the first says nothing of changes."""

    number: int
    published_at: datetime
    published_by: str
    changes: Sequence[str]


def versions_page(actor: Actor, meeting_id: int) -> list[VersionRow]:
    """The versions of a meeting's programme, the latest first, each with what it changed; two statements."""
    rows = list(versions_of(meeting_id))
    programmes = [Programme.from_json(row.programme) for row in rows]
    readable = readable_sources(actor, [entry for programme in programmes for entry in programme.entries])
    shown = []
    for at, row in enumerate(rows):
        before = programmes[at + 1] if at + 1 < len(rows) else None
        words = change_words(changes(before, programmes[at]), readable, programmes[at].places) if before else []
        shown.append(VersionRow(row.number, row.published_at, row.name, words))
    return shown[:MOST_VERSIONS]


def version_page(actor: Actor, meeting_id: int, number: int) -> dict[str, Any] | None:
    """One version with its lines; None when there was none of this number."""
    row = next(iter(versions_of(meeting_id, number)), None)
    if row is None:
        return None
    programme = Programme.from_json(row.programme)
    return {"version": row, "programme": programme, "agenda": lines_of(actor, programme)}
