"""Language, size of type, the posting one speaks for, and the privacy notice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.accounts import privacy
from forum.accounts.models import UserSession
from forum.clock import today
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Role
from tests.browsing import Browser
from tests.factories import World, actor_of, save

Browse = Callable[[Actor | None], Browser]


@pytest.mark.parametrize(
    ("url", "field", "sent", "cookie", "kept"),
    [
        ("/language", "language", "en", "language=en", {"language": "en"}),
        ("/language", "language", "zh", "language=zh", {"language": "zh"}),
        ("/language", "language", "klingon", "language=zh", {"language": "zh"}),
        ("/type-size", "size", "large", "type_size=large", {"large_type": True}),
        ("/type-size", "size", "", "type_size=normal", {"large_type": False}),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_choice_is_kept_here_and_with_the_person(
    world: World, browse: Browse, signed_in: bool, url: str, field: str, sent: str, cookie: str, kept: dict[str, object]
) -> None:
    browser = browse(world.secretary if signed_in else None)
    page = "/me" if signed_in else "/lost-password"
    answer = browser.submit(page, {field: sent}, action=url)
    assert (answer.status_code, answer.location) == (303, page)
    header = answer.headers["Set-Cookie"]
    assert header.startswith(f"{cookie};")
    assert "Max-Age=31536000" in header
    if signed_in:
        person = db.session.get_one(Person, world.secretary.id)
        assert {name: getattr(person, name) for name in kept} == kept


def test_large_type_and_english_show(world: World, browse: Browse) -> None:
    browser = browse(None)
    browser.submit("/sign-in", {"size": "large"}, action="/type-size")
    browser.submit("/sign-in", {"language": "en"}, action="/language")
    page = browser.get("/sign-in").get_data(as_text=True)
    assert 'lang="en"' in page
    assert 'data-size="large"' in page


def test_one_speaks_for_the_posting_one_chose(world: World, browse: Browse) -> None:
    second = save(Posting(person_id=world.secretary.id, unit_id=world.town.id, role=Role.ORGANISER, since=today()))
    first = next(p.id for p in actor_of(world.secretary.id).postings if p.id != second.id)
    browser = browse(actor_of(world.secretary.id, speaks_for=first))
    answer = browser.submit("/me", {"posting": str(second.id)}, action="/me/posting")
    assert (answer.status_code, answer.location) == (303, "/me")
    assert db.session.scalars(select(UserSession.posting_id)).one() == second.id
    assert f'<option value="{second.id}" selected>' in browser.get("/me").get_data(as_text=True)


def test_nobody_speaks_for_anothers_or_a_past_posting(world: World, browse: Browse) -> None:
    past = save(
        Posting(
            person_id=world.secretary.id, unit_id=world.town.id, role=Role.ORGANISER, since=today() - timedelta(9), until=today() - timedelta(1)
        )
    )  # fmt: skip
    assert world.organiser.posting is not None
    save(Posting(person_id=world.secretary.id, unit_id=world.bureau.id, role=Role.EXPERT, since=today()))
    browser = browse(actor_of(world.secretary.id))
    before = db.session.scalars(select(UserSession.posting_id)).one()
    for posting in (str(world.organiser.posting.id), str(past.id), "", "x", "9" * 30):
        assert browser.submit("/me", {"posting": posting}, action="/me/posting").status_code == 303
        assert db.session.scalars(select(UserSession.posting_id)).one() == before


def test_the_privacy_notice_is_open_to_all(world: World, browse: Browse) -> None:
    for actor in (None, world.secretary, world.former):
        page = browse(actor).get("/privacy")
        assert page.status_code == 200
        assert f"第 {privacy.PRIVACY_VERSION} 版" in page.get_data(as_text=True)


def test_a_new_notice_is_shown_before_anything_else(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = privacy.PRIVACY_VERSION + 1
    for module in ("privacy", "actions", "views.preferences"):
        monkeypatch.setattr(f"forum.accounts.{module}.PRIVACY_VERSION", newer)
    browser = browse(world.secretary)
    asked = browser.get("/me/phone?x=1")
    assert (asked.status_code, asked.location) == (303, "/me/privacy?next=/me/phone?x%3D1")
    assert browser.get("/privacy").status_code == 200
    assert browser.get("/no-such-page").status_code == 404
    token = (
        browser.get(asked.location).get_data(as_text=True).partition('name="csrf-token" content="')[2].partition('"')[0]
    )
    assert browser.post("/me/phone", data={"csrf_token": token}).status_code == 422, "what is sent is not held up"
    answer = browser.submit(asked.location, action="/me/privacy")
    assert (answer.status_code, answer.location) == (303, "/me/phone?x=1")
    assert browser.get("/me/phone").status_code == 200
    person = db.session.get_one(Person, world.secretary.id)
    assert person.privacy_version == newer
    assert person.privacy_accepted_at is not None


def test_whoever_does_not_agree_can_leave(world: World, browse: Browse) -> None:
    db.session.execute(update(Person).where(Person.id == world.former.id).values(privacy_version=None))
    db.session.commit()
    browser = browse(world.former)
    assert browser.get("/me").location == "/me/privacy?next=/me"
    assert browser.submit("/me/privacy", action="/sign-out").location == "/sign-in"
    assert browser.get("/me").location == "/sign-in?next=/me"
