"""Nothing typed is lost: not by leaving the page, not by a dead server, not by a session that ran out. And one tap, or two, sends one post."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete, select

from forum.accounts.models import UserSession
from forum.extensions import db
from forum.threads.models import Thread
from tests.accounts.conftest import PASSWORD, give_password
from tests.browser.conftest import PageFor
from tests.factories import World

A_THREAD = re.compile(r"/threads/\d+$")
TYPED = "机井坏了\n浇不上地，修井的说要等一个月。"


@pytest.fixture
def phone(page_for: PageFor, world: World) -> Page:
    """A secretary's phone, with the question typed and not sent."""
    page = page_for(world.secretary)
    page.goto("/threads/ask")
    page.get_by_label("说说是什么事").fill(TYPED)
    return page


def titles() -> list[str]:
    db.session.rollback()
    found = list(db.session.scalars(select(Thread.title)))
    db.session.rollback()
    return found


def send(page: Page) -> None:
    page.get_by_role("button", name="发出去").click()


def test_text_survives_a_reload_and_is_gone_once_it_was_sent(phone: Page) -> None:
    phone.reload()
    expect(phone.get_by_label("说说是什么事")).to_have_value(TYPED)
    send(phone)
    phone.wait_for_url(A_THREAD)
    phone.goto("/threads/ask")
    expect(phone.get_by_label("说说是什么事")).to_have_value("")
    assert titles() == ["机井坏了"]


def test_a_server_that_dies_while_sending_loses_nothing(phone: Page) -> None:
    def die(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    phone.route("**/threads/ask", die)
    with phone.expect_event("requestfailed"):
        send(phone)
    phone.unroute("**/threads/ask")
    phone.goto("/threads/ask")
    expect(phone.get_by_label("说说是什么事")).to_have_value(TYPED)
    send(phone)
    phone.wait_for_url(A_THREAD)
    assert titles() == ["机井坏了"]


def test_a_second_tap_on_a_slow_line_sends_nothing_more(phone: Page) -> None:
    on_their_way: list[Route] = []
    phone.route("**/threads/ask", lambda route: on_their_way.append(route))
    phone.get_by_role("button", name="发出去").evaluate(
        "button => { button.click(); setTimeout(() => button.click(), 200) }"
    )
    phone.wait_for_timeout(500)
    assert len(on_their_way) == 1
    on_their_way[0].continue_()
    phone.wait_for_url(A_THREAD)
    assert titles() == ["机井坏了"]


def test_a_session_that_ran_out_costs_signing_in_and_one_tap(phone: Page, world: World) -> None:
    number = give_password(world.secretary)
    db.session.execute(delete(UserSession))
    db.session.commit()
    send(phone)
    expect(phone.get_by_text("登录已经过期。您写的都在，登录后点一下就能发送。")).to_be_visible()
    phone.get_by_label("手机号").fill(number)
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_text("修井的说要等一个月")).to_be_visible()
    assert titles() == []
    send(phone)
    phone.wait_for_url(A_THREAD)
    assert titles() == ["机井坏了"]
