"""The inbox: one's own notices, each shown only as long as one may see what it tells of."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.kinds import KINDS, Topic, register_notice
from forum.notices.models import InboxItem, OutboxMessage
from forum.notices.queries import MOST_LOADS, unread_by_thread
from forum.paging import LARGEST_ID, PAGE_SIZE
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_thread, save
from tests.notices.conftest import KIND, items_of, load_threads, show_thread, tell

Browse = Callable[[Actor | None], Browser]
GONE = "这条消息说的内容，您现在看不到了。"


def token_of(browser: Browser) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/notices").get_data(as_text=True))
    assert found
    return found[1]


def post(browser: Browser, url: str, **fields: Any) -> Any:
    return browser.post(url, data={"csrf_token": token_of(browser), **fields})


def read_of(person: Actor) -> list[bool]:
    return [item.read_at is not None for item in items_of(person)]


def test_it_says_what_to_expect_while_it_is_empty(world: World, browse: Browse) -> None:
    page = browse(world.secretary).get("/notices")
    assert page.status_code == 200
    assert "还没有消息" in page.text


def test_the_newest_stands_first_and_the_unread_are_named(world: World, browse: Browse) -> None:
    tell(world.secretary, make_thread(world.expert, "头一件"), make_thread(world.expert, "第二件"))
    browser = browse(world.secretary)
    page = browser.get("/notices").text
    assert page.index("第二件") < page.index("头一件")
    assert page.count("没看过") == 2
    post(browser, f"/notices/{items_of(world.secretary)[0].id}/open")
    assert browser.get("/notices").text.count("没看过") == 1


def test_opening_a_notice_marks_it_as_read_and_goes_there(world: World, browse: Browse) -> None:
    thread = make_thread(world.expert)
    tell(world.secretary, thread, make_thread(world.expert))
    item = items_of(world.secretary)[0]
    browser = browse(world.secretary)
    for _again in range(2):
        answer = browser.submit("/notices", action=f"/notices/{item.id}/open")
        assert (answer.status_code, answer.location) == (303, f"/threads/{thread.id}")
    assert read_of(world.secretary) == [True, False]


def test_the_moment_of_the_first_reading_stays(world: World, browse: Browse) -> None:
    tell(world.secretary, make_thread(world.expert))
    browser = browse(world.secretary)
    [item] = items_of(world.secretary)
    post(browser, f"/notices/{item.id}/open")
    first = items_of(world.secretary)[0].read_at
    post(browser, f"/notices/{item.id}/open")
    post(browser, "/notices/read")
    assert items_of(world.secretary)[0].read_at == first


def test_what_was_hidden_meanwhile_is_not_shown(world: World, browse: Browse) -> None:
    thread = make_thread(world.secretary, "不该再看见的题目")
    tell(world.neighbour_secretary, thread)
    thread.hidden_at = utcnow()
    db.session.commit()
    browser = browse(world.neighbour_secretary)
    page = browser.get("/notices").text
    assert thread.title not in page
    assert GONE in page
    [item] = items_of(world.neighbour_secretary)
    assert browser.submit("/notices", action=f"/notices/{item.id}/open").location == "/notices"
    assert browser.get("/notices").text.count(GONE) == 2  # said above the list, and still in its line
    assert read_of(world.neighbour_secretary) == [True]


def test_a_kind_that_no_room_owns_any_more_breaks_no_page(world: World, browse: Browse) -> None:
    tell(world.secretary, make_thread(world.expert))
    items_of(world.secretary)[0].kind = "test.abandoned"
    db.session.commit()
    assert GONE in browse(world.secretary).get("/notices").text


def test_all_are_marked_as_read_but_what_came_since(world: World, browse: Browse) -> None:
    tell(world.secretary, make_thread(world.expert), make_thread(world.expert))
    tell(world.neighbour_secretary, make_thread(world.expert))
    shown = max(item.id for item in items_of(world.secretary))
    tell(world.secretary, make_thread(world.expert))
    answer = post(browse(world.secretary), "/notices/read", up_to=shown)
    assert (answer.status_code, answer.location) == (303, "/notices")
    assert read_of(world.secretary) == [True, True, False]
    assert read_of(world.neighbour_secretary) == [False]


def test_the_button_marks_all_that_the_page_shows(world: World, browse: Browse) -> None:
    tell(world.secretary, make_thread(world.expert), make_thread(world.expert))
    browser = browse(world.secretary)
    browser.submit("/notices", action="/notices/read")
    assert read_of(world.secretary) == [True, True]
    assert "全部标为已读" not in browser.get("/notices").text


@pytest.mark.parametrize("up_to", ["", "x", str(2**70), "9" * 5000])
def test_an_unreadable_bound_marks_all(world: World, browse: Browse, up_to: str) -> None:
    tell(world.secretary, make_thread(world.expert))
    assert post(browse(world.secretary), "/notices/read", up_to=up_to).status_code == 303
    assert read_of(world.secretary) == [True]


def test_looking_at_a_thread_marks_its_notices_as_read(world: World, browse: Browse) -> None:
    looked_at, other = make_thread(world.expert), make_thread(world.expert)
    tell(world.secretary, looked_at, other, looked_at)
    tell(world.neighbour_secretary, looked_at)
    browser = browse(world.secretary)
    answer = browser.post(f"/threads/{looked_at.id}/seen", headers={"X-CSRFToken": token_of(browser)})
    assert (answer.status_code, answer.text) == (204, "")
    assert read_of(world.secretary) == [True, False, True]
    assert read_of(world.neighbour_secretary) == [False]


def test_what_came_after_the_page_was_made_stays_new(world: World, browse: Browse) -> None:
    thread = make_thread(world.expert)
    tell(world.secretary, thread)
    browser = browse(world.secretary)
    found = re.search(r'data-seen-url="([^"]+)"', browser.get(f"/threads/{thread.id}").text)
    assert found
    tell(world.secretary, thread)
    browser.post(found[1], headers={"X-CSRFToken": token_of(browser)})
    assert read_of(world.secretary) == [True, False]


@pytest.mark.parametrize("path", ["/notices/{item}/open", "/notices/read", "/threads/{thread}/seen"])
def test_marking_needs_a_form_of_ours(world: World, browse: Browse, path: str) -> None:
    thread = make_thread(world.expert)
    tell(world.secretary, thread)
    url = path.format(item=items_of(world.secretary)[0].id, thread=thread.id)
    assert browse(world.secretary).get(url).status_code == 405
    assert browse(world.secretary).post(url).status_code == 400
    assert read_of(world.secretary) == [False]


def test_anothers_notice_is_not_found(world: World, browse: Browse) -> None:
    tell(world.secretary, make_thread(world.expert))
    [item] = items_of(world.secretary)
    assert post(browse(world.neighbour_secretary), f"/notices/{item.id}/open").status_code == 404
    assert post(browse(world.secretary), f"/notices/{LARGEST_ID}/open").status_code == 404
    assert read_of(world.secretary) == [False]


def test_who_left_office_reads_no_notices(world: World, browse: Browse) -> None:
    assert browse(world.former).get("/notices").status_code == 403
    assert 'href="/notices"' not in browse(world.former).get("/suggestions/new").text
    assert 'href="/notices"' in browse(world.secretary).get("/suggestions/new").text
    assert browse(None).get("/notices").status_code == 303


@pytest.mark.parametrize("cursor", ["", "x", "W10", "9" * 300])
def test_a_bad_cursor_shows_the_first_page(world: World, browse: Browse, cursor: str) -> None:
    tell(world.secretary, make_thread(world.expert, "头一件"))
    assert "头一件" in browse(world.secretary).get("/notices", query_string={"at": cursor}).text


def test_a_long_list_goes_by_pages(world: World, browse: Browse) -> None:
    tell(world.secretary, *[make_thread(world.expert, f"第{n:02}件") for n in range(PAGE_SIZE + 3)])
    browser = browse(world.secretary)
    first = browser.get("/notices").text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = browser.get(older[1].replace("&amp;", "&")).text
    shown = [re.findall(r"第\d\d件", page) for page in (first, second)]
    assert [len(titles) for titles in shown] == [PAGE_SIZE, 3]
    assert shown[0] + shown[1] == [f"第{n:02}件" for n in reversed(range(PAGE_SIZE + 3))]


def test_a_page_costs_the_same_for_one_notice_and_for_many(
    world: World, browse: Browse, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    register_notice("test.other", load_threads, show_thread, topic=Topic.REPLIES)
    browser = browse(world.secretary)
    browser.get("/notices")
    costs = []
    for _round in range(2):
        tell(world.secretary, *[make_thread(world.expert) for _ in range(1 + 14 * len(costs))])
        tell(world.secretary, make_thread(world.expert), kind="test.other")
        with count_statements() as statements:
            assert browser.get("/notices").status_code == 200
        costs.append(len(statements))
    assert costs == [3, 3]  # session, person and what is unread; the list; its threads (two kinds, one load)


def test_unread_notices_are_counted_by_thread(world: World, app: Any) -> None:
    busy, quiet, read = make_thread(world.expert), make_thread(world.expert), make_thread(world.expert)
    tell(world.secretary, busy, quiet, busy, read)
    tell(world.neighbour_secretary, quiet)
    items = items_of(world.secretary)
    items[3].read_at = utcnow()
    db.session.commit()
    rows = db.session.execute(unread_by_thread(world.secretary)).all()
    assert {(row.thread_id, row.count, row.latest) for row in rows} == {
        (busy.id, 2, items[2].created_at),
        (quiet.id, 1, items[1].created_at),
    }
    assert db.session.execute(unread_by_thread(world.former)).all() == []


def test_pages_with_every_kind_of_the_rooms_stay_within_the_bar(
    world: World, browse: Browse, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    of_each_load = {kind.load: name for name, kind in KINDS.items() if name != KIND}
    for kind in of_each_load.values():
        told = save(OutboxMessage(recipient_id=world.secretary.id, kind=kind, subject_id=1, sent_at=utcnow()))
        save(InboxItem(message_id=told.id, person_id=world.secretary.id, kind=kind, subject_id=1))
    browser, address, seen, pages = browse(world.secretary), "/notices", 0, 0
    while address:
        with count_statements() as statements:
            page = browser.get(address).text
        assert len(statements) <= 8
        seen, pages = seen + page.count("没看过"), pages + 1
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1] if older else ""
    assert (seen, pages) == (len(of_each_load), -(-len(of_each_load) // MOST_LOADS))
