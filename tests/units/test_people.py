"""The people of a township: who sees them, and who may give and end which office."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from forum.audit.models import AuditEntry
from forum.clock import today, utcnow
from forum.extensions import db
from forum.units.models import Person, Posting, Role, UnitKind
from tests.factories import LONG_AGO, actor_of, make_actor, make_person, make_unit, save
from tests.units.conftest import words

MANAGERS = {"organiser", "far_organiser", "district", "admin"}


def posting_of(actor, **values):
    found = db.session.scalars(select(Posting).where(Posting.person_id == actor.id).filter_by(**values)).one()
    db.session.rollback()
    return found


def phone_of(actor):
    phone = db.session.get_one(Person, actor.id).phone
    db.session.rollback()
    return phone


def test_who_sees_whom(browse, world):
    seen = {}
    for role, actor in world.everybody.items():
        answer = browse(actor).get("/people")
        assert answer.status_code == (200 if role in MANAGERS else 303 if actor is None else 403), role
        if role in MANAGERS:
            page = answer.get_data(as_text=True)
            seen[role] = {r for r, other in world.everybody.items() if other and phone_of(other) in page}
    assert seen == {
        "organiser": {"secretary", "deputy", "neighbour", "organiser"},
        "far_organiser": {"far_secretary", "far_organiser"},
        "district": {
            *("secretary", "deputy", "neighbour", "organiser", "far_secretary", "far_organiser", "expert", "district"),
        },
        "admin": {"district"},
    }


def test_the_district_looks_at_one_township_or_for_a_name(browse, world):
    browser = browse(world.district_staff)
    assert "柳大山" not in browser.get(f"/people?township={world.other_town.id}").get_data(as_text=True)
    assert "渡小舟" in browser.get(f"/people?township={world.other_town.id}").get_data(as_text=True)
    found = browser.get("/people?q=前柳").get_data(as_text=True)
    assert "柳大山" in found
    assert "杨来福" not in found
    assert "没有找到" in browser.get("/people?q=%25").get_data(as_text=True)
    for nonsense in ("township=x", "township=99999999999999999999", "page=-1", "page=x", "state=x", "q=%00"):
        assert browser.get(f"/people?{nonsense}").status_code == 200


# Who may end whose office: the level above, never one's own.
ENDS = {
    "organiser": {"secretary", "deputy", "neighbour"},
    "far_organiser": {"far_secretary"},
    "district": {"secretary", "deputy", "neighbour", "far_secretary", "organiser", "far_organiser", "expert"},
    "admin": {"district"},
}
SEEN_BUT_NOT_ENDED = {"organiser": {"organiser"}, "far_organiser": {"far_organiser"}, "district": {"district"}}


@pytest.mark.parametrize("role", ["organiser", "far_organiser", "district", "admin", "secretary", "expert", "former"])
def test_who_may_end_which_office(browse, world, role):
    browser = browse(world.everybody[role])
    holders = {name: actor for name, actor in world.everybody.items() if actor}
    status = {name: browser.get(f"/people/{posting_of(actor).id}/end").status_code for name, actor in holders.items()}
    assert {name for name, code in status.items() if code == 200} == ENDS.get(role, set())
    refused = set(holders) if role == "former" else SEEN_BUT_NOT_ENDED.get(role, set())
    assert {name for name, code in status.items() if code == 403} == refused


def test_nobody_ends_his_own_office(browse, world):
    own = save(Posting(person_id=world.district_staff.id, unit_id=world.bureau.id, role=Role.EXPERT, since=LONG_AGO))
    path = f"/people/{own.id}/end"
    db.session.rollback()
    assert browse(world.district_staff).get(path).status_code == 403


def test_rights_end_with_the_next_request(browse, world):
    holder = browse(world.secretary)
    assert holder.get("/threads/ask").status_code == 200
    page = f"/people/{posting_of(world.secretary).id}/end"
    assert browse(world.organiser).submit(page, {"leaves_on": today().isoformat()}).status_code == 303
    assert holder.get("/threads/ask").status_code == 403
    assert holder.get("/me").status_code == 200
    assert posting_of(world.secretary).until == today() - timedelta(days=1)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.township_id) == ("posting.end", world.secretary.id, world.town.id)


def test_an_office_may_end_on_a_day_to_come(browse, world):
    page = f"/people/{posting_of(world.secretary).id}/end"
    browse(world.organiser).submit(page, {"leaves_on": (today() + timedelta(days=10)).isoformat()})
    assert browse(world.secretary).get("/threads/ask").status_code == 200


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "请选一个日期"),
        ("昨天", "请选一个日期"),
        (LONG_AGO.isoformat(), "他是2019-03-01上任的，最早填2019-03-02。"),
        ("2999-01-01", "日期太远了"),
    ],
)
def test_a_day_that_cannot_be(browse, world, typed, message):
    page = f"/people/{posting_of(world.secretary).id}/end"
    answer = browse(world.organiser).submit(page, {"leaves_on": typed})
    assert answer.status_code == 422
    assert message in words(answer.get_data(as_text=True))
    assert posting_of(world.secretary).until is None


def office(world, **typed):
    return {
        "name": "柳新",
        "phone": "139 0000 0001",
        "unit": str(world.village.id),
        "role": "deputy",
        "title": "党支部副书记",
        "since": "2025-03-01",
        **typed,
    }


def test_a_new_person_gets_an_office(browse, world):
    answer = browse(world.organiser).submit("/people/new", office(world))
    assert answer.status_code == 303
    person = db.session.scalars(select(Person).where(Person.phone == "13900000001")).one()
    actor = actor_of(person.id)
    assert (actor.name, actor.role, actor.unit_id, actor.posting.title) == (
        "柳新",
        Role.DEPUTY,
        world.village.id,
        "党支部副书记",
    )
    assert db.session.scalars(select(AuditEntry.action)).all() == ["roster.import"]


def test_a_known_person_gets_another_office(browse, world):
    typed = office(world, name="渡小舟", phone=phone_of(world.far_secretary))
    assert browse(world.organiser).submit("/people/new", typed).status_code == 303
    assert {p.unit_name for p in actor_of(world.far_secretary.id).postings} == {"渡口村", "前柳村"}


def test_sent_twice_is_registered_once(browse, world):
    from tests.browsing import forms_of

    browser = browse(world.organiser)
    form = next(f for f in forms_of(browser.get("/people/new").get_data(as_text=True)) if "phone" in f.fields)
    data = {**form.fields, **office(world)}
    assert [browser.post("/people/new", data=data).status_code for _ in range(2)] == [303, 303]
    assert len(db.session.scalars(select(Person).where(Person.name == "柳新")).all()) == 1


@pytest.mark.parametrize(
    ("who", "typed", "message"),
    [
        ("organiser", {"name": ""}, "请写姓名。"),
        ("organiser", {"name": "柳" * 41}, "姓名太长了"),
        ("organiser", {"name": "柳9"}, "这不像姓名"),
        ("organiser", {"phone": ""}, "请写手机号"),
        ("organiser", {"phone": "123"}, "手机号不是 11 位"),
        ("organiser", {"phone": "@secretary"}, "这个手机号登记的是前柳村的柳大山。"),
        ("organiser", {"phone": "@far_secretary"}, "这个手机号登记的是另一个人，请核对。"),
        ("organiser", {"unit": "0"}, "请选一个单位。"),
        ("organiser", {"unit": "@far_village"}, "不是有效的选择"),
        ("organiser", {"unit": "9" * 30}, "不是有效的选择"),
        ("organiser", {"role": "organiser"}, "不是有效的选择"),
        ("organiser", {"role": "admin"}, "不是有效的选择"),
        ("organiser", {"role": "secretary"}, "现任书记是柳大山：请先登记他什么时候离任。"),
        ("organiser", {"name": "杨来福", "phone": "@neighbour", "role": "secretary"}, "杨来福还是后柳村的书记"),
        ("organiser", {"title": "长" * 41}, "职务太长了"),
        ("organiser", {"since": ""}, "请选一个日期"),
        ("organiser", {"since": "昨天"}, "请选一个日期"),
        ("organiser", {"unit": "x"}, "请选一个单位"),
        ("organiser", {"since": "2999-01-01"}, "任职时间还没有到"),
        ("organiser", {"since": "1900-01-01"}, "任职时间太早"),
        (
            "organiser",
            {"name": "柳二河", "phone": "@deputy", "since": LONG_AGO.isoformat()},
            "他已经有这个任职了",
        ),
        ("organiser", {"name": "林组织", "phone": "@organiser"}, "不能给自己登记任职。"),
        ("district", {"role": "organiser"}, "“前柳村”没有这个身份"),
        ("district", {"role": "district"}, "不是有效的选择"),
        ("admin", {"role": "district"}, "不是有效的选择"),
    ],
)
def test_what_cannot_be_registered(browse, world, who, typed, message):
    known = {f"@{name}": phone_of(actor) for name, actor in world.everybody.items() if actor}
    known["@far_village"] = str(world.far_village.id)
    data = office(world, **{key: known.get(value, value) for key, value in typed.items()})
    answer = browse(world.everybody[who]).submit("/people/new", data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in words(page)
    assert data["title"] in page  # what was typed is still there
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_only_who_may_give_an_office_opens_the_form(browse, world):
    status = {role: browse(actor).get("/people/new").status_code for role, actor in world.everybody.items()}
    assert {role for role, code in status.items() if code == 200} == MANAGERS
    assert status["nobody"] == 303


def test_the_administrator_registers_district_staff(browse, world):
    typed = office(world, unit=str(world.district.id), role="district", name="区新")
    assert browse(world.admin).submit("/people/new", typed).status_code == 303
    assert actor_of(db.session.scalars(select(Person.id).where(Person.name == "区新")).one()).is_district


def test_the_district_registers_organisers_and_experts(browse, world):
    for unit, role in ((world.town, "organiser"), (world.bureau, "expert"), (world.district, "expert")):
        typed = office(
            world, unit=str(unit.id), role=role, phone=f"1390000{unit.id:04d}", name=f"区新{'一二三'[unit.id % 3]}"
        )
        assert browse(world.district_staff).submit("/people/new", typed).status_code == 303
    held = db.session.execute(select(Posting.unit_id, Posting.role).where(Posting.since == date(2025, 3, 1))).all()
    assert {tuple(row) for row in held} == {
        (world.town.id, Role.ORGANISER),
        (world.bureau.id, Role.EXPERT),
        (world.district.id, Role.EXPERT),
    }


def test_those_who_left_are_not_listed(browse, world):
    db.session.execute(
        update(Posting).where(Posting.person_id == world.secretary.id).values(until=today() - timedelta(days=1))
    )
    db.session.commit()
    assert "柳大山" not in browse(world.organiser).get("/people").get_data(as_text=True)


def test_the_list_costs_the_same_for_one_and_for_many(browse, world, count_statements):
    town = make_unit(UnitKind.TOWNSHIP, "小镇", world.district)
    organiser = make_actor("小镇组织", Role.ORGANISER, town)

    def cost(actor):
        browser = browse(actor)
        browser.get("/people")
        with count_statements() as seen:
            assert browser.get("/people").status_code == 200
        return len(seen)

    one = cost(organiser)
    for number in range(30):
        village = make_unit(UnitKind.VILLAGE, f"小村{number}", town)
        person = make_person(f"小书记{number}", password_hash="x" if number % 2 else None)
        save(Posting(person_id=person.id, unit_id=village.id, role=Role.SECRETARY, since=LONG_AGO))
    assert cost(organiser) == one <= 8
    assert cost(world.district_staff) <= 8


def test_a_long_list_has_pages(browse, world):
    for number in range(101):
        person = make_person(f"众{number:03d}")
        db.session.add(Posting(person_id=person.id, unit_id=world.far_village.id, role=Role.DEPUTY, since=LONG_AGO))
    db.session.commit()
    browser = browse(world.far_organiser)
    pages = [browser.get(f"/people?page={page}").get_data(as_text=True) for page in (1, 2)]
    assert all(sum(f"众{number:03d}" in page for page in pages) == 1 for number in range(101))
    assert "下一页" in pages[0]
    assert "上一页" in pages[1]


def test_a_person_who_cannot_sign_in_yet_is_shown_so(browse, world):
    save(Posting(person_id=save(Person(name="柳没号")).id, unit_id=world.village.id, role=Role.DEPUTY, since=LONG_AGO))
    db.session.execute(
        update(Person).where(Person.id == world.secretary.id).values(password_hash="x", password_changed_at=utcnow())
    )
    db.session.commit()
    shown = words(browse(world.organiser).get("/people").get_data(as_text=True))
    assert "没有手机号" in shown
    assert "能登录" in shown
    waiting = browse(world.organiser).get("/people?state=waiting").get_data(as_text=True)
    assert "柳没号" in waiting
    assert "柳大山" not in waiting
