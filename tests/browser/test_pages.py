"""Every page that a secretary, an organiser, district staff and a visitor can open: it fits, can be read and tapped, and nobody is kept out."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from forum.extensions import db
from forum.library.models import Experience
from forum.meetings.models import Meeting
from forum.threads.models import Thread
from forum.units.models import Person, Unit
from tests.browser.conftest import PageFor
from tests.factories import World
from tests.trust.rights import address, read_table
from tests.trust.stage import FOUND_BY, Scene

LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")
WIDTHS = (360, 768, 1280)
LIMITS = {
    "normal": {"text": 18, "target": 44, "lineHeight": 1.5},
    "large": {"text": 22, "target": 60, "lineHeight": 1.5},
}
WITH_AXE = ((360, "normal"), (360, "large"), (1280, "normal"))
# Colours change with neither width nor size of type, so their contrast, which takes the longest, is measured once a page.
AXE = """contrast => axe.run({ resultTypes: ["violations"], rules: { "color-contrast": { enabled: contrast } } }).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 90)} ${any.map(({ message }) => message)}`)))"""

# Who looks. The first to come by a route looks closest and at every state: the organiser, whose pages have the most on them.
READERS = ("organiser", "secretary", "district", "nobody")
NO_PAGES = ("/static/", "/pictures/", "/documents/", "/healthz", "/readyz")
FILES = (".docx", ".ics", ".xlsx")
IN_ANOTHER_STATE = (
    "/search?q=" + FOUND_BY,
    "/search?q=zzz",
    f"/search?q={FOUND_BY} 类别:提问&narrow=1",
    "/threads/?state=mine",
    "/library/?shelf=mine",
    "/nowhere",
)


def seen_by(app: Flask, scene: Scene, reader: str) -> dict[str, list[str]]:
    """The addresses of the pages that the rights table, which knows every route, shows to a reader; by route."""
    pages: dict[str, list[str]] = {}
    for row in read_table():
        is_page = not row.route.startswith(NO_PAGES) and not row.route.endswith(FILES)
        if row.method == "GET" and row.answers[reader] == 200 and is_page:
            pages.setdefault(row.route, []).append(address(app, scene, row))
    return pages


def faults_of(page: Page, *, with_axe: bool) -> Iterator[str]:
    """What is wrong with the page that is open, at every width and in both sizes of type."""
    is_home = urlsplit(page.url).path == "/"  # here also of the menu, which stands on wide screens
    if with_axe:
        page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        for size, limits in LIMITS.items():
            page.evaluate("size => { document.documentElement.dataset.size = size }", size)
            found = page.evaluate(LOOKS, limits)
            if with_axe and (width, size) in WITH_AXE:
                found += page.evaluate(AXE, (width, size) == WITH_AXE[0] or is_home)
            yield from (f"{page.url} at {width}, {size}: {fault}" for fault in found)


@pytest.fixture
def long_names(scene: Scene) -> None:
    """Let everything be called as long as things are called at worst."""
    title = "黄河滩区迁建以后老宅基地腾出来的一百八十亩地该怎么流转才能既不亏村集体又让二百一十三户都点头"
    db.session.execute(update(Unit).values(name=Unit.name + "第三新型农村社区"))
    db.session.execute(update(Person).values(name="买买提·吐尔逊江"))
    for column in (Thread.title, Meeting.theme, Experience.title):
        db.session.execute(update(column.class_).values({column: title}))
    db.session.commit()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.usefixtures("long_names")
def test_pages_fit_and_are_open_to_everybody(app: Flask, scene: Scene, page_for: PageFor, reader: str) -> None:
    page = page_for(scene.world.everybody[reader])
    known = {route for other in READERS[: READERS.index(reader)] for route in seen_by(app, scene, other)}
    pages = seen_by(app, scene, reader)
    if reader == "secretary":
        pages |= {url: [url] for url in IN_ANOTHER_STATE}
    faults = []
    for route, urls in pages.items():
        for url in urls[:1] if route in known else urls:
            page.goto(url)
            faults += faults_of(page, with_axe=route not in known and url == urls[0])
    assert faults == []


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_has_pages(app: Flask, scene: Scene, reader: str) -> None:
    assert len(seen_by(app, scene, reader)) >= (5 if reader == "nobody" else 25)


def test_what_is_wrong_is_seen(page_for: PageFor, world: World) -> None:
    """The measures themselves: a page that is spoilt on purpose."""
    page = page_for(world.secretary)
    page.goto("/threads/ask")
    assert list(faults_of(page, with_axe=True)) == []
    page.evaluate(
        """() => {
          const [body, send] = [document.querySelector("textarea"), document.querySelector("main .button-primary")];
          document.querySelector("main p").style.cssText = "font-size: 14px; line-height: 1.2; color: #ccc; width: 1400px";
          send.style.cssText = "min-height: 0; padding: 0";
          body.id = "";
        }"""
    )
    faults = "\n".join(faults_of(page, with_axe=True))
    for fault in ("scrolls sideways", "text of 14", "lines at", "target of", "color-contrast", "label: "):
        assert fault in faults


def test_the_keyboard_is_enough_to_ask(page_for: PageFor, world: World) -> None:
    page = page_for(world.secretary, 1280)
    page.goto("/threads/ask")
    order = []
    while "说说是什么事" not in order:
        page.keyboard.press("Tab")
        order.append(focused(page))
        assert len(order) < 40
    assert order[0] == "跳到正文"
    assert {"首页", "本月论坛", "经验库", "我的"} <= set(order)
    page.keyboard.type("桥面塌了一块")
    while focused(page) != "发出去":
        page.keyboard.press("Tab")
        assert len(order) < 80
        order.append(focused(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("桥面塌了一块")


def test_the_skip_link_leads_past_the_menu(page_for: PageFor, world: World) -> None:
    page = page_for(world.secretary, 1280)
    page.goto("/threads/ask")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "说说是什么事"


def focused(page: Page) -> str:
    """What the focus is on, as it is called; with a ring that shows it."""
    name, outline = page.evaluate(
        """() => { const at = document.activeElement;
          return [(at.labels?.[0] ?? at).textContent.replace("（可不填）", "").trim(), getComputedStyle(at.closest(".search") ?? at).outlineStyle] }"""
    )
    assert outline != "none", f"nobody sees that the focus is on {name}"
    return str(name)
