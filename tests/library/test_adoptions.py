"""A village tries a card: who may say so, how it went, and how far a card has travelled."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.audit.models import AuditEntry
from forum.clock import today
from forum.extensions import db
from forum.library.adoptions.actions import AlreadyTrying, HasResult, withdraw_adoption
from forum.library.adoptions.models import Adoption, AdoptionResult, AdoptionRevision
from forum.library.adoptions.reminders import ask_next
from forum.library.adoptions.travel import travel_columns, travelled
from forum.library.models import Experience
from forum.notices.models import OutboxMessage
from forum.threads.models import Reach
from forum.units.models import Land, Population, Posting, Role, UnitKind, VillageFacts
from tests.factories import actor_of, make_actor, make_unit, save
from tests.library.adopting import adopt, published_card, report

WORKED, PARTLY, FAILED = AdoptionResult.WORKED, AdoptionResult.PARTLY, AdoptionResult.FAILED


def told():
    rows = db.session.execute(select(OutboxMessage.recipient_id, OutboxMessage.kind).order_by(OutboxMessage.id))
    return [tuple(row) for row in rows]


def words_of(app, card):
    with app.test_request_context():
        return travelled(db.session.execute(select(*travel_columns()).where(Experience.id == card.id)).one())


def test_the_cards_village_hears_of_a_try_and_of_its_result(world):
    card = published_card(world)
    adoption = adopt(card, world.far_secretary)
    report(adoption, world.far_secretary, FAILED, "水土不一样。")
    both = [(world.secretary.id, "adoption.made"), (world.deputy.id, "adoption.made")]
    assert told()[:2] == both
    assert told()[2:] == [(person, "adoption.reported") for person, _kind in both]
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 0


def test_what_another_wrote_down_says_so_and_its_speaker_hears(world):
    card = published_card(world)
    adoption = adopt(card, world.far_secretary, by=world.far_organiser)
    assert (adoption.person_id, adoption.entered_by_id) == (world.far_secretary.id, world.far_organiser.id)
    assert (world.far_secretary.id, "adoption.entered") in told()
    assert db.session.scalars(select(AuditEntry.action)).all() == ["adoption.enter"]


def test_a_village_tries_a_card_once_at_a_time(world):
    card = published_card(world)
    first = adopt(card, world.far_secretary)
    with pytest.raises(AlreadyTrying):
        adopt(card, world.far_secretary)
    db.session.rollback()
    report(first, world.far_secretary, FAILED)
    assert adopt(card, world.far_secretary).id != first.id


def test_the_database_itself_refuses_a_second_try(world):
    card = published_card(world)
    first = adopt(card, world.far_secretary)
    twin = {name: getattr(first, name) for name in ("experience_id", "unit_id", "person_id", "posting_id", "due")}
    db.session.add(Adoption(change="再试一次", **twin))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_a_corrected_result_keeps_what_was_said_before(world):
    adoption = adopt(published_card(world), world.far_secretary)
    report(adoption, world.far_secretary, WORKED, "头一茬卖得好。")
    report(adoption, world.far_secretary, PARTLY, "第二茬遭了灾。")
    db.session.rollback()
    now = db.session.get_one(Adoption, adoption.id, populate_existing=True)
    earlier = db.session.scalars(select(AdoptionRevision)).one()
    assert (now.result, now.why) == (PARTLY, "第二茬遭了灾。")
    assert (earlier.result, earlier.why) == (WORKED, "头一茬卖得好。")
    assert [kind for _person, kind in told()].count("adoption.reported") == 2  # author and deputy, once each


def test_what_has_a_result_is_not_given_up(world):
    adoption = adopt(published_card(world), world.far_secretary)
    report(adoption, world.far_secretary, FAILED)
    with pytest.raises(HasResult):
        withdraw_adoption(world.far_secretary, db.session.get_one(Adoption, adoption.id))


def test_how_far_a_card_travelled_counts_villages_with_their_last_result(app, world):
    card = published_card(world)
    assert words_of(app, card) == ""
    far = adopt(card, world.far_secretary)
    assert words_of(app, card) == "1 个村借鉴"
    report(far, world.far_secretary, FAILED)
    near = adopt(card, world.neighbour_secretary)
    report(near, world.neighbour_secretary, WORKED)
    assert words_of(app, card) == "2 个村借鉴，1 成 1 不成"
    again = adopt(card, world.far_secretary)
    assert words_of(app, card) == "2 个村借鉴，1 成 1 不成"
    report(again, world.far_secretary, PARTLY)
    assert words_of(app, card) == "2 个村借鉴，1 成 1 部分成"


def test_what_was_given_up_is_not_counted(app, world):
    card = published_card(world)
    adoption = adopt(card, world.far_secretary)
    withdraw_adoption(world.far_secretary, adoption)
    db.session.commit()
    assert words_of(app, card) == ""


def due_in(days):
    return str(today() + timedelta(days=days))


def only():
    return db.session.scalars(select(Adoption)).one()


def test_a_secretary_tries_a_card_and_says_how_it_went(browse, world):
    card = published_card(world)
    browser = browse(world.far_secretary)
    sent = browser.submit(f"/library/{card.id}/adopt", {"change": "先建一个棚。", "due": due_in(30)})
    assert sent.status_code == 303
    page = browser.get(f"/library/{card.id}").get_data(as_text=True)
    assert "渡口村" in page
    assert "您村正在试这一条" in page
    result = {"result": "failed", "why": "地碱，苗不长。", "caution": "先验土。"}
    assert browser.submit(f"/adoptions/{only().id}/result", result).status_code == 303
    page = browse(world.neighbour_secretary).get(f"/library/{card.id}").get_data(as_text=True)
    for words in ("1 个村借鉴，1 不成", "没成", "地碱，苗不长。", "先验土。", "我们村试试"):
        assert words in page
    assert "1 个村借鉴，1 不成" in browse(world.neighbour_secretary).get("/library/").get_data(as_text=True)


def test_an_organiser_writes_it_down_for_a_village_of_his_own(browse, world):
    card = published_card(world)
    browser = browse(world.far_organiser)
    shown = browser.get(f"/library/{card.id}/adopt").get_data(as_text=True)
    assert "渡口村 渡小舟" in shown
    assert "后柳村" not in shown
    typed = {"speaker": str(world.far_secretary.posting.id), "change": "先建一个棚。", "due": due_in(30)}
    other = typed | {"speaker": str(world.neighbour_secretary.posting.id)}
    assert browser.submit(f"/library/{card.id}/adopt", other).status_code == 422
    assert browser.submit(f"/library/{card.id}/adopt", typed).status_code == 303
    assert "何组织代录" in browse(world.secretary).get(f"/library/{card.id}").get_data(as_text=True)
    assert only().unit_id == world.far_village.id


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"change": "", "due": "2199-01-01"}, "写一两句"),
        ({"change": "建棚", "due": "2020-01-01"}, "这一天已经过了"),
        ({"change": "建棚", "due": "2199-01-01"}, "日期太远了"),
        ({"change": "建" * 501, "due": ""}, "请选一个日期"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(browse, world, typed, message):
    card = published_card(world)
    answer = browse(world.far_secretary).submit(f"/library/{card.id}/adopt", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    assert typed["change"] in page
    assert db.session.scalar(select(func.count(Adoption.id))) == 0


def test_a_second_try_before_the_first_has_a_result_leads_back_to_the_card(browse, world):
    card = published_card(world)
    adopt(card, world.far_secretary)
    answer = browse(world.far_secretary).get(f"/library/{card.id}/adopt")
    assert (answer.status_code, answer.location) == (303, f"/library/{card.id}")


def test_two_reports_at_once_lose_nothing(browse, world):
    adoption = adopt(published_card(world), world.far_secretary)
    browser = browse(world.far_secretary)
    page = f"/adoptions/{adoption.id}/result"
    assert browser.submit(page, {"result": "worked", "why": "成了。"}).status_code == 303
    answer = browser.submit(page, {"result": "failed", "why": "后来又坏了。", "version": "1"})
    assert answer.status_code == 409
    assert "后来又坏了。" in answer.get_data(as_text=True)
    assert only().result is WORKED


def test_a_corrected_result_shows_what_was_said_before(browse, world):
    adoption = adopt(published_card(world), world.far_secretary)
    report(adoption, world.far_secretary, WORKED, "头一茬卖得好。")
    report(adoption, world.far_organiser, PARTLY, "第二茬遭了灾。")
    page = browse(world.secretary).get(f"/adoptions/{adoption.id}").get_data(as_text=True)
    for words in ("先前说的", "头一茬卖得好。", "第二茬遭了灾。", "结果由何组织代录"):
        assert words in page


def test_what_is_given_up_is_gone_and_may_be_tried_anew(browse, world):
    card = published_card(world)
    adoption = adopt(card, world.far_secretary)
    browser = browse(world.far_secretary)
    here = f"/adoptions/{adoption.id}"
    assert browser.submit(here, action=f"{here}/withdraw").status_code == 303
    assert browser.get(here).status_code == 404
    assert browser.get(f"/library/{card.id}/adopt").status_code == 200


def test_a_narrowed_cards_adoptions_stay_in_its_township(browse, world):
    card = published_card(world, reach=Reach.TOWNSHIP)
    adoption = adopt(card, world.neighbour_secretary)
    report(adoption, world.neighbour_secretary, WORKED)
    for actor, status in ((world.secretary, 200), (world.far_secretary, 404), (world.district_staff, 404)):
        assert browse(actor).get(f"/adoptions/{adoption.id}").status_code == status
        assert browse(actor).get(f"/library/{card.id}/adopt").status_code in (403, 404)


def test_a_village_is_asked_once_on_its_day_and_nobody_else_is(world):
    adopt(published_card(world), world.far_secretary, due=today())
    later = adopt(published_card(world), world.neighbour_secretary, due=today() + timedelta(days=1))
    done = adopt(published_card(world), world.neighbour_secretary, due=today())
    report(done, world.neighbour_secretary, WORKED)
    while ask_next():
        db.session.commit()
    db.session.commit()
    assert [message for message in told() if message[1] == "adoption.due"] == [(world.far_secretary.id, "adoption.due")]
    assert db.session.get_one(Adoption, later.id, populate_existing=True).reminded_at is None
    assert not ask_next()


def test_a_village_without_a_leader_is_asked_when_it_has_one(world):
    adopt(published_card(world), world.far_secretary, due=today())
    posting = db.session.get_one(Posting, world.far_secretary.posting.id)
    posting.until = today() - timedelta(days=1)
    db.session.commit()
    assert not ask_next()
    new = make_actor("渡新", Role.SECRETARY, world.far_village)
    assert ask_next()
    db.session.commit()
    assert (new.id, "adoption.due") in told()


def test_where_it_worked_is_said_in_plain_words(browse, world):
    card = published_card(world)
    save(VillageFacts(unit_id=world.far_village.id, land=Land.COASTAL, population=Population.UNDER_500))
    save(VillageFacts(unit_id=world.neighbour.id, land=Land.PLAIN))
    report(adopt(card, world.far_secretary), world.far_secretary, FAILED)
    report(adopt(card, world.neighbour_secretary), world.neighbour_secretary, WORKED)
    page = browse(world.secretary).get(f"/library/{card.id}").get_data(as_text=True)
    worked, failed = page.index("1 个村：平原<"), page.index("1 个村：滨海、滩区、不到 500 人<")
    assert worked < failed


def test_a_village_sees_what_it_tries_and_an_organiser_what_his_villages_try(browse, world):
    late = adopt(published_card(world, title="过了日子的"), world.far_secretary, due=today() - timedelta(days=1))
    told = adopt(published_card(world, title="说过结果的事"), world.far_secretary)
    report(told, world.far_secretary, FAILED, "地碱。")
    adopt(published_card(world, title="别村在试的"), world.neighbour_secretary)
    for actor in (world.far_secretary, world.far_organiser):
        page = browse(actor).get("/adoptions/").get_data(as_text=True)
        assert "过了日子的" in page
        assert "到日子了" in page
        assert "别村在试的" not in page
        assert "地碱。" in browse(actor).get("/adoptions/?state=told").get_data(as_text=True)
    assert f"/adoptions/{late.id}" in browse(world.district_staff).get("/adoptions/").get_data(as_text=True)


def test_pages_cost_the_same_for_one_adoption_and_for_ten(browse, world, count_statements):
    card = published_card(world)
    browser = browse(world.organiser)
    costs = []
    for count in (1, 9):
        for number in range(count):
            village = make_unit(UnitKind.VILLAGE, f"{count}-{number}村", world.town)
            adoption = adopt(card, make_actor("试", Role.SECRETARY, village))
            report(adoption, actor_of(adoption.person_id), PARTLY)
        for url in (f"/library/{card.id}", "/library/", "/adoptions/?state=told", f"/adoptions/{adoption.id}"):
            browser.get(url)
            with count_statements() as seen:
                assert browser.get(url).status_code == 200
            costs.append(len(seen))
    assert costs[:4] == costs[4:]
    assert max(costs) <= 8
