"""The programme as plain values: its clock, and what differs between two."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forum.meetings.agenda_hints import over_time, twice_at_once
from forum.meetings.models import AgendaKind
from forum.meetings.programme import Entry, Place, Programme, changes, newly_taken_up, touched

pytestmark = pytest.mark.pure

NINE = datetime(2026, 8, 26, 1, tzinfo=UTC)
HALL = Place(1, "镇会议室", NINE, NINE + timedelta(minutes=90))
FIELD = Place(2, "柳沟大棚", NINE, NINE + timedelta(minutes=90))


def line(ident: int, minutes: int | None = 20, **values) -> Entry:
    return Entry(**{"id": ident, "kind": AgendaKind.CASE, "title": f"第{ident}项", "minutes": minutes} | values)


def programme(*entries: Entry, places=(HALL,), theme="地没人种怎么办") -> Programme:
    return Programme(theme, tuple(places), entries)


BEFORE = programme(line(1, person_id=11), line(2, person_id=12), line(3, 40, person_id=13))
FIRST, SECOND, THIRD = BEFORE.entries


def aspects(new: Programme, old: Programme = BEFORE) -> list[tuple[str, int | None]]:
    return [(c.aspect.value, (c.now or c.was).id if c.now or c.was else None) for c in changes(old, new)]


def test_the_clock_runs_from_line_to_line_until_nobody_has_said_how_long():
    minutes = [int((begins - NINE).total_seconds()) // 60 for begins in BEFORE.clock().values()]
    assert minutes == [0, 20, 40]
    assert list(programme(line(1), line(2, None), line(3)).clock()) == [(1, 1), (2, 1)]


def test_each_sitting_has_its_own_clock():
    later = replace(FIELD, starts_at=NINE + timedelta(hours=5))
    both = programme(line(1), line(2, sitting_id=2), line(3), places=(HALL, later))
    clock = both.clock()
    assert (1, 1) in clock
    assert (2, 1) not in clock
    assert clock[3, 1] - NINE == timedelta(minutes=20)
    assert clock[3, 2] - NINE == timedelta(hours=5, minutes=40)
    assert both.beginnings(both.entries[2]) == [clock[3, 1], clock[3, 2]]


@pytest.mark.parametrize("ends_at", [None, HALL.ends_at])
def test_what_is_kept_is_what_is_read_back(ends_at):
    whole = programme(
        line(1, thread_id=5, material="/threads/5"), line(2, None), places=(replace(HALL, ends_at=ends_at),)
    )
    assert Programme.from_json(whole.as_json()) == whole


CASES = {
    "nothing": (BEFORE, []),
    "theme": (replace(BEFORE, theme="换个题"), [("theme", None)]),
    "time": (replace(BEFORE, places=(replace(HALL, starts_at=NINE + timedelta(hours=1)),)), [("time", None)]),
    "end": (replace(BEFORE, places=(replace(HALL, ends_at=None),)), [("time", None)]),
    "place": (replace(BEFORE, places=(replace(HALL, place="后柳村"),)), [("place", None)]),
    "one more sitting": (replace(BEFORE, places=(HALL, FIELD)), [("sitting_added", None)]),
    "another sitting": (replace(BEFORE, places=(FIELD,)), [("sitting_gone", None), ("sitting_added", None)]),
    "a line gone": (programme(FIRST, THIRD), [("gone", 2)]),
    "a line new": (programme(FIRST, line(4), SECOND, THIRD), [("added", 4)]),
    "one for another": (programme(FIRST, line(4), THIRD), [("gone", 2), ("added", 4)]),
    "everything gone": (programme(), [("gone", 1), ("gone", 2), ("gone", 3)]),
    "title": (programme(replace(FIRST, title="改了"), SECOND, THIRD), [("title", 1)]),
    "kind": (programme(replace(FIRST, kind=AgendaKind.TOPIC), SECOND, THIRD), [("kind", 1)]),
    "minutes": (programme(replace(FIRST, minutes=None), SECOND, THIRD), [("minutes", 1)]),
    "presenter": (programme(replace(FIRST, presenter="王教授"), SECOND, THIRD), [("presenter", 1)]),
    "namesake": (programme(replace(FIRST, person_id=99), SECOND, THIRD), [("presenter", 1)]),
    "sitting": (programme(replace(FIRST, sitting_id=1), SECOND, THIRD), [("sitting", 1)]),
    "thread": (programme(replace(FIRST, thread_id=7), SECOND, THIRD), [("source", 1)]),
    "card": (programme(replace(FIRST, experience_id=7), SECOND, THIRD), [("source", 1)]),
    "material": (programme(replace(FIRST, material="/threads/1"), SECOND, THIRD), [("material", 1)]),
    "two things of one": (
        programme(replace(FIRST, title="改", minutes=5), SECOND, THIRD),
        [("title", 1), ("minutes", 1)],
    ),
    "last to first": (programme(THIRD, FIRST, SECOND), [("moved", 3)]),
    "first to last": (programme(SECOND, THIRD, FIRST), [("moved", 1)]),
    "moved and gone": (programme(THIRD, FIRST), [("gone", 2), ("moved", 3)]),
}


@pytest.mark.parametrize("case", CASES)
def test_every_difference_is_named_and_nothing_else(case):
    new, expected = CASES[case]
    assert aspects(new) == expected


def test_of_many_lines_turned_round_all_but_one_moved():
    turned = programme(*reversed(BEFORE.entries))
    assert [aspect for aspect, _id in aspects(turned)] == ["moved", "moved"]


@pytest.mark.parametrize(
    ("new", "people"),
    [
        (BEFORE, set()),
        (replace(BEFORE, theme="换个题"), set()),
        (programme(SECOND, THIRD), {11, 12, 13}),  # the others begin earlier now
        (programme(FIRST, SECOND), {13}),
        (programme(FIRST, SECOND, replace(THIRD, person_id=14)), {13, 14}),
        (programme(FIRST, replace(SECOND, title="改了"), THIRD), {12}),
        (programme(FIRST, replace(SECOND, minutes=25), THIRD), {12, 13}),
        (programme(FIRST, THIRD, SECOND), {12, 13}),
        (programme(*BEFORE.entries, line(4, person_id=None, presenter="王教授")), set()),
    ],
)
def test_touched_is_whoever_presents_something_else_or_at_another_time(new, people):
    assert touched(BEFORE, new) == people


def test_a_thread_is_newly_taken_up_once_whichever_line_has_it():
    old = programme(line(1, thread_id=5))
    new = programme(line(2, thread_id=5), line(3, thread_id=6))
    assert [entry.id for entry in newly_taken_up(old, new)] == [3]
    assert [entry.id for entry in newly_taken_up(None, new)] == [2, 3]


def test_over_time_is_counted_for_each_sitting():
    assert over_time(BEFORE) == []
    long = programme(line(1, 60), line(2, 60, sitting_id=1), places=(HALL, FIELD))
    assert over_time(long) == [(HALL, 30)]
    assert over_time(replace(long, places=(replace(HALL, ends_at=None),))) == []


@pytest.mark.parametrize(
    ("entries", "clash"),
    [
        ((line(1, person_id=11, sitting_id=1), line(2, person_id=11, sitting_id=2)), True),
        ((line(1, person_id=11, sitting_id=1), line(2, person_id=12, sitting_id=2)), False),
        ((line(1, sitting_id=1, presenter="王教授"), line(2, sitting_id=2, presenter="王教授")), True),
        ((line(1, sitting_id=1), line(2, sitting_id=2)), False),
        ((line(3, sitting_id=2), line(1, person_id=11, sitting_id=1), line(2, person_id=11, sitting_id=2)), False),
        ((line(1, person_id=11, presenter="柳大山"), line(2, person_id=12)), True),  # at all sittings at once
        ((line(1, None, person_id=11, sitting_id=1), line(2, None, person_id=11, sitting_id=2)), True),
    ],
)
def test_a_presenter_cannot_be_in_two_sittings_at_once(entries, clash):
    named = [replace(e, presenter=e.presenter or (f"甲{e.person_id}" if e.person_id else "")) for e in entries]
    assert bool(twice_at_once(programme(*named, places=(HALL, FIELD)))) == clash
    assert twice_at_once(programme(*named)) == []


def test_another_place_or_hour_of_his_sitting_touches_a_presenter_though_no_clock_runs():
    old = programme(
        line(1, None, person_id=11, sitting_id=1), line(2, person_id=12, sitting_id=2), places=(HALL, FIELD)
    )
    assert touched(old, replace(old, places=(replace(HALL, place="后柳村"), FIELD))) == {11}
    assert touched(old, replace(old, places=(HALL, replace(FIELD, starts_at=NINE + timedelta(hours=1))))) == {12}
