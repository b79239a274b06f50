"""Townships and months: each cell says how far it is, and nobody is ranked."""

from datetime import datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
import time_machine
from openpyxl import load_workbook

from forum.clock import from_local, local, today, utcnow
from forum.extensions import db
from forum.insights.queries import Stage, months_of, stage_of
from forum.meetings.models import MeetingState
from forum.paging import year_from
from tests.meetings.makers import began, make_meeting


def grid(actor):
    year = today().year
    return {row.name: [[e.stage for e in cell] for cell in row.months] for row in months_of(actor, year)}


@pytest.mark.parametrize(
    ("state", "begins", "stage"),
    [
        ("draft", "2027-03-01T09:00", Stage.PLANNED),
        ("announced", "2027-03-01T09:00", Stage.PLANNED),
        ("announced", "2027-01-01T00:00", Stage.HELD),
        ("announced", "2026-12-27T00:31", Stage.HELD),
        ("announced", "2026-12-27T00:29", Stage.UNFINISHED),
        ("held", "2026-12-31T23:00", Stage.HELD),
        ("held", "2026-12-26T09:00", Stage.UNFINISHED),
        ("closed", "2026-12-01T09:00", Stage.CLOSED),
        ("postponed", "2027-03-01T09:00", Stage.POSTPONED),
    ],
)
@pytest.mark.pure
def test_what_a_cell_says(state, begins, stage):
    meeting = SimpleNamespace(state=MeetingState(state), starts_at=from_local(datetime.fromisoformat(begins)))
    assert stage_of(meeting, from_local(datetime(2027, 1, 1, 0, 30))) is stage


@pytest.mark.pure
@pytest.mark.parametrize(
    ("now", "year"),
    [("2026-12-31T15:59", 2026), ("2026-12-31T16:00", 2027), ("2028-02-29T12:00", 2028)],  # in UTC
)
def test_the_year_turns_in_beijing(now, year):
    with time_machine.travel(datetime.fromisoformat(f"{now}+00:00"), tick=False):
        assert (year_from(None), year_from("1999"), year_from(f"{year + 1}")) == (year, year, year + 1)


@pytest.mark.parametrize(
    ("day", "month"),
    [((2026, 1, 31, 23, 30), 1), ((2026, 12, 31, 22, 0), 12), ((2028, 2, 29, 9, 0), 2), ((2026, 9, 1, 7, 30), 9)],
)
def test_a_meeting_stands_in_its_month_of_beijing(world, day, month):
    make_meeting(world, "draft", starts_at=from_local(datetime(*day)))
    (row,) = months_of(world.organiser, day[0])
    assert [number for number, cell in enumerate(row.months, 1) if cell] == [month]


def test_what_was_called_off_leaves_its_month_empty(world):
    make_meeting(world, "cancelled", starts_at=utcnow() + timedelta(minutes=5))
    assert not any(any(cell) for row in months_of(world.organiser, today().year) for cell in row.months)


def test_the_district_sees_all_in_their_order_and_an_organiser_his_own(world):
    make_meeting(world, starts_at=began(1))
    assert list(grid(world.organiser)) == [world.town.name]
    assert list(grid(world.far_organiser)) == [world.other_town.name]
    world.other_town.position, world.town.position = 1, 2
    db.session.commit()
    assert list(grid(world.district_staff)) == [world.other_town.name, world.town.name]


def test_the_page_leads_to_the_meeting(browse, world):
    meeting = make_meeting(world, starts_at=began(1))
    page = browse(world.district_staff).get("/insights/months").get_data(as_text=True)
    assert f'href="/meetings/{meeting.id}">地没人种怎么办' in page
    assert "应到 2 人" in page
    assert browse(world.secretary).get("/insights/months").status_code == 403


def test_years_are_turned_from_the_first_meeting_to_the_next_year(browse, world):
    make_meeting(world, starts_at=began(1))
    district, this = browse(world.district_staff), today().year
    page = district.get("/insights/months").get_data(as_text=True)
    assert f"months?year={this + 1}" in page
    assert f"months?year={this - 1}" not in page
    page = district.get(f"/insights/months?year={this + 1}").get_data(as_text=True)
    assert f"months?year={this}" in page
    assert f"months?year={this + 2}" not in page


@pytest.mark.parametrize("year", ["0", "99999", "-1", "x", "2" * 30])
def test_a_year_out_of_reach_is_this_one(browse, world, year):
    page = browse(world.district_staff).get(f"/insights/months?year={year}")
    assert f"{today().year}年" in page.get_data(as_text=True)


def test_the_workbook_says_the_same(browse, world):
    make_meeting(world, "closed", starts_at=began(1), theme="=cmd")
    answer = browse(world.district_staff).get(f"/insights/months.xlsx?year={local(began(1)).year}")
    cells = [c for row in load_workbook(BytesIO(answer.data)).active.iter_rows() for c in row if c.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any("已办结\n=cmd\n应到" in cell.value for cell in cells)


def test_the_grid_costs_the_same_for_many_meetings(browse, world, count_statements):
    district = browse(world.district_staff)
    make_meeting(world, starts_at=began(1))
    with count_statements() as one:
        district.get("/insights/months")
    for number in range(60, 65):
        make_meeting(world, number=number, starts_at=began(1))
    with count_statements() as many:
        district.get("/insights/months")
    assert len(many) == len(one) <= 8
