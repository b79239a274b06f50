"""Training in a period: how many lectures were given, how many of them online, and how many people came, added up by form, subject and township."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from forum.clock import from_local, utcnow
from forum.extensions import db
from forum.insights.policies import lectures_in_care
from forum.learning.lectures.models import Lecture, Manner
from forum.tags.queries import tag_lines
from forum.threads.models import Thread, ThreadTag
from forum.units.actors import Actor
from forum.units.models import Unit


@dataclass
class Sum:
    """Some lectures together. ``uncounted`` are those of which nobody has said how many came."""

    given: int = 0
    online: int = 0
    heads: int = 0
    uncounted: int = 0

    def add(self, lecture: Any) -> None:
        """Count one more."""
        self.given += 1
        self.online += lecture.manner is Manner.ONLINE
        self.heads += lecture.heads or 0
        self.uncounted += lecture.heads is None


@dataclass
class Totals:
    """All of a period, and what makes it up. A lecture of two subjects counts under both."""

    whole: Sum = field(default_factory=Sum)
    manners: dict[Manner, Sum] = field(default_factory=dict)
    subjects: dict[tuple[str, str], Sum] = field(default_factory=dict)  # by name and English name; ("", "") without any
    townships: dict[str, Sum] = field(default_factory=dict)  # by name; "" for the district's own


def lectures_given(actor: Actor, first: date, last: date) -> Sequence[Any]:
    """The lectures in the actor's care that had begun by now in a period, one statement."""
    rows = db.session.execute(
        select(
            Lecture.manner,
            Lecture.heads,
            Unit.name.label("township"),
            tag_lines(ThreadTag.tag_id, ThreadTag.thread_id == Lecture.thread_id, Lecture),
        )
        .join(Thread, Thread.id == Lecture.thread_id)
        .outerjoin(Unit, Unit.id == Lecture.township_id)
        .where(
            lectures_in_care(actor),
            Lecture.starts_at >= _begin_of(first),
            Lecture.starts_at < _begin_of(last + timedelta(days=1)),
            Lecture.starts_at <= utcnow(),
        )
    )
    return rows.all()


def add_up(lectures: Iterable[Any]) -> Totals:
    """The totals; forms in their fixed order, subjects and townships by name. Nothing is ranked."""
    totals = Totals()
    for lecture in lectures:
        totals.whole.add(lecture)
        totals.manners.setdefault(lecture.manner, Sum()).add(lecture)
        totals.townships.setdefault(lecture.township or "", Sum()).add(lecture)
        for subject in _subjects(lecture.tag_lines):
            totals.subjects.setdefault(subject, Sum()).add(lecture)
    totals.manners = {manner: totals.manners[manner] for manner in Manner if manner in totals.manners}
    totals.subjects = dict(sorted(totals.subjects.items()))
    totals.townships = dict(sorted(totals.townships.items()))
    return totals


def _subjects(lines: str | None) -> list[tuple[str, str]]:
    found = []
    for line in (lines or "").splitlines():
        _code, name, name_en = line.split(":", 2)
        found.append((name, name_en))
    return found or [("", "")]


def _begin_of(day: date) -> datetime:
    return from_local(datetime.combine(day, time()))
