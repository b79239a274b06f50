"""The programme of a meeting as plain values: its clock, its JSON, and what differs between two of them. Asks nobody anything."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from forum.meetings.models import AgendaKind


@dataclass(frozen=True)
class Place:
    """Where and when a sitting is; ``name`` is what it is called among several."""

    id: int
    place: str
    starts_at: datetime
    ends_at: datetime | None
    name: str = ""

    @property
    def label(self) -> str:
        """What it is called in a line: its name, or where it is."""
        return self.name or self.place


@dataclass(frozen=True)
class Entry:
    """A line of the programme. ``presenter`` is what people read; ``person_id`` who that is, when he is of the forum."""

    id: int
    kind: AgendaKind
    title: str
    minutes: int | None = None
    presenter: str = ""
    person_id: int | None = None
    sitting_id: int | None = None
    thread_id: int | None = None
    experience_id: int | None = None
    material: str = ""


@dataclass(frozen=True)
class Programme:
    """Theme, sittings and lines, in order."""

    theme: str
    places: tuple[Place, ...]
    entries: tuple[Entry, ...] = ()

    def at(self, place: Place) -> list[Entry]:
        """The lines of one sitting: its own, and those that all have."""
        return [entry for entry in self.entries if entry.sitting_id in (None, place.id)]

    def clock(self) -> dict[tuple[int, int], datetime]:
        """When each line begins, by its id and the sitting's: known up to the first whose length nobody has said."""
        begins = {}
        for place in self.places:
            now: datetime | None = place.starts_at
            for entry in self.at(place):
                if now is None:
                    break
                begins[entry.id, place.id] = now
                now = now + timedelta(minutes=entry.minutes) if entry.minutes else None
        return begins

    def beginnings(self, entry: Entry) -> list[datetime]:
        """When a line begins at its sittings, each moment once; empty where that is not known."""
        clock = self.clock()
        return sorted({begun for place in self.places if (begun := clock.get((entry.id, place.id)))})

    def turns(self, entry: Entry) -> list[tuple[str, datetime, datetime | None]]:
        """Where a line is presented, and when: when its sitting begins, and the line itself, as far as that is known."""
        clock = self.clock()
        here = [place for place in self.places if entry.sitting_id in (None, place.id)]
        return [(place.place, place.starts_at, clock.get((entry.id, place.id))) for place in here]

    def as_json(self) -> dict[str, Any]:
        """Plain fields, to be kept."""
        plain = asdict(self)
        for place in plain["places"]:
            place["starts_at"] = place["starts_at"].isoformat()
            place["ends_at"] = place["ends_at"].isoformat() if place["ends_at"] else None
        return plain

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Programme":
        """What ``as_json`` made."""
        return cls(
            theme=kept["theme"],
            places=tuple(
                Place(
                    place["id"],
                    place["place"],
                    datetime.fromisoformat(place["starts_at"]),
                    datetime.fromisoformat(place["ends_at"]) if place["ends_at"] else None,
                    place.get("name", ""),
                )
                for place in kept["places"]
            ),
            entries=tuple(Entry(**entry | {"kind": AgendaKind(entry["kind"])}) for entry in kept["entries"]),
        )


class Aspect(StrEnum):
    """What of a meeting or of a line is another than before."""

    THEME = "theme"
    TIME = "time"
    PLACE = "place"
    SITTING_ADDED = "sitting_added"
    SITTING_GONE = "sitting_gone"
    ADDED = "added"
    GONE = "gone"
    KIND = "kind"
    TITLE = "title"
    PRESENTER = "presenter"
    MINUTES = "minutes"
    SITTING = "sitting"
    SOURCE = "source"
    MATERIAL = "material"
    MOVED = "moved"


@dataclass(frozen=True)
class Change:
    """One difference. Of a line it holds how it was and how it is: each may be shown only to who may open its thread.

    ``position`` is the new place, counted from 1, of a line that moved.
    """

    aspect: Aspect
    was: Entry | None = None
    now: Entry | None = None
    old_place: Place | None = None
    new_place: Place | None = None
    theme: str = ""
    position: int = 0


def changes(old: Programme, new: Programme) -> list[Change]:
    """What differs, in the order in which people care: theme, times and places, lines gone, new, changed, moved."""
    return [*_head(old, new), *_lines(old, new)]


def _head(old: Programme, new: Programme) -> Iterator[Change]:
    if old.theme != new.theme:
        yield Change(Aspect.THEME, theme=new.theme)
    before, after = {p.id: p for p in old.places}, {p.id: p for p in new.places}
    for ident, place in before.items():
        if ident not in after:
            yield Change(Aspect.SITTING_GONE, old_place=place)
    for ident, place in after.items():
        was = before.get(ident)
        if was is None:
            yield Change(Aspect.SITTING_ADDED, new_place=place)
            continue
        if (was.starts_at, was.ends_at) != (place.starts_at, place.ends_at):
            yield Change(Aspect.TIME, old_place=was, new_place=place)
        if was.place != place.place:
            yield Change(Aspect.PLACE, old_place=was, new_place=place)


def _lines(old: Programme, new: Programme) -> Iterator[Change]:
    before, after = {e.id: e for e in old.entries}, {e.id: e for e in new.entries}
    for entry in old.entries:
        if entry.id not in after:
            yield Change(Aspect.GONE, was=entry)
    for entry in new.entries:
        if entry.id not in before:
            yield Change(Aspect.ADDED, now=entry)
    compared = (
        (Aspect.KIND, lambda e: e.kind),
        (Aspect.TITLE, lambda e: e.title),
        (Aspect.PRESENTER, lambda e: (e.presenter, e.person_id)),
        (Aspect.MINUTES, lambda e: e.minutes),
        (Aspect.SITTING, lambda e: e.sitting_id),
        (Aspect.SOURCE, lambda e: (e.thread_id, e.experience_id)),
        (Aspect.MATERIAL, lambda e: e.material),
    )
    for entry in new.entries:
        if was := before.get(entry.id):
            yield from (Change(aspect, was=was, now=entry) for aspect, part in compared if part(was) != part(entry))
    stayed = _in_order([e.id for e in old.entries if e.id in after], [e.id for e in new.entries if e.id in before])
    for position, entry in enumerate(new.entries, 1):
        if entry.id in before and entry.id not in stayed:
            yield Change(Aspect.MOVED, was=before[entry.id], now=entry, position=position)


def _in_order(old: Sequence[int], new: Sequence[int]) -> Collection[int]:
    """The most that kept their order: what is not among them was moved."""
    rank = {ident: number for number, ident in enumerate(old)}
    runs: list[list[int]] = [[]]  # the longest that ends with each of those seen so far
    for ident in new:
        ends_before = [run for run in runs if not run or rank[run[-1]] < rank[ident]]
        runs.append([*sorted(ends_before, key=len)[-1], ident])
    return set(sorted(runs, key=len)[-1])


def touched(old: Programme, new: Programme) -> set[int]:
    """The people who present something that is new, gone or another than before, or that begins at another time or place."""
    concerned = {e.person_id for change in _lines(old, new) for e in (change.was, change.now) if e is not None}
    before = {entry.id: entry for entry in old.entries}
    for entry in new.entries:
        if entry.id in before and old.turns(before[entry.id]) != new.turns(entry):
            concerned.add(entry.person_id)
    return {person_id for person_id in concerned if person_id is not None}


def newly_taken_up(old: Programme | None, new: Programme) -> list[Entry]:
    """The lines whose thread was not on the programme before."""
    there = {entry.thread_id for entry in old.entries} if old else set()
    return [entry for entry in new.entries if entry.thread_id is not None and entry.thread_id not in there]
