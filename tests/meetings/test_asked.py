"""What the villages asked, counted by what it is about, and made a theme."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.asked import Only, asked_lately, threads_about
from forum.meetings.models import AgendaItem, Meeting
from forum.tags.actions import load_taxonomy
from forum.tags.models import Tag
from forum.threads.models import Post, Reach, Thread, ThreadTag
from tests.factories import make_post, make_thread
from tests.meetings.makers import make_meeting


@pytest.fixture
def tag(world):
    load_taxonomy()
    db.session.commit()
    return db.session.scalars(select(Tag).where(Tag.parent_id.is_not(None)).order_by(Tag.id).limit(1)).one()


def ask(actor, tag, title="地没人种", **values):
    thread = make_thread(actor, title=title, **values)
    db.session.add(ThreadTag(thread_id=thread.id, tag_id=tag.id))
    db.session.commit()
    return thread


def counts(actor, world):
    return [
        (about.questions, about.villages, about.same, about.unanswered, about.unsolved)
        for group in asked_lately(actor, world.town.id)
        for about in group.abouts
    ]


def test_plain_counts_of_what_the_township_asked(browse, world, tag):
    answered = ask(world.secretary, tag)
    make_post(answered, world.neighbour_secretary, "找合作社")
    alone = ask(world.neighbour_secretary, tag, "坡地呢")
    ask(world.far_secretary, tag, "外镇的")
    old = ask(world.secretary, tag, "去年的")
    db.session.execute(db.update(Thread).where(Thread.id == old.id).values(created_at=utcnow() - timedelta(days=91)))
    db.session.commit()
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == answered.id, Post.is_opening)).one()
    browse(world.neighbour_secretary).submit(f"/threads/{answered.id}", action=f"/posts/{opening}/same")
    assert counts(world.organiser, world) == [(2, 2, 1, 1, 0)]
    assert [t.id for t in threads_about(world.organiser, world.town.id, tag.id)] == [answered.id, alone.id]
    assert [t.id for t in threads_about(world.organiser, world.town.id, tag.id, Only.SAME)] == [answered.id]
    assert [t.id for t in threads_about(world.organiser, world.town.id, tag.id, Only.UNANSWERED)] == [alone.id]
    assert threads_about(world.organiser, world.town.id, tag.id, Only.UNSOLVED) == []


def test_what_the_reader_may_not_open_is_counted_nowhere(world, tag):
    ask(world.secretary, tag, reach=Reach.PANEL)
    assert counts(world.district_staff, world) == []


def test_one_tap_makes_it_the_theme_with_its_threads(browse, world, tag):
    thread = ask(world.secretary, tag)
    browser = browse(world.organiser)
    page = f"/meetings/asked/{tag.id}"
    assert f'href="{page}?township={world.town.id}"' in browser.get("/meetings/asked").get_data(as_text=True)
    assert browser.submit(page, {"theme": ""}).status_code == 422
    assert browser.submit(page).status_code == 303
    db.session.rollback()
    meeting = db.session.scalars(select(Meeting)).one()
    assert (meeting.theme, meeting.theme_tag_id) == (tag.name, tag.id)
    assert db.session.scalars(select(AgendaItem.thread_id).where(AgendaItem.thread_id.is_not(None))).all() == [
        thread.id
    ]
    (group,) = asked_lately(world.organiser, world.town.id)
    assert group.abouts[0].last_theme == meeting.month
    again = ask(world.neighbour_secretary, tag, "坡地呢")
    assert browser.submit(page, {"theme": "地的事", "threads": [str(again.id)]}).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Meeting.theme)).all() == ["地的事"], "the draft that was there"


def test_an_announced_meeting_is_offered_to_nobody(browse, world, tag):
    meeting = make_meeting(world)
    ask(world.secretary, tag)
    answer = browse(world.organiser).submit(f"/meetings/asked/{tag.id}", {"meeting": str(meeting.id)})
    assert answer.status_code == 422
    assert "名单里没有这一项" in answer.get_data(as_text=True)


def test_the_page_costs_the_same_for_one_question_and_for_many(browse, world, tag, count_statements):
    def cost(page):
        browser = browse(world.organiser)
        with count_statements() as seen:
            assert browser.get(page).status_code == 200
        return len(seen)

    ask(world.secretary, tag)
    pages = ("/meetings/asked", f"/meetings/asked/{tag.id}", "/meetings/year")
    few = [cost(page) for page in pages]
    others = db.session.scalars(select(Tag).where(Tag.parent_id.is_not(None)).order_by(Tag.id).limit(6)).all()
    for other in others:
        ask(world.secretary, other, f"{other.name}怎么办")
    ask(world.neighbour_secretary, tag, "再问")
    make_meeting(world, "draft")
    assert [cost(page) for page in pages] == few
    assert max(few) <= 8
