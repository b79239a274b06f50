"""The page that asks 后来怎样了, the list of what is overdue, and the worker that asks."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, update

from forum.clock import today, utcnow
from forum.consultations.actions import Task, conclude
from forum.consultations.asking import ask_about_next, remind_of_next
from forum.consultations.models import ActionItem, FollowUp
from forum.extensions import db
from forum.media.models import Picture
from forum.notices.models import OutboxMessage
from forum.threads.models import Post, Reach, Thread
from forum.units.models import Posting
from tests.browsing import forms_of
from tests.factories import make_thread
from tests.media.shots import picture


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def concluded(world, thread, days=0, **values):
    conclude(world.organiser, thread, "三个村合起来流转。", follow_up=today() + timedelta(days=days), **values)
    db.session.commit()


def page_of(thread, result=None):
    return f"/threads/{thread.id}/later" + (f"?result={result}" if result else "")


def text_of(answer):
    return answer.get_data(as_text=True)


def now(thread):
    db.session.rollback()
    return db.session.get_one(Thread, thread.id, populate_existing=True)


def told(kind):
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def leave(actor):
    db.session.execute(update(Posting).where(Posting.person_id == actor.id).values(until=today() - timedelta(days=1)))
    db.session.commit()


def test_three_big_answers_lead_to_the_sentence(browse, world, thread):
    concluded(world, thread)
    browser = browse(world.secretary)
    shown = text_of(browser.get(page_of(thread)))
    assert [shown.count(f"{page_of(thread)}?result={r}") for r in ("solved", "better", "unsolved")] == [1, 1, 1]
    answer = browser.submit(page_of(thread, "solved"), {"sentence": "地都种上了。"}, action=page_of(thread))
    assert (answer.status_code, answer.location) == (303, f"/threads/{thread.id}")
    assert now(thread).solved_at is not None
    seen = text_of(browser.get(f"/threads/{thread.id}"))
    assert "回头看：解决了" in seen
    assert seen.count("地都种上了。") == 2


def test_a_picture_goes_along(browse, world, thread):
    concluded(world, thread)
    sent = {"sentence": "地都种上了。", "photos": [(BytesIO(picture()), "IMG_1.jpg")]}
    browser = browse(world.secretary)
    assert browser.submit(page_of(thread, "solved"), sent, action=page_of(thread)).status_code == 303
    post = db.session.scalars(select(Post).where(Post.body == "地都种上了。")).one()
    assert db.session.scalars(select(Picture.post_id)).all() == [post.id]


def test_better_asks_when_to_ask_again(browse, world, thread):
    concluded(world, thread)
    browser = browse(world.secretary)
    typed = {"sentence": "种了一半。", "after": "own", "after_day": ""}
    answer = browser.submit(page_of(thread, "better"), typed, action=page_of(thread))
    assert answer.status_code == 422
    assert "请选哪一天回头看。" in text_of(answer)
    assert "种了一半。" in text_of(answer)
    typed = {"sentence": "种了一半。", "after": "30"}
    assert browser.submit(page_of(thread, "better"), typed, action=page_of(thread)).status_code == 303
    assert now(thread).followup_due == today() + timedelta(days=30)


def test_unsolved_opens_another_round_whose_page_tells_of_the_first(browse, world, thread):
    concluded(world, thread, tasks=[Task("量地", world.village.id)])
    browser = browse(world.secretary)
    browser.submit(page_of(thread, "unsolved"), {"sentence": "大户跑了。"}, action=page_of(thread))
    seen = text_of(browser.get(f"/threads/{thread.id}"))
    assert "现在：第二轮会诊" in seen
    assert seen.index("第一轮") < seen.index("大户跑了。") < seen.index("三个村合起来流转。")
    assert "又会诊" in text_of(browser.get("/threads/"))
    browser.submit(f"/threads/{thread.id}/conclude", {"statement": "换成合作社。"})
    seen = text_of(browser.get(f"/threads/{thread.id}"))
    assert "第二轮的结论" in seen
    assert "三个村合起来流转。" in seen


def test_the_organiser_writes_it_down_and_that_is_said(browse, world, thread):
    concluded(world, thread)
    browser = browse(world.organiser)
    assert "您替提问的人记一笔" in text_of(browser.get(page_of(thread, "solved")))
    browser.submit(page_of(thread, "solved"), {"sentence": "打电话问了，种上了。"}, action=page_of(thread))
    assert "林组织代录" in text_of(browser.get(f"/threads/{thread.id}"))


def test_whoever_leads_the_village_now_answers_once_the_asker_has_left(browse, world, thread):
    concluded(world, thread)
    deputy = browse(world.deputy)
    assert deputy.get(page_of(thread)).status_code == 403
    leave(world.secretary)
    assert "您替提问的人记一笔" not in text_of(deputy.get(page_of(thread)))
    assert "后来怎样了？" in text_of(deputy.get("/"))
    answer = deputy.submit(page_of(thread, "solved"), {"sentence": "种上了。"}, action=page_of(thread))
    assert answer.status_code == 303
    assert db.session.scalars(select(FollowUp.answered_by_id)).one() == world.deputy.id


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sentence": ""}, "写一句话：后来怎样了。"),
        ({"sentence": "长" * 501}, "太长了，请在 500 字以内。"),
        ({"result": "perhaps", "sentence": "种上了。"}, "请选一个：解决了、好一些，还是没解决。"),
    ],
)
def test_what_is_wrong_is_said_and_kept(browse, world, thread, wrong, message):
    concluded(world, thread)
    answer = browse(world.secretary).submit(page_of(thread, "solved"), wrong, action=page_of(thread))
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert wrong["sentence"] in text_of(answer)
    assert now(thread).solved_at is None


def test_of_two_who_answer_at_once_one_is_told_and_keeps_his_text(browse, world, thread):
    concluded(world, thread)
    late, first = browse(world.organiser), browse(world.secretary)
    fields = {
        result: next(f for f in forms_of(text_of(late.get(page_of(thread, result)))) if "sentence" in f.fields).fields
        for result in ("solved", "unsolved")
    }
    first.submit(page_of(thread, "better"), {"sentence": "种了一半。"}, action=page_of(thread))
    answer = late.post(page_of(thread), data=fields["solved"].to_dict() | {"sentence": "镇上看都好了。"})
    assert answer.status_code == 409
    assert "种了一半。" in text_of(answer)
    assert "镇上看都好了。" in text_of(answer)
    first.submit(page_of(thread, "unsolved"), {"sentence": "又荒了。"}, action=page_of(thread))
    answer = late.post(page_of(thread), data=fields["unsolved"].to_dict() | {"sentence": "镇上看又荒了。"})
    assert answer.status_code == 409
    assert "镇上看又荒了。" in text_of(answer)
    assert now(thread).round == 2


def test_the_worker_asks_once_on_the_day(app, world, thread):
    concluded(world, thread, days=1)
    assert ask_about_next() is False
    db.session.execute(update(FollowUp).values(due=today()))
    db.session.commit()
    for is_there in (True, False):
        assert ask_about_next() is is_there
        db.session.commit()
    assert told("followup.due") == [world.secretary.id]


def test_a_worker_that_dies_has_asked_nobody(app, world, thread):
    concluded(world, thread)
    assert ask_about_next() is True
    db.session.rollback()
    assert told("followup.due") == []
    assert ask_about_next() is True
    db.session.commit()
    assert told("followup.due") == [world.secretary.id]


@pytest.mark.parametrize(("days", "is_told"), [(-1, False), (0, True), (3, True), (4, False)])
def test_an_action_is_reminded_of_three_days_before(app, world, thread, days, is_told):
    concluded(world, thread, tasks=[Task("量地", world.village.id, today() + timedelta(days=days))])
    while remind_of_next():
        db.session.commit()
    assert sorted(told("action.due")) == (sorted([world.secretary.id, world.deputy.id]) if is_told else [])


def test_what_is_overdue_is_shown_to_those_who_look_after_it(browse, world, thread):
    concluded(world, thread, days=-7, tasks=[Task("量地", world.village.id, today() - timedelta(days=1))])
    quiet = make_thread(world.secretary, "还没到一个星期")
    concluded(world, quiet, days=-6)
    narrowed = make_thread(world.secretary, "只给本镇看的事", reach=Reach.TOWNSHIP)
    concluded(world, narrowed, days=-9)
    shown = text_of(browse(world.organiser).get("/overdue"))
    assert "地没人种怎么办" in shown
    assert "只给本镇看的事" in shown
    assert "还没到一个星期" not in shown
    assert "只给本镇看的事" not in text_of(browse(world.district_staff).get("/overdue"))
    assert "地没人种怎么办" not in text_of(browse(world.far_organiser).get("/overdue"))
    assert "量地" in text_of(browse(world.organiser).get("/overdue?what=actions"))
    assert "都有下文" in text_of(browse(world.far_organiser).get("/overdue"))


def test_what_another_township_is_late_with_can_be_pointed_out_by_whoever_looks_after_the_thread(browse, world, thread):
    concluded(world, thread, tasks=[Task("量地", world.far_village.id, today() - timedelta(days=1))])
    action = db.session.scalars(select(ActionItem.id)).one()
    browser = browse(world.organiser)
    page = text_of(browser.get("/overdue?what=actions"))
    assert f"/actions/{action}/done" not in page  # only its own organiser says for that village that it is done
    sent = next(f for f in forms_of(page) if f.action == f"/actions/{action}/remind")
    assert browser.post(sent.action, data=sent.fields).status_code == 303
    assert told("action.late") == [world.far_secretary.id]
    assert f"/actions/{action}/done" in text_of(browse(world.district_staff).get("/overdue?what=actions"))


def test_nobody_is_asked_on_his_first_page_about_what_is_hidden(browse, world, thread):
    concluded(world, thread)
    assert "后来怎样了？" in text_of(browse(world.secretary).get("/"))
    db.session.execute(update(Thread).values(hidden_at=utcnow(), hidden_by_id=world.organiser.id, hidden_reason="重复"))
    db.session.commit()
    assert browse(world.secretary).get(page_of(thread)).status_code == 403
    assert "后来怎样了？" not in text_of(browse(world.secretary).get("/"))


def test_one_is_reminded_at_most_once_a_week(browse, world, thread):
    concluded(world, thread, days=-8, tasks=[Task("量地", world.village.id, today() - timedelta(days=1))])
    browser = browse(world.organiser)
    asked, action = db.session.scalars(select(FollowUp.id)).one(), db.session.scalars(select(ActionItem.id)).one()
    for page, address, kind in (
        ("/overdue", f"/follow-ups/{asked}/remind", "followup.due"),
        ("/overdue?what=actions", f"/actions/{action}/remind", "action.late"),
    ):
        sent = next(f for f in forms_of(text_of(browser.get(page))) if f.action == address).fields
        for _n in range(2):
            assert browser.post(address, data=sent).status_code == 303
        assert "提醒过了" in text_of(browser.get(page))
        people = [world.secretary.id] if kind == "followup.due" else sorted([world.secretary.id, world.deputy.id])
        assert sorted(told(kind)) == people


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({}, "有结论"),
        ({"open_actions": 1}, "在落实"),
        ({"followup_due": today()}, "该回头看"),
        ({"followup_due": today() + timedelta(days=1)}, "有结论"),
        ({"solved_at": utcnow()}, "已解决"),
    ],
)
def test_lists_say_how_far_it_has_come(browse, world, state, word):
    make_thread(world.secretary, concluded_at=utcnow(), **state)
    assert word in text_of(browse(world.expert).get("/threads/"))


@pytest.mark.parametrize("size", [1, 15])
def test_pages_cost_the_same_for_many(browse, world, count_statements, size):
    for n in range(size):
        concluded(
            world,
            make_thread(world.secretary, f"第{n}件"),
            days=-9,
            tasks=[Task("量地", world.village.id, today() - timedelta(days=2))],
        )
    browser = browse(world.organiser)
    costs = []
    for page in ("/overdue", "/overdue?what=actions"):
        browser.get(page)
        with count_statements() as seen:
            assert browser.get(page).status_code == 200
        costs.append(len(seen))
    assert costs == [3, 3]
