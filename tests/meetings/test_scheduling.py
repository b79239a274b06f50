"""Scheduling, announcing and calling off on their pages: who may, what is refused and kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.clock import local, today, utcnow
from forum.extensions import db
from forum.meetings.models import Meeting
from forum.notices.models import OutboxMessage
from tests.browsing import forms_of
from tests.factories import make_unit
from tests.meetings.makers import attendance, began, make_item, make_meeting, reloaded, state_of

TOMORROW = today() + timedelta(days=1)
TYPED = {
    "theme": "撂荒地怎么办",
    "month": f"{TOMORROW:%Y-%m}",
    "number": "56",
    "day": f"{TOMORROW:%Y-%m-%d}",
    "starts": "09:00",
    "ends": "11:20",
    "place": "前柳村大棚",
    "brief": "每村带一个问题。",
}
EVERYBODY = [
    "secretary",
    "deputy",
    "neighbour",
    "far_secretary",
    "organiser",
    "far_organiser",
    "district",
    "expert",
    "admin",
    "former",
    "nobody",
]


def meetings():
    db.session.rollback()
    return db.session.scalar(select(func.count(Meeting.id)))


def text_of(answer):
    return answer.get_data(as_text=True)


def test_an_organiser_schedules_a_draft_that_others_do_not_see(browse, world):
    answer = browse(world.organiser).submit(
        "/meetings/new", TYPED | {"chair": str(world.secretary.id), "note_taker": str(world.deputy.id)}
    )
    assert answer.status_code == 303
    meeting = reloaded(db.session.scalars(select(Meeting)).one())
    assert (meeting.township_id, meeting.state, meeting.number, meeting.theme) == (
        world.town.id,
        "draft",
        56,
        "撂荒地怎么办",
    )
    sitting = meeting.main_sitting
    assert f"{local(sitting.starts_at):%Y-%m-%d %H:%M}" == f"{TOMORROW:%Y-%m-%d} 09:00"
    assert (sitting.chair_id, sitting.note_taker_id) == (world.secretary.id, world.deputy.id)
    seen = {who: browse(world.everybody[who]).get(f"/meetings/{meeting.id}").status_code for who in EVERYBODY}
    assert [who for who in seen if seen[who] == 200] == ["organiser", "district"]
    assert "撂荒地怎么办" not in text_of(browse(world.secretary).get("/meetings/"))


def test_the_next_number_and_a_free_month_are_proposed(browse, world):
    make_meeting(world, starts_at=utcnow() + timedelta(minutes=1))
    page = text_of(browse(world.organiser).get("/meetings/new"))
    following = (today().replace(day=1) + timedelta(days=31)).replace(day=1)
    assert 'value="57"' in page
    assert f'value="{following:%Y-%m}"' in page


def test_district_staff_choose_the_township_first(browse, world):
    browser = browse(world.district_staff)
    assert f"/meetings/new?township={world.other_town.id}" in text_of(browser.get("/meetings/new"))
    assert browser.submit(f"/meetings/new?township={world.other_town.id}", TYPED).status_code == 303
    assert db.session.scalars(select(Meeting)).one().township_id == world.other_town.id


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"theme": ""}, "请写主题。"),
        ({"theme": "长" * 10_000}, "太长了，请在 80 字以内。"),
        ({"brief": "长" * 2001}, "太长了，请在 2000 字以内。"),
        ({"place": "  "}, "请写在哪里开。"),
        ({"month": "八月"}, "月份没看懂"),
        ({"month": ""}, "请选月份。"),
        ({"number": "五十六"}, "期数请填数字。"),
        ({"number": "2147483648"}, "期数请填 1 到 9999。"),
        ({"number": "9" * 5000}, "期数请填数字。"),
        ({"number": "0"}, "期数请填 1 到 9999。"),
        ({"day": "明天"}, "日期没看懂"),
        ({"day": "0001-01-01", "month": "0001-01"}, "日期离今天太远了"),
        ({"day": "9999-12-31", "month": "9999-12"}, "日期离今天太远了"),
        ({"month": "2020-01"}, "这一天不在2020年1月里"),
        ({"ends": "09:00"}, "结束要在开始之后。"),
        ({"ends": "08:00"}, "结束要在开始之后。"),
        ({"starts": "25:00"}, "时间没看懂"),
        ({"chair": "99999999999999999999"}, "名单里没有这一项"),
        ({"chair": "村长"}, "名单里没有这一项"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_kept(browse, world, wrong, message):
    answer = browse(world.organiser).submit("/meetings/new", TYPED | wrong)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "每村带一个问题。" in text_of(answer) or "brief" in wrong
    assert "Not a valid" not in text_of(answer)
    assert meetings() == 0


def test_a_chair_is_chosen_from_the_townships_own_people(browse, world):
    answer = browse(world.organiser).submit("/meetings/new", TYPED | {"chair": str(world.far_secretary.id)})
    assert answer.status_code == 422
    assert "名单里没有这一项" in text_of(answer)


def test_a_number_that_is_taken_is_said_at_the_field(browse, world):
    make_meeting(world)
    answer = browse(world.organiser).submit("/meetings/new", TYPED)
    assert answer.status_code == 422
    assert "第 56 期已经有了，请换一个期数。" in text_of(answer)
    assert meetings() == 1


def test_the_same_plan_sent_twice_makes_one_meeting(browse, world):
    browser = browse(world.organiser)
    page = text_of(browser.get("/meetings/new"))
    form = next(f for f in forms_of(page) if "theme" in f.fields)
    sent = {**form.fields.to_dict(), **TYPED}
    answers = [browser.post("/meetings/new", data=sent) for _n in range(3)]
    assert {(a.status_code, a.location) for a in answers} == {(303, answers[0].location)}
    assert meetings() == 1


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_schedule(browse, world, who, method):
    allowed = {"organiser": 200, "far_organiser": 200, "district": 200, "nobody": 303}
    browser = browse(world.everybody[who])
    if method == "get":
        assert browser.get("/meetings/new").status_code == allowed.get(who, 403)
    elif who not in allowed:
        assert browser.post("/meetings/new", data=TYPED).status_code in (400, 403)
    assert meetings() == 0


def test_an_organiser_does_not_schedule_for_another_township(browse, world):
    browser = browse(world.organiser)
    assert browser.get(f"/meetings/new?township={world.other_town.id}").status_code == 403
    assert browser.get(f"/meetings/new?township={world.village.id}").status_code == 404
    for nonsense in ("0", "-1", "2147483648", "9" * 30, "x", ""):
        assert browser.get(f"/meetings/new?township={nonsense}").status_code == 200


def test_no_township_of_another_district_is_to_be_had(browse, world):
    elsewhere = make_unit("township", "外区的镇", make_unit("district", "外区"))
    assert browse(world.district_staff).get(f"/meetings/new?township={elsewhere.id}").status_code == 404


STEPS = ["edit", "announce", "postpone", "cancel", "agenda", "agenda/threads", "agenda/new"]


@pytest.mark.parametrize("step", STEPS)
def test_only_organisers_in_whose_care_it_lies_take_the_steps(browse, world, step):
    meeting = make_meeting(world, "postponed" if step == "edit" else "announced")
    status = {w: browse(world.everybody[w]).get(f"/meetings/{meeting.id}/{step}").status_code for w in EVERYBODY}
    mine = 409 if step == "announce" else 200
    assert status == {
        "secretary": 403,
        "deputy": 403,
        "neighbour": 403,
        "far_secretary": 403,
        "organiser": mine,
        "far_organiser": 403,
        "district": mine,
        "expert": 403,
        "admin": 404,
        "former": 403,
        "nobody": 303,
    }


def test_announcing_shows_it_to_the_district_and_asks_the_secretaries(browse, world):
    meeting = make_meeting(world, "draft")
    make_item(world, meeting, "前柳村讲流转")
    browser = browse(world.organiser)
    assert "前柳村讲流转" in text_of(browser.get(f"/meetings/{meeting.id}/announce"))
    assert browser.submit(f"/meetings/{meeting.id}/announce").status_code == 303
    assert state_of(meeting) == "announced"
    assert len(attendance(meeting)) == 2
    for who in ("secretary", "far_secretary", "expert", "far_organiser"):
        assert browse(world.everybody[who]).get(f"/meetings/{meeting.id}").status_code == 200


def test_a_refused_step_says_why_and_changes_nothing(browse, world):
    meeting = make_meeting(world, "cancelled")
    answer = browse(world.organiser).submit(f"/meetings/{meeting.id}/cancel", {"reason": "再取消一次"})
    assert answer.status_code == 409
    assert "这一期现在是“取消”，这一步办不了。" in text_of(answer)
    assert state_of(meeting) == "cancelled"
    assert reloaded(meeting).reason == "防汛"


@pytest.mark.parametrize(("step", "state"), [("postpone", "postponed"), ("cancel", "cancelled")])
def test_calling_off_wants_a_reason_and_shows_it(browse, world, step, state):
    meeting = make_meeting(world)
    browser = browse(world.organiser)
    assert browser.submit(f"/meetings/{meeting.id}/{step}", {"reason": " "}).status_code == 422
    assert state_of(meeting) == "announced"
    assert browser.submit(f"/meetings/{meeting.id}/{step}", {"reason": "防汛，书记都在堤上"}).status_code == 303
    assert state_of(meeting) == state
    assert "防汛，书记都在堤上" in text_of(browse(world.secretary).get(f"/meetings/{meeting.id}"))


def test_a_postponed_meeting_is_announced_anew_from_its_form(browse, world):
    meeting = make_meeting(world, "postponed")
    browser = browse(world.organiser)
    answer = browser.submit(f"/meetings/{meeting.id}/edit", {"theme": "换个题目也行"})
    assert answer.status_code == 422
    assert "推迟以后要定一个新的时间。" in text_of(answer)
    assert 'value="换个题目也行"' in text_of(answer)
    assert browser.submit(f"/meetings/{meeting.id}/edit", {"starts": "07:30"}).status_code == 303
    assert state_of(meeting) == "announced"


def test_two_organisers_at_once_see_both(browse, world):
    meeting = make_meeting(world, "draft")
    browser, before = browse(world.organiser), str(meeting.version)
    assert browser.submit(f"/meetings/{meeting.id}/edit", {"theme": "先改的题"}).status_code == 303
    answer = browser.submit(f"/meetings/{meeting.id}/edit", {"theme": "后改的题", "version": before})
    assert answer.status_code == 409
    assert "先改的题" in text_of(answer)
    assert "后改的题" in text_of(answer)
    assert reloaded(meeting).theme == "先改的题"
    form = next(f for f in forms_of(text_of(answer)) if "theme" in f.fields)
    assert browser.post(f"/meetings/{meeting.id}/edit", data=form.fields).status_code == 303
    assert reloaded(meeting).theme == "后改的题"


def test_held_only_once_it_has_begun(browse, world):
    meeting = make_meeting(world, starts_at=utcnow() + timedelta(hours=1))
    browser = browse(world.organiser)
    assert f"/meetings/{meeting.id}/held" not in text_of(browser.get(f"/meetings/{meeting.id}"))
    over = make_meeting(world, starts_at=began(), number=57)
    page = f"/meetings/{over.id}"
    assert browser.submit(page, action=f"{page}/held").location == f"{page}/attendance"
    assert state_of(over) == "held"


@pytest.mark.parametrize("route", ["held", "coming", "agenda/1/remove"])
def test_what_changes_something_is_not_to_be_had_by_get(browse, world, route):
    meeting = make_meeting(world)
    assert browse(world.organiser).get(f"/meetings/{meeting.id}/{route}").status_code == 405


def test_those_told_have_a_row_in_the_outbox(browse, world):
    meeting = make_meeting(world)
    browse(world.organiser).submit(f"/meetings/{meeting.id}/postpone", {"reason": "防汛"})
    told = db.session.execute(select(OutboxMessage.kind, OutboxMessage.recipient_id)).all()
    secretaries = [world.secretary.id, world.neighbour_secretary.id]
    assert sorted(told) == sorted(
        (kind, person) for kind in ("meeting.announced", "meeting.changed") for person in secretaries
    )
