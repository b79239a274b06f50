"""Home: what waits for the reader, and at what cost."""

import pytest

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
