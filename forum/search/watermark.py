"""How far the index has followed the change log.

A change's id is drawn before its transaction commits, so on PostgreSQL a change may appear below ids that were seen long
before it. The mark therefore remembers, beside the highest id seen, the ids below it that were not there: each of them is
looked for again until it appears, or until no transaction can still be holding it back. What a rollback took out of the
sequence is waited for in vain, which costs nothing but a few numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from forum.search.generations import IndexUnavailable

LATE = timedelta(minutes=10)  # longer than any request or job keeps a transaction open


class Gap(NamedTuple):
    """Ids from first to last, both included, that were missing at a moment (seconds since 1970)."""

    first: int
    last: int
    noticed: float


class Seen(NamedTuple):
    """A change that was found in the log."""

    id: int
    created_at: datetime


@dataclass(frozen=True)
class Watermark:
    """The highest change seen, with its moment by which it is known again, and the gaps below it."""

    upto: int = 0
    at: str = ""
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def read(cls, state: dict[str, Any]) -> "Watermark":
        """From an index's state. Raises IndexUnavailable for one that no follower left."""
        try:
            return cls(state["upto"], state["at"], tuple(Gap(*gap) for gap in state["gaps"]))
        except (KeyError, TypeError) as error:
            raise IndexUnavailable("the index does not say which changes it holds") from error

    def state(self) -> dict[str, Any]:
        """To be committed with the documents."""
        return {"upto": self.upto, "at": self.at, "gaps": self.gaps}

    def open_gaps(self, now: datetime) -> tuple[Gap, ...]:
        """The gaps in which a change may still appear."""
        since = (now - LATE).timestamp()
        return tuple(gap for gap in self.gaps if gap.noticed >= since)

    def past(self, seen: Sequence[Seen], now: datetime) -> "Watermark":
        """The mark after these changes, given by ascending id, have been followed."""
        if not seen:
            return self
        ids = [change.id for change in seen]
        gaps = [left for gap in self.open_gaps(now) for left in _around(ids, *gap)]
        newest = seen[-1]
        if newest.id <= self.upto:
            return Watermark(self.upto, self.at, tuple(gaps))
        gaps += _around(ids, self.upto + 1, newest.id, now.timestamp())
        return Watermark(newest.id, newest.created_at.isoformat(), tuple(gaps))


def _around(ids: Sequence[int], first: int, last: int, noticed: float) -> Iterator[Gap]:
    """What is left of the range from first to last without these ids."""
    for number in [*(number for number in ids if first <= number <= last), last + 1]:
        if number > first:
            yield Gap(first, number - 1, noticed)
        first = number + 1
