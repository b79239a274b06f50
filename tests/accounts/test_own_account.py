"""One's own page: password, phone number, signed-in browsers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import UserSession
from forum.accounts.passwords import is_right
from forum.accounts.sessions import begin_session
from forum.audit.models import AuditEntry
from forum.clock import today, utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Role
from tests.accounts.conftest import PASSWORD, give_password, phone_of, sign_in
from tests.browsing import Browser
from tests.factories import World, save

Browse = Callable[[Actor | None], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]
NEW = "Honggan-81 北坡"


def kept_hash(actor: Actor) -> str | None:
    found = db.session.get_one(Person, actor.id).password_hash
    db.session.rollback()
    return found


def test_the_page_says_who_one_is(world: World, browse: Browse) -> None:
    save(Posting(person_id=world.secretary.id, unit_id=world.neighbour.id, role=Role.DEPUTY, since=today() - timedelta(days=900), until=today() - timedelta(days=400)))  # fmt: skip
    page = browse(world.secretary).get("/me").get_data(as_text=True)
    assert all(shown in page for shown in ("柳大山", "前柳村 党支部书记", "后柳村 村副书记", phone_of(world.secretary)))
    assert "杨来福" not in page


@pytest.mark.parametrize("page", ["/me", "/me/password", "/me/phone", "/me/sessions"])
def test_ones_own_pages_are_open_to_former_secretaries_and_to_nobody_signed_out(
    world: World, browse: Browse, page: str
) -> None:
    assert browse(world.former).get(page).status_code == 200
    assert browse(world.admin).get(page).status_code == 200
    assert browse(None).get(page).location == f"/sign-in?next={page}"


@pytest.mark.parametrize("page", ["/me", "/me/sessions", "/me/password", "/me/phone"])
def test_a_page_costs_the_same_for_one_and_for_thirty(
    world: World, browse: Browse, count_statements: Counting, page: str
) -> None:
    browser, costs = browse(world.secretary), []
    for more in (0, 30):
        for n in range(more):
            begin_session(world.secretary.id)
            save(Posting(person_id=world.secretary.id, unit_id=world.bureau.id, role=Role.EXPERT, since=today() - timedelta(days=99), until=today() - timedelta(days=n + 1)))  # fmt: skip
        with count_statements() as seen:
            assert browser.get(page).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 8


# ---- password


def test_changing_the_password_ends_other_sessions(world: World, browse: Browse) -> None:
    phone = give_password(world.secretary)
    here, elsewhere, others = browse(world.secretary), browse(world.secretary), browse(world.deputy)
    answer = here.submit("/me/password", {"old": PASSWORD, "password": NEW, "again": NEW})
    assert (answer.status_code, answer.location) == (303, "/me")
    assert "密码改好了" in here.get("/me").get_data(as_text=True)
    assert [b.get("/me").status_code for b in (elsewhere, others)] == [303, 200]
    assert [sign_in(browse(None), phone, p).status_code for p in (PASSWORD, NEW)] == [422, 303]
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).first() == "password.change"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"old": "wrong"}, "现在的密码不对"),
        ({"old": ""}, "请填现在的密码"),
        ({"again": "other"}, "两遍密码不一样"),
        ({"password": "88888888", "again": "88888888"}, "这个密码太常见"),
        ({"password": "柳大山前柳村12", "again": "柳大山前柳村12"}, "您的名字、村名或手机号"),
    ],
)
def test_a_refused_password_changes_nothing(
    world: World, browse: Browse, changed: dict[str, str], message: str
) -> None:
    give_password(world.secretary)
    elsewhere = browse(world.secretary)
    answer = browse(world.secretary).submit("/me/password", {"old": PASSWORD, "password": NEW, "again": NEW} | changed)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert is_right(PASSWORD, kept_hash(world.secretary))
    assert elsewhere.get("/me").status_code == 200


def test_sent_twice_the_password_is_changed_once(world: World, browse: Browse) -> None:
    give_password(world.secretary)
    browser = browse(world.secretary)
    answers = [browser.submit("/me/password", {"old": PASSWORD, "password": NEW, "again": NEW}) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/me")] * 2
    assert len([a for a in db.session.scalars(select(AuditEntry.action)) if a == "password.change"]) == 1


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("/me/password", {"old": "guess", "password": NEW, "again": NEW}),
        ("/me/phone", {"phone": "19955550000", "password": "guess"}),
    ],
)
def test_guessing_at_an_unlocked_phone_is_slow(world: World, browse: Browse, page: str, data: dict[str, str]) -> None:
    phone = give_password(world.secretary)
    browser = browse(world.secretary)
    assert [browser.submit(page, data).status_code for _ in range(7)] == [422] * 5 + [429] * 2
    assert sign_in(browse(None), phone).status_code == 303, "the door has a count of its own"


# ---- phone number


def test_changing_the_number(world: World, browse: Browse) -> None:
    old = give_password(world.secretary)
    browser = browse(world.secretary)
    answer = browser.submit("/me/phone", {"phone": "199 5555 0000", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/me")
    assert phone_of(world.secretary) == "19955550000"
    assert [sign_in(browse(None), phone).status_code for phone in (old, "19955550000")] == [422, 303]
    assert "phone.change" in db.session.scalars(select(AuditEntry.action)).all()
    assert "19955550000" not in str([e.detail for e in db.session.scalars(select(AuditEntry))])


def test_a_taken_number_does_not_tell_whose(world: World, browse: Browse) -> None:
    mine = give_password(world.secretary)
    taken = phone_of(world.neighbour_secretary)
    answer = browse(world.secretary).submit("/me/phone", {"phone": taken, "password": PASSWORD})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "登记不上" in text
    assert f'value="{taken}"' in text, "what was typed is kept"
    assert "杨来福" not in text
    assert phone_of(world.secretary) == mine


@pytest.mark.parametrize(
    ("phone", "password", "message"),
    [("123", PASSWORD, "手机号不是 11 位"), ("19955550000", "wrong", "现在的密码不对"), ("", PASSWORD, "请填新手机号")],
)
def test_a_refused_number_changes_nothing(
    world: World, browse: Browse, phone: str, password: str, message: str
) -> None:
    mine = give_password(world.secretary)
    answer = browse(world.secretary).submit("/me/phone", {"phone": phone, "password": password})
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert phone_of(world.secretary) == mine


# ---- sessions


def test_ending_one_session(world: World, browse: Browse) -> None:
    here, lost = browse(world.secretary), browse(world.secretary)
    lost_id = db.session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first()
    assert here.get("/me/sessions").get_data(as_text=True).count("就是这里") == 1
    answer = here.submit("/me/sessions", action=f"/me/sessions/{lost_id}/end")
    assert (answer.status_code, answer.location) == (303, "/me/sessions")
    assert [b.get("/me").status_code for b in (here, lost)] == [200, 303]


def test_ending_this_session_is_signing_out(world: World, browse: Browse) -> None:
    here = browse(world.secretary)
    this_id = db.session.scalars(select(UserSession.id)).one()
    answer = here.submit("/me/sessions", action=f"/me/sessions/{this_id}/end")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert here.get("/me").status_code == 303


def test_ending_all_others(world: World, browse: Browse) -> None:
    here, lost, others = browse(world.secretary), browse(world.secretary), browse(world.deputy)
    assert here.submit("/me/sessions", action="/me/sessions/end-others").location == "/me/sessions"
    assert [b.get("/me").status_code for b in (here, lost, others)] == [200, 303, 200]


def test_nobody_ends_anothers_session(world: World, browse: Browse) -> None:
    browse(world.deputy)
    other_id = db.session.scalars(select(UserSession.id)).one()
    mine = browse(world.secretary)
    token = mine.get("/me").get_data(as_text=True).partition('name="csrf-token" content="')[2].partition('"')[0]
    for session_id in (other_id, 999999):
        assert mine.post(f"/me/sessions/{session_id}/end", data={"csrf_token": token}).status_code == 404
    assert other_id in db.session.scalars(select(UserSession.id)).all()
    assert mine.get(f"/me/sessions/{other_id}/end").status_code == 405


@pytest.mark.parametrize(("ends_in", "status"), [(1, 200), (-1, 303)])
def test_a_session_ends_when_its_time_is_up(world: World, browse: Browse, ends_in: int, status: int) -> None:
    browser = browse(world.secretary)
    row = db.session.scalars(select(UserSession)).one()
    row.expires_at = utcnow() + timedelta(seconds=ends_in)
    db.session.commit()
    assert browser.get("/me").status_code == status
