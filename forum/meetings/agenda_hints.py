"""What an organiser may want to know of an agenda before people do: hints, nothing is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import today, utcnow
from forum.extensions import db
from forum.meetings.models import AgendaItem, Meeting, MeetingState, Sitting
from forum.meetings.policies import seen_meetings
from forum.meetings.programme import Entry, Place, Programme
from forum.threads.models import Thread
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit, UnitKind

A_YEAR = timedelta(days=365)


class Over(NamedTuple):
    """A sitting whose lines take longer than it lasts."""

    place: Place
    minutes: int


@dataclass(frozen=True)
class Hints:
    """All hints about one agenda."""

    over: Sequence[Over]
    twice: Sequence[
        tuple[Entry, Entry]
    ]  # two lines of one presenter at once; the same twice where all sittings have it at one time
    elsewhere: Sequence[Any]  # other meetings of presenters about that time: name, township_name, starts_at
    left: Sequence[Any]  # presenters who hold their office no longer: name, unit_name
    quiet: Sequence[str]  # villages that have not presented for a year, by name

    def __bool__(self) -> bool:
        return bool(self.over or self.twice or self.elsewhere or self.left)


def hints_for(actor: Actor, meeting: Meeting, programme: Programme) -> Hints:
    """What there is to say about the agenda of a meeting; two statements."""
    presenters = _presenters(actor, meeting.id, programme)
    return Hints(
        over=over_time(programme),
        twice=twice_at_once(programme),
        elsewhere=[row for row in presenters if row.is_running and row.starts_at is not None],
        left=[row for row in presenters if not row.is_running],
        quiet=quiet_villages(meeting.township_id, meeting.id),
    )


def hints_within(programme: Programme) -> Hints:
    """What there is to say from the agenda alone."""
    return Hints(over_time(programme), twice_at_once(programme), elsewhere=(), left=(), quiet=())


def over_time(programme: Programme) -> list[Over]:
    """The sittings that would not end in time, with the minutes that are too many."""
    found = []
    for place in programme.places:
        if place.ends_at is not None:
            planned = sum(entry.minutes or 0 for entry in programme.at(place))
            over = planned - int((place.ends_at - place.starts_at).total_seconds() // 60)
            found += [Over(place, over)] if over > 0 else []
    return found


def twice_at_once(programme: Programme) -> list[tuple[Entry, Entry]]:
    """The pairs of lines at which one presenter would have to be in two sittings at once."""
    clock = programme.clock()
    turns = [
        (entry, place, _hours(entry, place, clock))
        for place in programme.places
        for entry in programme.at(place)
        if entry.presenter
    ]
    pairs = [
        (one, other)
        for (one, here, hours), (other, there, others) in combinations(turns, 2)
        if here != there and _is_same(one, other) and hours[0] < others[1] and others[0] < hours[1]
    ]
    return list(dict.fromkeys(pairs))


def _hours(entry: Entry, place: Place, clock: dict[tuple[int, int], datetime]) -> tuple[datetime, datetime]:
    """From when to when a line lasts; where nobody has said, some time while the sitting lasts."""
    begins = clock.get((entry.id, place.id))
    if begins is not None and entry.minutes:
        return begins, begins + timedelta(minutes=entry.minutes)
    return begins or place.starts_at, place.ends_at or place.starts_at + timedelta(hours=3)


def _is_same(one: Entry, other: Entry) -> bool:
    return one.person_id == other.person_id if one.person_id or other.person_id else one.presenter == other.presenter


def _presenters(actor: Actor, meeting_id: int, programme: Programme) -> Sequence[Any]:
    """Who presents and has left, or presents about that time in another meeting that the actor may see; one statement."""
    if not programme.places:
        return []
    begins = min(place.starts_at for place in programme.places)
    ends = max(place.ends_at or place.starts_at for place in programme.places)
    posting, other, town = aliased(Posting), aliased(AgendaItem), aliased(Unit)
    has_left = or_(Posting.until < today(), Person.disabled_at.is_not(None))
    elsewhere = (
        select(posting.person_id, Sitting.starts_at, town.name.label("township_name"))
        .select_from(other)
        .join(posting, posting.id == other.presenter_posting_id)
        .join(Meeting, Meeting.id == other.meeting_id)
        .join(town, town.id == Meeting.township_id)
        .join(
            Sitting,
            and_(Sitting.meeting_id == Meeting.id, or_(other.sitting_id.is_(None), other.sitting_id == Sitting.id)),
        )
        .where(
            Meeting.id != meeting_id,
            Meeting.state.in_((MeetingState.DRAFT, MeetingState.ANNOUNCED)),
            seen_meetings(actor),
            Sitting.starts_at < ends,
            func.coalesce(Sitting.ends_at, Sitting.starts_at) > begins,
        )
        .subquery()
    )
    return db.session.execute(
        select(
            Person.name,
            Unit.name.label("unit_name"),
            (~has_left).label("is_running"),
            elsewhere.c.starts_at,
            elsewhere.c.township_name,
        )
        .select_from(AgendaItem)
        .join(Posting, Posting.id == AgendaItem.presenter_posting_id)
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(elsewhere, elsewhere.c.person_id == Person.id)
        .where(AgendaItem.meeting_id == meeting_id, or_(has_left, elsewhere.c.person_id.is_not(None)))
        .distinct()
        .order_by(Unit.name, Person.name, elsewhere.c.starts_at)
    ).all()


def quiet_villages(township_id: int, meeting_id: int) -> list[str]:
    """The villages of a township that presented nothing in the meetings of the last year, nor on this agenda; by name, one statement.

    Where a line names no one of the forum, the village speaks whose thread it is.
    """
    presented = (
        select(func.coalesce(Posting.unit_id, Thread.unit_id))
        .select_from(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(Posting, Posting.id == AgendaItem.presenter_posting_id)
        .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
        .where(
            Meeting.township_id == township_id,
            or_(
                Meeting.id == meeting_id,
                and_(Meeting.state.in_((MeetingState.HELD, MeetingState.CLOSED)), Meeting.held_at > utcnow() - A_YEAR),
            ),
            func.coalesce(Posting.unit_id, Thread.unit_id).is_not(None),
        )
    )
    names = select(Unit.name).where(
        Unit.township_id == township_id,
        Unit.kind == UnitKind.VILLAGE,
        Unit.closed_at.is_(None),
        Unit.id.not_in(presented),
    )
    return list(db.session.scalars(names.order_by(Unit.name)))
