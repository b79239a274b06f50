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


def test_an_at_offers_people_and_takes_one_by_hand_or_keys(page_for: PageFor, world: World) -> None:
    thread = make_thread(world.secretary)
    page = page_for(world.deputy, 360)
    page.goto(f"/threads/{thread.id}")
    area = page.locator("#reply textarea")
    area.press_sequentially("请@")
    page.get_by_role("option", name="后柳村 · 杨来福").click()
    area.press_sequentially("和@nong")
    page.get_by_role("option", name="区农业农村局 · 农博士").wait_for()
    area.press("ArrowDown")
    area.press("Enter")
    area.press_sequentially("看看")
    assert area.input_value() == "请@杨来福 和@农博士 看看"
    page.locator("#reply").get_by_role("button", name="发出去").click()
    named = page.locator(".mention")
    named.first.wait_for()
    assert named.all_text_contents() == ["@杨来福", "@农博士"]
    named.first.click()
    page.get_by_role("heading", name="杨来福").first.wait_for()


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_link_is_copied_with_one_tap(page_for: PageFor, world: World, has_clipboard: bool) -> None:
    post = make_post(make_thread(world.secretary), world.deputy)
    page = page_for(world.secretary, 360)
    if not has_clipboard:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/threads/{post.thread_id}")
    page.locator(f"#post-{post.id} .permalink").click()
    page.get_by_text("已复制").wait_for()
    page.locator("#reply textarea").focus()
    page.keyboard.press("Control+V")
    assert page.locator("#reply textarea").input_value().endswith(f"/posts/{post.id}")
    assert page.url.endswith(f"/threads/{post.thread_id}")
