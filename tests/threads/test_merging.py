"""A duplicate is merged: nobody reads more than before, nothing loses its author, date or address, and all is taken back."""

from collections.abc import Callable
from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm.exc import StaleDataError

from forum.audit.models import AuditEntry
from forum.changes import Change
from forum.clock import utcnow
from forum.consultations.actions import conclude
from forum.extensions import db
from forum.library.models import ExperienceSource
from forum.notices.models import OutboxMessage
from forum.threads.actions import add_reply
from forum.threads.models import Post, Reach, Stance, Thread, ThreadFollow
from forum.threads.policies import visible_threads
from forum.threads.tidying.deeds import CannotTidy
from forum.threads.tidying.merging import merge, undo_merge
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_post, make_thread
from tests.threads.tidied import card_of, fresh, posts_of, rows

Browse = Callable[[Actor | None], Browser]


def test_a_duplicate_is_merged(world: World, two: tuple[Thread, Thread], browse: Browse) -> None:
    thread, into = two
    card = card_of(world, thread)
    was = {post.id: (post.author_id, post.created_at, post.version) for post in db.session.scalars(select(Post))}
    merge(world.organiser, thread, into)
    db.session.commit()

    assert {p.id: (p.author_id, p.created_at, p.version) for p in db.session.scalars(select(Post))} == was
    assert posts_of(into) == ["两百亩撂荒", "年轻人走了", "先找带头户", "种油菜", "油菜费工", "可以用机器"]
    into = fresh(into)
    assert (into.reply_count, into.same_count, into.accepted_post_id) == (5, 1, None), (
        "no village counts twice, nor itself"
    )
    followers = set(db.session.scalars(select(ThreadFollow.person_id).where(ThreadFollow.thread_id == into.id)))
    assert {world.secretary.id, world.neighbour_secretary.id, world.organiser.id, world.expert.id} <= followers
    assert db.session.scalars(select(ExperienceSource.thread_id).filter_by(experience_id=card.id)).all() == [into.id]
    for actor in (world.secretary, world.neighbour_secretary, world.organiser, world.district_staff):
        assert db.session.scalars(visible_threads(actor)).all() == [into]
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "thread.merge"))
    assert (entry.subject_id, entry.detail["other"]) == (thread.id, into.id)
    told = db.session.execute(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "thread.merged")).scalars()
    assert list(told) == [world.neighbour_secretary.id]
    changes = db.session.scalars(select(Change.object_id).where(Change.kind == "thread")).all()
    assert {thread.id, into.id} <= set(changes)

    browser = browse(world.expert)
    led = browser.get(browser.get(f"/threads/{thread.id}").location)
    assert led.location.startswith(f"/threads/{into.id}"), "the old address leads on"
    led = browser.get(led.location)
    assert "撂荒地怎么办" in led.text
    assert "并过来以前，提问人说它管用" in led.text
    reply = db.session.scalars(select(Post).where(Post.body == "可以用机器")).one()
    assert f"/threads/{into.id}?open=" in browser.get(f"/posts/{reply.id}").location
    assert (
        browser.submit(f"/threads/{into.id}", {"body": "再说一句"}, action=f"/threads/{into.id}/posts").status_code
        == 303
    )


def test_a_merge_is_taken_back_exactly(world: World, two: tuple[Thread, Thread]) -> None:
    card_of(world, two[0])
    before = rows()
    deed = merge(world.organiser, *two)
    assert rows() != before
    undo_merge(world.district_staff, deed)
    assert rows() == before
    assert deed.undone_by_id == world.district_staff.id


def test_what_was_answered_since_goes_back_with_what_it_answers(world: World, two: tuple[Thread, Thread]) -> None:
    thread, into = two
    deed = merge(world.organiser, thread, into)
    asked = db.session.scalars(select(Post).where(Post.body == "年轻人走了")).one()
    first = add_reply(world.deputy, fresh(into), "我也来说", parent=asked, stance=Stance.SUPPLEMENT)
    add_reply(world.secretary, fresh(into), "说得好", parent=first)
    add_reply(world.secretary, fresh(into), "这条是回第一个的")
    undo_merge(world.organiser, deed)
    db.session.commit()
    assert posts_of(into) == ["两百亩撂荒", "先找带头户", "这条是回第一个的"]
    assert posts_of(thread) == ["年轻人走了", "种油菜", "油菜费工", "可以用机器", "我也来说", "说得好"]
    said = db.session.scalars(select(Post).where(Post.id == first.id).execution_options(populate_existing=True)).one()
    below = db.session.scalars(
        select(Post).where(Post.body == "说得好").execution_options(populate_existing=True)
    ).one()
    assert (said.parent_id, said.root_id, said.stance, below.parent_id, below.root_id) == (
        None,
        None,
        None,
        said.id,
        said.id,
    )
    assert (fresh(thread).reply_count, fresh(into).reply_count) == (5, 2)


def test_two_that_came_to_a_conclusion_stay_two(world: World, two: tuple[Thread, Thread]) -> None:
    thread, into = two
    conclude(world.organiser, thread, "一起种油菜")
    with pytest.raises(CannotTidy, match="请到那一个帖子里，把它并到这里来"):
        merge(world.organiser, thread, into)
    conclude(world.organiser, into, "先找带头户")
    with pytest.raises(CannotTidy, match="各留各的，不能合并"):
        merge(world.organiser, thread, into)


def test_the_one_with_the_conclusion_is_the_one_that_stays(world: World, two: tuple[Thread, Thread]) -> None:
    thread, into = two
    conclude(world.organiser, into, "先找带头户")
    merge(world.organiser, thread, into)
    assert fresh(into).concluded_at is not None


NARROW = {"reach": Reach.TOWNSHIP}


@pytest.mark.parametrize(
    ("thread", "into", "why"),
    [
        ({}, {}, None),
        (NARROW, NARROW, None),
        (NARROW, {}, "看的人就多了"),
        ({"reach": Reach.PANEL}, NARROW, "看的人就多了"),
        ({"reach": Reach.PANEL}, {}, "看的人就多了"),
        (
            {"reach": Reach.PANEL, "admitted": ("expert",)},
            {"reach": Reach.PANEL, "admitted": ("far_secretary",)},
            "看的人就多了",
        ),
        (
            {"reach": Reach.PANEL, "admitted": ("expert", "neighbour")},
            {"reach": Reach.PANEL, "admitted": ("expert",)},
            None,
        ),
        (NARROW, {"reach": Reach.PANEL, "admitted": ("expert",)}, "看的人就多了"),
        (NARROW, {"reach": Reach.PANEL}, "看不到那一个"),
        ({}, NARROW, "看不到那一个"),
        ({"hidden_at": utcnow()}, {}, "先恢复显示"),
    ],
)
def test_nobody_reads_more_and_nobody_who_wrote_reads_less(
    world: World, thread: dict[str, Any], into: dict[str, Any], why: str | None
) -> None:
    def make(author: Actor, values: dict[str, Any]) -> Thread:
        admitted = [world.everybody[role] for role in values.get("admitted", ())]
        return make_thread(author, **(values | {"admitted": admitted}))

    one, other = make(world.secretary, thread), make(world.secretary, into)
    make_post(one, world.far_secretary if not thread else world.deputy if thread is NARROW else world.secretary)
    if why is None:
        merge(world.organiser, one, other)
    else:
        with pytest.raises(CannotTidy, match=why):
            merge(world.organiser, one, other)


def test_a_reply_to_what_was_merged_meanwhile_is_not_written_where_nobody_reads(
    world: World, two: tuple[Thread, Thread]
) -> None:
    thread, into = two
    merge(world.organiser, thread, into)
    db.session.commit()
    with pytest.raises(StaleDataError):
        add_reply(world.deputy, thread, "晚了一步")


def test_two_threads_of_five_hundred_posts_are_merged_in_two_seconds(world: World) -> None:
    threads = [make_thread(world.secretary), make_thread(world.neighbour_secretary)]
    for thread in threads:
        values = {
            "thread_id": thread.id,
            "is_opening": False,
            "author_id": world.deputy.id,
            "unit_id": world.village.id,
            "body": "好",
            "body_html": "<p>好</p>",
            "version": 1,
            "useful_count": 0,
            "hidden_reason": "",
        }
        at = utcnow()
        db.session.execute(
            insert(Post.__table__),
            [values | {"created_at": at + timedelta(seconds=n)} for n in range(500)],  # type: ignore[arg-type]
        )
        thread.reply_count = 500
    db.session.commit()
    began = process_time()
    deed = merge(world.organiser, *threads)
    db.session.commit()
    merged = process_time()
    undo_merge(world.organiser, deed)
    db.session.commit()
    assert (merged - began, process_time() - merged) < (2, 2)
    assert [fresh(thread).reply_count for thread in threads] == [500, 500]
