"""A thread, read on a phone."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PageFor
from tests.factories import World, make_post, make_thread

LONG_WORD = "https://example.org/" + "a" * 300


def overflow(page: Page) -> int:
    """How many pixels wider than its window the page is."""
    pixels: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return pixels


@pytest.mark.parametrize("large_type", [False, True])
def test_nobody_scrolls_sideways_on_a_phone(page_for: PageFor, world: World, large_type: bool) -> None:
    thread = make_thread(world.secretary, title="地没人种怎么办" * 8, body=LONG_WORD)
    reply = make_post(thread, world.neighbour_secretary, LONG_WORD)
    make_post(thread, world.deputy, "我们村也有", parent=reply)
    page = page_for(world.secretary, 360, large_type=large_type)
    page.goto(f"/threads/{thread.id}")
    page.get_by_text("我们村也有").first.wait_for()
    assert overflow(page) == 0
