"""A roster sent through the page: what each row does, and what is said of those that cannot be taken over."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from forum.audit.models import AuditEntry
from forum.clock import today, utcnow
from forum.extensions import db
from forum.units.models import Person, Posting, Role, RosterUpload, Unit, UnitKind
from tests.factories import LONG_AGO, make_actor, make_person, make_unit, save
from tests.units.conftest import apply_form, apply_roster, send_roster, words

D = date(2025, 3, 1)
BEFORE = (D - timedelta(days=1)).isoformat()


def phone_of(actor):
    phone = db.session.get_one(Person, actor.id).phone
    db.session.rollback()
    return phone


def phone_of_name(name):
    phone = db.session.scalars(select(Person.phone).where(Person.name == name)).one()
    db.session.rollback()
    return phone


def facts(world):
    """The words of the tables that stand for the world's phone numbers."""
    return {
        "@柳大山": phone_of(world.secretary),
        "@柳二河": phone_of(world.deputy),
        "@杨来福": phone_of(world.neighbour_secretary),
        "@渡小舟": phone_of(world.far_secretary),
    }


def rows_of(world, *rows):
    known = facts(world)
    return [[known.get(cell, cell) for cell in row] for row in rows]


def row(village, name, phone="", title="书记", since="2025-03-01", area="", township="柳林镇"):
    return (township, area, village, name, phone, title, since)


OLD = ("前柳村", "柳大山", "secretary", "党支部书记", LONG_AGO, "")
GOOD = {
    "a new village with its secretary": (
        row("南柳村", "南青", "13900000001", area="城北管区"),
        {
            "+units": [("area", "城北管区", "柳林镇"), ("village", "南柳村", "城北管区")],
            "+people": [("南青", "13900000001")],
            "+postings": [("南柳村", "南青", "secretary", "书记", D, "")],
        },
    ),
    "a new village in a known area, named shorter": (
        row("南柳村", "南青", area="城南"),
        {
            "+units": [("village", "南柳村", "城南管区")],
            "+people": [("南青", "")],
            "+postings": [("南柳村", "南青", "secretary", "书记", D, "")],
        },
    ),
    "a new deputy": (
        row("前柳", "柳三", "13900000001", "副书记"),
        {
            "+people": [("柳三", "13900000001")],
            "+postings": [("前柳村", "柳三", "deputy", "副书记", D, "")],
        },
    ),
    "a successor ends the term before": (
        row("前柳村", "柳新", "13900000001"),
        {
            "+people": [("柳新", "13900000001")],
            "+postings": [
                ("前柳村", "柳大山", "secretary", "党支部书记", LONG_AGO, BEFORE),
                ("前柳村", "柳新", "secretary", "书记", D, ""),
            ],
            "-postings": [OLD],
        },
    ),
    "the deputy succeeds": (
        row("前柳村", "柳二河"),
        {
            "+postings": [
                ("前柳村", "柳二河", "deputy", "党支部副书记", LONG_AGO, BEFORE),
                ("前柳村", "柳二河", "secretary", "书记", D, ""),
                ("前柳村", "柳大山", "secretary", "党支部书记", LONG_AGO, BEFORE),
            ],
            "-postings": [("前柳村", "柳二河", "deputy", "党支部副书记", LONG_AGO, ""), OLD],
        },
    ),
    "another number for the same name in the same village": (
        row("前柳村", "柳大山", "13900000001", "党支部书记", ""),
        {"+people": [("柳大山", "13900000001")], "-people": [("柳大山", "@柳大山")]},
    ),
    "another title and date": (
        row("前柳村", "柳大山", "@柳大山", "支部书记、村主任", "2019-06"),
        {
            "+postings": [("前柳村", "柳大山", "secretary", "支部书记、村主任", date(2019, 6, 1), "")],
            "-postings": [OLD],
        },
    ),
    "another area": (
        row("前柳村", "柳大山", "", "党支部书记", "", area="城北管区"),
        {
            "+units": [("area", "城北管区", "柳林镇"), ("village", "前柳村", "城北管区")],
            "-units": [("village", "前柳村", "城南管区")],
        },
    ),
    "nothing new": (row("前柳村", "柳大山", "@柳大山", "党支部书记", "2019.3.1", area="城南管区"), {}),
    "nothing new, with little written": (("", "", "前柳村", "柳大山", "", "党支部书记", ""), {}),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_a_row_does(browse, world, difference, case):
    given, expected = GOOD[case]
    browser = browse(world.organiser)
    known = facts(world)
    roster = rows_of(world, given)
    preview = send_roster(browser, roster)
    shown = browser.get(preview).get_data(as_text=True)
    assert bool(apply_form(shown)) is bool(expected)
    if expected:
        expected = {
            key: [tuple(known.get(cell, cell) for cell in fact) for fact in value] for key, value in expected.items()
        }
        assert difference(lambda: apply_roster(browser, preview)) == expected
    again = browser.get(send_roster(browser, roster)).get_data(as_text=True)
    assert not apply_form(again)
    assert "名册和登记的完全一样，不用导入。" in again


FAR = "“河口镇”不是您的镇街，您只能导入柳林镇的。"
WRONG = {
    "another township": ([row("渡口村", "渡新", township="河口镇")], [FAR]),
    "an unknown township": ([row("新村", "渡新", township="新镇")], ["“新镇”不是您的镇街"]),
    "a number of somebody in his care": (
        [row("后柳村", "杨新", "@柳大山")],
        ["这个手机号登记的是前柳村的柳大山。"],
    ),
    "a number of somebody elsewhere": ([row("后柳村", "杨新", "@渡小舟")], ["这个手机号登记的是另一个人，请核对。"]),
    "secretary of two villages": (
        [row("后柳村", "柳大山", "@柳大山")],
        ["柳大山还是前柳村的书记，一个人不能当两个村的书记"],
    ),
    "secretary of two new villages": (
        [row("东柳村", "柳东", "13900000001"), row("西柳村", "柳东", "13900000001")],
        ["第 3 行也写着他当书记", "第 2 行也写着他当书记"],
    ),
    "older than the term of whoever is there": (
        [row("前柳村", "柳新", since="2018-05")],
        ["现任柳大山是2019-03-01上任的，任职时间要在这以后"],
    ),
    "on the day the term there began": ([row("前柳村", "柳新", since="2019-03-01")], ["现任柳大山是2019-03-01上任的"]),
    "the same row twice": (
        [row("前柳村", "柳三", "13900000001", "副书记")] * 2,
        ["与第 2 行重复。"],
    ),
    "the same person without a number": (
        [row("南柳村", "南青", "", "副书记")] * 2,
        ["与第 2 行重复。"],
    ),
    "two offices of one person in one village": (
        [row("前柳村", "柳三", "13900000001", "副书记"), row("前柳村", "柳三", "13900000001", "书记")],
        ["第 2 行已经写了他在这里的职务。"],
    ),
    "two secretaries of one village": (
        [row("南柳村", "南青", "13900000001"), row("南柳村", "南山", "13900000002")],
        ["第 3 行也写着这个村的书记，一个村只能有一位。", "第 2 行也写着这个村的书记，一个村只能有一位。"],
    ),
    "a village in two areas": (
        [row("南柳村", "南青", area="甲管区"), row("南柳村", "南山", title="副书记", area="乙管区")],
        ["第 2 行把这个村写在甲管区。"],
    ),
    "an organiser": ([row("", "林新", title="组织委员")], ["“镇组织员”要由区组织部登记。"]),
    "an expert": ([row("", "农新", title="专家")], ["“专家”要由区组织部登记。"]),
    "district staff": ([row("", "区新", title="组织部干部")], ["“区组织部”要由系统管理员登记。"]),
    "an unknown title": ([row("前柳村", "柳会计", title="会计")], ["认不出职务“会计”。"]),
    "what the reader found": ([row("前柳村", "柳三", "123")], ["手机号不是 11 位"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_taken_over(browse, world, case):
    given, reasons = WRONG[case]
    browser = browse(world.organiser)
    good = row("新柳村", "新人", "13911111111")
    preview = send_roster(browser, [*rows_of(world, *given), good])
    shown = words(browser.get(preview).get_data(as_text=True))
    assert f"有误 {len(reasons)}" in shown
    for reason in reasons:
        assert reason in shown
    before = len(db.session.scalars(select(Posting)).all())
    db.session.rollback()
    assert apply_roster(browser, preview).status_code == 303
    expected = before + len(given) - len(reasons) + 1  # the rows that are right are taken over
    assert len(db.session.scalars(select(Posting)).all()) == expected


def test_two_secretaries_may_change_places(browse, world, difference):
    rows = rows_of(world, row("前柳村", "杨来福", "@杨来福"), row("后柳村", "柳大山", "@柳大山"))
    browser = browse(world.organiser)
    preview = send_roster(browser, rows)
    shown = words(browser.get(preview).get_data(as_text=True))
    assert f"接任：柳大山任到{BEFORE}，杨来福从2025-03-01起。" in shown
    changed = difference(lambda: apply_roster(browser, preview))
    assert [fact[:2] for fact in changed["+postings"] if not fact[5]] == [("前柳村", "杨来福"), ("后柳村", "柳大山")]


def test_who_loses_his_successor_keeps_his_seat(browse, world):
    # Each may move on only if somebody takes his village, and the last row, on which all rests, is wrong.
    third = make_unit(UnitKind.VILLAGE, "南柳村", world.town)
    make_actor("南青", Role.SECRETARY, third)
    rows = rows_of(world, row("前柳村", "杨来福"), row("后柳村", "南青"), row("南柳村", "柳新", "@渡小舟"))
    rows[0][4], rows[1][4] = phone_of(world.neighbour_secretary), phone_of_name("南青")
    browser = browse(world.organiser)
    shown = words(browser.get(send_roster(browser, rows)).get_data(as_text=True))
    assert "杨来福还是后柳村的书记" in shown
    assert "有误 3" in shown


def test_namesakes_are_told_apart_by_their_numbers(browse, world):
    for _ in range(2):
        person = make_person("柳同名")
        save(Posting(person_id=person.id, unit_id=world.village.id, role=Role.DEPUTY, since=LONG_AGO))
    browser = browse(world.organiser)
    shown = browser.get(send_roster(browser, [row("前柳村", "柳同名", title="副书记")])).get_data(as_text=True)
    assert "这里有几个人都叫柳同名，请填手机号。" in shown


def test_an_ended_term_is_not_begun_again_by_an_old_file(browse, world):
    ended = db.session.scalars(select(Posting).where(Posting.person_id == world.secretary.id)).one()
    ended.until = today() - timedelta(days=1)
    db.session.commit()
    rows = rows_of(world, row("前柳村", "柳大山", "@柳大山", since="2019-03-01"))
    browser = browse(world.organiser)
    shown = browser.get(send_roster(browser, rows)).get_data(as_text=True)
    assert "他在这里的任职到" in shown
    assert not apply_form(shown)


def test_a_number_is_not_changed_for_somebody_with_an_office_elsewhere(browse, world):
    # Whoever could change it could then print a slip, and hold the district's rights.
    save(
        Posting(
            person_id=world.district_staff.id,
            unit_id=world.village.id,
            role=Role.DEPUTY,
            title="副书记",
            since=LONG_AGO,
        )
    )
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("前柳村", "区文静", "13900000009", "副书记", "")])
    assert "区文静在别处还有任职" in browser.get(preview).get_data(as_text=True)


@pytest.mark.parametrize("state", ["disabled", "closed", "self"])
def test_people_and_units_that_are_out_of_reach(browse, world, state):
    if state == "disabled":
        db.session.execute(update(Person).where(Person.id == world.deputy.id).values(disabled_at=utcnow()))
        message, given = "柳二河的账号已经停用。", row("前柳村", "柳二河", title="副书记")
    elif state == "closed":
        db.session.execute(update(Unit).where(Unit.id == world.village.id).values(closed_at=utcnow()))
        message, given = "“前柳村”已经撤并，请核对。", row("前柳村", "柳大山")
    else:
        message, given = "不能给自己登记任职。", row("前柳村", "林组织", phone_of(world.organiser), "副书记")
    db.session.commit()
    browser = browse(world.organiser)
    assert message in browser.get(send_roster(browser, [given])).get_data(as_text=True)


def test_the_district_makes_townships_organisers_and_experts(browse, world, difference):
    rows = [
        row("新村", "新书记", "13900000001", township="新河街道", area="一片"),
        row("", "新委员", "13900000002", "组织委员", township="新河街道"),
        row("区水利局", "水专家", "13900000003", "专家", township=""),
        row("", "区里人", "13900000004", "组织部干部", township=""),
        row("村", "没镇", "13900000005", township=""),
    ]
    browser = browse(world.district_staff)
    preview = send_roster(browser, rows)
    shown = words(browser.get(preview).get_data(as_text=True))
    assert "“区组织部”要由系统管理员登记。" in shown
    assert "没有写镇街。" in shown
    made = difference(lambda: apply_roster(browser, preview))
    assert made["+units"] == [
        ("area", "一片", "新河街道"),
        ("bureau", "区水利局", "清河区"),
        ("township", "新河街道", "清河区"),
        ("village", "新村", "一片"),
    ]
    assert [fact[:3] for fact in made["+postings"]] == [
        ("区水利局", "水专家", "expert"),
        ("新村", "新书记", "secretary"),
        ("新河街道", "新委员", "organiser"),
    ]
    township = db.session.scalars(select(Unit).where(Unit.name == "新河街道")).one()
    village = db.session.scalars(select(Unit).where(Unit.name == "新村")).one()
    assert (township.township_id, village.township_id, village.district_id) == (
        township.id,
        township.id,
        world.district.id,
    )


def test_the_administrator_makes_district_staff_only(browse, world, difference):
    rows = [row("", "区新人", "13900000001", "组织部干部", township=""), row("前柳村", "柳新", "13900000002")]
    browser = browse(world.admin)
    preview = send_roster(browser, rows)
    made = difference(lambda: apply_roster(browser, preview))
    assert made == {
        "+people": [("区新人", "13900000001")],
        "+postings": [("清河区", "区新人", "district", "组织部干部", D, "")],
    }


def test_nobody_is_administrator_and_district_staff(browse, world):
    admin_phone = phone_of(world.admin)
    other = make_actor("另一个管理员", Role.ADMIN, world.district)
    browser = browse(other)
    preview = send_roster(browser, [row("", "管理员", admin_phone, "组织部干部", township="")])
    assert "系统管理员和区组织部不能是同一个人" in browser.get(preview).get_data(as_text=True)


def test_an_unknown_title_is_mapped_or_left_out(browse, world, difference):
    rows = [
        row("前柳村", "柳站长", "13900000001", "站长"),
        row("前柳村", "柳会计", "13900000002", "会计"),
        row("后柳村", "杨站长", "13900000003", "站长"),
    ]
    browser = browse(world.organiser)
    preview = send_roster(browser, rows)
    page = browser.get(preview).get_data(as_text=True)
    assert "“站长”是" in page
    assert "镇组织员" not in page  # not his to give
    chosen = f"{preview}?role=deputy&role=skip"
    shown = words(browser.get(chosen).get_data(as_text=True))
    assert "新增 2" in shown
    assert "不导入 1" in shown
    made = difference(lambda: apply_roster(browser, chosen))
    assert [fact[:4] for fact in made["+postings"]] == [
        ("前柳村", "柳站长", "deputy", "站长"),
        ("后柳村", "杨站长", "deputy", "站长"),
    ]


@pytest.mark.parametrize("choice", ["organiser", "admin", "nonsense", "", "secretary&role=" * 50])
def test_a_mapping_gives_no_more_than_one_may_give(browse, world, choice):
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("前柳村", "柳站长", "13900000001", "站长", township="柳林镇")])
    answer = browser.get(f"{preview}?role={choice}")
    assert answer.status_code == 200
    if "secretary" not in choice:
        assert not apply_form(answer.get_data(as_text=True))


def test_people_who_are_not_in_the_file_are_listed_and_left_alone(browse, world, difference):
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("南柳村", "南青", "13900000001")])
    shown = words(browser.get(preview).get_data(as_text=True))
    assert "名册里没有、保持不动的：2 人" in shown
    assert "前柳村 · 柳大山 · 党支部书记" in shown
    assert "渡小舟" not in shown
    assert "-postings" not in difference(lambda: apply_roster(browser, preview))


def test_one_row_in_the_audit_trail_says_how_much(browse, world):
    browser = browse(world.organiser)
    apply_roster(browser, send_roster(browser, [row("南柳村", "南青", "13900000001"), row("", "无村")]))
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.township_id) == ("roster.import", world.organiser.id, world.town.id)
    assert entry.detail == {"new": 1, "changed": 0, "same": 0, "wrong": 1, "skipped": 0}


def test_a_change_between_preview_and_applying_stops_it(browse, world):
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("前柳村", "柳新", "13900000001")])
    page = browser.get(preview)
    make_actor("柳抢先", Role.DEPUTY, world.village)  # touches nothing that the plan rests on
    db.session.execute(
        update(Posting).where(Posting.person_id == world.secretary.id).values(since=LONG_AGO + timedelta(days=9))
    )
    db.session.commit()
    form = apply_form(page.get_data(as_text=True))
    answer = browser.post(preview, data=form.fields)
    assert answer.status_code == 409
    assert "就在刚才有人改了人员或单位" in answer.get_data(as_text=True)
    assert db.session.scalar(select(Person.id).where(Person.name == "柳新")) is None
    again = apply_form(answer.get_data(as_text=True))
    assert browser.post(preview, data=again.fields).status_code == 303
    assert db.session.scalar(select(Person.id).where(Person.name == "柳新")) is not None


def test_applying_twice_changes_once(browse, world, difference):
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("前柳村", "柳新", "13900000001")])
    form = apply_form(browser.get(preview).get_data(as_text=True))
    first = browser.post(preview, data=form.fields)
    assert difference(lambda: browser.post(preview, data=form.fields)) == {}
    assert first.headers["Location"] == browser.post(preview, data=form.fields).headers["Location"] == "/people"
    assert browser.get(preview).headers["Location"] == "/people"
    assert db.session.scalars(select(RosterUpload.rows)).one() == ""


def test_a_preview_is_its_senders_own_for_a_day(browse, world):
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("前柳村", "柳新", "13900000001")])
    other = make_actor("林同事", Role.ORGANISER, world.town)
    assert browse(other).get(preview).status_code == 404
    assert browse(world.secretary).get(preview).status_code == 403
    db.session.execute(update(RosterUpload).values(created_at=utcnow() - timedelta(hours=25)))
    db.session.commit()
    assert browser.get(preview).status_code == 404
    send_roster(browser, [row("前柳村", "柳新", "13900000001")])
    assert len(db.session.scalars(select(RosterUpload)).all()) == 1  # the old one is gone


def test_the_area_of_a_village_stays_where_the_file_is_silent(browse, world, difference):
    browser = browse(world.organiser)
    preview = send_roster(browser, [row("前柳村", "柳新", "13900000001")])
    assert "+units" not in difference(lambda: apply_roster(browser, preview))
    assert db.session.get_one(Unit, world.village.id).kind is UnitKind.VILLAGE


def test_a_village_name_may_stand_in_two_townships(browse, world, difference):
    make_unit(UnitKind.VILLAGE, "渡口村", world.town)
    browser = browse(world.district_staff)
    preview = send_roster(browser, [row("渡口村", "渡新", "13900000001", township="柳林镇")])
    made = difference(lambda: apply_roster(browser, preview))
    assert "+units" not in made
    assert "-postings" not in made  # the one of 河口镇 stays
