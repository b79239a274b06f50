"""From a printed slip to a password."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from structlog.testing import capture_logs

from forum.accounts.models import UserSession
from forum.accounts.passwords import is_right
from forum.accounts.privacy import PRIVACY_VERSION
from forum.audit.models import AuditEntry
from forum.clock import utcnow
from forum.extensions import db, limiter
from forum.units.actors import Actor
from forum.units.models import ActivationSlip, Person
from forum.units.slips import find_slip, make_slip
from tests.accounts.conftest import PASSWORD, phone_of, sign_in
from tests.browsing import Browser
from tests.factories import World

Browse = Callable[[Actor | None], Browser]
FILLED_IN = {"password": PASSWORD, "again": PASSWORD, "agreed": "y"}


@pytest.fixture(autouse=True)
def forget_guesses(app: object) -> Iterator[None]:
    """Guesses at codes are counted in memory, across tests."""
    limiter.reset()
    yield
    limiter.reset()


@pytest.fixture
def code(world: World) -> str:
    """The code on the secretary's slip."""
    person = db.session.get_one(Person, world.secretary.id)
    person.privacy_version = None
    made, _slip = make_slip(world.organiser, person)
    db.session.commit()
    return made


def test_opening_the_link_consumes_nothing(world: World, browse: Browse, code: str) -> None:
    for _ in range(3):
        page = browse(None).get(f"/activate/{code}")
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert all(shown in text for shown in ("柳大山", "前柳村", "柳林镇", "隐私说明", "谁在管"))
        assert phone_of(world.secretary) not in text, "a found slip must not tell the number"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
    assert find_slip(code) is not None


def test_setting_a_password_lets_one_in(world: World, browse: Browse, code: str) -> None:
    elsewhere, browser = browse(world.secretary), browse(None)
    answer = browser.submit(f"/activate/{code}", FILLED_IN)
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert browser.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303, "other sessions have ended"
    person = db.session.get_one(Person, world.secretary.id)
    assert is_right(PASSWORD, person.password_hash)
    assert person.privacy_version == PRIVACY_VERSION
    assert person.privacy_accepted_at is not None
    assert person.password_changed_at is not None
    assert db.session.scalars(select(ActivationSlip)).one().used_at is not None
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["slip.make", "password.set_by_slip", "privacy.accept", "session.begin"]
    assert sign_in(browse(None), phone_of(world.secretary)).status_code == 303


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"password": "12345678", "again": "12345678"}, "这个密码太常见"),
        ({"password": "短", "again": "短"}, "至少要 8 个字符"),
        ({"password": "前柳村柳大山", "again": "前柳村柳大山"}, "密码太短了"),
        ({"password": "柳林镇前柳村1975", "again": "柳林镇前柳村1975"}, "您的名字、村名或手机号"),
        ({"again": "another one"}, "两遍密码不一样"),
        ({"agreed": ""}, "请先看隐私说明"),
        ({"password": ""}, "请设一个密码"),
    ],
)
def test_what_is_wrong_is_said_and_the_slip_stays_good(
    browse: Browse, code: str, changed: dict[str, str], message: str
) -> None:
    answer = browse(None).submit(f"/activate/{code}", FILLED_IN | changed)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert find_slip(code) is not None
    assert not db.session.scalar(select(func.count(UserSession.id)))


def test_a_slip_opens_once(browse: Browse, code: str) -> None:
    first, second = browse(None), browse(None)
    second.get(f"/activate/{code}")
    page = second.get(f"/activate/{code}").get_data(as_text=True)
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    assert first.submit(f"/activate/{code}", FILLED_IN).status_code == 303
    late = second.post(f"/activate/{code}", data=FILLED_IN | {"csrf_token": token})
    assert late.status_code == 404
    assert "请找镇组织员重开一张" in late.get_data(as_text=True)
    assert second.get("/me").status_code == 303
    assert db.session.scalar(select(func.count(UserSession.id))) == 1


def test_one_page_for_unknown_used_and_expired(browse: Browse, code: str) -> None:
    pages = {browse(None).get("/activate/ABCD-EFGH-JKLM").get_data(as_text=True).partition("<body")[2]}
    with time_machine.travel(utcnow() + timedelta(hours=73)):
        pages.add(browse(None).get(f"/activate/{code}").get_data(as_text=True).partition("<body")[2])
    assert browse(None).submit(f"/activate/{code}", FILLED_IN).status_code == 303
    pages.add(browse(None).get(f"/activate/{code}").get_data(as_text=True).partition("<body")[2])
    assert len({page.replace(code, "ABCD-EFGH-JKLM").count("这张激活条用不了") for page in pages}) == 1
    assert all("这张激活条用不了" in page for page in pages)


def test_the_code_can_be_typed(browse: Browse, code: str) -> None:
    answer = browse(None).submit("/activate", {"code": code.lower().replace("-", " ")})
    assert (answer.status_code, answer.location) == (303, f"/activate/{code.replace('-', '')}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert browse(None).get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "请填激活条上的"), ("ABCD-EFGH-JKLM", "这个激活码用不了"), ("村" * 500, "这个激活码用不了")],
)
def test_a_wrong_code_is_said_to_be_wrong(browse: Browse, code: str, typed: str, message: str) -> None:
    answer = browse(None).submit("/activate", {"code": typed})
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)


def test_guessing_codes_is_slow(browse: Browse, code: str) -> None:
    browser = browse(None)
    statuses = [browser.get(f"/activate/AAAA-BBBB-{n:04d}").status_code for n in range(22)]
    assert statuses == [404] * 20 + [429] * 2
    refused = browser.get(f"/activate/{code}")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 900
    typed = browser.submit("/activate", {"code": code})
    assert typed.status_code == 429
    assert "分钟后再试" in typed.get_data(as_text=True)
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    assert browser.get(f"/activate/{code}", environ_overrides=elsewhere).status_code == 200


def test_a_person_without_a_number_is_told_so(world: World, browse: Browse, code: str) -> None:
    db.session.get_one(Person, world.secretary.id).phone = None
    db.session.commit()
    page = browse(None).get(f"/activate/{code}").get_data(as_text=True)
    assert "还没有您的手机号" in page
    assert 'name="password"' not in page


def test_the_code_is_in_no_log(browse: Browse, code: str) -> None:
    with capture_logs() as logged:
        browse(None).submit("/activate", {"code": code})
        browse(None).submit(f"/activate/{code}", FILLED_IN | {"agreed": ""})
        browse(None).submit(f"/activate/{code}", FILLED_IN)
        browse(None).get(f"/activate/{code}")
    assert "/activate/<" in str(logged)
    assert not [secret for secret in (code, code.replace("-", ""), PASSWORD) if secret in str(logged)]


def test_the_forms_own_token_is_asked_for(browse: Browse, code: str) -> None:
    for page, data in (("/activate", {"code": code}), (f"/activate/{code}", FILLED_IN)):
        assert browse(None).post(page, data=data).status_code == 400
    assert find_slip(code) is not None
