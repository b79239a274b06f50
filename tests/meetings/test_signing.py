"""Signing in at a sitting by one's own phone: in time, at the right place, once; and it spoils nobody's list."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db, limiter
from forum.meetings.models import Sitting
from forum.meetings.signing_codes import PROOF_LASTS, code_at, is_current, is_proof, prove
from forum.units.models import Role
from tests.browsing import forms_of
from tests.factories import make_actor
from tests.meetings.makers import attendance, began, make_meeting

SOON = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def nobody_has_guessed(app):
    limiter.reset()


def sitting_of(meeting):
    return db.session.scalars(select(Sitting).where(Sitting.meeting_id == meeting.id)).one()


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def meeting(world):
    """A meeting that begins in half an hour."""
    return make_meeting(world, starts_at=utcnow() + SOON)


def scanned(browser, sitting, code=None):
    """Scan, and tap 我到了."""
    code = code or code_at(sitting.id, utcnow())
    page = browser.get(f"/here/{sitting.id}/{code}")
    if page.status_code != 200 or "我到了" not in text_of(page):
        return page
    form = next(f for f in forms_of(text_of(page)) if f.action == f"/here/{sitting.id}")
    return browser.post(form.action, data=form.fields)


def signed(meeting):
    db.session.rollback()
    return {person: (row.came, row.is_walk_in) for person, row in attendance(meeting).items() if row.signed_at}


# ---- codes ----


def test_a_code_lives_for_a_minute_and_a_half_at_most(app):
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        code = code_at(7, utcnow())
        assert re.fullmatch(r"\d{6}", code)
        assert is_current(7, code, utcnow())
        assert not is_current(8, code, utcnow())
        clock.shift(89)
        assert is_current(7, code, utcnow())
        clock.shift(1)
        assert not is_current(7, code, utcnow())


def test_a_proof_lasts_and_serves_one_sitting(app):
    with time_machine.travel(utcnow(), tick=False) as clock:
        proof = prove(7)
        assert is_proof(7, proof)
        assert not is_proof(8, proof)
        clock.shift(PROOF_LASTS)
        assert is_proof(7, proof)
        clock.shift(1)
        assert not is_proof(7, proof)


@pytest.mark.parametrize("text", ["", "123456", "x.y.z", "７" * 6, "\x00", "9" * 500])
def test_what_is_no_proof(app, text):
    assert not is_proof(7, text)
    assert not is_current(7, text, utcnow()) or text == "123456"


# ---- signing in ----


def test_scan_and_tap(browse, world, meeting):
    sitting = sitting_of(meeting)
    answer = scanned(browse(world.secretary), sitting)
    assert answer.status_code == 303
    assert signed(meeting) == {world.secretary.id: (True, False)}
    assert "签过到了" in text_of(browse(world.secretary).get(f"/here/{sitting.id}/{code_at(sitting.id, utcnow())}"))


def test_opening_the_link_writes_nothing(browse, world, meeting):
    sitting = sitting_of(meeting)
    browse(world.secretary).get(f"/here/{sitting.id}/{code_at(sitting.id, utcnow())}")
    assert signed(meeting) == {}


def test_typing_the_digits_does_the_same(browse, world, meeting):
    sitting, browser = sitting_of(meeting), browse(world.secretary)
    digits = code_at(sitting.id, utcnow())
    answer = browser.submit("/here", {"code": f"{digits[:3]} {digits[3:]}"})
    assert answer.status_code == 303
    page = browser.get(answer.location)
    form = next(f for f in forms_of(text_of(page)) if f.action == f"/here/{sitting.id}")
    assert browser.post(form.action, data=form.fields).status_code == 303
    assert signed(meeting) == {world.secretary.id: (True, False)}


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "一二三四五六"])
def test_wrong_digits_are_told_at_the_field(browse, world, meeting, typed):
    answer = browse(world.secretary).submit("/here", {"code": typed})
    assert answer.status_code == 422
    assert "六位数字" in text_of(answer)


def test_guessing_is_stopped(browse, world, meeting):
    sitting, browser = sitting_of(meeting), browse(world.neighbour_secretary)
    right = code_at(sitting.id, utcnow())
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    statuses = [browser.get(f"/here/{sitting.id}/{wrong}").status_code for _ in range(12)]
    assert statuses[:10] == [410] * 10
    assert statuses[10:] == [429] * 2
    assert browser.get(f"/here/{sitting.id}/{right}").status_code == 429


def test_signed_out_one_signs_in_and_comes_back_though_the_code_has_changed(browse, world, meeting):
    sitting = sitting_of(meeting)
    with time_machine.travel(utcnow(), tick=False) as clock:
        answer = browse(None).get(f"/here/{sitting.id}/{code_at(sitting.id, utcnow())}")
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")
        back = re.search(r"next=([^&]+)", answer.location)[1].replace("%2F", "/")
        clock.shift(600)
        browser = browse(world.secretary)
        form = next(f for f in forms_of(text_of(browser.get(back))) if f.action == f"/here/{sitting.id}")
        assert browser.post(form.action, data=form.fields).status_code == 303
    assert signed(meeting) == {world.secretary.id: (True, False)}


def test_signed_out_with_an_old_code_one_learns_nothing(browse, world, meeting):
    answer = browse(None).get(f"/here/{sitting_of(meeting).id}/000000")
    assert answer.status_code == 410
    assert meeting.theme not in text_of(answer)


def test_whoever_was_not_asked_walks_in(browse, world, meeting):
    assert scanned(browse(world.deputy), sitting_of(meeting)).status_code == 303
    assert signed(meeting) == {world.deputy.id: (True, True)}


@pytest.mark.parametrize("who", ["far_secretary", "expert", "district"])
def test_who_is_not_of_the_township_is_told_whom_to_ask(browse, world, meeting, who):
    answer = scanned(browse(world.everybody[who]), sitting_of(meeting))
    assert answer.status_code == 409
    assert "名单里没有您" in text_of(answer)
    assert signed(meeting) == {}


@pytest.mark.parametrize(
    ("starts", "told"), [(timedelta(hours=3), "还没到签到的时间"), (timedelta(hours=-9), "签到的时间过了")]
)
def test_too_early_and_too_late(browse, world, starts, told):
    meeting = make_meeting(world, starts_at=utcnow() + timedelta(days=1))
    sitting = sitting_of(meeting)
    sitting.starts_at, sitting.ends_at = utcnow() + starts, utcnow() + starts + timedelta(hours=2)
    db.session.commit()
    answer = scanned(browse(world.secretary), sitting)
    assert answer.status_code == 409
    assert told in text_of(answer)
    assert signed(meeting) == {}


@pytest.mark.parametrize("state", ["postponed", "cancelled", "closed"])
def test_not_at_a_meeting_that_does_not_take_place(browse, world, state):
    meeting = make_meeting(world, state, starts_at=began(30) if state == "closed" else None)
    before = signed(meeting)
    answer = scanned(browse(world.neighbour_secretary), sitting_of(meeting))
    assert answer.status_code == 409
    assert "这一步办不了" in text_of(answer)
    assert signed(meeting) == before


def test_a_proof_is_needed(browse, world, meeting):
    sitting, browser = sitting_of(meeting), browse(world.secretary)
    page = browser.get(f"/here/{sitting.id}/{code_at(sitting.id, utcnow())}")
    form = next(f for f in forms_of(text_of(page)) if f.action == f"/here/{sitting.id}")
    answer = browser.post(form.action, data={**form.fields, "proof": prove(sitting.id + 1)})
    assert answer.status_code == 410
    assert signed(meeting) == {}


def test_a_hall_at_once_nobody_twice_nobody_lost(app, browse, world, meeting):
    sitting = sitting_of(meeting)
    people = [make_actor(f"走进来{n}", Role.DEPUTY, world.village) for n in range(12)]
    posts = []
    for person in [*people, world.secretary]:
        browser = browse(person)
        page = browser.get(f"/here/{sitting.id}/{code_at(sitting.id, utcnow())}")
        form = next(f for f in forms_of(text_of(page)) if f.action == f"/here/{sitting.id}")
        posts += [(browser, form.action, form.fields)] * 2
    db.session.rollback()

    def send(post):
        browser, url, fields = post
        with app.app_context():
            return browser.post(url, data=fields).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, posts))
    assert statuses == [303] * 26
    assert set(signed(meeting)) == {person.id for person in [*people, world.secretary]}


# ---- the organiser's list ----


def test_who_signs_in_while_the_list_is_ticked_stays_on_it(browse, world):
    meeting = make_meeting(world, "held", starts_at=began(30))
    sitting, organiser = sitting_of(meeting), browse(world.organiser)
    form = next(
        f for f in forms_of(text_of(organiser.get(f"/meetings/{meeting.id}/attendance"))) if "version" in f.fields
    )
    assert scanned(browse(world.secretary), sitting).status_code == 303
    assert scanned(browse(world.deputy), sitting).status_code == 303
    fields = {**form.fields, "came": [str(world.neighbour_secretary.id)]}
    assert organiser.post(f"/meetings/{meeting.id}/attendance", data=fields).status_code == 303
    db.session.rollback()
    assert {p for p, row in attendance(meeting).items() if row.came} == {
        world.secretary.id,
        world.deputy.id,
        world.neighbour_secretary.id,
    }


def test_who_has_signed_in_is_ticked_and_can_be_taken_off(browse, world):
    meeting = make_meeting(world, "held", starts_at=began(30))
    with time_machine.travel(utcnow() - timedelta(minutes=1)):
        scanned(browse(world.secretary), sitting_of(meeting))
    organiser = browse(world.organiser)
    page = organiser.get(f"/meetings/{meeting.id}/attendance")
    assert "自己签到" in text_of(page)
    form = next(f for f in forms_of(text_of(page)) if "version" in f.fields)
    assert form.fields["came"] == [str(world.secretary.id)] or form.fields["came"] == str(world.secretary.id)
    assert organiser.post(f"/meetings/{meeting.id}/attendance", data={**form.fields, "came": []}).status_code == 303
    db.session.rollback()
    assert not any(row.came for row in attendance(meeting).values())


def test_closing_counts_the_rest_as_absent(browse, world):
    meeting = make_meeting(world, "held", starts_at=began(30))
    scanned(browse(world.secretary), sitting_of(meeting))
    organiser = browse(world.organiser)
    organiser.submit(f"/meetings/{meeting.id}/minutes/0", {"body": "说了三件事。"})
    assert organiser.submit(f"/meetings/{meeting.id}/close", {}).status_code == 303
    db.session.rollback()
    came = {person: row.came for person, row in attendance(meeting).items()}
    assert came == {world.secretary.id: True, world.neighbour_secretary.id: False}


# ---- the hall's page ----


def test_the_hall_shows_code_and_names(browse, world, meeting):
    scanned(browse(world.secretary), sitting_of(meeting))
    page = text_of(browse(world.organiser).get(f"/meetings/{meeting.id}/sign-in"))
    code = code_at(sitting_of(meeting).id, utcnow())
    assert f"{code[:3]} {code[3:]}" in page
    assert "data:image/svg+xml" in page
    assert "前柳村 柳大山" in page


def test_before_its_hour_the_hall_shows_no_code(browse, world):
    meeting = make_meeting(world)
    page = text_of(browse(world.organiser).get(f"/meetings/{meeting.id}/sign-in"))
    assert "开始签到" in page
    assert "data:image/svg+xml" not in page


def test_the_chair_shows_it_and_nobody_else(browse, world):
    meeting = make_meeting(world, starts_at=utcnow() + SOON, chair_id=world.deputy.id)
    statuses = {
        who: browse(actor).get(f"/meetings/{meeting.id}/sign-in").status_code for who, actor in world.everybody.items()
    }
    assert {who for who, status in statuses.items() if status == 200} == {"deputy", "organiser", "district"}


def test_pages_cost_little_and_no_more_for_a_full_hall(browse, world, meeting, count_statements):
    organiser = browse(world.organiser)
    organiser.get(f"/meetings/{meeting.id}/sign-in")
    with count_statements() as empty:
        organiser.get(f"/meetings/{meeting.id}/sign-in")
    for actor in (world.secretary, world.deputy, world.neighbour_secretary):
        scanned(browse(actor), sitting_of(meeting))
    with count_statements() as full:
        organiser.get(f"/meetings/{meeting.id}/sign-in")
    assert len(full) == len(empty) <= 8
