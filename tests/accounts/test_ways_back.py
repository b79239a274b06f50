"""After a deed one lands on a page of our own, whatever the address said."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Map, Rule

from forum.accounts.ways_back import endpoint_at
from forum.units.actors import Actor
from tests.accounts.conftest import PASSWORD, give_password
from tests.browsing import Browser
from tests.factories import World

HOST = "evil.example"
HOSTILE = [
    f"//{HOST}",
    f"///{HOST}",
    f"////{HOST}/me",
    f"//{HOST}//me",
    f"//{HOST}/%2e%2e",
    f"//user@{HOST}",
    f"//localhost@{HOST}/me",
    f"//{HOST}:80/me",
    f"//[::ffff:{HOST}]",
    "//3221225985",
    "//0xc0.0x0.0x2.0x1",
    f"/\\{HOST}",
    f"\\/{HOST}",
    f"\\\\{HOST}",
    f"/\\/{HOST}",
    f"/\\\\{HOST}",
    f"\\{HOST}",
    f"/me\\..\\..\\{HOST}",
    f"https:{HOST}",
    f"https:/{HOST}",
    f"https://{HOST}",
    f"https:///{HOST}",
    f"https:\\\\{HOST}",
    f"HTTPS://{HOST}",
    f"http://{HOST}/me",
    f"http:{HOST}/me",
    f"https://localhost@{HOST}/me",
    f"https://localhost:pw@{HOST}",
    f"https://localhost.{HOST}",
    f"https://{HOST}#localhost",
    f"https://{HOST}?localhost/me",
    f"https://{HOST}\\@localhost",
    f"https://{HOST}%00localhost",
    f"ftp://{HOST}",
    f"ws://{HOST}",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript://localhost/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:x",
    "about:blank",
    f"mailto:x@{HOST}",
    f"/\t/{HOST}",
    f"/\n/{HOST}",
    f"/\r/{HOST}",
    f"/\r\n/{HOST}",
    f"\t//{HOST}",
    f" //{HOST}",
    f"/ /{HOST}",
    f"/\x00/{HOST}",
    f"/\x0b/{HOST}",
    f"/\u00a0/{HOST}",
    f"/\u2028/{HOST}",
    f"/\u3000/{HOST}",
    "/me\r\nSet-Cookie: seat=x",
    "/me\nLocation: //evil.example",
    f"/.//{HOST}",
    f"/..//{HOST}",
    f"/me/..//{HOST}",
    f"/%2f{HOST}",
    f"/%2F%2F{HOST}",
    f"/%5c{HOST}",
    f"/%09/{HOST}",
    f"%2f%2f{HOST}",
    f"／／{HOST}",
    f"/／{HOST}",
    f"⁄⁄{HOST}",
    f"。{HOST}",
    f"@{HOST}",
    f":{HOST}",
    f"?//{HOST}",
    f"#//{HOST}",
    f";//{HOST}",
    HOST,
    "",
    "me",
    "./me",
    "../me",
    "/no-such-page",
    "/static/forum.css",
    "/sign-out",
    "/me/sessions/99999999999999999999/end",
    "/me" + "?" + "x" * 3000,
]
OURS = [
    "/",
    "/me",
    "/me/phone",
    "/me?x=1",
    "/threads/",
    "/threads/?cursor=abc&kind=question",
    "/me?next=//evil.example",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_hostile_targets_are_no_pages_of_ours(app: Flask, target: str) -> None:
    assert endpoint_at(target) is None


@pytest.mark.parametrize(
    "target", [t for t in HOSTILE if t.startswith("/") and ("//" in t or re.search(r"[\\\s\x00]", t))]
)
def test_they_would_be_none_even_where_a_page_answers_every_path(
    app: Flask, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setattr(app, "url_map", Map([Rule("/<path:any>", endpoint="any")], merge_slashes=False))
    assert endpoint_at("/anything") == "any"
    assert endpoint_at(target) is None


@pytest.mark.parametrize("target", OURS)
def test_our_own_pages_are(app: Flask, target: str) -> None:
    assert endpoint_at(target) is not None


def test_no_way_leads_off_site(world: World, browse: Callable[[Actor | None], Browser]) -> None:
    """Through the browser, by samples: at sign-in, and when changing language, size, posting and consent."""
    phone = give_password(world.secretary)
    member = browse(world.secretary)
    token = {
        "X-CSRFToken": member.get("/me")
        .get_data(as_text=True)
        .partition('name="csrf-token" content="')[2]
        .partition('"')[0]
    }
    for n, target in enumerate(HOSTILE[::3]):
        pages = ("/language", "/type-size", "/me/posting", "/me/privacy")
        answers = [
            member.post(pages[n % len(pages)], data={"next": target}, headers=token),
            member.get(f"/sign-in?next={quote(target)}"),
        ]
        assert [(a.status_code, a.location) for a in answers] == [(303, "/")] * 2, target
    for target in [*HOSTILE[::9], *OURS]:
        answer = browse(None).submit(
            f"/sign-in?next={quote(target)}", {"phone": phone, "password": PASSWORD}, action="/sign-in"
        )
        assert not urlsplit(answer.location).netloc
        assert answer.location == (target if target in OURS else "/")
