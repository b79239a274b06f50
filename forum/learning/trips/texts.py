"""What a trip and its notes say as posts of their thread, so that search, exports and revisions know them.

Always in Chinese, whatever language the writer reads in: it is read by others.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from forum.learning.trips.models import StudyTrip

SAW, FITS = "【看到什么】", "【哪条我们村用得上，打算怎么用】"


def opening_text(trip: StudyTrip, stops: Iterable[Any]) -> str:
    """The invitation: why, where, when, and the programme."""
    lines = [f"去哪里：{trip.destination}", f"哪天去：{days(trip.starts_on, trip.ends_on)}"]
    programme = [f"- {' '.join(part for part in (stop.at, stop.place, stop.what) if part)}" for stop in stops]
    parts = [trip.brief, "\n".join(lines), "\n".join(["行程：", "", *programme]) if programme else ""]
    return "\n\n".join(part for part in parts if part)


def note_text(saw: str, uses: Sequence[Any]) -> str:
    """The three answers."""
    lines = [
        f"{number}. {use.what}\n\n   打算：{use.plan}（{'，'.join(part for part in (use.who, f'{in_full(use.due)}前') if part)}）"
        for number, use in enumerate(uses, 1)
    ]
    parts = [f"{SAW}\n\n{saw}"]
    if lines:
        parts.append("\n\n".join([FITS, *lines]))
    return "\n\n".join(parts)


def days(first: date, last: date) -> str:
    return in_full(first) if first == last else f"{in_full(first)}到{in_full(last)}"


def in_full(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
