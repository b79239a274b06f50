"""People who can sign in through the real form."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from werkzeug.test import TestResponse

from forum.accounts import passwords
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import Person
from tests.browsing import Browser

PASSWORD = "Moxia-27 七里坡"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verify in a millisecond; the real parameters have a test of their own."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(memory_cost=8, time_cost=1, parallelism=1))
    passwords._nobodys_hash.cache_clear()


def phone_of(actor: Actor) -> str:
    """The number somebody signs in with."""
    phone = db.session.get_one(Person, actor.id).phone
    db.session.rollback()
    assert phone is not None
    return phone


def give_password(actor: Actor, password: str = PASSWORD) -> str:
    """Let somebody sign in with the password; gives back his phone number."""
    db.session.execute(
        update(Person).where(Person.id == actor.id).values(password_hash=passwords.hash_password(password))
    )
    db.session.commit()
    return phone_of(actor)


def sign_in(
    browser: Browser, phone: str, password: str = PASSWORD, page: str = "/sign-in", **sent: Any
) -> TestResponse:
    """Sign in through the form."""
    return browser.submit(page, {"phone": phone, "password": password}, action="/sign-in", **sent)
