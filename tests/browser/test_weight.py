"""How heavy pages are on the line: a village has a weak one."""

from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PageFor
from tests.factories import World, make_post, make_thread

FIRST_VISIT = 150 * 1024
LATER_PAGE = 20 * 1024
REPLY = "先跟合作社谈，把地的边界量清楚，再一户一户签字。签的时候村里要有人在场，年底按亩数分红。"


class Line:
    """What came over the line for a page: compressed bytes by host, headers included."""

    def __init__(self, page: Page) -> None:
        self._hosts: dict[str, str] = {}
        self.bytes: dict[str, int] = defaultdict(int)
        session = page.context.new_cdp_session(page)
        session.on(
            "Network.requestWillBeSent",
            lambda event: self._hosts.update({event["requestId"]: urlsplit(event["request"]["url"]).netloc}),
        )
        session.on("Network.loadingFinished", self._count)
        session.send("Network.enable")

    def _count(self, event: dict[str, object]) -> None:
        self.bytes[self._hosts[str(event["requestId"])]] += int(str(event["encodedDataLength"]))

    def visit(self, page: Page, url: str) -> dict[str, int]:
        """The bytes by host that one visit costs."""
        self.bytes.clear()
        page.goto(url, wait_until="networkidle")
        return dict(self.bytes)


@pytest.fixture
def thread_id(world: World) -> int:
    """A question with a page full of answers."""
    thread = make_thread(world.secretary, body="年轻人都出去了，两百亩地撂荒。" * 20)
    for number in range(20):
        make_post(thread, world.neighbour_secretary, f"{number}、{REPLY * 3}")
    return int(thread.id)


def test_pages_are_light_and_everything_comes_from_here(
    page_for: PageFor, world: World, thread_id: int, live_server: str
) -> None:
    page = page_for(world.far_secretary)
    line = Line(page)
    first = line.visit(page, f"/threads/{thread_id}")
    later = [line.visit(page, url) for url in ("/", "/threads/", "/threads/ask", f"/threads/{thread_id}")]
    here = urlsplit(live_server).netloc
    assert {host for visit in (first, *later) for host in visit} == {here}
    assert 5_000 < first[here] <= FIRST_VISIT
    assert max(visit[here] for visit in later) <= LATER_PAGE
