"""How far one has read is one's own, is told by a POST, never goes back, and shows where to go on."""

from datetime import timedelta

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.threads.actions import add_reply, begin_thread
from forum.threads.lists import Filters
from forum.threads.models import Post, Reach, Thread, ThreadKind, ThreadRead
from forum.threads.moderation import hide_post
from forum.threads.policies import visible_posts, visible_threads
from forum.threads.queries import thread_rows
from forum.units.actors import Actor
from tests.factories import make_post, make_thread
from tests.notices.test_inbox import token_of


def look_at(browser, thread: Thread, post: Post | None = None, **fields: str):
    """What the script of the page sends; ``post`` is the latest on it."""
    text = {} if post is None else {"text": str(post.id)}
    return browser.post(f"/threads/{thread.id}/seen", data=text | fields, headers={"X-CSRFToken": token_of(browser)})


def answer(actor: Actor, thread: Thread, body: str = "试过，管用。") -> Post:
    found = db.session.scalars(visible_threads(actor).where(Thread.id == thread.id)).one()
    reply = add_reply(actor, found, body)
    db.session.commit()
    return reply


def unread(actor: Actor) -> list[str]:
    return [row.title for row in db.session.execute(Filters(state="unread").narrow(thread_rows(actor), actor))]


@pytest.fixture
def thread(world) -> Thread:
    opening = begin_thread(world.secretary, ThreadKind.QUESTION, "灌渠没水怎么办", "三里渠见了底。")
    db.session.commit()
    return opening.thread


def test_an_answer_is_new_for_who_asked_and_for_who_read_but_not_for_who_wrote_it(browse, world, thread):
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id)).one()
    assert look_at(browse(world.deputy), thread, opening).status_code == 204
    assert unread(world.secretary) == unread(world.deputy) == []
    first = answer(world.expert, thread)
    answer(world.expert, thread)
    assert unread(world.secretary) == unread(world.deputy) == [thread.title]
    assert unread(world.expert) == unread(world.neighbour_secretary) == []
    page = browse(world.deputy).get(f"/threads/{thread.id}").text
    assert f'href="/posts/{first.id}">从上次读到的地方看' in page
    assert "有 2 条新的" in page
    assert 'badge-now">有新的' in browse(world.deputy).get("/threads/").text
    assert 'badge-now">有新的' not in browse(world.expert).get("/threads/").text
    assert "从上次读到的地方看" not in browse(world.expert).get(f"/threads/{thread.id}").text
    assert "从上次读到的地方看" not in browse(world.neighbour_secretary).get(f"/threads/{thread.id}").text


def test_reading_on_takes_the_mark_away_and_opening_alone_does_not(browse, world, thread):
    first, second = answer(world.expert, thread), answer(world.expert, thread)
    browser = browse(world.secretary)
    browser.get(f"/threads/{thread.id}")
    assert unread(world.secretary) == [thread.title]
    look_at(browser, thread, first)
    assert f'href="/posts/{second.id}">从上次读到的地方看' in browser.get(f"/threads/{thread.id}").text
    look_at(browser, thread, second)
    look_at(browser, thread, first)  # an older window says so later
    assert unread(world.secretary) == []
    assert "从上次读到的地方看" not in browser.get(f"/threads/{thread.id}").text


def test_one_goes_on_at_the_first_new_reply_on_whichever_page_it_stands(browse, world, thread):
    start = utcnow() + timedelta(minutes=1)
    replies = [make_post(thread, world.expert, created_at=start + timedelta(seconds=n)) for n in range(45)]
    browser = browse(world.secretary)
    assert f'data-seen-text="{replies[19].id}"' in browser.get(f"/threads/{thread.id}").text
    look_at(browser, thread, replies[39])
    assert f'href="/posts/{replies[40].id}">从上次' in browser.get(f"/threads/{thread.id}").text
    assert browser.get(f"/posts/{replies[40].id}").location.endswith(f"?page=3#post-{replies[40].id}")


def test_what_was_hidden_is_not_new(browse, world, thread):
    reply = answer(world.expert, thread)
    found = db.session.scalars(visible_posts(world.organiser).where(Post.id == reply.id)).one()
    hide_post(world.organiser, found, "说的不是实情")
    db.session.commit()
    assert "从上次读到的地方看" not in browse(world.secretary).get(f"/threads/{thread.id}").text


def test_without_script_a_button_says_how_far_one_has_read(browse, world, thread):
    answer(world.expert, thread)
    browser = browse(world.secretary)
    gone_back = browser.submit(f"/threads/{thread.id}", action=f"/threads/{thread.id}/seen")
    assert (gone_back.status_code, gone_back.location) == (303, f"/threads/{thread.id}")
    assert unread(world.secretary) == []


def test_nobody_marks_what_he_may_not_read(browse, world):
    narrowed, other = make_thread(world.secretary, reach=Reach.TOWNSHIP), make_thread(world.secretary)
    reply = make_post(narrowed, world.deputy)
    assert look_at(browse(world.far_secretary), narrowed, reply).status_code == 404
    assert (
        look_at(browse(world.far_secretary), other, reply).status_code == 204
    )  # a post of another thread says nothing
    assert look_at(browse(world.far_secretary), other, text="9" * 40).status_code == 204
    assert db.session.scalars(db.select(ThreadRead)).all() == []


def test_a_thread_that_closed_to_one_is_not_listed_as_new(world, thread):
    answer(world.expert, thread)
    answer(world.far_secretary, thread)
    answer(world.expert, thread)
    assert unread(world.far_secretary) == [thread.title]
    db.session.get_one(Thread, thread.id).reach = Reach.TOWNSHIP
    db.session.commit()
    assert unread(world.far_secretary) == []
