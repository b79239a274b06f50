"""What an organiser sets of a meeting and its sittings, and putting that into effect. The caller commits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from forum.clock import local, today
from forum.extensions import db
from forum.meetings.models import Attendance, Meeting, Sitting, SittingKind, SittingVillage

MOST_SITTINGS = 10
USUAL_LENGTH = timedelta(hours=2)


class SittingInUse(ValueError):
    """A sitting at which people answered, signed in or asked cannot be taken away: its villages are moved first."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(f"sitting {sitting.id} is in use")
        self.sitting_id = sitting.id


@dataclass(frozen=True)
class SittingPlan:
    """One sitting. ``sitting_id`` names the one that is changed, None is a new one.

    ``villages`` are those expected here and not at the first sitting; the first one's are all the others.
    """

    place: str
    starts_at: datetime
    ends_at: datetime
    name: str = ""
    kind: SittingKind = SittingKind.HALL
    link: str = ""
    chair_id: int | None = None
    note_taker_id: int | None = None
    villages: frozenset[int] = frozenset()
    sitting_id: int | None = None

    def overlaps(self, other: "SittingPlan") -> bool:
        """Whether nobody can be at both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Plan:
    """What an organiser sets: month (its first day), issue number, theme with its tag, brief, and the sittings.

    Raises ValueError for a sitting that ends before it begins or begins in another month, for a village in two of them, and for
    a chair who would be at two at once.
    """

    month: date
    number: int
    theme: str
    sittings: tuple[SittingPlan, ...]
    brief: str = ""
    theme_tag_id: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.sittings) <= MOST_SITTINGS:
            raise ValueError("a meeting has some sittings")
        for sitting in self.sittings:
            if sitting.ends_at <= sitting.starts_at or local(sitting.starts_at).date().replace(day=1) != self.month:
                raise ValueError("a sitting begins within its month and ends after it begins")
        villages = [village for sitting in self.sittings for village in sitting.villages]
        if len(villages) != len(set(villages)):
            raise ValueError("a village is expected at one sitting")
        for number, sitting in enumerate(self.sittings):
            if any(
                sitting.chair_id and sitting.chair_id == s.chair_id and sitting.overlaps(s)
                for s in self.sittings[:number]
            ):
                raise ValueError("nobody chairs two sittings at once")

    @property
    def has_passed(self) -> bool:
        """Whether people would be told to come to a day that has passed."""
        return any(local(sitting.starts_at).date() < today() for sitting in self.sittings)


def set_sittings(meeting: Meeting, plans: Iterable[SittingPlan]) -> None:
    """Make the meeting's sittings what the plans say, in their order. Raises SittingInUse."""
    there = {sitting.id: sitting for sitting in meeting.sittings}
    placed = []
    for position, plan in enumerate(plans, 1):
        sitting = there.pop(plan.sitting_id) if plan.sitting_id is not None else Sitting(meeting=meeting)
        sitting.position, sitting.name, sitting.kind = position, plan.name, plan.kind
        sitting.place, sitting.link = plan.place, plan.link
        sitting.starts_at, sitting.ends_at = plan.starts_at, plan.ends_at
        sitting.chair_id, sitting.note_taker_id = plan.chair_id, plan.note_taker_id
        db.session.add(sitting)
        placed.append((sitting, plan))
    db.session.flush()
    db.session.execute(delete(SittingVillage).where(SittingVillage.meeting_id == meeting.id))
    for sitting in there.values():
        _remove(meeting, sitting, placed[0][0])
    meeting.sittings.sort(key=lambda sitting: sitting.position)
    db.session.add_all(
        SittingVillage(meeting_id=meeting.id, unit_id=unit_id, sitting_id=sitting.id)
        for sitting, plan in placed[1:]
        for unit_id in sorted(plan.villages)
    )
    db.session.flush()


def _remove(meeting: Meeting, sitting: Sitting, first: Sitting) -> None:
    used = or_(Attendance.answer.is_not(None), Attendance.came.is_not(None), Attendance.is_walk_in)
    if db.session.scalar(select(func.count()).where(Attendance.sitting_id == sitting.id, used)):
        raise SittingInUse(sitting)
    for attendance in db.session.scalars(select(Attendance).filter_by(sitting_id=sitting.id)):
        attendance.sitting_id = first.id
    try:
        with db.session.begin_nested():
            meeting.sittings.remove(sitting)
            db.session.delete(sitting)
            db.session.flush()
    except IntegrityError as error:  # the hall has been asked something there
        raise SittingInUse(sitting) from error


def sitting_by_village(meeting: Meeting) -> Mapping[int, int]:
    """The sittings of the villages that are expected at another than the first."""
    rows = db.session.execute(
        select(SittingVillage.unit_id, SittingVillage.sitting_id).where(SittingVillage.meeting_id == meeting.id)
    )
    return {row.unit_id: row.sitting_id for row in rows}


def sitting_plans(meeting: Meeting, *, anew: bool = False) -> list[SittingPlan]:
    """The meeting's sittings as they stand; ``anew`` for another meeting that is to be held alike."""
    at = sitting_by_village(meeting)
    return [
        SittingPlan(
            place=sitting.place,
            starts_at=sitting.starts_at,
            ends_at=sitting.ends_at or sitting.starts_at + USUAL_LENGTH,
            name=sitting.name,
            kind=sitting.kind,
            link=sitting.link,
            chair_id=sitting.chair_id,
            note_taker_id=sitting.note_taker_id,
            villages=frozenset(unit_id for unit_id, sitting_id in at.items() if sitting_id == sitting.id),
            sitting_id=None if anew else sitting.id,
        )
        for sitting in meeting.sittings
    ]
