"""On a phone: what others met appears while one types, what is opened keeps the text, and 就是这个 ends it."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from forum.tags.models import Tag
from tests.asking.conftest import light  # noqa: F401 - a fixture
from tests.asking.makers import answered
from tests.browser.conftest import PageFor
from tests.factories import World
from tests.search.conftest import indexed  # noqa: F401 - a fixture

TYPED = "村里的路灯坏了三个月，没人来修"


def met(world: World, tag: Tag) -> re.Pattern[str]:
    """A question that fits, with its answer; where it is opened."""
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, tag)
    return re.compile(rf"/threads/{thread.id}\?asking=1$")


def test_what_others_met_is_opened_left_again_and_found(
    page_for: PageFor,
    world: World,
    light: Tag,  # noqa: F811
    indexed: Callable[[], None],  # noqa: F811
) -> None:
    address = met(world, light)
    indexed()
    phone = page_for(world.secretary)
    phone.goto("/threads/ask")
    phone.get_by_label("说说是什么事").press_sequentially(TYPED)
    found = phone.get_by_role("link", name="路灯坏了找谁修")
    found.click()
    expect(phone).to_have_url(address)
    phone.get_by_role("link", name="不是，接着写").click()
    expect(phone.get_by_label("说说是什么事")).to_have_value(TYPED)
    found.click()
    phone.get_by_role("button", name="就是这个").click()
    expect(phone.get_by_text("记下了：前柳村也有这件事。")).to_be_visible()
    phone.goto("/threads/ask")
    expect(phone.get_by_label("说说是什么事")).to_have_value("")


def test_a_text_brought_along_is_kept_too(
    page_for: PageFor,
    world: World,
    light: Tag,  # noqa: F811
    indexed: Callable[[], None],  # noqa: F811
) -> None:
    met(world, light)
    indexed()
    phone = page_for(world.secretary)
    phone.goto(f"/threads/ask?text={TYPED}")
    phone.get_by_role("link", name="路灯坏了找谁修").click()
    phone.get_by_role("link", name="不是，接着写").click()
    expect(phone.get_by_label("说说是什么事")).to_have_value(TYPED)


def test_without_script_a_button_shows_it_and_it_opens_beside(
    page_for: PageFor,
    world: World,
    light: Tag,  # noqa: F811
    indexed: Callable[[], None],  # noqa: F811
) -> None:
    address = met(world, light)
    indexed()
    phone = page_for(world.secretary, java_script=False)
    phone.goto("/threads/ask")
    phone.get_by_label("说说是什么事").fill(TYPED)
    phone.get_by_role("button", name="看看别人遇到过没有").click()
    with phone.expect_popup() as opened:
        phone.get_by_role("link", name="路灯坏了找谁修").click()
    expect(opened.value).to_have_url(address)
    expect(phone.get_by_label("说说是什么事")).to_have_value(TYPED)
