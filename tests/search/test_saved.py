"""Searches that are kept: nothing is told unless one says so, at most once a day, and never what one may not read."""

import shutil
from datetime import timedelta

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.delivery import deliver_next
from forum.notices.models import InboxItem, OutboxMessage
from forum.search.saved import actions
from forum.search.saved.models import SavedSearch, SearchFind
from forum.search.saved.notices import look_for_next
from tests.browsing import forms_of
from tests.factories import make_post, make_thread
from tests.search.test_page import make_card, search


@pytest.fixture
def keeper(browse, world, indexed):
    """The far secretary's browser; he keeps a search for lamps and wants to hear of new ones."""
    indexed()
    browser = browse(world.far_secretary)
    keep(browser, "/search?q=路灯坏了")
    saved = one()
    browser.submit("/me/searches", {}, action=f"/me/searches/{saved.id}/tell")
    an_hour_later()
    return browser


def keep(browser, page):
    answer = browser.submit(page, action="/me/searches")
    assert (answer.status_code, answer.location) == (303, "/me/searches")


def one():
    return db.session.scalars(db.select(SavedSearch)).one()


def an_hour_later(**how):
    saved = one()
    saved.looked_at -= timedelta(hours=2)
    if saved.told_at and how.get("and_a_day"):
        saved.told_at -= timedelta(days=1)
    db.session.commit()


def look():
    """Let the worker look and deliver; how many notices there are now, and what the reader sees of them."""
    while look_for_next():
        pass
    db.session.commit()
    while deliver_next():
        pass
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count(OutboxMessage.id)))


def test_a_search_is_kept_once_and_tells_nothing_by_itself(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了")
    indexed()
    browser = browse(world.far_secretary)
    for _ in range(2):
        keep(browser, "/search?q=路灯坏了&kind=question&narrow=1&page=1")
    assert (one().text, one().arguments, one().tells) == ("路灯坏了", "kind=question", False)
    assert 'href="/search?q=%E8%B7%AF%E7%81%AF%E5%9D%8F%E4%BA%86&amp;kind=question"' in browser.get(
        "/me/searches"
    ).get_data(as_text=True)
    an_hour_later()
    assert look() == 0


def test_what_is_new_and_fits_is_told_once_and_leads_to_all_that_is_new(world, keeper, indexed):
    make_thread(world.secretary, "石榴卖不动")
    thread = make_thread(world.secretary, "路灯坏了三盏", "谁来修？")
    make_thread(world.far_secretary, "我自己的路灯坏了")
    indexed()
    assert look() == 1
    assert db.session.scalars(db.select(SearchFind)).one().thread_id == thread.id
    item = db.session.scalars(db.select(InboxItem)).one()
    assert "您存的搜索有新的：路灯坏了三盏" in keeper.get("/notices").get_data(as_text=True)
    assert keeper.submit("/notices", action=f"/notices/{item.id}/open").location == f"/threads/{thread.id}"
    since = f"?q=%E8%B7%AF%E7%81%AF%E5%9D%8F%E4%BA%86&amp;since={one().new_since}"
    assert since in keeper.get("/me/searches").get_data(as_text=True)
    an_hour_later(and_a_day=True)
    assert look() == 1, "the same thing is not told again"


def test_at_most_once_a_day(world, keeper, indexed):
    make_thread(world.secretary, "路灯坏了三盏")
    make_card(world, "路灯坏了有人修")
    indexed()
    assert look() == 1
    an_hour_later()
    assert look() == 1
    an_hour_later(and_a_day=True)
    assert look() == 2


def test_what_was_there_before_is_nothing_new(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了", created_at=utcnow() - timedelta(days=1))
    indexed()
    browser = browse(world.far_secretary)
    keep(browser, "/search?q=路灯坏了")
    browser.submit("/me/searches", {}, action=f"/me/searches/{one().id}/tell")
    an_hour_later()
    assert look() == 0


@pytest.mark.parametrize("when", ["looking", "delivering", "reading"])
def test_what_is_hidden_is_told_at_no_moment(world, keeper, indexed, when):
    thread = make_thread(world.secretary, "路灯坏了三盏")
    card = make_card(world, "路灯坏了只给本镇看", reach="township")
    indexed()
    assert card.reach == "township"
    if when == "looking":
        hide(thread)
        assert look() == 0
        return
    while look_for_next():
        pass
    db.session.commit()
    if when == "reading":
        look()
    hide(thread)
    look()
    assert "路灯坏了三盏" not in keeper.get("/notices").get_data(as_text=True)
    assert db.session.scalar(db.select(db.func.count(InboxItem.id))) == (when == "reading")


def hide(thread):
    thread.hidden_at = utcnow()
    db.session.commit()


def test_who_leaves_office_or_lets_it_go_hears_no_more(world, keeper, indexed):
    make_thread(world.secretary, "路灯坏了三盏")
    indexed()
    keeper.submit("/me/searches", {}, action=f"/me/searches/{one().id}/drop")
    assert db.session.scalars(db.select(SavedSearch)).all() == []
    assert look() == 0


def test_without_an_index_it_is_looked_for_later(world, keeper, root):
    make_thread(world.secretary, "路灯坏了三盏")
    shutil.rmtree(root)
    assert not look_for_next()
    db.session.commit()
    assert one().looked_at < utcnow() - timedelta(hours=1)


def test_nobody_sees_changes_or_drops_another_s(browse, world, keeper):
    saved = one()
    other = browse(world.secretary)
    assert "路灯坏了" not in other.get("/me/searches").get_data(as_text=True)
    csrf_token = forms_of(other.get("/search").get_data(as_text=True))[0].fields["csrf_token"]
    for what in ("tell", "drop"):
        assert (
            other.post(f"/me/searches/{saved.id}/{what}", data={"csrf_token": csrf_token, "on": ""}).status_code == 404
        )
    assert one().tells


def test_no_more_are_kept_than_one_can_look_through(browse, world, root, monkeypatch, indexed):
    monkeypatch.setattr(actions, "MOST", 1)
    indexed()
    browser = browse(world.secretary)
    for text in ("路灯", "水渠"):
        keep(browser, f"/search?q={text}")
        page = browser.get("/me/searches").get_data(as_text=True)
        assert ("没有存下" in page) == (text == "水渠")
    assert [saved.text for saved in db.session.scalars(db.select(SavedSearch))] == ["路灯"]


def test_a_reply_is_nothing_new_but_its_thread_was(world, keeper, indexed):
    thread = make_thread(world.secretary, "浇地没水", created_at=utcnow() - timedelta(days=3))
    make_post(thread, world.neighbour_secretary, "路灯坏了也是这样修的。")
    indexed()
    assert look() == 0


def test_the_page_offers_to_keep_what_was_asked(browse, world, indexed):
    indexed()
    assert "存下这个搜索" in search(browse(world.secretary), "路灯")
    assert "存下这个搜索" not in search(browse(world.secretary), "")
    assert "存下这个搜索" not in search(browse(world.everybody["admin"]), "路灯")
