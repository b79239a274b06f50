"""Which changes the follower still waits for."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.search.generations import IndexUnavailable
from forum.search.watermark import LATE, Seen, Watermark

NOON = datetime(2026, 8, 3, 4, tzinfo=UTC)


def past(mark: Watermark, *ids: int, at: datetime = NOON) -> Watermark:
    return mark.past([Seen(number, at) for number in ids], at)


def missing(mark: Watermark, at: datetime = NOON) -> list[tuple[int, int]]:
    return [(gap.first, gap.last) for gap in mark.open_gaps(at)]


@pytest.mark.parametrize(
    ("batches", "upto", "gaps"),
    [
        ([[1, 2, 3]], 3, []),
        ([[1, 4]], 4, [(2, 3)]),
        ([[3, 9]], 9, [(1, 2), (4, 8)]),
        ([[1, 4], [2]], 4, [(3, 3)]),
        ([[1, 9], [5, 10]], 10, [(2, 4), (6, 8)]),
        ([[1, 9], [2, 3, 4, 5, 6, 7, 8]], 9, []),
        ([[2], [1, 4]], 4, [(3, 3)]),
        ([[2], []], 2, [(1, 1)]),
    ],
)
def test_ids_that_were_skipped_are_waited_for(batches: list[list[int]], upto: int, gaps: list[tuple[int, int]]) -> None:
    mark = Watermark()
    for ids in batches:
        mark = past(mark, *ids)
    assert (mark.upto, missing(mark)) == (upto, gaps)
    assert Watermark.read(mark.state()) == mark


def test_nothing_is_waited_for_longer_than_a_transaction_lasts() -> None:
    mark = past(Watermark(), 1, 4)
    assert missing(mark, NOON + LATE) == [(2, 3)]
    later = NOON + LATE + timedelta(seconds=1)
    assert missing(mark, later) == []
    assert past(mark, 5, 7, at=later).gaps == ((6, 6, later.timestamp()),)


def test_the_last_change_is_remembered_by_its_moment() -> None:
    mark = past(past(Watermark(), 3), 1, at=NOON + LATE)
    assert (mark.upto, mark.at) == (3, NOON.isoformat())


@pytest.mark.parametrize(
    "state", [{}, {"upto": 1}, {"upto": 1, "at": "", "gaps": 3}, {"upto": 1, "at": "", "gaps": [[1]]}]
)
def test_a_state_that_is_no_mark_calls_for_a_rebuild(state: dict[str, object]) -> None:
    with pytest.raises(IndexUnavailable):
        Watermark.read(state)
