"""Home: what waits for the reader, and at what cost."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.clock import today, utcnow
from forum.consultations.models import Consultation, Invitation
from forum.extensions import db
from forum.notices.models import InboxItem, OutboxMessage
from tests.factories import make_post, make_thread, save


def test_home_shows_my_unread_replies_what_is_undecided_and_what_waits_near(browse, world):
    fresh = make_thread(world.secretary, "浇地没水")
    reply = make_post(fresh, world.neighbour_secretary)
    undecided = make_thread(world.secretary, "垃圾没人清")
    make_post(undecided, world.neighbour_secretary)
    make_thread(world.neighbour_secretary, "路灯坏了")
    make_thread(world.far_secretary, "渡口要修")
    message = save(OutboxMessage(recipient_id=world.secretary.id, kind="thread.replied", subject_id=reply.id))
    save(
        InboxItem(
            message_id=message.id,
            person_id=world.secretary.id,
            kind="thread.replied",
            subject_id=reply.id,
            thread_id=fresh.id,
        )
    )
    page = browse(world.secretary).get("/").get_data(as_text=True)
    parts = [
        page.index(text)
        for text in ("有人给您出主意了", "浇地没水", "哪个办法管用？", "垃圾没人清", "等您支招", "路灯坏了")
    ]
    assert parts == sorted(parts)
    assert page.count("浇地没水") == 1
    assert "渡口要修" not in page


def test_home_shows_whom_is_called_what_he_is_called_to_until_he_answers_or_declines(browse, world):
    thread = make_thread(world.secretary, "浇地没水")
    for who in (world.neighbour_secretary, world.expert):
        save(
            Invitation(
                consultation_id=_panel(thread, world).id, person_id=who.id, posting_id=None, unit_id=who.posting.unit_id
            )
        )

    def is_asked(who):
        page = browse(who).get("/").get_data(as_text=True)
        assert page.count("浇地没水") <= 1
        return "请您会诊" in page

    assert is_asked(world.neighbour_secretary)
    assert is_asked(world.expert)
    assert not is_asked(world.deputy)
    make_post(thread, world.neighbour_secretary)
    db.session.execute(update(Invitation).where(Invitation.person_id == world.expert.id).values(declined_at=utcnow()))
    db.session.commit()
    assert not is_asked(world.neighbour_secretary)
    assert not is_asked(world.expert)


def _panel(thread, world):
    there = db.session.scalars(select(Consultation)).one_or_none()
    due = today() + timedelta(days=7)
    if there is None:
        thread.panel_due = due
        there = save(Consultation(thread_id=thread.id, called_by_id=world.secretary.id, due=due))
    return there


def test_an_empty_district_leads_its_organiser(browse, world):
    page = browse(world.organiser).get("/").get_data(as_text=True)
    assert "三步把论坛办起来" in page
    assert "三步把论坛办起来" not in browse(world.secretary).get("/").get_data(as_text=True)


@pytest.mark.parametrize("who", ["secretary", "organiser", "district", "expert", "admin"])
def test_home_costs_at_most_eight_statements(browse, world, count_statements, who):
    browser = browse(world.everybody[who])
    browser.get("/")
    with count_statements() as seen:
        assert browser.get("/").status_code == 200
    assert len(seen) <= 8
    for _ in range(6):
        make_post(make_thread(world.secretary), world.neighbour_secretary)
        make_thread(world.neighbour_secretary)
    with count_statements() as more:
        browser.get("/")
    assert len(more) <= max(len(seen), 7)


def test_a_former_secretary_comes_home_to_his_own_writing(browse, world):
    assert browse(world.former).get("/").location == "/me/writing"
