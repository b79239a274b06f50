"""Outcomes on their thread, and saying that an action is done: who may, what is kept, what it costs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.clock import today
from forum.consultations.actions import Task, conclude
from forum.consultations.finishing import DoneBefore, finish_action
from forum.consultations.models import ActionItem, Outcome
from forum.consultations.policies import visible_actions
from forum.extensions import db
from forum.threads.models import Post, Reach
from tests.browsing import forms_of
from tests.factories import make_post, make_thread

SOON = today() + timedelta(days=20)


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def concluded(world, thread, *, tasks=1, reply_ids=(), statement="三个村合起来流转。", due=SOON):
    what = [Task(f"第{n + 1}件事", world.village.id, due) for n in range(tasks)]
    outcome = conclude(world.organiser, thread, statement, reply_ids=reply_ids, tasks=what)
    db.session.commit()
    return outcome


def the_action():
    db.session.rollback()
    return db.session.scalars(select(ActionItem).execution_options(populate_existing=True)).first()


def text_of(answer):
    return answer.get_data(as_text=True)


def test_an_outcome_says_something(world, thread):
    with pytest.raises(ValueError):
        conclude(world.organiser, thread, " \n ")
    assert db.session.scalars(select(Outcome)).all() == []


@pytest.mark.parametrize("foreign", ["other thread", "hidden", "opening", "nowhere"])
def test_an_outcome_rests_on_replies_of_its_own_thread(world, thread, foreign):
    mine, other = make_post(thread, world.far_secretary), make_post(make_thread(world.far_secretary), world.secretary)
    if foreign == "hidden":
        mine.hidden_at = mine.created_at
        db.session.commit()
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.is_opening)).one()
    reply = {"other thread": other.id, "hidden": mine.id, "opening": opening, "nowhere": 9999}[foreign]
    with pytest.raises(ValueError):
        conclude(world.organiser, thread, "就这么办。", reply_ids=[reply])


def test_a_thread_shows_its_outcome_with_what_it_rests_on_and_how_far_the_doing_has_come(browse, world, thread):
    reply = make_post(thread, world.far_secretary, "先量地。")
    concluded(world, thread, reply_ids=[reply.id])
    page = text_of(browse(world.expert).get(f"/threads/{thread.id}"))
    assert "三个村合起来流转。" in page
    assert f'href="/posts/{reply.id}">渡口村 渡小舟</a>' in page
    assert "第1件事" in page
    assert "现在：落实" in page
    finish_action(world.secretary, the_action(), "办好了。")
    db.session.commit()
    page = text_of(browse(world.expert).get(f"/threads/{thread.id}"))
    assert "办好了。" in page
    assert "现在：落实" not in page


def test_without_tasks_there_is_no_step_for_doing(browse, world, thread):
    concluded(world, thread, tasks=0)
    page = text_of(browse(world.secretary).get(f"/threads/{thread.id}"))
    assert "三个村合起来流转。" in page
    assert "落实" not in page.split('id="content"')[1]


def test_what_is_typed_into_a_statement_cannot_run(browse, world, thread):
    concluded(world, thread, statement="<script>alert(1)</script>[点我](javascript:alert(1))")
    page = text_of(browse(world.secretary).get(f"/threads/{thread.id}"))
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_late_action_is_called_late(browse, world, thread):
    concluded(world, thread, due=today() - timedelta(days=1))
    assert "超期" in text_of(browse(world.secretary).get(f"/threads/{thread.id}"))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 303),
        ("deputy", 303),
        ("organiser", 303),
        ("district", 303),
        ("neighbour", 403),
        ("far_secretary", 403),
        ("far_organiser", 403),
        ("expert", 403),
        ("admin", 404),
        ("former", 403),
        ("nobody", 303),
    ],
)
def test_who_may_say_that_it_is_done(browse, world, thread, who, status):
    concluded(world, thread)
    browser, page = browse(world.everybody[who]), f"/actions/{the_action().id}/done"
    seen = browser.get(page).status_code
    assert seen == (200 if status == 303 and who != "nobody" else status)
    if seen == 200:
        assert browser.submit(page, {"note": "地量完了，合同签了。"}).status_code == status
        assert the_action().note == "地量完了，合同签了。"
        deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "action")).all()
        assert list(deeds) == ["action.finish"]
    else:
        assert the_action().done_at is None
    on_thread = f'href="{page}"' in text_of(browser.get(f"/threads/{thread.id}"))
    assert not on_thread or (seen == 200 and the_action().done_at is None)


@pytest.mark.parametrize(
    ("note", "message"), [("", "写一句话：怎么办的，办成什么样。"), ("长" * 501, "太长了，请在 500 字以内。")]
)
def test_it_takes_a_sentence(browse, world, thread, note, message):
    concluded(world, thread)
    answer = browse(world.secretary).submit(f"/actions/{the_action().id}/done", {"note": note})
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert note in text_of(answer)
    assert the_action().done_at is None


def test_sent_twice_or_by_two_it_is_done_once(browse, world, thread):
    concluded(world, thread)
    page = f"/actions/{the_action().id}/done"
    first, second = browse(world.secretary), browse(world.organiser)
    sent = [
        {**next(f for f in forms_of(text_of(b.get(page))) if "note" in f.fields).fields.to_dict(), "note": note}
        for b, note in ((first, "村里办的。"), (second, "镇上看过。"))
    ]
    assert {first.post(page, data=sent[0]).location for _n in range(3)} == {f"/threads/{thread.id}"}
    assert second.post(page, data=sent[1]).status_code == 303
    assert the_action().note == "村里办的。"
    with pytest.raises(DoneBefore):
        finish_action(world.organiser, the_action(), "又办一次")


@pytest.mark.parametrize(
    ("who", "reads"), [("deputy", True), ("organiser", True), ("far_secretary", False), ("district", False)]
)
def test_actions_of_a_narrowed_thread_are_seen_by_those_who_read_it(browse, world, who, reads):
    concluded(world, make_thread(world.secretary, reach=Reach.TOWNSHIP))
    actor = world.everybody[who]
    assert len(db.session.scalars(visible_actions(actor)).all()) == reads
    assert browse(actor).get(f"/actions/{the_action().id}/done").status_code == (200 if reads else 404)


@pytest.mark.parametrize("path", ["/actions/0/done", "/actions/2147483647/done", "/actions/99999999999999999999/done"])
def test_what_is_not_there_is_not_found(browse, world, path):
    assert browse(world.organiser).get(path).status_code == 404


@pytest.mark.parametrize("size", [1, 30])
def test_outcomes_cost_a_threads_page_one_statement(browse, world, thread, count_statements, size):
    browser = browse(world.secretary)
    browser.get(f"/threads/{thread.id}")
    with count_statements() as bare:
        browser.get(f"/threads/{thread.id}")
    reply = make_post(thread, world.far_secretary)
    for _n in range(size):
        concluded(world, thread, tasks=size, reply_ids=[reply.id])
    with count_statements() as seen:
        assert browser.get(f"/threads/{thread.id}").status_code == 200
    assert len(seen) == len(bare) <= 8
