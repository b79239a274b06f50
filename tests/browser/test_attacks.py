"""Attacks stay text in a real browser, under the content policy that people have: nothing runs, and nothing had to be stopped."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page

from forum.clock import utcnow
from forum.extensions import db
from forum.forms import on_one_line
from forum.library.models import CardState, Experience
from forum.markup import render
from forum.meetings.models import Meeting
from forum.paging import PAGE_SIZE
from forum.text import clean
from forum.threads.models import TITLE_LENGTH, Post, ThreadKind
from forum.units.models import Person, Unit
from tests.browser.conftest import PageFor
from tests.factories import World, make_thread, save
from tests.markup.vectors import VECTORS
from tests.meetings.makers import make_item, make_meeting

# Whatever runs says so; whatever the policy stops does, too.
WATCH = """
window.ran = [];
for (const name of ["alert", "prompt", "confirm"]) window[name] = (...said) => { window.ran.push(`${name} ${said} ${document.activeElement?.outerHTML?.slice(0, 200)}`); };
document.addEventListener("securitypolicyviolation", (event) => window.ran.push(`stopped: ${event.violatedDirective} ${event.sample}`));
"""
# Everything a reader's hand can do to an element, and what elements do by themselves.
TOUCH = """() => {
  const events = ["click", "mouseover", "pointerover", "focus", "toggle", "error", "load", "animationstart", "transitionend", "begin", "submit", "copy"];
  for (const element of document.querySelectorAll("main *"))
    for (const name of events)
      if (!(name === "click" && element.closest("a[href], button, summary, label, input")) && !(name === "submit" && element.tagName === "FORM"))
        element.dispatchEvent(new Event(name, { bubbles: false, cancelable: true }));
  for (const link of document.querySelectorAll("main a[href]"))
    if (!/^(https?|mailto|tel):/.test(link.href)) window.ran.push(`leads to ${link.href.slice(0, 100)}`);
  return window.ran;
}"""
STORED = [clean(vector) for vector in VECTORS]  # as they pass the one door
SHORT = sorted({on_one_line(vector) or "" for vector in STORED if len(vector) <= 60}, key=len)


@pytest.fixture
def page(page_for: PageFor, world: World) -> Page:
    opened = page_for(world.secretary, 1280)
    opened.add_init_script(WATCH)
    return opened


def what_ran(page: Page, addresses: Iterator[str]) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address, wait_until="domcontentloaded")
        found += [f"{address}: {ran}" for ran in page.evaluate(TOUCH)]
    return found


def test_no_text_of_a_thread_runs(app: Flask, world: World, page: Page) -> None:
    thread = make_thread(world.secretary)
    actor = world.neighbour_secretary
    assert actor.posting
    at = utcnow() - timedelta(hours=1)
    rows = [
        {
            "thread_id": thread.id,
            "author_id": actor.id,
            "posting_id": actor.posting.id,
            "unit_id": actor.posting.unit_id,
            "body": vector,
            "body_html": render(vector),
            "created_at": at + timedelta(seconds=number),
        }
        for number, vector in enumerate(STORED)
    ]
    db.session.execute(db.insert(Post), rows)
    db.session.commit()
    pages = range(1, -(-len(STORED) // PAGE_SIZE) + 1)
    assert what_ran(page, (f"/threads/{thread.id}?page={number}" for number in pages)) == []
    assert page.locator(".post").count() > 1  # the last page is full of them, not an error


def test_no_name_and_no_title_runs(app: Flask, world: World, page: Page) -> None:
    for vector in SHORT:
        make_thread(world.secretary, vector[:TITLE_LENGTH], vector, kind=ThreadKind.QUESTION)
    parts = dict(zip(("problem", "practice", "result", "suitable", "caution", "cost"), _in_six(STORED), strict=True))
    assert world.secretary.posting
    card = save(
        Experience(
            title=SHORT[-1],
            unit_id=world.village.id,
            township_id=world.town.id,
            district_id=world.district.id,
            author_id=world.secretary.id,
            posting_id=world.secretary.posting.id,
            state=CardState.PUBLISHED,
            confirmed_at=utcnow(),
            published_at=utcnow(),
            **parts,
        )
    )
    meeting = make_meeting(world)
    for vector in SHORT[:15]:
        make_item(world, meeting, vector[:80], presenter=vector[:40])
    brief = "\n".join(STORED)[:2000]
    db.session.execute(db.update(Meeting).values(theme=SHORT[-1], brief=brief))
    db.session.execute(db.update(Person).values(name='"><img src=x onerror=alert(1)>'))
    db.session.execute(db.update(Unit).values(name=Unit.name + "'\"><svg onload=alert(1)>"))
    db.session.commit()
    lists = ("/", "/threads/", "/library/", f"/library/{card.id}", "/meetings/", f"/meetings/{meeting.id}", "/me")
    found = what_ran(page, iter((*lists, f"/meetings/{meeting.id}/now")))
    page.goto("/threads/")
    for _ in range(len(SHORT) // PAGE_SIZE):
        page.locator(".pager a[rel=next]").click()
        page.wait_for_load_state("domcontentloaded")
        found += page.evaluate(TOUCH)
    assert found == []


def test_what_runs_would_be_seen(page: Page, complaints: list[str]) -> None:
    """The measures themselves: a handler that somebody smuggled in is stopped by the policy, and told."""
    page.goto("/threads/")
    page.evaluate(
        "() => { document.querySelector('main').innerHTML = '<p onclick=\"alert(1)\">x</p><a href=\"javascript:alert(1)\">x</a>'; }"
    )
    page.evaluate("() => alert(1)")
    ran = "\n".join(page.evaluate(TOUCH))
    assert "alert 1" in ran
    assert "stopped: script-src" in ran
    assert "leads to javascript:" in ran
    assert complaints
    complaints.clear()


def _in_six(vectors: list[str]) -> list[str]:
    return ["\n".join(vectors[n::6]) for n in range(6)]
