"""On a phone: what fits is offered while one types, by keys too; what was searched for stays on the device until it is cleared; what is alike comes into sight."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from forum.extensions import db
from forum.search.missed.models import MissedWord
from tests.browser.conftest import PageFor
from tests.factories import World, make_thread
from tests.search.conftest import indexed  # noqa: F401 - a fixture
from tests.search.test_page import make_card


@pytest.fixture
def phone(page_for: PageFor, world: World, indexed: Callable[[], None]) -> Page:  # noqa: F811
    make_card(world, "路灯坏了有人修", problem="路灯坏了，报修没人应。")
    make_thread(world.far_secretary, "路灯坏了谁来修", "天一黑看不见路。")
    indexed()
    return page_for(world.secretary)


def test_what_fits_is_offered_and_chosen_by_keys(phone: Page, world: World) -> None:
    phone.goto("/search")
    field = phone.get_by_role("combobox")
    field.press_sequentially("houl")
    offer = phone.get_by_role("option", name="后柳村")
    expect(offer).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Escape")
    expect(offer).to_be_hidden()
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", offer.get_attribute("id") or "")
    field.press("Enter")
    expect(phone).to_have_url(re.compile(rf"/places/{world.neighbour.id}$"))
    phone.goto("/search")
    field.press_sequentially("路灯")
    expect(phone.get_by_role("group", name="经验卡").get_by_role("option")).to_have_count(1)
    field.press("Enter")  # nothing was chosen: the words are searched for
    expect(phone).to_have_url(re.compile(r"/search\?q="))


def test_what_was_searched_for_is_at_hand_until_it_is_cleared(phone: Page) -> None:
    for words in ("路灯坏了", "潜水泵"):
        phone.goto(f"/search?q={words}")
    phone.goto("/")
    phone.get_by_role("combobox").focus()
    expect(phone.get_by_role("option")).to_have_text(["潜水泵", "路灯坏了"])
    phone.goto("/search")
    phone.get_by_role("button", name="去掉 潜水泵").click()
    phone.reload()
    expect(phone.locator("[data-recent-list] a")).to_have_text(["路灯坏了"])
    phone.get_by_role("button", name="全清掉").click()
    expect(phone.locator("[data-recent-list]")).to_be_hidden()
    assert phone.evaluate("Object.keys(localStorage).filter(key => key.startsWith('searched:'))") == []


def test_what_is_alike_is_fetched_when_it_comes_into_sight(phone: Page, world: World) -> None:
    phone.goto("/threads/1")
    phone.locator("[data-part-url]").scroll_into_view_if_needed()
    expect(phone.get_by_role("link", name="路灯坏了有人修")).to_be_visible()


def test_what_was_not_found_is_noted_once_somebody_looked(phone: Page) -> None:
    with phone.expect_response("**/search/missed"):
        phone.goto("/search?q=潜水泵")
    db.session.rollback()
    assert [row.word for row in db.session.scalars(db.select(MissedWord))] == ["潜水泵"]
