"""Minutes are saved while they are typed, and a server that is killed meanwhile costs nothing."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server

from forum.extensions import db
from forum.meetings.minutes.actions import write_part
from forum.meetings.minutes.models import MinutesMark, MinutesPart
from tests.browser.conftest import PageFor, _Quiet
from tests.factories import World
from tests.meetings.makers import make_item, make_meeting, reloaded

BEFORE, AFTER = "前柳村：先量地。", "前柳村：先量地。后柳村：种省工的，合作社来收。"


class Mortal:
    """A server of its own that can be killed and started again at the same address."""

    def __init__(self, application: Flask) -> None:
        self.application, self.port, self.server = application, 0, None
        self.start()

    def start(self) -> None:
        self.server: BaseWSGIServer = make_server(
            "127.0.0.1", self.port, self.application, threaded=True, request_handler=_Quiet
        )
        self.port = self.server.port
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def kill(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def mortal(application: Flask) -> Iterator[Mortal]:
    server = Mortal(application)
    yield server
    server.kill()


def body() -> str | None:
    db.session.rollback()
    found = db.session.scalar(select(MinutesPart.body))
    db.session.rollback()
    return found


def until(page: Page, is_so: Callable[[], bool]) -> None:
    for _n in range(60):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come so")


def test_what_is_typed_into_the_minutes_survives_a_killed_server(
    page_for: PageFor, world: World, mortal: Mortal, complaints: list[str]
) -> None:
    meeting = make_meeting(world, "held")
    item = make_item(world, meeting)
    page = page_for(world.organiser)
    address = f"http://127.0.0.1:{mortal.port}/meetings/{meeting.id}/minutes/{item.id}"
    page.goto(address)
    text = page.get_by_label("记录", exact=True)
    text.fill(BEFORE)
    expect(page.get_by_text("存好了。")).to_be_visible()
    assert body() == BEFORE
    mortal.kill()
    text.fill(AFTER)
    expect(page.get_by_text("网络不通，还没存上")).to_be_visible()
    assert body() == BEFORE
    page.goto("about:blank")  # the phone was put away meanwhile
    mortal.start()
    page.goto(address)
    expect(page.get_by_text("已恢复上次没发出去的内容。")).to_be_visible()
    expect(page.get_by_label("记录", exact=True)).to_have_value(AFTER)
    until(page, lambda: body() == AFTER)
    complaints.clear()  # that the server was away


def test_a_restored_text_does_not_overwrite_what_somebody_else_wrote_since(page_for: PageFor, world: World) -> None:
    meeting = make_meeting(world, "held")
    item = make_item(world, meeting)
    page = page_for(world.organiser)
    address = f"/meetings/{meeting.id}/minutes/{item.id}"
    page.goto(address)
    page.route("**/keep", lambda route: route.abort())
    page.get_by_label("记录", exact=True).fill(BEFORE)
    page.goto("about:blank")
    write_part(world.deputy, reloaded(meeting), "副书记记的", item_id=item.id, version=0)
    db.session.commit()
    page.unroute("**/keep")
    page.goto(address)
    page.get_by_role("button", name="存好", exact=True).click()
    expect(page.get_by_text("刚才有人也改过这一项")).to_be_visible()
    expect(page.get_by_text("副书记记的")).to_be_visible()
    expect(page.get_by_label("记录", exact=True)).to_have_value(BEFORE)
    assert body() == "副书记记的"
    page.get_by_role("button", name="存好", exact=True).click()
    page.wait_for_url(f"**/meetings/{meeting.id}/minutes")
    assert body() == BEFORE


def test_a_selected_sentence_is_marked_with_one_tap(page_for: PageFor, world: World) -> None:
    meeting = make_meeting(world, "held")
    item = make_item(world, meeting)
    page = page_for(world.organiser)
    page.goto(f"/meetings/{meeting.id}/minutes/{item.id}")
    text = page.get_by_label("记录", exact=True)
    text.fill(AFTER)
    text.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [AFTER.index("种"), AFTER.index("，")])
    page.get_by_role("button", name="标成落实事项").click()
    page.wait_for_url("**/minutes/marks/*")
    expect(page.get_by_label("要办的事")).to_have_value("种省工的")
    db.session.rollback()
    assert db.session.scalar(select(MinutesMark.text)) == "种省工的"
