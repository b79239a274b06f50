"""A village tries a card: who may say so, how it went, and how far a card has travelled."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.library.adoptions.actions import AlreadyTrying, HasResult, withdraw_adoption
from forum.library.adoptions.models import Adoption, AdoptionResult, AdoptionRevision
from forum.library.adoptions.travel import travel_columns, travelled
from forum.library.models import Experience
from forum.notices.models import OutboxMessage
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
