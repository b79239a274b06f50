"""Nobody sends faster than a hand can, and what he typed is not lost when he does."""

from dataclasses import replace

import pytest

from forum.extensions import limiter
from tests.browsing import forms_of


@pytest.fixture
def limited(app):
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


def test_the_hundred_and_twenty_first_post_of_a_minute_waits(browse, world, limited):
    browser = browse(world.secretary)
    csrf = forms_of(browser.get("/threads/ask").get_data(as_text=True))[0].fields["csrf_token"]
    sent = {"csrf_token": csrf, "text": "一样的话"}
    answers = [browser.post("/threads/preview", data=sent) for _ in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {200}
    last = answers[120]
    assert last.status_code == 429
    assert last.headers["Retry-After"] == "60"
    assert "一样的话" in last.get_data(as_text=True)
    assert browser.get("/threads/").status_code == 200
    assert browse(world.neighbour_secretary).submit("/threads/ask", {"body": "别人照样发"}).status_code == 303


def test_a_stranger_keeps_nobody_else_from_signing_in(app, browse, limited, monkeypatch):
    """Behind the proxy all requests come from this machine: visitors are told apart by the address that it hands on."""
    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], public_url="https://forum.example")
    )

    def sign_in_from(address):
        return browse(None).post("/sign-in", headers={"X-Forwarded-For": address}).status_code

    assert [sign_in_from("192.0.2.1") for _ in range(121)][-2:] == [400, 429]
    assert sign_in_from("192.0.2.2") == 400
