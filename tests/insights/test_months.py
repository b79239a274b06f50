"""Townships and months: each cell says how far it is, and nobody is ranked."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from forum.clock import local, today, utcnow
from forum.extensions import db
from forum.insights.queries import Stage, months_of
from forum.meetings.models import Sitting
from tests.meetings.makers import began, make_meeting


def grid(actor):
    year = today().year
    return {row.name: [[e.stage for e in cell] for cell in row.months] for row in months_of(actor, year)}


def this_month(actor, town):
    return grid(actor)[town.name][today().month - 1]


@pytest.mark.parametrize(
    ("state", "started", "stages"),
    [
        ("draft", timedelta(days=-1), [Stage.PLANNED]),
        ("announced", timedelta(days=-1), [Stage.PLANNED]),
        ("announced", timedelta(hours=1), [Stage.HELD]),
        ("announced", timedelta(days=6), [Stage.UNFINISHED]),
        ("held", timedelta(days=4), [Stage.HELD]),
        ("held", timedelta(days=6), [Stage.UNFINISHED]),
        ("closed", timedelta(days=6), [Stage.CLOSED]),
        ("postponed", timedelta(days=-1), [Stage.POSTPONED]),
        ("cancelled", timedelta(days=-1), []),
    ],
)
def test_what_a_cell_says(world, state, started, stages):
    make_meeting(world, state, starts_at=began(1))
    starts_at = utcnow() - started
    db.session.execute(db.update(Sitting).values(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90)))
    db.session.commit()
    assert this_month(world.district_staff, world.town) == stages


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
    assert f'href="/meetings/{meeting.id}"' in page
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
