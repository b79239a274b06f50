"""What villages are like: five facts that the township notes once, each of which may stay open."""

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.units.models import Distance, Land, VillageFacts
from tests.factories import save


def noted():
    return db.session.scalars(select(VillageFacts)).one()


def test_an_organiser_notes_what_his_villages_are_like(browse, world):
    browser = browse(world.organiser)
    page = f"/units/{world.village.id}/facts"
    typed = {"land": "coastal", "is_relocated": "yes", "population": "", "income": "under_30", "distance": "far"}
    assert browser.submit(page, typed).status_code == 303
    facts = noted()
    assert (facts.land, facts.is_relocated, facts.population, facts.distance) == (
        Land.COASTAL,
        True,
        None,
        Distance.FAR,
    )
    shown = browser.get("/units/villages").get_data(as_text=True)
    for words in ("滨海、滩区", "搬迁新村", "集体收入 10 到 30 万", "离镇上 15 公里以上", "没有登记"):
        assert words in shown
    assert "渡口村" not in shown
    assert db.session.scalars(select(AuditEntry.action)).all() == ["village.facts"]


def test_what_is_known_stands_in_the_form_and_can_be_taken_back(browse, world):
    save(VillageFacts(unit_id=world.village.id, land=Land.HILL, is_relocated=False))
    browser = browse(world.district_staff)
    page = f"/units/{world.village.id}/facts"
    shown = browser.get(page).get_data(as_text=True)
    assert 'selected value="hill"' in shown
    assert 'selected value="no"' in shown
    assert browser.submit(page, {"land": "", "is_relocated": ""}).status_code == 303
    facts = noted()
    db.session.refresh(facts)
    assert (facts.land, facts.is_relocated) == (None, None)


def test_what_is_no_choice_is_refused(browse, world):
    answer = browse(world.organiser).submit(f"/units/{world.village.id}/facts", {"land": "moon"})
    assert answer.status_code == 422
    assert db.session.scalars(select(VillageFacts)).all() == []


@pytest.mark.parametrize(("role", "status"), [("secretary", 403), ("far_organiser", 404), ("organiser", 200)])
def test_only_who_looks_after_a_village_notes_it(browse, world, role, status):
    assert browse(world.everybody[role]).get(f"/units/{world.village.id}/facts").status_code == status


def test_the_list_costs_the_same_for_any_number_of_villages(browse, world, count_statements):
    browser = browse(world.district_staff)
    browser.get("/units/villages")
    with count_statements() as few:
        browser.get("/units/villages")
    save(*(VillageFacts(unit_id=unit.id, land=Land.PLAIN) for unit in (world.village, world.neighbour)))
    with count_statements() as many:
        browser.get("/units/villages")
    assert len(few) == len(many) <= 8
