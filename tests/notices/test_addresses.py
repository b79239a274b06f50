"""A mail address counts only when whoever reads its letters said so, and he can always end it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.kinds import Topic
from forum.notices.mail.addresses import LINK_LASTS, confirm_token, stop_token
from forum.notices.mail.delivery import send_next_letter
from forum.notices.mail.models import Letter, MailAddress
from forum.notices.models import MailWhen
from forum.notices.wishes import Wish, wishes_of
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_thread, save
from tests.notices.conftest import tell
from tests.notices.post_office import PostOffice
from tests.notices.test_mail import office, text_of  # noqa: F401

Browse = Callable[[Actor | None], Browser]


def address_of(person: Actor) -> tuple[str | None, str | None] | None:
    db.session.rollback()
    row = db.session.get(MailAddress, person.id, populate_existing=True)
    return (row.address, row.pending) if row else None


def test_an_address_is_confirmed_by_the_link_in_a_letter(
    world: World,
    browse: Browse,
    office: PostOffice,  # noqa: F811
) -> None:
    answer = browse(world.secretary).submit("/me/mail", {"address": "liu@example.org"})
    assert answer.status_code == 303
    assert address_of(world.secretary) == (None, "liu@example.org")
    with time_machine.travel(utcnow().replace(hour=15)):  # eleven at night: he waits for it
        assert send_next_letter() is True
    [mail] = office.taken
    assert mail["To"] == "liu@example.org"
    [link] = [line for line in text_of(mail).splitlines() if line.startswith("http")]
    path = link.removeprefix("http://127.0.0.1:8000")
    stranger = browse(None)
    for _opened_by_a_machine in range(2):
        assert "liu@example.org" in stranger.get(path).text
    assert address_of(world.secretary) == (None, "liu@example.org")
    assert stranger.submit(path).status_code == 303
    assert address_of(world.secretary) == ("liu@example.org", None)
    assert stranger.get(path).status_code == 404


def test_the_old_address_stays_until_the_new_one_is_confirmed(world: World, browse: Browse) -> None:
    save(MailAddress(person_id=world.secretary.id, address="old@example.org"))
    browse(world.secretary).submit("/me/mail", {"address": "new@example.org"})
    assert address_of(world.secretary) == ("old@example.org", "new@example.org")


def test_a_link_serves_one_address_for_three_days(world: World, browse: Browse) -> None:
    asked = utcnow() - LINK_LASTS
    row = save(MailAddress(person_id=world.secretary.id, pending="liu@example.org", nonce="one", asked_at=asked))
    assert browse(None).get(f"/mail/confirm/{confirm_token(row)}").status_code == 404
    row = db.session.get_one(MailAddress, world.secretary.id)
    row.asked_at = asked + timedelta(minutes=1)
    db.session.commit()
    token = confirm_token(row)
    assert browse(None).get(f"/mail/confirm/{token}").status_code == 200
    browse(world.secretary).submit("/me/mail", {"address": "another@example.org"})
    assert browse(None).get(f"/mail/confirm/{token}").status_code == 404


def test_nobodys_mailbox_is_filled_by_impatience(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    browser.submit("/me/mail", {"address": "liu@example.org"})
    again = browser.submit("/me/mail", {"address": "liu@example.org"})
    assert (again.status_code, "刚刚发过一封" in again.text) == (422, True)
    assert len(db.session.scalars(select(Letter.id)).all()) == 1


@pytest.mark.parametrize(
    "typed", ["", "liu", "a@b", "liu@example.org, x@example.org", "liu@example.org\nBcc: x@example.org", "<liu@e.org>"]
)
def test_what_is_no_address_is_refused_and_kept(world: World, browse: Browse, typed: str) -> None:
    answer = browse(world.secretary).submit("/me/mail", {"address": typed})
    assert answer.status_code == 422
    assert address_of(world.secretary) is None


def test_a_letter_can_be_stopped_signed_out(world: World, browse: Browse) -> None:
    save(MailAddress(person_id=world.secretary.id, address="liu@example.org"))
    tell(world.secretary, make_thread(world.expert))
    path = f"/mail/stop/{stop_token(world.secretary.id, 'liu@example.org')}"
    browser = browse(None)
    assert browser.get(path).status_code == 200
    assert address_of(world.secretary) is not None
    for _twice in range(2):
        assert "以后不发了" in browser.submit(path).text
    assert address_of(world.secretary) is None
    assert db.session.scalars(select(Letter.id)).all() == []


def test_stopping_one_address_leaves_another(world: World, browse: Browse) -> None:
    save(MailAddress(person_id=world.secretary.id, address="new@example.org"))
    browse(None).submit(f"/mail/stop/{stop_token(world.secretary.id, 'old@example.org')}")
    assert address_of(world.secretary) == ("new@example.org", None)


def test_wishes_are_kept(world: World, browse: Browse) -> None:
    save(MailAddress(person_id=world.secretary.id, address="liu@example.org"))
    browser = browse(world.secretary)
    answer = browser.submit("/me/notices", {"topics": ["replies"], "mail_replies": "at_once", "mail_due": "never"})
    assert answer.status_code == 303
    kept = wishes_of(world.secretary.id)
    assert kept[Topic.REPLIES] == Wish(True, MailWhen.AT_ONCE)
    assert kept[Topic.DUE] == Wish(False, MailWhen.NEVER)
    assert kept[Topic.MODERATION].in_inbox  # always told
    db.session.rollback()
    assert browser.submit("/me/notices", {"mail_due": "hourly"}).status_code == 422


def test_without_a_server_no_page_speaks_of_mail(app: Flask, world: World, browse: Browse) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, mail_url="")
    try:
        browser = browse(world.secretary)
        assert "邮箱" not in browser.get("/me/notices").text + browser.get("/me").text
        assert browser.get("/me/mail").status_code == 404
    finally:
        app.extensions["settings"] = settings
