"""What the page of 办结 needs to know: what is missing, and what was marked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from forum.extensions import db
from forum.meetings.agenda_lines import AgendaRow, lines_now
from forum.meetings.closing.actions import is_silent
from forum.meetings.minutes.models import MarkKind
from forum.meetings.minutes.queries import MarkRow, marked_and_said
from forum.meetings.models import AgendaKind, Attendance, Sitting
from forum.units.actors import Actor


@dataclass(frozen=True)
class Readiness:
    """How far a meeting is from being closed."""

    agenda: Sequence[AgendaRow]
    marks: Sequence[MarkRow]
    said: Collection[int | None]  # the lines of which something was written
    sittings: Sequence[Any]

    @property
    def untaken(self) -> list[Any]:
        """The sittings at which nobody has written down who came."""
        nobody = not any(s.listed for s in self.sittings)
        return [s for s in self.sittings if not s.taken and (s.listed or nobody)]

    @property
    def expected(self) -> int:
        return sum(s.listed for s in self.sittings)

    @property
    def silent(self) -> list[tuple[int, AgendaRow]]:
        """Lines of which nothing was written, with their numbers."""
        return [
            (n, item) for n, item in self._numbered() if is_silent(item, self.said) and not self.conclusions_of(item.id)
        ]

    @property
    def open_questions(self) -> list[tuple[int, AgendaRow]]:
        """Questions for which no conclusion was marked, with their numbers."""
        return [
            (n, item)
            for n, item in self._numbered()
            if item.kind is AgendaKind.QUESTION and not self.conclusions_of(item.id)
        ]

    @property
    def half_told(self) -> list[MarkRow]:
        """Actions without an owner or a day."""
        return [mark for mark in self.marks if not mark.is_whole]

    def conclusions_of(self, item_id: int | None) -> list[MarkRow]:
        return [m for m in self.marks if m.item_id == item_id and m.kind is MarkKind.CONCLUSION]

    def actions_of(self, *item_ids: int | None) -> list[MarkRow]:
        return [m for m in self.marks if m.item_id in item_ids and m.kind is MarkKind.ACTION]

    def since(self, mark_id: int) -> "Readiness":
        """The same with no marks but those made after this one."""
        return replace(self, marks=[mark for mark in self.marks if mark.id > mark_id])

    @property
    def last_mark(self) -> int:
        return max((mark.id for mark in self.marks), default=0)

    def _numbered(self) -> Sequence[tuple[int, AgendaRow]]:
        return list(enumerate(self.agenda, 1))


def readiness(actor: Actor, head: Any) -> Readiness:
    """How far a meeting is from being closed; three statements."""
    sittings = db.session.execute(
        select(
            Sitting.id,
            Sitting.place,
            func.count(Attendance.person_id).label("listed"),
            func.count(Attendance.came).label("taken"),
        )
        .outerjoin(Attendance, Attendance.sitting_id == Sitting.id)
        .where(Sitting.meeting_id == head.id)
        .group_by(Sitting.id, Sitting.place, Sitting.starts_at)
        .order_by(Sitting.starts_at, Sitting.id)
    ).all()
    marks, said = marked_and_said(actor, head.id)
    return Readiness(lines_now(actor, head), marks, said, sittings)
