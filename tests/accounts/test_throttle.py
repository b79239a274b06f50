"""Guessing is slow, wherever it comes from, and locks nobody out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from config import load
from forum.accounts import passwords, throttle
from forum.accounts.devices import account_of
from forum.accounts.models import SignInAttempt
from forum.accounts.throttle import PER_ACCOUNT, PER_ADDRESS, Throttled, begin_attempt, check_password
from forum.addresses import address_of
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from tests.accounts.conftest import PASSWORD, give_password, sign_in
from tests.browsing import Browser
from tests.factories import World

Browse = Callable[[Actor | None], Browser]


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were really looked at."""
    seen: list[str] = []
    look = passwords.is_right

    def noting(password: str, password_hash: str | None) -> bool:
        seen.append(password)
        return look(password, password_hash)

    monkeypatch.setattr(throttle, "is_right", noting)
    return seen


def test_an_account_takes_five_guesses_whatever_the_address_says(
    world: World, browse: Browse, verified: list[str]
) -> None:
    phone = give_password(world.secretary)
    for n in range(40):
        answer = sign_in(
            browse(None),
            phone,
            f"guess {n}",
            headers={"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"198.51.100.{n}"},
            environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"},
        )
    assert verified == [f"guess {n}" for n in range(PER_ACCOUNT)]
    assert answer.status_code == 429
    assert "请 15 分钟后再试" in answer.get_data(as_text=True)
    assert 880 <= int(answer.headers["Retry-After"]) <= 900


def test_an_unknown_number_is_throttled_like_a_known_one(world: World, browse: Browse) -> None:
    phones = give_password(world.secretary), "19955550000"
    answers = [[sign_in(browse(None), phone, "x").status_code for _ in range(7)] for phone in phones]
    assert answers[0] == answers[1] == [422] * 5 + [429] * 2


def test_the_owner_gets_in_while_others_guess(world: World, browse: Browse) -> None:
    phone, own_phone, stranger = give_password(world.secretary), browse(None), browse(None)
    assert sign_in(own_phone, phone).status_code == 303
    own_phone.delete_cookie("seat")
    for _ in range(8):
        sign_in(stranger, phone, "guess")
    assert sign_in(stranger, phone).status_code == 429, "the stranger must not get in even with the right password"
    assert sign_in(own_phone, phone, "typo").status_code == 422
    assert sign_in(own_phone, phone).status_code == 303


def test_a_known_device_has_five_guesses_of_its_own(world: World, browse: Browse) -> None:
    phone, browser = give_password(world.secretary), browse(None)
    sign_in(browser, phone)
    browser.delete_cookie("seat")
    assert [sign_in(browser, phone, "typo").status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_device_is_known_only_to_the_account_it_signed_in_to(world: World, browse: Browse) -> None:
    own, other, browser = give_password(world.deputy), give_password(world.secretary), browse(None)
    sign_in(browser, own)
    browser.delete_cookie("seat")
    for _ in range(5):
        sign_in(browse(None), other, "guess")
    assert sign_in(browser, other).status_code == 429
    browser.set_cookie("device", "forged")
    assert sign_in(browser, other).status_code == 429


def test_a_family_shares_a_phone(world: World, browse: Browse) -> None:
    browser, phones = browse(None), [give_password(world.secretary), give_password(world.deputy)]
    for phone in phones:
        sign_in(browser, phone)
        browser.delete_cookie("seat")
    for phone in phones:
        for _ in range(5):
            sign_in(browse(None), phone, "guess")
        assert sign_in(browser, phone).status_code == 303
        browser.delete_cookie("seat")


def test_success_forgets_its_own_attempt_only(world: World, browse: Browse) -> None:
    phone = give_password(world.secretary)
    for _ in range(4):
        sign_in(browse(None), phone, "guess")
    assert sign_in(browse(None), phone).status_code == 303
    assert [sign_in(browse(None), phone, "guess").status_code for _ in range(2)] == [422, 429]


def test_an_address_takes_thirty_guesses_over_all_accounts(app: Flask, verified: list[str]) -> None:
    refused = 0
    for n in range(PER_ADDRESS + 3):
        try:
            check_password("guess", None, account=account_of(f"199{n:08d}"), address="192.0.2.7")
        except Throttled:
            refused += 1
    assert (len(verified), refused) == (PER_ADDRESS, 3)
    assert check_password("x", passwords.hash_password("x"), account=account_of("1"), address="192.0.2.8")
    assert check_password(
        "x", passwords.hash_password("x"), account=account_of("1"), address="192.0.2.7", device="known"
    )


@pytest.mark.parametrize(("seconds", "open_again"), [(-1, False), (1, True)])
def test_the_limit_ends_after_fifteen_minutes(world: World, browse: Browse, seconds: int, open_again: bool) -> None:
    phone, began = give_password(world.secretary), utcnow()
    with time_machine.travel(began, tick=False):
        for _ in range(5):
            sign_in(browse(None), phone, "guess")
    with time_machine.travel(began + timedelta(minutes=15, seconds=seconds), tick=False):
        assert (sign_in(browse(None), phone).status_code == 303) is open_again
        assert (sign_in(browse(None), phone).status_code == 303) is open_again


def test_old_attempts_are_forgotten(app: Flask) -> None:
    with time_machine.travel(utcnow() - timedelta(minutes=16)):
        begin_attempt("a", "192.0.2.7")
    begin_attempt("b", "192.0.2.7")
    assert db.session.scalars(select(SignInAttempt.account)).all() == ["b"]


def test_a_hundred_at_once_get_no_more_guesses(app: Flask, verified: list[str]) -> None:
    def guess(n: int) -> bool:
        with app.app_context():
            try:
                check_password(f"guess {n}", None, account="one", address=f"192.0.2.{n}")
            except Throttled:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        looked_at = sum(pool.map(guess, range(100)))
    assert looked_at == len(verified) <= PER_ACCOUNT
    assert db.session.scalar(select(func.count(SignInAttempt.id))) == looked_at


def test_the_table_names_nobody(world: World, browse: Browse) -> None:
    phone = give_password(world.secretary)
    sign_in(browse(None), phone, "guess", environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    row = db.session.scalars(select(SignInAttempt)).one()
    assert phone not in f"{row.account}{row.address}{row.device}"
    assert "192.0.2.77" not in row.address
    assert len(row.account) == len(row.address) == 64


@pytest.mark.parametrize(
    ("https", "peer", "forwarded", "address"),
    [
        (False, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (True, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (True, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (True, "::1", "203.0.113.9", "203.0.113.9"),
        (True, "127.0.0.1", "", "127.0.0.1"),
        (True, "127.0.0.1", "6.6.6.6, nonsense", "127.0.0.1"),
        (True, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (False, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (False, "", "", "None"),
    ],
)
def test_whose_word_counts_for_the_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch, https: bool, peer: str, forwarded: str, address: str
) -> None:
    public_url = "https://forum.example" if https else "http://127.0.0.1"
    monkeypatch.setitem(app.extensions, "settings", load({"SECRET_KEY": "k" * 40, "PUBLIC_URL": public_url}))
    with app.test_request_context(headers={"X-Forwarded-For": forwarded}, environ_overrides={"REMOTE_ADDR": peer}) as c:
        assert address_of(c.request) == address


def test_right_password_after_four_typos(world: World, browse: Browse) -> None:
    phone = give_password(world.secretary)
    assert [sign_in(browse(None), phone, p).status_code for p in ["typo"] * 4 + [PASSWORD]] == [422] * 4 + [303]
