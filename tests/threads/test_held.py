"""What has to wait is seen by its author and by those who look; nobody else is told or counts it before it is let through."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.screening.actions import list_words, set_first_posts
from forum.screening.models import Degree
from forum.threads.actions import add_reply, begin_thread
from forum.threads.holding import held_for, let_through
from forum.threads.models import HeldFor, Post, Thread, ThreadKind
from forum.threads.moderation import hide_post
from forum.threads.policies import visible_posts, visible_threads
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_thread

Browse = Callable[[Actor | None], Browser]


@pytest.fixture
def thread(world: World) -> Thread:
    thread = begin_thread(world.secretary, ThreadKind.QUESTION, "买种子", "哪里买种子？").thread
    db.session.commit()
    return thread


def told() -> list[tuple[int, str]]:
    return [tuple(row) for row in db.session.execute(select(OutboxMessage.recipient_id, OutboxMessage.kind))]


def who_reads(world: World, query: Callable[[Actor], object]) -> set[str]:
    everybody = {role: actor for role, actor in world.everybody.items() if actor}
    return {role for role, actor in everybody.items() if db.session.scalars(query(actor)).all()}  # type: ignore[call-overload]


def test_a_held_question_is_its_authors_and_theirs_who_look(world: World) -> None:
    opening = begin_thread(world.secretary, ThreadKind.QUESTION, "假种子", "买到假种子", held=HeldFor.WORD)
    db.session.commit()
    mine = opening.thread_id
    assert who_reads(world, lambda actor: visible_threads(actor).where(Thread.id == mine)) == {
        "secretary",
        "organiser",
        "district",
    }
    assert told() == [(world.organiser.id, "post.held")]


def test_a_held_reply_is_counted_and_told_when_it_is_let_through(world: World, thread: Thread) -> None:
    reply = add_reply(world.neighbour_secretary, thread, "有假种子", held=HeldFor.WORD)
    db.session.commit()
    seen = who_reads(world, lambda actor: visible_posts(actor).where(Post.id == reply.id))
    assert seen == {"neighbour", "organiser", "district"}
    db.session.refresh(thread)
    assert (thread.reply_count, told()) == (0, [(world.organiser.id, "post.held")])

    for _twice in range(2):
        let_through(world.organiser, reply)
        db.session.commit()
    db.session.refresh(thread)
    assert (thread.reply_count, reply.hidden_at, reply.held_at, reply.held_for) == (1, None, None, None)
    assert told()[1:] == [(world.secretary.id, "thread.replied"), (world.neighbour_secretary.id, "post.let_through")]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["post.let_through"]


def test_a_held_reply_that_is_refused_stays_hidden_and_was_never_counted(world: World, thread: Thread) -> None:
    reply = add_reply(world.neighbour_secretary, thread, "有假种子", held=HeldFor.WORD)
    hide_post(world.organiser, reply, "请不要点名")
    db.session.commit()
    db.session.refresh(thread)
    assert (thread.reply_count, reply.held_at, reply.hidden_reason) == (0, None, "请不要点名")
    assert (world.neighbour_secretary.id, "thread.hidden") in told()


def test_the_list_decides_in_every_form(world: World, browse: Browse, thread: Thread) -> None:
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    list_words(world.district_staff, ["笨蛋"], Degree.MASK)
    list_words(world.district_staff, ["代开发票"], Degree.REFUSE, "国家禁止")
    db.session.commit()
    neighbour = browse(world.neighbour_secretary)
    page, to = f"/threads/{thread.id}", f"/threads/{thread.id}/posts"

    answer = neighbour.submit(page, {"body": "可以代 开 发 票"}, action=to)
    assert answer.status_code == 422
    assert "“代开发票”不能发：国家禁止。请换个说法。" in answer.text
    assert "可以代 开 发 票" in answer.text

    assert neighbour.submit(page, {"body": "你这个笨 蛋，买了假种子"}, action=to).status_code == 303
    post = db.session.scalars(select(Post).where(Post.is_opening.is_(False))).one()
    assert (post.body, post.held_for) == ("你这个＊ ＊，买了假种子", HeldFor.WORD)
    assert "等镇里看一眼" in neighbour.get(page).text
    assert "笨" not in browse(world.organiser).get("/moderation?tab=held").text

    let_through(world.organiser, db.session.scalars(visible_posts(world.organiser).where(Post.id == post.id)).one())
    db.session.commit()
    assert neighbour.submit(f"/posts/{post.id}/edit", {"body": "还是假种子"}).status_code == 303
    db.session.refresh(post)
    assert post.held_for is HeldFor.WORD, "correcting a text is no way round"
    assert db.session.get_one(Thread, thread.id, populate_existing=True).reply_count == 0


def test_those_who_look_wait_for_nobody(world: World, browse: Browse) -> None:
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    db.session.commit()
    browse(world.organiser).submit("/threads/ask", {"body": "谨防假种子", "kind": "notice"})
    assert db.session.scalar(select(func.count(Thread.held_at))) == 0


def test_the_first_posts_of_an_account_wait_where_the_township_wants_it(world: World) -> None:
    set_first_posts(world.organiser, 2)
    db.session.commit()
    kinds = [held_for(world.secretary, has_word=False)]
    for _post in range(2):
        make_thread(world.secretary)
        kinds.append(held_for(world.secretary, has_word=False))
    assert kinds == [HeldFor.FIRST, HeldFor.FIRST, None]
    assert held_for(world.organiser, has_word=False) is None
    assert held_for(world.far_secretary, has_word=False) is None, "another township's setting"
    set_first_posts(world.organiser, 0)
    assert held_for(world.neighbour_secretary, has_word=False) is None
