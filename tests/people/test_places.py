"""The page of a village: who leads it and who did, what it asked, knows and tried, and for its own people what is to be done."""

from datetime import date, timedelta

import pytest

from forum.clock import today
from forum.consultations.actions import Task, conclude
from forum.extensions import db
from forum.library.adoptions.models import AdoptionResult
from forum.people.queries import by_place, next_meeting, place_with_offices
from forum.threads.models import Post, Reach, Thread
from forum.units.models import Posting, Role
from tests.factories import make_actor, make_post, make_thread, save
from tests.library.adopting import adopt, published_card, report
from tests.meetings.makers import make_meeting


def page_of(browse, reader, unit) -> str:
    answer = browse(reader).get(f"/places/{unit.id}")
    assert answer.status_code == 200
    return answer.text


def test_who_leads_a_village_and_who_did(browse, world):
    page = page_of(browse, world.secretary, world.far_village)
    now, earlier = page.split("历任")
    assert "渡小舟" in now
    assert "老支书" in earlier
    save(
        Posting(
            person_id=world.deputy.id, unit_id=world.far_village.id, role=Role.DEPUTY, since=today() + timedelta(days=9)
        )
    )
    assert {row.person_name for row in place_with_offices(world.secretary, world.far_village.id)} == {
        "渡小舟",
        "老支书",
    }


def test_a_village_shows_what_each_reader_may_open(browse, world):
    make_thread(world.secretary, "路灯不亮")
    make_thread(world.deputy, "只给本镇的事", reach=Reach.TOWNSHIP)
    published_card(world, title="先建两个棚")
    published_card(world, title="只给本镇的卡", reach=Reach.TOWNSHIP)
    far = page_of(browse, world.far_secretary, world.village)
    near = page_of(browse, world.neighbour_secretary, world.village)
    assert ["路灯不亮" in far, "先建两个棚" in far, "只给本镇" in far] == [True, True, False]
    assert ["只给本镇的事" in near, "只给本镇的卡" in near] == [True, True]


def test_what_it_tried_stands_with_its_result_in_words(browse, world):
    card = published_card(world, title="先建两个棚")
    adoption = adopt(card, world.neighbour_secretary)
    page = page_of(browse, world.expert, world.neighbour)
    assert "正在试" in page
    report(adoption, world.neighbour_secretary, AdoptionResult.FAILED, "地太湿。")
    for url in (f"/places/{world.neighbour.id}", f"/places/{world.neighbour.id}/tries"):
        page = browse(world.expert).get(url).text
        assert "没成" in page
        assert "地太湿。" in page
    card.reach = Reach.TOWNSHIP
    db.session.commit()
    assert "先建两个棚" not in browse(world.expert).get(f"/places/{world.neighbour.id}/tries").text


def test_answers_stay_with_the_village_for_which_they_were_given(world):
    thread = make_thread(world.far_secretary)
    own = make_post(thread, world.secretary)
    save(Posting(person_id=world.secretary.id, unit_id=world.neighbour.id, role=Role.DEPUTY, since=date(2020, 1, 1)))
    written = db.select(Post.id)
    assert db.session.scalars(written.where(by_place(world.village.id))).all() == [own.id]
    assert db.session.scalars(written.where(by_place(world.neighbour.id))).all() == []


def test_what_is_to_be_done_is_for_its_own_people_and_its_organisers(browse, world):
    thread = db.session.get_one(Thread, make_thread(world.secretary).id)
    conclude(world.secretary, thread, "照这个办", tasks=[Task("登记荒地", world.village.id, due=date(2026, 1, 5))])
    db.session.commit()
    readers = {role: actor for role, actor in world.everybody.items() if actor and actor.is_member}
    met = {role for role, actor in readers.items() if "登记荒地" in page_of(browse, actor, world.village)}
    assert met == {"secretary", "deputy", "organiser", "district"}
    thread.hidden_at, thread.hidden_reason, thread.author_id = thread.created_at, "不实", world.far_secretary.id
    db.session.commit()
    assert "登记荒地" not in page_of(browse, world.secretary, world.village)


def test_the_next_meeting_is_one_people_were_asked_to(world):
    make_meeting(world, "draft", number=61)
    assert next_meeting(world.organiser, world.town.id) is None
    meeting = make_meeting(world, "announced", number=62)
    found = next_meeting(world.expert, world.town.id)
    assert found is not None
    assert found.id == meeting.id
    assert next_meeting(world.expert, world.other_town.id) is None


def test_other_places_list_what_lies_in_them(browse, world):
    town = page_of(browse, world.secretary, world.town)
    assert [
        f'href="/places/{v.id}">{v.name}<' in town for v in (world.village, world.neighbour, world.far_village)
    ] == [
        True,
        True,
        False,
    ]
    assert "林组织" in town
    district = page_of(browse, world.secretary, world.district)
    assert [f'href="/places/{u.id}">' in district for u in (world.town, world.other_town, world.bureau)] == [True] * 3
    assert "管理员" not in district
    assert "农博士" in page_of(browse, world.secretary, world.bureau)


@pytest.mark.pure
def test_a_village_without_anything_says_what_to_do_next(browse, world):
    save(
        Posting(
            person_id=world.former.id,
            unit_id=world.neighbour.id,
            role=Role.DEPUTY,
            since=date(2020, 1, 1),
            until=date(2021, 1, 1),
        )
    )
    page = page_of(browse, world.expert, world.neighbour)
    assert "这里还没有写过什么" in page
    assert browse(world.expert).get(f"/places/{world.town.id}/tries").status_code == 404


@pytest.mark.pure
def test_phones_stand_beside_who_is_in_office_for_the_organiser(browse, world):
    left = make_actor("刚离任的", Role.DEPUTY, world.village, until=today() - timedelta(days=1))
    phones = [actor_phone(left), actor_phone(world.deputy)]
    assert [phone in page_of(browse, world.organiser, world.village) for phone in phones] == [False, True]
    for reader in (world.secretary, world.far_organiser, world.district_staff):
        assert not any(phone in page_of(browse, reader, world.village) for phone in phones)


def actor_phone(actor) -> str:
    return str(db.session.scalar(db.text("SELECT phone FROM person WHERE id = :id"), {"id": actor.id}))
