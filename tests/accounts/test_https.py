"""Behind https: cookies that no other host can set, and an activation page without a referrer."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from config import load
from forum import create_app
from forum.extensions import db, limiter
from forum.units.models import Person
from forum.units.slips import make_slip
from tests.accounts.conftest import PASSWORD, give_password
from tests.browsing import Browser
from tests.conftest import SECRET
from tests.factories import World

SITE = "https://forum.example"


@pytest.fixture
def browser(app: Flask, world: World, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on an application that is public under https."""
    settings = {"SECRET_KEY": SECRET, "DATABASE_URL": database_url, "PUBLIC_URL": SITE}
    public = create_app(load(settings | {"DATA_DIR": str(tmp_path_factory.mktemp("https"))}))
    public.config.update(
        TESTING=True, PROPAGATE_EXCEPTIONS=True, SERVER_NAME="forum.example", PREFERRED_URL_SCHEME="https"
    )
    public.url_build_error_handlers.extend(app.url_build_error_handlers)
    public.test_client_class = Browser
    limiter.reset()
    client = public.test_client()
    assert isinstance(client, Browser)
    yield client
    with public.app_context():
        db.engine.dispose()


def names(set_cookies: list[str]) -> Callable[[str], bool]:
    return lambda name: any(header.startswith(f"{name}=") for header in set_cookies)


def test_every_cookie_is_secure(world: World, browser: Browser) -> None:
    phone = give_password(world.secretary)
    page = browser.get("/sign-in")
    answer = browser.submit("/sign-in", {"phone": phone, "password": PASSWORD})
    assert answer.status_code == 303
    set_cookies = page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    has = names(set_cookies)
    assert has("__Host-session")
    assert has("__Host-seat")
    assert has("__Host-device")
    for header in set_cookies:
        assert "Secure" in header
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header
        assert "Path=/" in header
        assert "Domain" not in header


def test_activation_works_without_a_referrer(world: World, browser: Browser) -> None:
    code, _slip = make_slip(None, db.session.get_one(Person, world.secretary.id))
    db.session.commit()
    form = {"password": PASSWORD, "again": PASSWORD, "agreed": "y"}
    answer = browser.submit(f"/activate/{code}", form, headers={"Origin": "null"})
    assert (answer.status_code, answer.location) == (303, "/")
