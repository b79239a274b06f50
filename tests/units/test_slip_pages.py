"""Printing activation slips: for whom, once, and never by accident again."""

import base64
import re
import urllib.parse
from typing import Any

import pytest
from sqlalchemy import select, update

from forum.clock import utcnow
from forum.extensions import db
from forum.units.models import ActivationSlip, Person, Posting, Role
from forum.units.slips import find_slip
from tests.browsing import forms_of
from tests.factories import LONG_AGO, make_actor, make_person, save
from tests.units.conftest import words

CODE = re.compile(r"(?:[2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}")


def form_of(browser, page="/people"):
    return next(f for f in forms_of(browser.get(page).get_data(as_text=True)) if "/people/slips" in f.action)


def print_for(browser, *actors, which="chosen", page="/people", form=None):
    form = form or form_of(browser, page)
    data: dict[str, Any] = {**form.fields, "which": which, "person": [str(actor.id) for actor in actors]}
    return browser.post(form.action, data=data)


def codes_of(answer):
    return CODE.findall(words(answer.get_data(as_text=True)))


def valid(codes):
    found = [find_slip(code) for code in codes]
    db.session.rollback()
    return [slip.person_id if slip else None for slip in found]


def test_slips_for_the_people_ticked(browse, world):
    answer = print_for(browse(world.organiser), world.secretary, world.neighbour_secretary)
    shown = words(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "柳大山 前柳村" in shown
    assert sorted(valid(codes_of(answer))) == sorted([world.secretary.id, world.neighbour_secretary.id])
    assert db.session.scalars(select(ActivationSlip.made_by_id)).all() == [world.organiser.id] * 2


def test_the_picture_is_within_the_page(browse, world):
    page = print_for(browse(world.organiser), world.secretary).get_data(as_text=True)
    picture = re.search(r'src="(data:image/svg\+xml[^"]*)"', page)
    assert picture
    head, _, body = picture[1].partition(",")
    svg = base64.b64decode(body).decode() if "base64" in head else urllib.parse.unquote(body)
    assert "<svg" in svg
    assert "<path" in svg


def test_slips_for_all_who_have_no_password_yet(browse, world):
    db.session.execute(update(Person).where(Person.id == world.deputy.id).values(password_hash="x"))
    save(Posting(person_id=save(Person(name="没号")).id, unit_id=world.village.id, role=Role.DEPUTY, since=LONG_AGO))
    made = valid(codes_of(print_for(browse(world.organiser), which="waiting")))
    assert sorted(made) == sorted([world.secretary.id, world.neighbour_secretary.id])
    db.session.execute(update(Person).values(password_hash="x"))
    db.session.execute(update(Person).where(Person.id == world.far_secretary.id).values(password_hash=None))
    db.session.commit()
    browser = browse(world.district_staff)
    page = f"/people?township={world.town.id}"
    assert codes_of(print_for(browser, which="waiting", page=page)) == []
    page = f"/people?township={world.other_town.id}"
    assert valid(codes_of(print_for(browser, which="waiting", page=page))) == [world.far_secretary.id]


@pytest.mark.parametrize("other", ["the same people", "somebody else"])
def test_sending_the_page_again_voids_nothing(browse, world, other):
    browser = browse(world.organiser)
    form = form_of(browser)
    codes = codes_of(print_for(browser, world.secretary, form=form))
    again = print_for(browser, world.secretary if other == "the same people" else world.deputy, form=form)
    assert "激活条已经打印过了" in again.get_data(as_text=True)
    assert codes_of(again) == []
    assert valid(codes) == [world.secretary.id]
    new = next(f for f in forms_of(again.get_data(as_text=True)) if f.action == "/people/slips")
    fresh = codes_of(browser.post(new.action, data=new.fields))
    assert valid(fresh) == [world.secretary.id if other == "the same people" else world.deputy.id]
    assert valid(codes) == [None if other == "the same people" else world.secretary.id]


# A slip opens the whole account: it is printed only by who may give every office that its holder has.
MAY_PRINT_FOR = {
    "organiser": {"secretary", "deputy", "neighbour"},
    "far_organiser": {"far_secretary"},
    "district": {"secretary", "deputy", "neighbour", "far_secretary", "organiser", "far_organiser", "expert"},
    "admin": {"district"},
}


@pytest.mark.parametrize("role", MAY_PRINT_FOR)
def test_for_whom_one_prints(browse, world, role):
    everybody = {name: actor for name, actor in world.everybody.items() if actor}
    made = valid(codes_of(print_for(browse(everybody[role]), *everybody.values())))
    assert {name for name, actor in everybody.items() if actor.id in made} == MAY_PRINT_FOR[role]


def test_an_office_elsewhere_keeps_the_account_out_of_reach(browse, world):
    # Making the district's man a deputy must not open his account to the organiser.
    for actor in (world.district_staff, world.far_secretary):
        save(Posting(person_id=actor.id, unit_id=world.village.id, role=Role.DEPUTY, since=LONG_AGO))
    answer = print_for(browse(world.organiser), world.district_staff, world.far_secretary)
    assert answer.status_code == 422
    assert "请先勾选" in answer.get_data(as_text=True)
    assert db.session.scalars(select(ActivationSlip)).all() == []


@pytest.mark.parametrize("role", ["secretary", "deputy", "expert", "former"])
def test_nobody_else_prints(browse, world, role):
    browser = browse(world.everybody[role])
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/me").get_data(as_text=True))
    assert token
    sent = {"csrf_token": token[1], "person": str(world.neighbour_secretary.id)}
    assert browser.post("/people/slips", data=sent).status_code == 403
    assert db.session.scalars(select(ActivationSlip)).all() == []


def test_a_disabled_account_gets_no_slip(browse, world):
    db.session.execute(update(Person).where(Person.id == world.deputy.id).values(disabled_at=utcnow()))
    db.session.commit()
    assert print_for(browse(world.organiser), world.deputy).status_code == 422


@pytest.mark.parametrize("person", [[], ["x"], ["9" * 30], ["-1"]])
def test_nobody_chosen(browse, world, person):
    browser = browse(world.organiser)
    form = form_of(browser)
    answer = browser.post(form.action, data={**form.fields, "which": "chosen", "person": person})
    assert answer.status_code == 422
    assert "请先勾选要打印激活条的人。" in answer.get_data(as_text=True)


def test_too_many_at_once_are_refused(browse, world):
    for number in range(201):
        person = make_person(f"众{number}")
        db.session.add(Posting(person_id=person.id, unit_id=world.far_village.id, role=Role.DEPUTY, since=LONG_AGO))
    db.session.commit()
    answer = print_for(browse(world.far_organiser), which="waiting")
    assert answer.status_code == 422
    assert "一次最多打印 200 张" in answer.get_data(as_text=True)


def test_many_cost_as_many_statements_as_one(browse, world, count_statements):
    def cost(*actors):
        browser = browse(world.organiser)
        form = form_of(browser)
        with count_statements() as seen:
            assert len(codes_of(print_for(browser, *actors, form=form))) == len(actors)
        return sum(not statement.startswith("INSERT") for statement in seen)  # SQLite inserts row by row

    one = cost(world.secretary)
    more = [make_actor(f"众{number}", Role.DEPUTY, world.village) for number in range(30)]
    assert cost(*more) == one


def test_a_printed_slip_activates(browse, world):
    (code,) = codes_of(print_for(browse(world.organiser), world.secretary))
    page = browse(None).get(f"/activate/{code}")
    assert page.status_code == 200
    assert "柳大山" in page.get_data(as_text=True)
