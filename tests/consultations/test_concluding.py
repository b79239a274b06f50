"""Concluding a thread on its own page: what is asked, kept, corrected, and what two see who do it at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.clock import today
from forum.consultations.models import ActionItem, FollowUp, Outcome, OutcomeReply, OutcomeVillage
from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.threads.deeds import react
from forum.threads.models import Post, Reach, ReactionKind, Thread, ThreadKind
from forum.units.models import Role
from tests.browsing import forms_of
from tests.factories import make_actor, make_post, make_thread

SOON = f"{today() + timedelta(days=20)}"


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def page_of(thread):
    return f"/threads/{thread.id}/conclude"


def text_of(answer):
    return answer.get_data(as_text=True)


def all_of(what):
    db.session.rollback()
    return db.session.scalars(select(what).execution_options(populate_existing=True)).all()


def filled_in(browser, page, **typed):
    """What is sent from the page as it stands now, to be sent later."""
    form = next(f for f in forms_of(text_of(browser.get(page))) if "statement" in f.fields)
    return {**form.fields.to_dict(flat=False), **typed}


def test_the_page_asks_what_on_whose_advice_who_does_what_and_when_to_look_back(browse, world, thread):
    reply = make_post(thread, world.far_secretary)
    typed = {
        "statement": "三个村合起来流转。",
        "replies": [str(reply.id)],
        "what_0": "量地",
        "unit_0": str(world.neighbour.id),
        "due_0": SOON,
        "villages": [str(world.village.id), str(world.neighbour.id)],
    }
    answer = browse(world.secretary).submit(page_of(thread), typed)
    assert (answer.status_code, answer.location) == (303, f"/threads/{thread.id}")
    (outcome,) = all_of(Outcome)
    assert (outcome.statement, outcome.meeting_id, outcome.concluded_by_id) == (
        "三个村合起来流转。",
        None,
        world.secretary.id,
    )
    assert [r.post_id for r in all_of(OutcomeReply)] == [reply.id]
    assert {v.unit_id for v in all_of(OutcomeVillage)} == {world.village.id, world.neighbour.id}
    assert [(a.what, a.unit_id, a.person_id, f"{a.due}") for a in all_of(ActionItem)] == [
        ("量地", world.neighbour.id, None, SOON)
    ]
    assert [f.due for f in all_of(FollowUp)] == [today() + timedelta(days=90)]
    seen = text_of(browse(world.expert).get(f"/threads/{thread.id}"))
    assert "提问人 柳大山 下的结论" in seen
    assert "前柳村、后柳村" in seen or "后柳村、前柳村" in seen


def test_an_action_may_be_given_to_a_person_who_then_says_that_it_is_done(browse, world, thread):
    make_post(thread, world.expert, "我去看看。")
    typed = {"statement": "请专家看地。", "what_0": "看地", "unit_0": f"p{world.expert.id}", "due_0": SOON}
    assert browse(world.organiser).submit(page_of(thread), typed).status_code == 303
    (action,) = all_of(ActionItem)
    assert (action.unit_id, action.person_id) == (world.bureau.id, world.expert.id)
    told = db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "action.given")).all()
    assert told == [world.expert.id]
    assert browse(world.expert).submit(f"/actions/{action.id}/done", {"note": "看了，能种。"}).status_code == 303


@pytest.mark.parametrize(("after", "days"), [("30", 30), ("90", 90), ("180", 180), ("none", None)])
def test_the_day_to_look_back_is_chosen(browse, world, thread, after, days):
    assert browse(world.secretary).submit(page_of(thread), {"statement": "定了。", "after": after}).status_code == 303
    assert [f.due for f in all_of(FollowUp)] == ([today() + timedelta(days=days)] if days else [])


def test_an_own_day_to_look_back(browse, world, thread):
    browser = browse(world.secretary)
    typed = {"statement": "定了。", "after": "own", "after_day": ""}
    answer = browser.submit(page_of(thread), typed)
    assert answer.status_code == 422
    assert "请选哪一天回头看。" in text_of(answer)
    assert browser.submit(page_of(thread), typed | {"after_day": SOON}).status_code == 303
    assert [f"{f.due}" for f in all_of(FollowUp)] == [SOON]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"statement": ""}, "先写一句结论：打算怎么办。"),
        ({"statement": "长" * 2001}, "太长了"),
        ({"what_0": "量地"}, "请选谁来办。"),
        ({"unit_0": "p99999", "what_0": "量地", "due_0": SOON}, "名单里没有这一项"),
        ({"replies": ["99999"]}, "名单里没有这一项"),
        ({"villages": ["99999"]}, "名单里没有这一项"),
        ({"after": "7"}, "名单里没有这一项"),
        ({"after": "own", "after_day": f"{today()}"}, "请选明天以后、两年以内的一天。"),
        ({"after": "own", "after_day": "后天"}, "日期没看懂"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_is_kept(browse, world, thread, wrong, message):
    answer = browse(world.secretary).submit(page_of(thread), {"statement": "三个村合起来。"} | wrong)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert wrong.get("statement", "三个村合起来。") in text_of(answer)
    assert all_of(Outcome) == []


def test_another_row_for_a_task_comes_without_script_and_writes_nothing(browse, world, thread):
    answer = browse(world.secretary).submit(page_of(thread), {"statement": "三个村合起来。", "more": "1"})
    assert answer.status_code == 200
    assert 'name="what_1"' in text_of(answer)
    assert "三个村合起来。" in text_of(answer)
    assert all_of(Outcome) == []


def test_villages_that_said_we_too_are_offered_first(browse, world, thread):
    opening = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()
    react(world.far_secretary, opening, ReactionKind.SAME, True)
    db.session.commit()
    shown = text_of(browse(world.organiser).get(page_of(thread)))
    concerned, others = shown.index("也有这件事的村"), shown.index("别的村")
    assert concerned < shown.index("渡口村", concerned) < others < shown.index("后柳村", others)


def test_of_two_who_conclude_at_once_one_is_told_and_keeps_his_text(browse, world, thread):
    asker, organiser = browse(world.secretary), browse(world.organiser)
    late = filled_in(organiser, page_of(thread), statement="镇上统一流转。")
    assert asker.submit(page_of(thread), {"statement": "自己村里流转。"}).status_code == 303
    answer = organiser.post(page_of(thread), data=late)
    assert answer.status_code == 409
    assert "别人刚刚先写了结论" in text_of(answer)
    assert "自己村里流转。" in text_of(answer)
    assert "镇上统一流转。" in text_of(answer)
    assert len(all_of(Outcome)) == 1
    again = next(f for f in forms_of(text_of(answer)) if "statement" in f.fields).fields
    assert organiser.post(page_of(thread), data=again).status_code == 303
    assert [(o.statement, o.replaced_at is None) for o in all_of(Outcome)] == [
        ("自己村里流转。", False),
        ("镇上统一流转。", True),
    ]
    seen = text_of(browse(world.expert).get(f"/threads/{thread.id}"))
    assert seen.index("镇上统一流转。") < seen.index("原来的结论") < seen.index("自己村里流转。")


def test_what_stands_is_there_to_be_corrected(browse, world, thread):
    browser = browse(world.secretary)
    browser.submit(
        page_of(thread),
        {
            "statement": "三个村合起来。",
            "what_0": "量地",
            "unit_0": str(world.village.id),
            "due_0": SOON,
            "villages": [str(world.neighbour.id)],
        },
    )
    sent = filled_in(browser, page_of(thread))
    assert [text.strip() for text in sent["statement"]] == ["三个村合起来。"]
    assert sent["villages"] == [str(world.neighbour.id)]
    assert sent["after"] == ["kept"]
    assert "量地" in text_of(browser.get(page_of(thread)))
    assert browser.post(page_of(thread), data=sent | {"statement": "四个村合起来。"}).status_code == 303
    assert len(all_of(ActionItem)) == len(all_of(FollowUp)) == 1
    assert all_of(FollowUp)[0].due == today() + timedelta(days=90)


def test_sent_again_it_is_concluded_once(browse, world, thread):
    browser = browse(world.secretary)
    sent = filled_in(browser, page_of(thread), statement="定了。")
    assert {browser.post(page_of(thread), data=sent).location for _n in range(3)} == {f"/threads/{thread.id}"}
    assert len(all_of(Outcome)) == 1


def test_a_thread_for_a_panel_gives_nothing_to_villages_outside(browse, world):
    thread = make_thread(world.secretary, reach=Reach.PANEL, admitted=[world.expert])
    make_post(thread, world.expert, "我来看看。")
    shown = text_of(browse(world.secretary).get(page_of(thread)))
    assert "前柳村" in shown
    assert "农博士" in shown
    assert "后柳村" not in shown


def test_of_a_thread_for_a_panel_only_people_who_may_read_it_are_given_something(browse, world):
    thread = make_thread(world.secretary, reach=Reach.PANEL, admitted=[world.neighbour_secretary])
    make_post(thread, world.neighbour_secretary, "我来看看。")
    make_actor("杨副手", Role.DEPUTY, world.neighbour)
    shown = text_of(browse(world.secretary).get(page_of(thread)))
    assert "杨来福" in shown
    assert world.organiser.name in shown
    assert "杨副手" not in shown
    assert "柳二河" not in shown


def test_a_bureau_is_given_something_by_naming_somebody_of_it(browse, world, thread):
    make_post(thread, world.expert, "我来看看。")
    page = text_of(browse(world.secretary).get(page_of(thread)))
    assert f'value="p{world.expert.id}"' in page
    assert f'<option value="{world.bureau.id}">' not in page  # nobody leads it here: nobody would be told
    assert f'<option value="{world.neighbour.id}">' in page


def test_only_what_was_asked_is_concluded(browse, world):
    thread = make_thread(world.secretary, kind=ThreadKind.SHARE)
    browser = browse(world.secretary)
    assert browser.get(page_of(thread)).status_code == 403
    assert page_of(thread) not in text_of(browser.get(f"/threads/{thread.id}"))


@pytest.mark.parametrize("size", [1, 20])
def test_the_page_costs_the_same_for_many_replies_and_villages(browse, world, thread, count_statements, size):
    for n in range(size):
        make_post(thread, world.far_secretary, f"第{n}个办法")
    browser = browse(world.secretary)
    browser.submit(page_of(thread), {"statement": "定了。"})
    browser.get(page_of(thread))
    with count_statements() as seen:
        assert browser.get(page_of(thread)).status_code == 200
    assert len(seen) == 6
    assert db.session.get_one(Thread, thread.id).concluded_at is not None


def test_later_replies_can_be_reached_and_chosen_ones_never_fall_away(browse, world, thread):
    replies = [make_post(thread, world.far_secretary, f"第 {number} 条办法") for number in range(65)]
    make_post(make_thread(world.secretary), world.far_secretary, "别处的")
    browser, page = browse(world.secretary), page_of(thread)

    def offered(answer):
        return [int(ident) for ident in re.findall(r'<input[^>]* name="replies"[^>]* value="(\d+)"', text_of(answer))]

    first = browser.get(page)
    assert len(offered(first)) == 30
    assert "还有 35 条" in text_of(first)
    typed = filled_in(browser, page, statement="先修渠。", replies=[str(replies[64].id)], further=["1"])
    second = browser.post(page, data=typed)
    assert second.status_code == 200
    assert len(offered(second)) == 61
    assert "先修渠。" in text_of(second)
    assert not all_of(Outcome), "looking on does nothing"
    typed = {key: value for key, value in typed.items() if key != "further"} | {"offered": ["60"]}
    assert browser.post(page, data=typed).status_code == 303
    (outcome,) = all_of(Outcome)

    assert replies[64].id in offered(browser.get(page)), "what it rests on is there to be corrected"
    assert browser.submit(page, {"statement": "先修渠，再打井。"}).status_code == 303
    [now] = [found for found in all_of(Outcome) if found.replaced_at is None]
    assert now.id != outcome.id
    assert [row.post_id for row in all_of(OutcomeReply) if row.outcome_id == now.id] == [replies[64].id]
