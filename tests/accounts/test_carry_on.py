"""A session that ran out loses no text: it travels through the sign-in page and waits for one tap."""

import html
import json
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select

from forum.accounts.models import UserSession
from forum.extensions import db
from forum.threads.models import Post, Thread
from forum.units.actors import Actor
from tests.accounts.conftest import PASSWORD, give_password
from tests.browsing import Browser, forms_of
from tests.factories import World, make_thread

Browse = Callable[[Actor | None], Browser]
TEXT = "先找几户带头，\n再连片。<b>'\"&"


@pytest.fixture
def thread(world: World) -> Thread:
    return make_thread(world.neighbour_secretary)


def typed_reply(browser: Browser, thread: Thread) -> dict[str, str]:
    """A reply as it stood in the browser when the session ran out."""
    page = browser.get(f"/threads/{thread.id}").get_data(as_text=True)
    form = next(f for f in forms_of(page) if f.action.endswith(f"/threads/{thread.id}/posts"))
    return form.fields.to_dict() | {"body": TEXT}


def end_sessions() -> None:
    db.session.execute(delete(UserSession))
    db.session.commit()


def carried(page: str) -> str:
    return next(f.fields["carried"] for f in forms_of(page) if "carried" in f.fields)


@pytest.mark.parametrize("all_cookies_lost", [False, True])
def test_a_reply_survives_the_end_of_its_session(
    world: World, browse: Browse, thread: Thread, all_cookies_lost: bool
) -> None:
    phone, browser = give_password(world.secretary), browse(world.secretary)
    reply = typed_reply(browser, thread)
    end_sessions()
    if all_cookies_lost:
        browser.delete_cookie("session")
        browser.delete_cookie("seat")

    refused = browser.post(f"/threads/{thread.id}/posts", data=reply)
    assert refused.status_code == 401
    page = refused.get_data(as_text=True)
    assert "您写的都在" in page
    form = next(f for f in forms_of(page) if "carried" in f.fields).fields.to_dict() | {"phone": phone}

    typo = browser.post("/sign-in", data=form | {"password": "typo"}).get_data(as_text=True)
    assert carried(typo) == form["carried"], "a typo in the password loses nothing"

    waiting = browser.post("/sign-in", data=form | {"password": PASSWORD})
    assert waiting.status_code == 200
    shown = waiting.get_data(as_text=True)
    assert html.escape("再连片。<b>'\"&", quote=False).replace("'", "&#39;").replace('"', "&#34;") in shown
    assert not db.session.scalar(select(func.count(Post.id)).where(Post.author_id == world.secretary.id))

    ready = next(f for f in forms_of(shown) if f.action == f"/threads/{thread.id}/posts")
    for _ in range(2):
        assert browser.post(ready.action, data=ready.fields).status_code == 303
    assert db.session.scalars(select(Post.body).where(Post.author_id == world.secretary.id)).all() == [TEXT]


def test_another_person_does_not_send_it_unseen(world: World, browse: Browse, thread: Thread) -> None:
    """The one-time token is the first person's: whoever signs in instead gets the form with the text, and sends it himself."""
    phone, browser = give_password(world.deputy), browse(world.secretary)
    reply = typed_reply(browser, thread)
    end_sessions()
    form = forms_of(browser.post(f"/threads/{thread.id}/posts", data=reply).get_data(as_text=True))
    fields = next(f for f in form if "carried" in f.fields).fields.to_dict()
    shown = browser.post("/sign-in", data=fields | {"phone": phone, "password": PASSWORD}).get_data(as_text=True)
    ready = next(f for f in forms_of(shown) if f.action == f"/threads/{thread.id}/posts")
    assert browser.post(ready.action, data=ready.fields).status_code == 422
    assert db.session.scalar(select(func.count(Post.id))) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Origin": "https://evil.example"}, 400),
        (
            {"Origin": "null"},
            401,
        ),  # nobody knows where it comes from: signing in is offered, the text is not taken along
    ],
)
def test_what_another_site_sends_is_not_carried(
    world: World, browse: Browse, thread: Thread, headers: dict[str, str], status: int
) -> None:
    browser = browse(world.secretary)
    reply = typed_reply(browser, thread)
    end_sessions()
    answer = browser.post(f"/threads/{thread.id}/posts", data=reply, headers=headers)
    assert answer.status_code == status
    assert not any(form.fields.get("carried") for form in forms_of(answer.get_data(as_text=True)))
    browser.delete_cookie("session")
    assert browser.post(f"/threads/{thread.id}/posts", data=reply, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "nonsense",
        "[]",
        "7",
        '{"url": "/threads/1/posts"}',
        '{"url": "/threads/1/posts", "fields": 7}',
        '{"url": "/threads/1/posts", "fields": [["one"]]}',
        '{"url": 7, "fields": []}',
        "[" * 5000,
        *(
            json.dumps({"url": url, "fields": [["body", TEXT]]})
            for url in (
                "https://evil.example/threads/1/posts",
                "//evil.example/threads/1/posts",
                "/\\evil.example",
                "javascript:alert(1)",
                "/no-such-page",
                "/threads/",
                "/sign-in",
                "/sign-out",
                "/language",
                "/static/forum.css",
            )
        ),
    ],
)
def test_a_forged_parcel_is_dropped(world: World, browse: Browse, sent: str) -> None:
    answer = browse(None).submit(
        "/sign-in", {"phone": give_password(world.secretary), "password": PASSWORD, "carried": sent}
    )
    assert (answer.status_code, answer.location) == (303, "/")


def test_passwords_are_never_carried(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    browser.get("/me/password")
    fields = forms_of(browser.get("/me/password").get_data(as_text=True))
    token = next(f.fields["csrf_token"] for f in fields if "csrf_token" in f.fields)
    secrets = {"old": "alter-geheim", "password": "neu-geheim", "again": "neu-geheim", "csrf_token": token}
    browser.set_cookie("seat", "gone")
    refused = browser.post("/me/password", data=secrets)
    assert refused.status_code == 401
    assert "geheim" not in refused.get_data(as_text=True)


def test_script_gets_a_short_answer(world: World, browse: Browse, thread: Thread) -> None:
    browser = browse(world.secretary)
    reply = typed_reply(browser, thread)
    end_sessions()
    answer = browser.post(f"/threads/{thread.id}/posts", data=reply, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()) == (401, {"error": "登录已经过期，请重新登录。"})


def test_a_page_asked_for_comes_after_signing_in(world: World, browse: Browse) -> None:
    browser = browse(None)
    asked = browser.get("/me/sessions?x=1")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/me/sessions?x%3D1")
    answer = browser.submit(
        asked.location, {"phone": give_password(world.secretary), "password": PASSWORD}, action="/sign-in"
    )
    assert answer.location == "/me/sessions?x=1"
    assert browse(None).get("/").location == "/sign-in"


def test_two_texts_under_one_token_are_both_shown(world: World, browse: Browse, thread: Thread) -> None:
    """The page of two texts: keep the first, replace it, or send the second as well."""
    browser = browse(world.secretary)
    reply = typed_reply(browser, thread)
    assert browser.post(f"/threads/{thread.id}/posts", data=reply | {"body": "头一回写的"}).status_code == 303
    both = browser.post(f"/threads/{thread.id}/posts", data=reply | {"body": "第二回写的"})
    page = both.get_data(as_text=True)
    assert both.status_code == 409
    assert "头一回写的" in page
    assert "第二回写的" in page
    again = next(f for f in forms_of(page) if f.action == f"/threads/{thread.id}/posts")
    assert browser.post(again.action, data=again.fields).status_code == 303
    mine = select(Post.body).where(Post.author_id == world.secretary.id).order_by(Post.id)
    assert db.session.scalars(mine).all() == ["头一回写的", "第二回写的"]
    replace = next(f for f in forms_of(page) if f.action.endswith("/edit"))
    assert browser.post(replace.action, data=replace.fields).status_code == 303
    assert db.session.scalars(mine).all() == ["第二回写的", "第二回写的"]


def test_the_query_of_the_address_travels_too(world: World, browse: Browse) -> None:
    phone, browser = give_password(world.district_staff), browse(world.district_staff)
    address = f"/meetings/new?township={world.town.id}"
    plan = forms_of(browser.get(address).get_data(as_text=True))[-1].fields.to_dict() | {"theme": "秸秆怎么办"}
    assert plan["once"]
    end_sessions()
    form = {"phone": phone, "password": PASSWORD}
    refused = browser.post(address, data=plan).get_data(as_text=True)
    waiting = browser.post("/sign-in", data=form | {"carried": carried(refused), "csrf_token": csrf_of(refused)})
    ready = next(f for f in forms_of(waiting.get_data(as_text=True)) if "theme" in f.fields)
    assert ready.action == address
    assert "秸秆怎么办" in browser.post(ready.action, data=ready.fields).get_data(as_text=True)


def csrf_of(page: str) -> str:
    return next(f.fields["csrf_token"] for f in forms_of(page) if "carried" in f.fields)
