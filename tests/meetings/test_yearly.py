"""A township's usual day, a year of drafts, and a month like the one before."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from forum.clock import from_local, local, today
from forum.extensions import db
from forum.meetings import actions
from forum.meetings.models import Meeting, MeetingState
from forum.meetings.yearly import (
    Rule,
    draft_year,
    meetings_ahead,
    months_ahead,
    next_month,
    nth_weekday,
    rule_of,
    set_rule,
    sittings_like,
    usual_sittings,
)
from tests.browsing import forms_of
from tests.meetings.makers import make_meeting, place, plan, plan_of, reloaded

THIRD_THURSDAY = Rule(3, 3, time(9), 120, "镇政府三楼")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("month", "week", "weekday", "day"),
    [
        (date(2026, 12, 1), 3, 3, 17),
        (date(2026, 11, 1), 1, 6, 1),  # the month begins with it
        (date(2028, 2, 1), 5, 1, 29),  # leap day is the last Tuesday
        (date(2027, 2, 1), 5, 0, 22),  # four Mondays: the fourth is the last
        (date(2026, 12, 1), 5, 3, 31),
    ],
)
def test_the_nth_weekday_of_a_month(month, week, weekday, day):
    assert nth_weekday(month, week, weekday) == month.replace(day=day)


def test_a_year_of_drafts_fills_the_months_that_have_none(world):
    make_meeting(world, starts_at=from_local(datetime.combine(today() + timedelta(days=1), time(9))), number=7)
    set_rule(world.organiser, world.town, THIRD_THURSDAY)
    taken = meetings_ahead(world.town.id)
    days = {m: THIRD_THURSDAY.day_in(m) for m in months_ahead() if m not in taken}
    moved = next(reversed(days))
    days[moved] = moved.replace(day=28)  # a holiday: moved by hand
    made = draft_year(world.organiser, world.town, THIRD_THURSDAY, days)
    db.session.commit()
    assert [meeting.number for meeting in made] == list(range(8, 8 + len(days)))
    assert {meeting.theme for meeting in made} == {""}
    assert local(reloaded(made[-1]).main_sitting.starts_at) == local(from_local(datetime.combine(days[moved], time(9))))
    assert draft_year(world.organiser, world.town, THIRD_THURSDAY, days) == []


def test_nobody_is_told_of_a_meeting_without_a_theme(world):
    (draft,) = draft_year(
        world.organiser, world.town, THIRD_THURSDAY, {months_ahead()[3]: THIRD_THURSDAY.day_in(months_ahead()[3])}
    )
    db.session.commit()
    with pytest.raises(actions.ThemeMissing):
        actions.announce(world.organiser, reloaded(draft))
    actions.revise(world.organiser, reloaded(draft), plan_of(draft, theme="撂荒地"), version=draft.version)
    actions.announce(world.organiser, reloaded(draft))
    db.session.commit()
    with pytest.raises(actions.ThemeMissing):
        actions.revise(world.organiser, reloaded(draft), plan_of(draft, theme=""), version=reloaded(draft).version)
    db.session.rollback()
    with pytest.raises(db.exc.IntegrityError):
        db.session.execute(db.update(Meeting.__table__).where(Meeting.id == draft.id).values(theme=""))


def test_a_month_like_the_last_keeps_places_chairs_and_villages(world):
    at = from_local(datetime(2027, 1, 29, 9))  # the fifth Friday
    second = place(
        at + timedelta(days=2), place="后柳村", chair_id=world.deputy.id, villages=frozenset({world.neighbour.id})
    )
    meeting = reloaded(make_meeting(world, "draft", at, sittings=(place(at), second)))
    first, other = sittings_like(meeting, date(2027, 2, 1), None)
    assert local(first.starts_at).date() == date(2027, 2, 26)
    assert local(other.starts_at).date() == date(2027, 2, 28)
    assert (other.place, other.chair_id, other.villages, other.sitting_id) == (
        "后柳村",
        world.deputy.id,
        frozenset({world.neighbour.id}),
        None,
    )
    by_rule = sittings_like(meeting, date(2027, 2, 1), THIRD_THURSDAY)
    assert local(by_rule[0].starts_at).date() == date(2027, 2, 18)
    assert usual_sittings(world.town, date(2027, 2, 1))[0].starts_at == first.starts_at


def test_the_year_on_its_page(browse, world):
    browser = browse(world.organiser)
    rule = {"week": "3", "weekday": "3", "starts": "09:00", "minutes": "120", "place": "镇政府三楼"}
    refused = browser.submit("/meetings/year", rule | {"minutes": "9999"})
    assert refused.status_code == 422
    assert "请填 15 到 720 分钟。" in refused.get_data(as_text=True)
    assert browser.submit("/meetings/year", rule).status_code == 303
    db.session.rollback()
    assert rule_of(world.town.id) == THIRD_THURSDAY
    page = browser.get("/meetings/year").get_data(as_text=True)
    form = next(f for f in forms_of(page) if any(name.startswith("day_") for name in f.fields))
    sent = form.fields.to_dict()
    days = sorted(name for name in sent if name.startswith("day_"))
    wrong = browser.post("/meetings/year/drafts", data=sent | {days[0]: "2020-01-01"})
    assert wrong.status_code == 422
    assert "这一天不在" in wrong.get_data(as_text=True)
    answers = [browser.post("/meetings/year/drafts", data=sent | {days[-1]: ""}).status_code for _n in range(2)]
    assert answers == [303, 303]
    db.session.rollback()
    made = db.session.scalars(select(Meeting.state)).all()
    assert made == [MeetingState.DRAFT] * (len(days) - 1)
    assert "主题待定" in browser.get("/meetings/year").get_data(as_text=True)


def test_one_tap_fills_the_form_like_the_last_month(browse, world):
    first = plan().sittings[0].starts_at
    second = place(first, place="后柳村", name="西片", villages=frozenset({world.neighbour.id}))
    last = make_meeting(
        world, "draft", first, sittings=(place(first, chair_id=world.deputy.id), second), brief="带账本"
    )
    browser = browse(world.organiser)
    page = browser.get(f"/meetings/new?like={last.id}").get_data(as_text=True)
    for kept in ('value="前柳村大棚"', 'value="后柳村"', 'value="西片"', "带账本", 'value="57"'):
        assert kept in page
    assert f'value="{next_month(reloaded(last).month):%Y-%m}"' in page or local(first).month != today().month
    assert browser.submit(f"/meetings/new?like={last.id}", {"theme": "卖粮"}).status_code == 303
    assert browse(world.far_organiser).get(f"/meetings/new?like={last.id}").status_code == 404
