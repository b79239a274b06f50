"""The forum as people meet it: a live server on the test's own database, and signed-in pages that may not complain."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from forum.accounts.sessions import cookie_name
from forum.units.actors import Actor
from tests.accounts.conftest import cheap_hashes  # noqa: F401 - passwords are verified in a millisecond
from tests.browsing import session_token
from tests.search.conftest import root  # noqa: F401 - an index that no other test sees
from tests.trust.conftest import scene  # noqa: F401 - everything there is, in every state

PATIENCE_MS = 10_000


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def live_server(application: Flask) -> Iterator[str]:
    """The address of a server that runs the tests' application."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of this test complained about: a test that provokes something on purpose takes it out of here."""
    return []


class PageFor(Protocol):
    """Open a browser of its own for an actor (None: signed out), this many pixels wide."""

    def __call__(
        self, actor: Actor | None, width: int = 360, *, large_type: bool = False, java_script: bool = True
    ) -> Page: ...


@pytest.fixture
def page_for(
    app: Flask, chromium: Browser, live_server: str, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[PageFor]:
    """``page_for(world.secretary).goto("/threads/")``; errors of script, of the content policy or of loading fail the test."""
    # The addresses on slips and in notices lead to this server.
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], public_url=live_server))
    contexts = []

    def open_page(actor: Actor | None, width: int = 360, *, large_type: bool = False, java_script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_server,
            viewport={"width": width, "height": 740},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=java_script,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        cookies = {cookie_name(): session_token(actor)} if actor else {}
        if large_type:
            cookies["type_size"] = "large"
        context.add_cookies([{"name": name, "value": value, "url": live_server} for name, value in cookies.items()])
        _listen(context, complaints)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Take a picture of a page into the folder that ``SHOTS`` names, numbered in order; without it none is taken."""
    folder = os.environ.get("SHOTS")
    numbers = count(1)

    def shoot(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{next(numbers):02d}-{name}.png", full_page=True)

    return shoot


def _listen(context: BrowserContext, complaints: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        # A page that answers 422 is no error of the page; on_response tells the others apart.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{message.location['url']}: {message.text}")

    def on_response(response: Response) -> None:
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            complaints.append(f"{response.url}: {response.status}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"{error.page and error.page.url}: {error.error}"))
    context.on("response", on_response)
