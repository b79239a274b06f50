"""Signing in and out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from forum.accounts import passwords
from forum.accounts.models import UserSession
from forum.accounts.passwords import TooBusy
from forum.audit.models import AuditEntry
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import Person
from tests.accounts.conftest import PASSWORD, give_password, sign_in
from tests.browsing import Browser
from tests.factories import World

Browse = Callable[[Actor | None], Browser]


def cookies(response: TestResponse) -> dict[str, str]:
    return {header.partition("=")[0]: header for header in response.headers.getlist("Set-Cookie")}


def change(actor: Actor, **values: Any) -> None:
    db.session.execute(update(Person).where(Person.id == actor.id).values(**values))
    db.session.commit()


def test_phone_and_password_open_the_door(world: World, browse: Browse) -> None:
    browser = browse(None)
    answer = sign_in(browser, give_password(world.secretary))
    assert (answer.status_code, answer.location) == (303, "/")
    assert "柳大山" in browser.get("/me").get_data(as_text=True)
    row = db.session.scalars(select(UserSession)).one()
    assert row.person_id == world.secretary.id
    assert [(e.action, e.actor_id) for e in db.session.scalars(select(AuditEntry))] == [
        ("session.begin", world.secretary.id)
    ]


@pytest.mark.parametrize("typed", ["{} ", "+86 {}", "＋86{}"])
def test_the_number_may_be_typed_in_many_ways(world: World, browse: Browse, typed: str) -> None:
    assert sign_in(browse(None), typed.format(give_password(world.secretary))).status_code == 303


def test_whoever_left_office_gets_to_his_own_page(world: World, browse: Browse) -> None:
    browser = browse(None)
    assert sign_in(browser, give_password(world.former)).location == "/me"
    assert browser.get("/me").status_code == 200


def test_every_failure_gets_the_same_answer(world: World, browse: Browse) -> None:
    """Wrong password, unknown number, never activated, disabled: nothing in the page tells which."""
    wrong = give_password(world.secretary)
    disabled = give_password(world.deputy)
    change(world.deputy, disabled_at=utcnow())
    change(world.expert, phone="19955550001")
    seen = set()
    for phone, password in (
        (wrong, "not the password"),
        ("19955550000", PASSWORD),
        ("19955550001", PASSWORD),
        (disabled, PASSWORD),
    ):
        answer = sign_in(browse(None), phone, password)
        assert answer.status_code == 422
        body = re.sub(r'(name="csrf[_-]token"[^>]*(value|content)=)"[^"]*"', r"\1", answer.get_data(as_text=True))
        assert phone in body
        assert "手机号或密码不对" in body
        seen.add(body.replace(phone, "…"))
    assert len(seen) == 1
    assert not db.session.scalar(select(func.count(UserSession.id)))


def test_what_was_typed_is_kept_but_never_the_password(world: World, browse: Browse) -> None:
    page = sign_in(browse(None), "19912345678", "my secret words").get_data(as_text=True)
    assert 'value="19912345678"' in page
    assert "my secret words" not in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"phone": "", "password": "x"}, "请填手机号。"),
        ({"phone": "12345", "password": "x"}, "手机号不是 11 位。"),
        ({"phone": "19912345678", "password": ""}, "请填密码。"),
        ({"phone": "19912345678", "password": "x" * 129}, "手机号或密码不对"),
    ],
)
def test_what_is_missing_is_said(app: Flask, browse: Browse, fields: dict[str, str], message: str) -> None:
    answer = browse(None).submit("/sign-in", fields)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)


def test_an_empty_district_has_a_door(app: Flask, browse: Browse) -> None:
    page = browse(None).get("/sign-in")
    assert page.status_code == 200
    assert sign_in(browse(None), "19912345678").status_code == 422


def test_the_session_is_renewed(world: World, browse: Browse) -> None:
    """Nothing that was planted in the browser before signing in is worth anything afterwards."""
    phone, browser = give_password(world.secretary), browse(None)
    browser.get("/sign-in")
    with browser.session_transaction() as before:
        before["planted"] = "x"
        token = before["csrf_token"]
    browser.set_cookie("seat", "planted")
    sign_in(browser, phone)
    browser.get("/me")
    with browser.session_transaction() as after:
        assert "planted" not in after
        assert after["csrf_token"] != token
    browser.set_cookie("seat", "planted")
    assert browser.get("/me").status_code == 303


def test_signing_in_over_another_account_ends_the_first_session(world: World, browse: Browse) -> None:
    browser = browse(None)
    fields = browser.get("/sign-in")
    assert fields.status_code == 200
    browser.sign_in_as(world.organiser)
    with browser.session_transaction() as session:
        assert "csrf_token" in session
    phone = give_password(world.secretary)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', fields.get_data(as_text=True))
    assert token
    browser.post("/sign-in", data={"phone": phone, "password": PASSWORD, "csrf_token": token[1]})
    assert db.session.scalars(select(UserSession.person_id)).all() == [world.secretary.id]


def test_cookies_of_ones_own_phone(world: World, browse: Browse) -> None:
    set_ = cookies(sign_in(browse(None), give_password(world.secretary)))
    assert {"seat", "device"} <= set(set_)
    assert "Max-Age=2592000" in set_["seat"]
    for name in ("seat", "device"):
        assert "HttpOnly" in set_[name]
        assert "SameSite=Lax" in set_[name]


def test_a_shared_computer_forgets(world: World, browse: Browse) -> None:
    browser = browse(None)
    answer = browser.submit(
        "/sign-in", {"phone": give_password(world.secretary), "password": PASSWORD, "shared_computer": "y"}
    )
    set_ = cookies(answer)
    assert "Max-Age" not in set_["seat"]
    assert "device" not in set_
    row = db.session.scalars(select(UserSession)).one()
    assert 11.9 < (row.expires_at - utcnow()).total_seconds() / 3600 <= 12


def test_language_and_type_size_come_along(world: World, browse: Browse) -> None:
    phone = give_password(world.secretary)
    assert not {"language", "type_size"} & set(cookies(sign_in(browse(None), phone)))
    change(world.secretary, language="en", large_type=True)
    set_ = cookies(sign_in(browse(None), phone))
    assert set_["language"].startswith("language=en;")
    assert set_["type_size"].startswith("type_size=large;")


def test_an_old_hash_is_made_anew(world: World, browse: Browse) -> None:
    phone = give_password(world.secretary)
    change(world.secretary, password_hash=PasswordHasher(memory_cost=16, time_cost=1, parallelism=1).hash(PASSWORD))
    assert sign_in(browse(None), phone).status_code == 303
    kept = db.session.get_one(Person, world.secretary.id).password_hash
    assert kept is not None
    assert "m=8,t=1" in kept
    assert sign_in(browse(None), phone).status_code == 303


def test_when_many_sign_in_at_once_some_are_asked_to_wait(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, browser = give_password(world.secretary), browse(None)
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    taken = [passwords._places.acquire() for _ in range(passwords.AT_ONCE)]
    try:
        answers = [sign_in(browser, phone) for _ in range(6)]
    finally:
        for _ in taken:
            passwords._places.release()
    assert {a.status_code for a in answers} == {429}
    assert answers[0].headers["Retry-After"] == str(TooBusy.seconds)
    assert "现在登录的人多" in answers[0].get_data(as_text=True)
    assert sign_in(browser, phone).status_code == 303, "waiting is no wrong guess"


def test_the_forms_own_token_is_asked_for(world: World, browse: Browse) -> None:
    phone, browser = give_password(world.secretary), browse(None)
    for token in ("", "forged"):
        answer = browser.post("/sign-in", data={"phone": phone, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 400
        assert phone in answer.get_data(as_text=True)
    assert not db.session.scalar(select(func.count(UserSession.id)))


def test_those_inside_need_no_door(world: World, browse: Browse) -> None:
    assert browse(world.secretary).get("/sign-in?next=/me/phone").location == "/me/phone"


def test_signing_out(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    answer = browser.submit("/me", action="/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not db.session.scalar(select(func.count(UserSession.id)))
    assert "已经退出登录。" in browser.get("/sign-in").get_data(as_text=True)
    assert browser.get("/sign-out").status_code == 405


def test_a_disabled_person_is_out_with_the_next_request(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    assert browser.get("/me").status_code == 200
    change(world.secretary, disabled_at=utcnow())
    assert browser.get("/me").location == "/sign-in?next=/me"
