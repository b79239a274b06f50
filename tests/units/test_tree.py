"""The district's tree of units, changed by hand."""

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.units.models import Unit, UnitKind
from tests.factories import make_unit
from tests.units.conftest import words


def unit_named(name):
    found = db.session.scalars(select(Unit).where(Unit.name == name)).one()
    db.session.rollback()
    return found


@pytest.mark.parametrize("path", ["/units", "/units/new", "/units/{village}"])
def test_only_the_district(browse, world, path):
    path = path.format(village=world.village.id)
    status = {role: browse(actor).get(path).status_code for role, actor in world.everybody.items()}
    assert {role for role, code in status.items() if code == 200} == {"district"}
    assert {code for role, code in status.items() if role not in ("district", "nobody")} == {403}


def test_another_districts_units_are_not_found(browse, world):
    other = make_unit(UnitKind.TOWNSHIP, "外镇", make_unit(UnitKind.DISTRICT, "外区"))
    browser = browse(world.district_staff)
    for path in (f"/units/{other.id}", f"/units?under={other.id}", f"/units/{world.district.id}", "/units/999999"):
        assert browser.get(path).status_code == 404, path
    assert browser.get("/units?under=x").status_code == 200
    assert browser.get(f"/units?under={'9' * 30}").status_code == 200


@pytest.mark.parametrize(
    ("under", "kind", "area", "expected"),
    [
        ("district", "township", None, ("district", None, "district")),
        ("district", "bureau", None, ("district", None, "district")),
        ("town", "area", "0", ("town", "town", "district")),
        ("town", "village", "0", ("town", "town", "district")),
        ("town", "village", "area", ("area", "town", "district")),
    ],
)
def test_a_unit_is_added(browse, world, under, kind, area, expected):
    area_id = unit_named("城南管区").id
    ids = {"district": world.district.id, "town": world.town.id, "area": area_id, None: None}
    typed = {"kind": kind, "name": " 新 单位 "} | ({"area": str(ids.get(area, area))} if area else {})
    answer = browse(world.district_staff).submit(f"/units/new?under={ids[under]}", typed)
    assert answer.status_code == 303
    made = unit_named("新单位")
    parent, township, district = (ids[one] for one in expected)
    assert (made.parent_id, made.district_id) == (parent, district)
    assert made.township_id == (made.id if kind == "township" else township)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["unit.add"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, "请写名称。"),
        ({"name": "长" * 61}, "名称太长了"),
        ({"name": "后柳村"}, "已经有一个叫“后柳村”的了。"),
        ({"area": "999"}, "不是有效的选择"),
        ({"kind": "district"}, "不是有效的选择"),
    ],
)
def test_what_cannot_be_added(browse, world, typed, message):
    before = len(db.session.scalars(select(Unit)).all())
    answer = browse(world.district_staff).submit(
        f"/units/new?under={world.town.id}", {"kind": "village", "name": "新村", "area": "0", **typed}
    )
    assert answer.status_code == 422
    assert message in words(answer.get_data(as_text=True))
    assert len(db.session.scalars(select(Unit)).all()) == before


def test_a_village_is_renamed_and_moved(browse, world):
    browser = browse(world.district_staff)
    page = f"/units/{world.village.id}"
    assert browser.submit(page, {"name": "大柳村"}).status_code == 303
    moved = unit_named("大柳村")
    assert moved.id == world.village.id
    assert moved.parent_id == unit_named("城南管区").id
    assert browser.submit(page, {"area": "0"}).status_code == 303
    assert unit_named("大柳村").parent_id == world.town.id
    assert browser.submit(page, {"name": "后柳村"}).status_code == 422
    assert db.session.scalars(select(AuditEntry.action)).all() == ["unit.change"] * 2


def test_a_unit_is_closed_when_it_is_empty(browse, world):
    browser = browse(world.district_staff)

    def close(unit):
        browser.submit(f"/units/{unit.id}", action=f"/units/{unit.id}/close")
        return words(browser.get(f"/units/{unit.id}").get_data(as_text=True))

    assert "里面还有 2 个任职没有结束" in close(world.village)
    assert "里面还有 4 个任职没有结束" in close(world.town)
    empty = make_unit(UnitKind.TOWNSHIP, "空镇", world.district)
    village = make_unit(UnitKind.VILLAGE, "空村", empty)
    assert "里面还有 1 个没有撤并的单位" in close(empty)
    assert "已经撤并" in close(village)
    assert unit_named("空村").closed_at is not None
    close(village)
    assert unit_named("空村").closed_at is None
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["unit.close", "unit.reopen"]


def test_the_page_costs_the_same_for_one_and_for_many(browse, world, count_statements):
    browser = browse(world.district_staff)

    def cost():
        browser.get(f"/units?under={world.other_town.id}")
        with count_statements() as seen:
            browser.get(f"/units?under={world.other_town.id}")
        return len(seen)

    one = cost()
    for number in range(30):
        make_unit(UnitKind.VILLAGE, f"众村{number}", world.other_town)
    assert cost() == one <= 8
