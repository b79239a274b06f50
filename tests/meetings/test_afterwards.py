"""After a meeting: attendance, minutes, and closing it so that its threads know what came of them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.changes import Change
from forum.clock import today
from forum.consultations.models import ActionItem, Outcome, OutcomeReply
from forum.extensions import db
from forum.meetings.models import Sitting
from forum.notices.models import OutboxMessage
from forum.threads.models import Reach, Thread
from tests.browsing import forms_of
from tests.factories import make_post, make_thread
from tests.meetings.makers import attendance, link, make_item, make_meeting, state_of

IN_A_MONTH = f"{today() + timedelta(days=30):%Y-%m-%d}"


def text_of(answer):
    return answer.get_data(as_text=True)


def take(browser, meeting, *people, walk_ins=()):
    fields = {"came": [str(p.id) for p in people], "walk_ins": [str(p.id) for p in walk_ins]}
    return browser.submit(f"/meetings/{meeting.id}/attendance", fields)


def came(meeting):
    db.session.rollback()
    return {person_id: row.came for person_id, row in attendance(meeting).items()}


def name_officials(meeting, **officials):
    sitting = db.session.scalars(select(Sitting).where(Sitting.meeting_id == meeting.id)).one()
    for office, actor in officials.items():
        setattr(sitting, office, actor.id)
    db.session.commit()


# ---- attendance ----


def test_everybody_expected_is_listed_and_ticked_by_hand(browse, world):
    meeting = make_meeting(world, "held")
    assert take(browse(world.organiser), meeting, world.secretary).status_code == 303
    assert came(meeting) == {world.secretary.id: True, world.neighbour_secretary.id: False}
    assert "应到 2 人 · 实到 1 人 · 请假 0 人" in text_of(browse(world.expert).get(f"/meetings/{meeting.id}"))


def test_who_said_he_comes_is_ticked_to_begin_with(browse, world):
    meeting = make_meeting(world)
    browse(world.secretary).submit(f"/meetings/{meeting.id}", action=f"/meetings/{meeting.id}/coming")
    db.session.execute(db.text("UPDATE meeting SET state = 'held'"))
    db.session.commit()
    form = next(
        f
        for f in forms_of(text_of(browse(world.organiser).get(f"/meetings/{meeting.id}/attendance")))
        if "version" in f.fields
    )
    assert form.fields.getlist("came") == [str(world.secretary.id)]


def test_walk_ins_of_the_township_are_added_and_taken_back(browse, world):
    meeting, browser = make_meeting(world, "held"), browse(world.organiser)
    assert take(browser, meeting, world.secretary, walk_ins=[world.deputy]).status_code == 303
    assert came(meeting)[world.deputy.id] is True
    page = text_of(browser.get(f"/meetings/{meeting.id}"))
    assert "应到 2 人 · 实到 2 人" in page
    assert "没请也来了" in page
    assert take(browser, meeting, world.secretary).status_code == 303
    assert world.deputy.id not in came(meeting)
    answer = take(browser, meeting, walk_ins=[world.far_secretary])
    assert answer.status_code == 422
    assert "名单里没有这一项" in text_of(answer)


def test_two_who_tick_at_once_see_where_they_differ(browse, world):
    meeting, browser = make_meeting(world, "held"), browse(world.organiser)
    before = str(meeting.version)
    take(browser, meeting, world.secretary)
    fields = {"came": [str(world.neighbour_secretary.id)], "version": before}
    answer = browser.submit(f"/meetings/{meeting.id}/attendance", fields)
    assert answer.status_code == 409
    assert "前柳村 柳大山：那边记的是到了" in text_of(answer)
    assert "后柳村 杨来福：那边记的是没到" in text_of(answer)
    assert came(meeting) == {world.secretary.id: True, world.neighbour_secretary.id: False}
    form = next(f for f in forms_of(text_of(answer)) if "version" in f.fields)
    assert form.fields.getlist("came") == [str(world.neighbour_secretary.id)]
    assert browser.post(f"/meetings/{meeting.id}/attendance", data=form.fields).status_code == 303
    assert came(meeting) == {world.secretary.id: False, world.neighbour_secretary.id: True}


# ---- who runs it ----


@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        ("attendance", {"organiser", "district", "secretary"}),
        ("close", {"organiser", "district", "secretary"}),
        ("minutes", {"organiser", "district", "secretary", "deputy"}),
    ],
)
def test_the_named_chair_runs_it_and_the_named_note_taker_writes(browse, world, step, allowed):
    meeting = make_meeting(world, "held")
    name_officials(meeting, chair_id=world.secretary, note_taker_id=world.deputy)
    expected = {who: 200 if who in allowed else 403 for who in world.everybody} | {"admin": 404, "nobody": 303}
    status = {w: browse(a).get(f"/meetings/{meeting.id}/{step}").status_code for w, a in world.everybody.items()}
    assert status == expected


# ---- closing ----


@pytest.fixture
def held(world):
    """A meeting that took place, with a question on its agenda that two people answered."""
    meeting = make_meeting(world, "held")
    thread = make_thread(world.secretary, "地没人种怎么办")
    replies = [make_post(thread, world.far_secretary, "先量地。"), make_post(thread, world.expert, "种省工的。")]
    item = link(world, meeting, thread)
    return meeting, thread, replies, item


def closing(item, reply=None, **task):
    fields = {f"statement_{item.id}": "三个村合起来流转，村集体牵头。"}
    if reply is not None:
        fields[f"replies_{item.id}"] = [str(reply.id)]
    return fields | {f"{part}_{item.id}_0": value for part, value in task.items()}


def test_closing_writes_the_outcome_to_its_thread_and_tells_those_concerned(browse, world, held):
    meeting, thread, replies, item = held
    browser = browse(world.organiser)
    take(browser, meeting, world.secretary)
    fields = closing(item, replies[0], what="量清三村的地", unit=str(world.village.id), due=IN_A_MONTH)
    answer = browser.submit(f"/meetings/{meeting.id}/close", fields)
    assert answer.location == f"/meetings/{meeting.id}"
    assert state_of(meeting) == "closed"
    outcome = db.session.scalars(select(Outcome)).one()
    assert (outcome.thread_id, outcome.meeting_id, outcome.statement) == (
        thread.id,
        meeting.id,
        "三个村合起来流转，村集体牵头。",
    )
    assert db.session.scalars(select(OutcomeReply.post_id)).all() == [replies[0].id]
    action = db.session.scalars(select(ActionItem)).one()
    assert (action.what, action.unit_id, f"{action.due}") == ("量清三村的地", world.village.id, IN_A_MONTH)
    assert db.session.get_one(Thread, thread.id).concluded_at == outcome.concluded_at
    told = db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "thread.decided")).all()
    assert sorted(told) == sorted([world.secretary.id, world.far_secretary.id])
    changes = db.session.execute(select(Change.kind, Change.object_id)).all()
    assert ("thread", thread.id) in [tuple(change) for change in changes]
    for page in (f"/meetings/{meeting.id}", f"/threads/{thread.id}"):
        shown = text_of(browse(world.far_organiser).get(page))
        assert "三个村合起来流转，村集体牵头。" in shown
        assert "量清三村的地" in shown


def test_nothing_empty_is_built(browse, world, held):
    meeting, thread, _replies, _item = held
    browser = browse(world.organiser)
    take(browser, meeting, world.secretary)
    browser.submit(f"/meetings/{meeting.id}/minutes/0", {"body": "大家说了说。"})
    assert browser.submit(f"/meetings/{meeting.id}/close", {"left_out": "没时间议"}).status_code == 303
    assert state_of(meeting) == "closed"
    assert db.session.scalars(select(Outcome)).all() == []
    assert db.session.get_one(Thread, thread.id).concluded_at is None


def test_what_is_missing_is_said_and_closing_waits_for_it(browse, world, held):
    meeting, _thread, _replies, item = held
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/close"
    assert "签到：还没记谁来了。" in text_of(browser.get(page))
    answer = browser.submit(page, closing(item))
    assert answer.status_code == 422
    assert "还没记谁来了，请先记签到。" in text_of(answer)
    assert "三个村合起来流转，村集体牵头。" in text_of(answer)
    take(browser, meeting, world.secretary)
    answer = browser.submit(page)
    assert answer.status_code == 422
    assert "会议记录和结论总要有一样" in text_of(answer)
    assert state_of(meeting) == "held"
    assert browser.submit(page, closing(item)).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"what": "量地"}, "请选谁来办。"),
        ({"what": "量地", "unit": "village"}, "请写什么时候办完。"),
        ({"unit": "village", "due": IN_A_MONTH}, "请写要办什么。"),
        ({"what": "量地", "unit": "far", "due": IN_A_MONTH}, "名单里没有这一项"),
        ({"what": "量地", "unit": "99999999999999999999", "due": IN_A_MONTH}, "名单里没有这一项"),
        ({"what": "量地", "unit": "village", "due": "2019-01-01"}, "期限要在商量这件事之后"),
        ({"what": "量地", "unit": "village", "due": "9999-12-31"}, "期限要在商量这件事之后"),
        ({"what": "量地", "unit": "village", "due": "月底"}, "日期没看懂"),
        ({"what": "长" * 301, "unit": "village", "due": IN_A_MONTH}, "太长了，请在 300 字以内。"),
        ({"statement": "", "what": "量地", "unit": "village", "due": IN_A_MONTH}, "先写一句结论"),
        ({"statement": "长" * 2001}, "太长了，请在 2000 字以内。"),
        ({"replies": ["999999"]}, "名单里没有这一项"),
    ],
)
def test_half_an_outcome_is_explained_and_kept(browse, world, held, wrong, message):
    meeting, _thread, _replies, item = held
    browser = browse(world.organiser)
    take(browser, meeting, world.secretary)
    units = {"village": str(world.village.id), "far": str(world.other_town.id)}
    wrong = {part: units.get(value, value) if isinstance(value, str) else value for part, value in wrong.items()}
    fields = closing(item, **{part: wrong[part] for part in ("what", "unit", "due") if part in wrong})
    fields |= {f"{part}_{item.id}": wrong[part] for part in ("statement", "replies") if part in wrong}
    answer = browser.submit(f"/meetings/{meeting.id}/close", fields)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "Not a valid" not in text_of(answer)
    assert "is not a valid" not in text_of(answer)
    assert state_of(meeting) == "held"
    assert db.session.scalars(select(Outcome)).all() == []


def test_more_rows_for_tasks_come_without_script_and_write_nothing(browse, world, held):
    meeting, _thread, _replies, item = held
    browser = browse(world.organiser)
    page = f"/meetings/{meeting.id}/close"
    answer = browser.submit(page, closing(item, what="量地") | {"more": str(item.id)})
    assert answer.status_code == 200
    assert f"what_{item.id}_1" in text_of(answer)
    assert 'value="量地"' in text_of(answer)
    assert state_of(meeting) == "held"


def test_closing_twice_concludes_once(browse, world, held):
    meeting, _thread, _replies, item = held
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/close"
    take(browser, meeting, world.secretary)
    form = next(f for f in forms_of(text_of(browser.get(page))) if "once" in f.fields)
    sent = {**form.fields.to_dict(), **closing(item)}
    answers = [browser.post(page, data=sent) for _n in range(3)]
    assert {(a.status_code, a.location) for a in answers} == {(303, f"/meetings/{meeting.id}")}
    assert len(db.session.scalars(select(Outcome)).all()) == 1


def test_what_a_narrowed_thread_came_to_stays_as_narrow(browse, world):
    meeting = make_meeting(world, "held")
    thread = make_thread(world.secretary, "两家为宅基地打起来了", reach=Reach.TOWNSHIP)
    item = link(world, meeting, thread)
    browser = browse(world.organiser)
    take(browser, meeting, world.secretary)
    assert f"statement_{item.id}" not in text_of(browse(world.district_staff).get(f"/meetings/{meeting.id}/close"))
    fields = closing(item, what="请司法所来调", unit=str(world.village.id), due=IN_A_MONTH)
    assert browser.submit(f"/meetings/{meeting.id}/close", fields).status_code == 303
    following = make_meeting(world, number=57)
    make_item(world, following, "上期", kind="review")
    for who, reads in (("neighbour", True), ("far_secretary", False), ("district", False)):
        for page in (f"/meetings/{meeting.id}", f"/meetings/{following.id}"):
            shown = text_of(browse(world.everybody[who]).get(page))
            assert ("请司法所来调" in shown) == reads
            assert reads or "宅基地" not in shown


def test_the_next_meeting_reviews_what_was_decided(browse, world, held):
    meeting, _thread, _replies, item = held
    browser = browse(world.organiser)
    take(browser, meeting, world.secretary)
    tasks = {}
    for n, what in enumerate(("办了的", "没到期的", "超期的")):
        tasks |= {
            f"what_{item.id}_{n}": what,
            f"unit_{item.id}_{n}": str(world.village.id),
            f"due_{item.id}_{n}": IN_A_MONTH,
        }
    browser.submit(f"/meetings/{meeting.id}/close", closing(item) | tasks)
    late = db.session.scalars(select(ActionItem).where(ActionItem.what == "超期的")).one()
    late.due = today() - timedelta(days=1)
    db.session.commit()
    done = db.session.scalars(select(ActionItem.id).where(ActionItem.what == "办了的")).one()
    assert browse(world.secretary).submit(f"/actions/{done}/done", {"note": "量完了。"}).status_code == 303
    following = make_meeting(world, number=57)
    make_item(world, following, "上期", kind="review")
    shown = text_of(browse(world.neighbour_secretary).get(f"/meetings/{following.id}"))
    assert "3 件：已办 1，未到期 1，超期 1。" in shown
    order = [shown.index(what) for what in ("超期的", "没到期的", "办了的")]
    assert order == sorted(order)
    assert "件：已办" not in re.sub(r"\s", "", text_of(browser.get(f"/meetings/{meeting.id}")))


def test_each_line_of_a_meeting_that_is_over_leads_to_a_card(browse, world):
    meeting = make_meeting(world, "held")
    thread = make_thread(world.secretary, "浇地没水")
    link(world, meeting, thread)
    make_item(world, meeting, "前柳村讲流转")
    page = text_of(browse(world.organiser).get(f"/meetings/{meeting.id}"))
    assert f'href="/threads/{thread.id}/card"' in page
    assert "做成经验卡" not in text_of(browse(world.secretary).get(f"/meetings/{meeting.id}"))
    new = re.search(r'href="(/library/new[^"]+)"', page)
    assert new
    assert 'value="前柳村讲流转"' in text_of(browse(world.organiser).get(new[1]))
