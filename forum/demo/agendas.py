"""The demo's agendas: who presents what, and what was published when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from forum.clock import local
from forum.demo.cast import Cast
from forum.demo.threads import Threads
from forum.extensions import db
from forum.meetings.models import AgendaItem, AgendaKind, AgendaVersion, Meeting, Sitting
from forum.meetings.published import programme_now

MINUTES = {
    AgendaKind.CASE: 20,
    AgendaKind.QUESTION: 30,
    AgendaKind.LECTURE: 30,
    AgendaKind.VISIT: 30,
    AgendaKind.TOPIC: 30,
    AgendaKind.REVIEW: 10,
    AgendaKind.OTHER: 10,
}
BETWEEN = timedelta(days=2)  # versions of an agenda


def write_agenda(entry: dict[str, Any], meeting: Meeting, sitting: Sitting, threads: Threads, cast: Cast) -> None:
    """The lines of a meeting, and its versions once it was announced: a line came with ``version`` 1, unless said; 0 is not published yet."""
    on = local(sitting.starts_at).date()
    numbers = {}
    for position, item in enumerate(entry["agenda"], 1):
        name = item.get("presenter", "")
        posting = cast.held_by(name, on)
        thread = threads.threads[item["thread"]] if "thread" in item else None
        line = AgendaItem(
            meeting_id=meeting.id,
            position=position,
            kind=AgendaKind(item["kind"]),
            title=item["title"],
            minutes_planned=MINUTES[AgendaKind(item["kind"])],
            presenter="" if posting else name,
            presenter_posting_id=posting.id if posting else None,
            thread_id=thread.id if thread else None,
            material=item.get("material", ""),
        )
        db.session.add(line)
        db.session.flush()
        numbers[line.id] = item.get("version", 1)
    if meeting.announced_at is not None:
        _publish(meeting, numbers)


def _publish(meeting: Meeting, numbers: dict[int, int]) -> None:
    programme = programme_now(meeting.id, meeting.theme)
    for number in sorted({1, *numbers.values()} - {0}):
        there = tuple(e for e in programme.entries if 0 < numbers[e.id] <= number)
        db.session.add(
            AgendaVersion(
                meeting_id=meeting.id,
                number=number,
                published_by_id=meeting.created_by_id,
                published_at=meeting.announced_at + (number - 1) * BETWEEN if meeting.announced_at else None,
                programme=replace(programme, entries=there).as_json(),
            )
        )
