"""The agenda: made of threads and by hand, put in order; it tells nobody of a thread more than he may open."""

import pytest
from sqlalchemy import select

from forum.extensions import db
from forum.meetings.models import AgendaItem
from forum.threads.models import Reach, Thread, ThreadKind
from tests.browsing import forms_of
from tests.factories import make_post, make_thread
from tests.meetings.makers import link, make_item, make_meeting

SECRET = "两家为宅基地打起来了"


def lines(meeting):
    db.session.rollback()
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position)
    return [(item.kind, item.title) for item in db.session.scalars(query.execution_options(populate_existing=True))]


def text_of(answer):
    return answer.get_data(as_text=True)


def press(browser, page, action, **fields):
    form = next(
        f
        for f in forms_of(text_of(browser.get(page)))
        if f.action == action and fields.items() <= f.fields.to_dict().items()
    )
    return browser.post(action, data=form.fields)


def test_unanswered_and_widely_shared_questions_are_offered_first(browse, world):
    meeting = make_meeting(world, "draft")
    answered = make_thread(world.secretary, "修路")
    make_post(answered, world.neighbour_secretary)
    shared = make_thread(world.secretary, "浇水", same_count=3)
    make_post(shared, world.neighbour_secretary)
    make_thread(world.secretary, "路灯")
    make_thread(world.secretary, "撂荒", same_count=2)
    make_thread(world.far_secretary, "外镇的")
    make_thread(world.organiser, "通知", kind=ThreadKind.NOTICE)
    page = text_of(browse(world.organiser).get(f"/meetings/{meeting.id}/agenda/threads"))
    order = ["撂荒", "路灯", "浇水", "修路"]
    assert sorted(order, key=page.index) == order
    assert "外镇的" not in page


def test_several_threads_come_onto_the_agenda_at_once_and_only_once(browse, world):
    meeting = make_meeting(world, "draft")
    question = make_thread(world.secretary, "地没人种")
    share = make_thread(world.neighbour_secretary, "合作社的账", kind=ThreadKind.SHARE)
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda/threads"
    form = next(f for f in forms_of(text_of(browser.get(page))) if "once" in f.fields)
    sent = {**form.fields.to_dict(), "threads": [str(question.id), str(share.id)]}
    answers = [browser.post(page, data=sent) for _n in range(3)]
    assert {(a.status_code, a.location) for a in answers} == {(303, f"/meetings/{meeting.id}/agenda")}
    assert lines(meeting) == [("question", "地没人种"), ("case", "合作社的账")]
    assert "地没人种" not in text_of(browser.get(page))


@pytest.mark.parametrize("wrong", [[], ["999"], ["x"], ["99999999999999999999"], "far"])
def test_only_what_is_offered_may_be_chosen(browse, world, wrong):
    meeting = make_meeting(world, "draft")
    make_thread(world.secretary)
    chosen = [str(make_thread(world.far_secretary, "外镇的").id)] if wrong == "far" else wrong
    answer = browse(world.organiser).submit(f"/meetings/{meeting.id}/agenda/threads", {"threads": chosen})
    assert answer.status_code == 422
    assert "请先选几个帖子。" in text_of(answer) or "名单里没有这一项，请重新选。" in text_of(answer)
    assert lines(meeting) == []


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "请写题目，或者选一个帖子。"),
        ({"title": "长" * 81}, "太长了，请在 80 字以内。"),
        ({"kind": "party"}, "名单里没有这一项"),
        ({"minutes_planned": "半小时"}, "分钟请填数字。"),
        ({"minutes_planned": "0"}, "请填 1 到 600 分钟。"),
        ({"minutes_planned": "2147483648"}, "请填 1 到 600 分钟。"),
        ({"who": "名" * 41}, "请在 40 字以内。"),
        ({"thread": "99999999999999999999"}, "名单里没有这一项"),
    ],
)
def test_a_line_that_cannot_be_is_explained(browse, world, typed, message):
    meeting = make_meeting(world, "draft")
    fields = {"kind": "lecture", "title": "冬暖大棚的五笔账"} | typed
    answer = browse(world.organiser).submit(f"/meetings/{meeting.id}/agenda/new", fields)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert lines(meeting) == []


def test_lines_are_put_in_order_by_buttons(browse, world):
    meeting = make_meeting(world, "draft")
    items = [make_item(world, meeting, title) for title in ("甲", "乙", "丙")]
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda"
    answer = browser.submit(page, {"move": f"up-{items[2].id}"})
    assert answer.location == f"{page}#item-{items[2].id}"
    assert [title for _kind, title in lines(meeting)] == ["甲", "丙", "乙"]
    browser.submit(page, {"move": f"down-{items[0].id}"})
    assert [title for _kind, title in lines(meeting)] == ["丙", "甲", "乙"]


def test_pressing_twice_moves_once_and_nonsense_moves_nothing(browse, world):
    meeting = make_meeting(world, "draft")
    items = [make_item(world, meeting, title) for title in ("甲", "乙", "丙")]
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda"
    order = next(f for f in forms_of(text_of(browser.get(page))) if f.ident == "order")
    sent = order.fields.to_dict(flat=False) | {"move": f"up-{items[2].id}"}
    assert {browser.post(page, data=sent).status_code for _tap in range(3)} == {303}
    assert [title for _kind, title in lines(meeting)] == ["甲", "丙", "乙"]
    for nonsense in ("up-", "up-x", "up-999", f"up-{items[0].id}", f"down-{items[1].id}", "9" * 20, "down-²"):
        assert browser.submit(page, {"move": nonsense}).status_code == 303
        assert [title for _kind, title in lines(meeting)] == ["甲", "丙", "乙"]


def test_a_line_is_changed_and_taken_off(browse, world):
    meeting = make_meeting(world, "draft")
    page = f"/meetings/{meeting.id}/agenda"
    line = f"{page}/{make_item(world, meeting, '甲').id}"
    browser = browse(world.organiser)
    assert browser.submit(line, {"kind": "visit", "title": "看大棚"}).status_code == 303
    assert lines(meeting) == [("visit", "看大棚")]
    press(browser, line, f"{line}/remove")
    token = forms_of(text_of(browser.get(page)))[0].fields["csrf_token"]
    assert browser.post(f"{line}/remove", data={"csrf_token": token}).status_code == 303
    assert lines(meeting) == []


def test_a_line_of_another_meeting_is_not_found(browse, world):
    mine, other = make_meeting(world, "draft"), make_meeting(world, "draft", number=57)
    item = make_item(world, other)
    assert browse(world.organiser).get(f"/meetings/{mine.id}/agenda/{item.id}").status_code == 404


def test_a_topic_begun_from_a_line_is_linked_to_it(browse, world):
    meeting = make_meeting(world, "draft")
    item = make_item(world, meeting, "联合社怎么分红")
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda/{item.id}/thread"
    assert browser.submit(page, {"body": ""}).status_code == 422
    answer = browser.submit(page, {"body": "先说说各村的账。"})
    thread = db.session.scalars(select(Thread)).one()
    assert answer.location == f"/threads/{thread.id}"
    assert (thread.kind, thread.title) == ("topic", "联合社怎么分红")
    assert db.session.scalars(select(AgendaItem.thread_id)).one() == thread.id
    assert browser.get(page).status_code == 409


def test_a_closed_agenda_stays_as_it_is(browse, world):
    meeting = make_meeting(world, "closed")
    browser = browse(world.organiser)
    assert browser.get(f"/meetings/{meeting.id}/agenda").status_code == 409
    token = forms_of(text_of(browser.get("/meetings/new")))[0].fields["csrf_token"]
    for step in ("agenda/new", "agenda/threads"):
        assert browser.post(f"/meetings/{meeting.id}/{step}", data={"csrf_token": token}).status_code == 422
    assert lines(meeting) == []


PAGES = ["/meetings/{0}", "/meetings/", "/"]


@pytest.mark.parametrize(
    ("reader", "reads"),
    [
        ("secretary", True),
        ("neighbour", True),
        ("organiser", True),
        ("far_secretary", False),
        ("far_organiser", False),
        ("district", False),
        ("expert", False),
    ],
)
def test_a_line_shows_no_more_of_a_narrowed_thread_than_its_reader_may_open(browse, world, reader, reads):
    meeting = make_meeting(world)
    thread = make_thread(world.secretary, SECRET, reach=Reach.TOWNSHIP)
    make_post(thread, world.neighbour_secretary)
    item = link(world, meeting, thread)
    browser = browse(world.everybody[reader])
    shown = "".join(text_of(browser.get(page.format(meeting.id))) for page in PAGES)
    assert (SECRET in shown) == reads
    assert (f"/threads/{thread.id}" in shown) == reads
    assert ("（只给本镇看）" in shown) == (not reads)
    assert "书记提问书记答" in shown
    if reader == "district":
        arranging = text_of(browser.get(f"/meetings/{meeting.id}/agenda"))
        assert SECRET not in arranging
        assert browser.get(f"/meetings/{meeting.id}/agenda/{item.id}").status_code == 404


def test_a_line_for_the_panel_only_says_so_and_nothing_else(browse, world):
    meeting = make_meeting(world)
    link(world, meeting, make_thread(world.secretary, SECRET, reach=Reach.PANEL, admitted=[world.far_secretary]))
    page = f"/meetings/{meeting.id}"
    assert SECRET in text_of(browse(world.far_secretary).get(page))
    unseen = text_of(browse(world.neighbour_secretary).get(page))
    assert SECRET not in unseen
    assert "（只给请到的人看）" in unseen


def test_a_line_of_a_hidden_thread_says_nothing_of_it(browse, world):
    meeting = make_meeting(world)
    thread = make_thread(world.secretary, "写了别人家的私事")
    link(world, meeting, thread)
    thread.hidden_at = thread.created_at
    db.session.commit()
    assert "写了别人家的私事" not in text_of(browse(world.neighbour_secretary).get(f"/meetings/{meeting.id}"))


def test_the_title_of_a_narrowed_thread_does_not_stay_behind_when_the_link_goes(browse, world):
    meeting = make_meeting(world)
    item = link(world, meeting, make_thread(world.secretary, SECRET, reach=Reach.TOWNSHIP))
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda/{item.id}"
    answer = browser.submit(page, {"thread": "0"})
    assert answer.status_code == 422
    assert "换帖子要换个题目" in text_of(answer)
    assert browser.submit(page, {"thread": "0", "title": "邻里纠纷怎么调"}).status_code == 303
    assert lines(meeting) == [("question", "邻里纠纷怎么调")]
