"""What every answer carries whatever became of the request: headers, and cookies that no other site can read or set."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from config import load
from forum import create_app
from forum.extensions import db, limiter
from tests.accounts.conftest import PASSWORD
from tests.browsing import Browser
from tests.conftest import SECRET
from tests.trust.conftest import Visit, Writes
from tests.trust.rights import address, read_table
from tests.trust.stage import Scene

ROWS = read_table()
WANTED = {
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "X-Robots-Tag": {"noindex, nofollow"},
}
CLOSED = ("default-src", "object-src", "base-uri", "frame-ancestors")
OWN = ("script-src", "style-src", "font-src", "connect-src", "form-action")


def missing(answer: TestResponse, path: str) -> list[str]:
    """What an answer should carry and does not."""
    faults = [
        f"{name}: {answer.headers.get(name)}"
        for name, values in WANTED.items()
        if answer.headers.get(name) not in values
    ]
    if "camera=()" not in answer.headers.get("Permissions-Policy", "") or not answer.headers.get("X-Request-Id"):
        faults.append("Permissions-Policy or X-Request-Id")
    policy = {}
    for directive in answer.headers.get("Content-Security-Policy", "").split(";"):
        name, _, sources = directive.strip().partition(" ")
        policy[name] = sources.split()
    if path.startswith(("/pictures/", "/documents/")) and answer.status_code == 200:
        is_file = path.startswith("/documents/") and not path.endswith("/page")
        faults += [] if policy == {"default-src": ["'none'"], "sandbox": []} else [f"picture: {policy}"]
        if answer.headers["Cache-Control"] != ("no-store" if is_file else "private, no-cache"):
            faults.append("a picture is kept without asking again, or a file is kept at all")
        if answer.headers["Content-Disposition"].startswith("attachment") != is_file:
            faults.append("a file is shown, or a picture is not")
    else:
        faults += [f"{name} {policy.get(name)}" for name in CLOSED if policy.get(name) != ["'none'"]]
        faults += [f"{name} {policy.get(name)}" for name in OWN if policy.get(name) != ["'self'"]]
        if not path.startswith("/static/") and answer.headers.get("Cache-Control") != "no-store":
            faults.append(f"Cache-Control: {answer.headers.get('Cache-Control')}")
    if parse_options_header(answer.content_type)[1].get("charset", "utf-8") != "utf-8":
        faults.append(answer.content_type)
    return faults


def test_every_page_carries_the_headers_and_reading_writes_nothing(
    app: Flask, scene: Scene, visit: Visit, writes: Writes
) -> None:
    """Also a HEAD is a reading, and says no more than its headers."""
    faults = []
    for row in (row for row in ROWS if row.method == "GET"):
        for role in ("organiser", "nobody"):
            visitor, url = visit(role), address(app, scene, row)
            with writes() as written:
                answer = visitor.get(url)
                answer.close()
                head = visitor.head(url)
                head.close()
            faults += [f"{row} for {role}: {fault}" for fault in (*missing(answer, row.route), *written)]
            if (head.status_code, head.data) != (row.answers[role], b""):
                faults.append(f"HEAD of {row} for {role}: {head.status}")
            limiter.reset()
    assert faults == []


def refuse(view: Any, error: BaseException) -> Any:
    def broken(**arguments: Any) -> None:
        raise error

    broken.__dict__.update(view.__dict__)
    return broken


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_errors_carry_the_headers_too(
    app: Flask, scene: Scene, visit: Visit, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    visitor = visit("nobody" if status == 401 else "secretary")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    errors = {500: RuntimeError("broken"), 503: OperationalError("SELECT 1", {}, Exception("gone"))}
    if status in errors:
        view = app.view_functions["threads.index"]
        monkeypatch.setitem(app.view_functions, "threads.index", refuse(view, errors[status]))
    if status == 429:
        for _ in range(21):
            visitor.get("/activate/AAAA-AAAA-AAAA")
    held = scene.ids["meeting_id", "announced"]
    ask = {
        400: lambda: visitor.post("/suggestions/new", data={"body": "好"}),
        401: lambda: visitor.send("/threads/ask", {"body": "好"}),
        403: lambda: visitor.get("/moderation"),
        404: lambda: visitor.get("/threads/999999"),
        405: lambda: visitor.get("/sign-out"),
        409: lambda: visit("organiser").get(f"/meetings/{held}/attendance"),
        413: lambda: visitor.send("/suggestions/new", {"body": "好" * 2_000_000}),
        422: lambda: visitor.send("/suggestions/new", {"body": ""}),
        429: lambda: visitor.get("/activate/AAAA-AAAA-AAAA"),
        500: lambda: visitor.get("/threads/"),
        503: lambda: visitor.get("/threads/"),
    }[status]
    answer = ask()
    assert answer.status_code == status
    assert missing(answer, "/") == []
    page = answer.get_data(as_text=True)
    assert "Traceback" not in page
    assert "SELECT" not in page


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_other_methods_are_refused(scene: Scene, visit: Visit, writes: Writes, method: str) -> None:
    with writes() as written:
        answer = visit("organiser").open("/threads/", method=method)
    assert answer.status_code in (400, 405)
    assert written == []


@pytest.fixture
def https(app: Flask, scene: Scene, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it is public under https."""
    public = create_app(
        load(
            {
                "SECRET_KEY": SECRET,
                "DATABASE_URL": database_url,
                "PUBLIC_URL": "https://forum.example",
                "DATA_DIR": str(tmp_path_factory.mktemp("https")),
            }
        )
    )
    public.config.update(
        TESTING=True, PROPAGATE_EXCEPTIONS=True, PREFERRED_URL_SCHEME="https", SERVER_NAME="forum.example"
    )
    limiter.reset()
    yield public
    with public.app_context():
        db.engine.dispose()


def test_behind_https_every_cookie_is_our_own_and_every_answer_asks_for_https(https: Flask, scene: Scene) -> None:
    browser = Browser(https, https.response_class, use_cookies=True)
    browser.environ_base["HTTP_REFERER"] = "https://forum.example/"
    answers = [browser.get(page) for page in ("/sign-in", "/privacy", "/activate", "/lost-password", "/nowhere")]
    sign_in = {"phone": scene.ids["phone", "secretary"], "password": PASSWORD}
    for page, data, action in (
        ("/sign-in", sign_in, "/sign-in"),
        ("/", {}, "/language"),
        ("/", {}, "/type-size"),
        ("/threads/ask", {"body": "石榴"}, "/threads/ask"),
        ("/suggestions/new", {"body": ""}, "/suggestions/new"),
        ("/me", {}, "/sign-out"),
    ):
        answers.append(browser.submit(page, data, action=action))
    cookies = [header for answer in answers for header in answer.headers.getlist("Set-Cookie")]
    names = {header.partition("=")[0] for header in cookies}
    assert {"__Host-seat", "__Host-session", "__Host-device", "language", "type_size"} == names
    for header in cookies:
        attributes = {part.strip().partition("=")[0]: part.strip().partition("=")[2] for part in header.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite", "Path"} <= attributes.keys(), header
        assert (attributes["SameSite"], attributes["Path"], attributes.get("Domain")) == ("Lax", "/", None), header
    for answer in answers:
        assert int(answer.headers["Strict-Transport-Security"].removeprefix("max-age=")) >= 365 * 24 * 3600
        assert missing(answer, "/") == []
