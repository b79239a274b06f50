"""The forum as people meet it: a live server on the test's own database, and signed-in pages that may not complain."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from forum.accounts.sessions import cookie_name
from forum.units.actors import Actor
from tests.browsing import session_token

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

    def __call__(self, actor: Actor | None, width: int = 360, *, large_type: bool = False) -> Page: ...


@pytest.fixture
def page_for(
    app: Flask, chromium: Browser, live_server: str, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[PageFor]:
    """``page_for(world.secretary).goto("/threads/")``; errors of script, of the content policy or of loading fail the test."""
    # The addresses on slips and in notices lead to this server.
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], public_url=live_server))
    contexts = []

    def open_page(actor: Actor | None, width: int = 360, *, large_type: bool = False) -> Page:
        context = chromium.new_context(
            base_url=live_server, viewport={"width": width, "height": 740}, locale="zh-CN", timezone_id="Asia/Shanghai"
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
