"""What the long stories share: browsers that are opened for a scene and put away before time goes on, and the two things one does on a page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from playwright.sync_api import Page

from forum.notices.worker import run_jobs_once
from forum.units.actors import Actor
from tests.browser.conftest import PageFor
from tests.factories import World, actor_of


@dataclass(kw_only=True)
class Visits:
    """Who is in a story, and the browsers that are open in it."""

    app: Flask
    page_for: PageFor
    shoot: Callable[[Page, str], None]
    world: World
    pages: list[Page] = field(default_factory=list)

    def visit(self, actor: Actor, path: str, width: int = 360) -> Page:
        """One browser more, newly signed in."""
        page = self.page_for(actor_of(actor.id), width)
        page.set_default_timeout(30_000)
        self.pages.append(page)
        page.goto(path)
        return page

    def open(self, actor: Actor, path: str = "/", width: int = 360) -> Page:
        """The only open browser: the others are put away."""
        self.close()
        return self.visit(actor, path, width)

    def close(self) -> None:
        """Put every browser away: before time goes on, or a page says that it was seen when its session has ended."""
        for page in self.pages:
            page.context.close()
        self.pages.clear()

    def worker_runs(self) -> None:
        assert run_jobs_once(self.app)

    def told(self, actor: Actor, what: str) -> Page:
        """Somebody opens the notice that tells him, and is where he is to do something."""
        self.worker_runs()
        page = self.open(actor, "/notices")
        self.shoot(page, "told")
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile(what)).first.click()
        return page


def press(page: Page, name: str) -> None:
    """Tap a button and see the next page: a phone put away too early takes back what it was sending."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Tap a link and see where it leads."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()
