"""Days and hours on paper and in calendars are Beijing's, at the ends of months and years too."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from forum.clock import from_local
from forum.meetings.ics import calendar
from forum.meetings.models import MeetingState, SittingKind
from forum.meetings.papers.writing import numeral, time_of

pytestmark = pytest.mark.pure


def sitting(begins, ends=None):
    return SimpleNamespace(
        starts_at=from_local(datetime.fromisoformat(begins)), ends_at=ends and from_local(datetime.fromisoformat(ends))
    )


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("2026-08-31T09:05", "2026-08-31T11:30", "2026年8月31日9:05—11:30"),
        ("2026-09-01T07:30", None, "2026年9月1日7:30"),  # in London it is still August
        ("2026-12-31T22:00", "2027-01-01T00:30", "2026年12月31日22:00至2027年1月1日0:30"),
        ("2028-02-29T09:00", "2028-02-29T10:00", "2028年2月29日9:00—10:00"),
        ("2028-02-29T23:00", "2028-03-01T01:00", "2028年2月29日23:00至2028年3月1日1:00"),
    ],
)
def test_a_sitting_says_its_day_and_hours(app, begins, ends, said):
    with app.test_request_context():
        assert time_of(sitting(begins, ends)) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (21, "二十一"), (40, "四十"), (99, "九十九")],
)
def test_parts_are_counted_as_papers_count(number, said):
    assert numeral(number) == said


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("2026-12-31T22:00", "2027-01-01T00:30", ("20261231T140000Z", "20261231T163000Z")),
        ("2027-01-01T00:30", "2027-01-01T02:00", ("20261231T163000Z", "20261231T180000Z")),
        ("2028-02-29T23:00", "2028-03-01T07:59", ("20280229T150000Z", "20280229T235900Z")),
        ("2026-08-31T07:30", "2026-08-31T09:00", ("20260830T233000Z", "20260831T010000Z")),
    ],
)
def test_a_calendar_holds_the_same_moments(app, begins, ends, said):
    row = SimpleNamespace(
        **vars(sitting(begins, ends)),
        id=1,
        sitting_id=1,
        changed_at=from_local(datetime(2026, 8, 1)),
        version=1,
        state=MeetingState.ANNOUNCED,
        township_name="柳林镇",
        theme="撂荒地",
        kind=SittingKind.HALL,
        name="",
        place="大棚",
        link="",
        reason="",
        brief="",
    )
    with app.test_request_context():
        lines = calendar("论坛", "localhost", [(row, "http://localhost/meetings/1")]).decode().split("\r\n")
    assert (f"DTSTART:{said[0]}" in lines, f"DTEND:{said[1]}" in lines) == (True, True)
