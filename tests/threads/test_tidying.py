"""Threads are put where they belong: nobody reads more than before, nothing loses its author, date or address, and all is taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.consultations.actions import conclude
from forum.extensions import db
from forum.threads.deeds import accept_answer, react
from forum.threads.models import Post, Reach, ReactionKind, Thread, ThreadKind
from forum.threads.moderation import PinnedEnough, hide_post, pin_thread
from forum.threads.policies import visible_posts, visible_threads
from forum.threads.references import KNOWN
from forum.threads.tidying.deeds import CannotTidy
from forum.threads.tidying.merging import merge, undo_merge
from forum.threads.tidying.models import ThreadDeed
from forum.threads.tidying.moving import move, undo_move
from forum.threads.tidying.policies import visible_deeds
from forum.threads.tidying.splitting import split, undo_split
from forum.units.actors import Actor
from tests.browsing import Browser, forms_of
from tests.factories import World, make_post, make_thread
from tests.threads.tidied import fresh, posts_of, rows

Browse = Callable[[Actor | None], Browser]


def test_every_column_that_points_at_threads_and_posts_has_said_what_becomes_of_it(app: Flask) -> None:
    pointing = {
        (table.name, key.parent.name)
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("thread", "post")
    }
    of_deeds = {("thread_deed", "thread_id"), ("thread_deed", "other_id")}
    assert pointing - KNOWN - of_deeds == set(), (
        "say in its room: goes_along, holds or stays (forum/threads/references.py)"
    )


def test_a_reply_becomes_a_question_of_its_authors_and_comes_back_exactly(
    world: World, two: tuple[Thread, Thread], browse: Browse
) -> None:
    thread, _other = two
    reply = db.session.scalars(select(Post).where(Post.body == "油菜费工")).one()
    react(world.secretary, reply, ReactionKind.USEFUL, on=True)
    thread.accepted_post_id = thread.accepted_at = None
    before = rows()
    db.session.get(Post, reply.id)
    reply = db.session.scalars(visible_posts(world.organiser).where(Post.body == "油菜费工")).one()
    deed = split(world.organiser, reply, "油菜费工怎么办")
    db.session.commit()
    part = db.session.get_one(Thread, deed.other_id)
    assert (part.author_id, part.unit_id, part.township_id) == (
        world.far_secretary.id,
        world.far_village.id,
        world.other_town.id,
    )
    assert (part.created_at, part.kind, part.reply_count) == (reply.created_at, ThreadKind.QUESTION, 1)
    assert posts_of(part) == ["油菜费工", "可以用机器"]
    assert fresh(thread).reply_count == 1
    assert browse(world.expert).get(f"/posts/{reply.id}").location.startswith(f"/threads/{part.id}")
    assert "可以用机器" in browse(world.expert).get(f"/threads/{part.id}").text

    undo_split(world.organiser, db.session.merge(deed))
    after = rows()
    stub = [row for row in after["thread"] if row["id"] == part.id]
    assert [row["merged_post_id"] for row in stub] == [reply.id], "its address leads back"
    after["thread"] = [row for row in after["thread"] if row["id"] != part.id]
    assert after == before


def test_part_of_a_narrowed_thread_is_as_narrow(world: World) -> None:
    confided = make_thread(world.secretary, reach=Reach.PANEL, admitted=[world.far_secretary, world.expert])
    reply = make_post(confided, world.far_secretary, "我们村也闹过")
    reply = db.session.scalars(visible_posts(world.organiser).where(Post.id == reply.id)).one()
    deed = split(world.organiser, reply, "我们村的事")
    db.session.commit()
    everybody = {role: actor for role, actor in world.everybody.items() if actor}
    readers = {
        thread_id: {
            r for r, a in everybody.items() if db.session.scalar(visible_threads(a).where(Thread.id == thread_id))
        }
        for thread_id in (confided.id, deed.other_id)
    }
    assert readers[deed.other_id] == readers[confided.id] == {"secretary", "organiser", "far_secretary", "expert"}


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (lambda world, thread, reply: accept_answer(world.secretary, thread, reply), "先取消采纳"),
        (lambda world, thread, reply: conclude(world.organiser, thread, "行", reply_ids=[reply.id]), "结论用到了"),
        (lambda world, thread, reply: hide_post(world.organiser, reply, "不合适"), "先恢复显示"),
    ],
)
def test_what_a_thread_rests_on_is_not_split_off(world: World, prepare: Callable[..., Any], why: str) -> None:
    thread = make_thread(world.secretary)
    reply = make_post(thread, world.deputy)
    reply = db.session.scalars(visible_posts(world.organiser).where(Post.id == reply.id)).one()
    prepare(world, thread, reply)
    with pytest.raises(CannotTidy, match=why):
        split(world.organiser, reply, "另一件事")


def test_a_thread_is_moved_and_moved_back(world: World) -> None:
    thread = make_thread(world.secretary)
    pin_thread(world.organiser, thread, on=True)
    before = rows()
    deed = move(world.organiser, fresh(thread), ThreadKind.SHARE, world.other_town.id)
    assert deed
    db.session.commit()
    moved = fresh(thread)
    assert (moved.kind, moved.township_id, moved.pinned_at) == (ThreadKind.SHARE, world.other_town.id, None)
    assert [d.id for d in db.session.scalars(visible_deeds(world.organiser))] == [deed.id], (
        "who moved it can take it back"
    )
    assert db.session.scalars(visible_deeds(world.far_organiser)).all() == []
    undo_move(world.organiser, deed)
    assert rows() == before


def test_a_narrowed_thread_stays_in_its_township(world: World) -> None:
    thread = make_thread(world.secretary, reach=Reach.TOWNSHIP)
    with pytest.raises(CannotTidy, match="看的人就变了"):
        move(world.organiser, thread, ThreadKind.QUESTION, world.other_town.id)


def test_what_came_to_a_conclusion_stays_a_question(world: World) -> None:
    thread = make_thread(world.secretary)
    conclude(world.organiser, thread, "行")
    with pytest.raises(CannotTidy, match="这个帖子有结论"):
        move(world.organiser, thread, ThreadKind.SHARE, thread.township_id)


def test_deeds_are_taken_back_in_their_order(world: World, two: tuple[Thread, Thread]) -> None:
    third = make_thread(world.deputy)
    first = merge(world.organiser, *two)
    second = merge(world.organiser, two[1], third)
    with pytest.raises(CannotTidy, match="先撤回后面那一次"):
        undo_merge(world.organiser, first)
    undo_merge(world.organiser, second)
    undo_merge(world.organiser, first)
    assert posts_of(two[0]) == ["年轻人走了", "种油菜", "油菜费工", "可以用机器"]


def test_pinned_threads_stand_first_in_their_township(world: World, browse: Browse) -> None:
    for number in range(6):
        make_thread(world.secretary, f"第{number}件")
    far = make_thread(world.far_secretary, "外镇的")
    threads = db.session.scalars(select(Thread).order_by(Thread.id)).all()
    for thread in threads[:5]:
        pin_thread(world.organiser, thread, on=True)
        db.session.flush()
    with pytest.raises(PinnedEnough):
        pin_thread(world.organiser, threads[5], on=True)
    pin_thread(world.far_organiser, far, on=True)
    db.session.commit()
    page = browse(world.neighbour_secretary).get("/threads/").text
    top, _, rest = page.partition("最近的")
    assert [top.count(f"第{n}件") for n in range(6)] == [1, 1, 1, 1, 1, 0]
    assert "置顶" in top
    assert [rest.count(f"第{n}件") for n in range(6)] == [0, 0, 0, 0, 0, 1]
    assert "外镇的" in rest, "another township's pin does not push itself forward"
    assert "置顶" not in browse(world.neighbour_secretary).get("/threads/?kind=question").text


def test_it_is_done_on_its_page(world: World, two: tuple[Thread, Thread], browse: Browse) -> None:
    thread, into = two
    browser = browse(world.organiser)
    page = f"/threads/{thread.id}/merge"
    answer = browser.submit(page, {"into": str(thread.id)})
    assert (answer.status_code, "这就是它自己" in answer.text) == (422, True)
    assert "地没人种" in browser.get(f"{page}?q=没人种").text
    assert "地没人种" in browser.get(f"{page}?q=http://localhost/threads/{into.id}").text
    assert browser.submit(page, {"into": str(into.id)}).location == f"/threads/{into.id}"
    tidy = browser.get(f"/threads/{into.id}/tidy").text
    assert "把“撂荒地怎么办”并了进来" in tidy
    deed_id = db.session.scalars(select(ThreadDeed.id)).one()
    undone = browser.submit(f"/threads/{into.id}/tidy", {}, action=f"/thread-deeds/{deed_id}/undo")
    assert undone.location == f"/threads/{thread.id}"
    assert posts_of(thread) == ["年轻人走了", "种油菜", "油菜费工", "可以用机器"]


def test_whoever_moved_a_thread_out_of_his_care_takes_it_back_on_its_page(world: World, browse: Browse) -> None:
    thread, browser = make_thread(world.secretary), browse(world.organiser)
    page = f"/threads/{thread.id}/tidy"
    moved = browser.submit(f"/threads/{thread.id}/move", {"township": str(world.other_town.id)})
    assert (moved.status_code, moved.location) == (303, page)
    assert fresh(thread).township_id == world.other_town.id
    assert browser.get(f"/threads/{thread.id}/move").status_code == 403
    assert "它现在归别处照看" in browser.get(page).text
    assert browse(world.far_organiser).get(page).status_code == 200
    deed_id = db.session.scalars(select(ThreadDeed.id)).one()
    browser.submit(page, {}, action=f"/thread-deeds/{deed_id}/undo")
    assert fresh(thread).township_id == world.town.id


def test_a_form_sent_twice_is_answered_twice_with_the_one_deed(world: World, browse: Browse) -> None:
    thread = make_thread(world.secretary)
    reply = make_post(thread, world.far_secretary)
    browser = browse(world.organiser)
    for page, typed in (
        (f"/posts/{reply.id}/split", {"title": "另一件事"}),
        (f"/threads/{thread.id}/move", {"township": str(world.other_town.id), "kind": "question"}),
    ):
        [form] = [f for f in forms_of(browser.get(page).text) if "once" in f.fields]
        sent = {**form.fields.to_dict(), **typed}
        answers = [browser.post(page, data=sent) for _twice in range(2)]
        assert {(a.status_code, a.location) for a in answers} == {(303, answers[0].location)}
    assert db.session.scalar(select(func.count(ThreadDeed.id))) == 2
