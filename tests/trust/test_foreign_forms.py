"""What another site's page, or an old or stolen page, sends does nothing: every form of the application is asked."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum.extensions import limiter
from tests.trust.conftest import Visit, Visitor, Writes
from tests.trust.rights import Row, address, read_table, routes_of, welcome
from tests.trust.sent import sent
from tests.trust.stage import Scene

FORMS = welcome(read_table(), "POST")


def post(
    app: Flask, scene: Scene, visitor: Visitor, row: Row, role: str, csrf: str | None, **kwargs: Any
) -> TestResponse:
    fields = sent(scene, routes_of(app)[row.method, row.route].endpoint, role, row.word)
    tokens = {"once": "never-used"} | ({} if csrf is None else {"csrf_token": csrf})
    return visitor.post(address(app, scene, row), data=fields | tokens, **kwargs)


@pytest.mark.parametrize("attack", ["no token", "garbage", "of another session", "of another secret"])
def test_without_the_token_of_this_session_nothing_is_done(
    app: Flask, scene: Scene, visit: Visit, writes: Writes, any_once: None, attack: str
) -> None:
    for row, role in FORMS:
        visitor = visit(role)
        if attack == "of another session":
            with visitor.session_transaction() as kept:
                kept["csrf_token"] = "0" * 40
        signature = visitor.csrf_token.rpartition(".")
        token = {
            "no token": None,
            "garbage": "x.y.z",
            "of another session": visitor.csrf_token,
            "of another secret": f"{signature[0]}.{signature[2][::-1]}",
        }[attack]
        with writes() as written:
            answer = post(app, scene, visitor, row, role, token)
        assert answer.status_code in (400, 403), f"{row} by {role}: {answer.status}"
        assert written == [], f"{row} by {role}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
    ],
    ids=lambda headers: " ".join(*headers.items()),
)
def test_what_another_site_sends_is_refused_with_any_token(
    app: Flask, scene: Scene, visit: Visit, writes: Writes, any_once: None, headers: dict[str, str]
) -> None:
    for row, role in FORMS:
        visitor = visit(role)
        with writes() as written:
            answer = post(app, scene, visitor, row, role, visitor.csrf_token, headers=headers)
        assert answer.status_code == 400, f"{row} by {role}: {answer.status}"
        assert written == [], f"{row} by {role}"
        assert "never-used" not in answer.get_data(as_text=True), "it offers to send another site's form"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://[broken"},
        {"Origin": "localhost"},
        {"Origin": ""},
    ],
)
def test_a_browser_is_taken_at_its_word(
    scene: Scene, visit: Visit, writes: Writes, any_once: None, headers: dict[str, str]
) -> None:
    with writes() as written:
        answer = visit("secretary").send("/suggestions/new", {"body": "字再大一点。"}, headers=headers)
    assert (answer.status_code, written) == (400, [])


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Origin": "null"}]
)
def test_what_our_own_pages_send_is_done(
    app: Flask, scene: Scene, visit: Visit, any_once: None, headers: dict[str, str]
) -> None:
    limiter.reset()
    visitor = visit("secretary")
    answer = visitor.send("/suggestions/new", {"body": "字再大一点。"}, headers=headers)
    assert answer.status_code == 303
