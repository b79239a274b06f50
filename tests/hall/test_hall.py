"""The hour itself: what wall and phones show, who leads and who asks, and how little it costs to look again."""

from datetime import timedelta

import pytest

from forum.accounts.models import UserSession
from forum.clock import utcnow
from forum.extensions import db
from forum.hall import polling
from forum.hall.actions import go_to
from forum.hall.models import HallEcho, HallQuestion, HallState
from forum.meetings import agenda
from forum.threads.models import Post, Reach
from forum.threads.moderation import hide_post
from forum.threads.narrowing import narrow_to_panel
from tests.browsing import forms_of
from tests.factories import make_thread
from tests.library.adopting import published_card
from tests.meetings.makers import link, make_item, make_meeting, reloaded


@pytest.fixture
def meeting(world):
    """A meeting that begins in ten minutes, with two items."""
    found = make_meeting(world, starts_at=utcnow() + timedelta(minutes=10), chair_id=world.deputy.id)
    make_item(world, found, "前柳村讲流转", minutes_planned=20, presenter="柳大山")
    make_item(world, found, "后柳村讲浇地")
    return found


def text_of(answer):
    return answer.get_data(as_text=True)


def go_on(browser, meeting):
    """Press the one red button on the wall."""
    page = text_of(browser.get(f"/meetings/{meeting.id}/wall"))
    forms = [f for f in forms_of(page) if f.action.endswith("/wall/item")]
    return browser.post(forms[-1].action, data=forms[-1].fields)


def asks(browser, meeting, body="种子钱谁出？"):
    return browser.submit(f"/meetings/{meeting.id}/now", {"body": body})


def bodies():
    db.session.rollback()
    rows = db.session.scalars(db.select(HallQuestion).order_by(HallQuestion.position))
    return [q.body for q in rows if q.taken_off_at is None]


def press(browser, question, what, on="1"):
    page = "/now" if what == "echo" else "/wall"
    meeting_id = db.session.scalar(db.text("SELECT meeting_id FROM sitting"))
    return browser.submit(f"/meetings/{meeting_id}{page}", {"on": on}, action=f"/hall-questions/{question}/{what}")


# ---- what it is at ----


def test_the_chair_goes_on_and_everybody_sees_it(browse, world, meeting):
    phone = browse(world.neighbour_secretary)
    assert "还没开始" in text_of(phone.get(f"/meetings/{meeting.id}/now"))
    assert go_on(browse(world.deputy), meeting).status_code == 303
    page = text_of(phone.get(f"/meetings/{meeting.id}/now"))
    assert "前柳村讲流转" in page
    assert "计划 20 分钟" in page
    go_on(browse(world.organiser), meeting)
    assert "后柳村讲浇地" in text_of(phone.get(f"/meetings/{meeting.id}/now"))


def test_the_clock_of_an_item_does_not_begin_anew_when_it_is_pressed_twice(browse, world, meeting):
    organiser = browse(world.organiser)
    go_on(organiser, meeting)
    first = db.session.scalars(db.select(HallState)).one()
    began, version, item = first.item_began_at, first.version, first.item_id
    db.session.rollback()
    organiser.submit(f"/meetings/{meeting.id}/wall", {"item": str(item)}, action=f"/meetings/{meeting.id}/wall/item")
    db.session.expire_all()
    again = db.session.scalars(db.select(HallState)).one()
    assert (again.item_began_at, again.version) == (began, version)


def test_an_item_of_another_meeting_is_no_item_here(browse, world, meeting):
    other = make_item(world, make_meeting(world, number=57), "别的会")
    organiser = browse(world.organiser)
    organiser.submit(
        f"/meetings/{meeting.id}/wall", {"item": str(other.id)}, action=f"/meetings/{meeting.id}/wall/item"
    )
    assert db.session.scalars(db.select(HallState)).first() is None


def test_the_question_stands_on_the_wall_in_large_type(browse, world, meeting):
    thread = make_thread(world.secretary, "浇地没水", "机井坏了三年，没人修。")
    other = make_meeting(world, starts_at=utcnow() + timedelta(minutes=5), number=57)
    link(world, other, thread)
    go_on(browse(world.organiser), other)
    assert "机井坏了三年" in text_of(browse(world.organiser).get(f"/meetings/{other.id}/wall"))


def test_a_narrowed_thread_is_shown_to_no_more_than_may_open_it(browse, world):
    thread = make_thread(world.secretary, "两家吵架", "宅基地争了三尺。", reach=Reach.TOWNSHIP)
    meeting = make_meeting(world, starts_at=utcnow() + timedelta(minutes=5))
    link(world, meeting, thread)
    go_on(browse(world.organiser), meeting)
    assert "两家吵架" in text_of(browse(world.neighbour_secretary).get(f"/meetings/{meeting.id}/now"))
    far = text_of(browse(world.far_secretary).get(f"/meetings/{meeting.id}/now"))
    assert "两家吵架" not in far
    assert "只给相关的人看" in far


def test_what_is_for_a_panel_does_not_stand_on_the_wall(browse, world):
    thread = make_thread(world.secretary, "两家吵架", "宅基地争了三尺。", reach=Reach.PANEL)
    meeting = make_meeting(world, starts_at=utcnow() + timedelta(minutes=5))
    link(world, meeting, thread)
    go_on(browse(world.organiser), meeting)
    wall = text_of(browse(world.organiser).get(f"/meetings/{meeting.id}/wall"))
    assert "两家吵架" not in wall
    assert "宅基地" not in wall
    assert "只给相关的人看" in wall


@pytest.mark.parametrize("page", ["wall", "now"])
def test_what_is_narrowed_while_the_hall_is_at_it_leaves_the_wall(browse, world, page):
    thread = make_thread(world.secretary, "两家吵架", "宅基地争了三尺。")
    meeting = make_meeting(world, starts_at=utcnow() + timedelta(minutes=5))
    link(world, meeting, thread)
    go_on(browse(world.organiser), meeting)
    browser, url = browse(world.organiser), f"/meetings/{meeting.id}/{page}"
    first = browser.get(url)
    assert "两家吵架" in text_of(first)
    narrow_to_panel(world.organiser, db.session.merge(thread))
    db.session.commit()
    again = browser.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "两家吵架" not in text_of(again)


def test_an_item_taken_off_the_agenda_is_taken_off_the_wall(browse, world, meeting):
    organiser = browse(world.organiser)
    go_on(organiser, meeting)
    item = db.session.scalars(db.select(HallState.item_id)).one()
    db.session.rollback()
    removed = organiser.submit(
        f"/meetings/{meeting.id}/agenda/{item}", action=f"/meetings/{meeting.id}/agenda/{item}/remove"
    )
    assert removed.status_code == 303
    assert "前柳村讲流转" not in text_of(organiser.get(f"/meetings/{meeting.id}/wall"))


# ---- who leads, who asks ----


def test_who_may_lead(browse, world, meeting):
    statuses = {
        who: browse(actor).get(f"/meetings/{meeting.id}/wall").status_code for who, actor in world.everybody.items()
    }
    assert {who for who, status in statuses.items() if status == 200} == {"deputy", "organiser", "district"}


def test_who_may_ask(browse, world, meeting):
    asked = set()
    for who, actor in world.everybody.items():
        if actor is not None and 'data-draft="hall-' in text_of(browse(actor).get(f"/meetings/{meeting.id}/now")):
            asked.add(who)
    assert asked == {"secretary", "deputy", "neighbour", "organiser"}


def test_outside_its_hour_nobody_asks(browse, world):
    meeting = make_meeting(world)
    page = text_of(browse(world.secretary).get(f"/meetings/{meeting.id}/now"))
    assert "data-draft" not in page
    assert browse(world.secretary).post(f"/meetings/{meeting.id}/now", data={"body": "种子钱谁出？"}).status_code in (
        400,
        403,
    )
    assert bodies() == []


# ---- questions ----


def test_a_question_stands_on_wall_and_phones(browse, world, meeting):
    assert asks(browse(world.secretary), meeting).status_code == 303
    for actor, page in ((world.organiser, "wall"), (world.neighbour_secretary, "now")):
        shown = text_of(browse(actor).get(f"/meetings/{meeting.id}/{page}"))
        assert "种子钱谁出？" in shown
        assert "前柳村 · 柳大山" in shown


@pytest.mark.parametrize(("typed", "told"), [("", "先写一句"), ("问" * 201, "200 字以内")])
def test_bad_questions_are_told_at_the_field_and_kept(browse, world, meeting, typed, told):
    answer = asks(browse(world.secretary), meeting, typed)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert typed in text_of(answer)
    assert bodies() == []


def test_one_person_has_five_open_at_most(browse, world, meeting):
    browser = browse(world.secretary)
    for number in range(5):
        assert asks(browser, meeting, f"第{number}问").status_code == 303
    answer = asks(browser, meeting, "第六问")
    assert answer.status_code == 422
    assert "五个问题在排队" in text_of(answer)
    assert "第六问" in text_of(answer)


def test_others_would_ask_the_same_and_take_it_back(browse, world, meeting):
    asks(browse(world.secretary), meeting)
    question = db.session.scalars(db.select(HallQuestion.id)).one()
    db.session.rollback()
    for on, count in (("1", 1), ("1", 1), ("", 0), ("", 0)):
        assert press(browse(world.neighbour_secretary), question, "echo", on).status_code == 303
        assert db.session.scalar(db.select(db.func.count()).select_from(HallEcho)) == count
        db.session.rollback()


def test_the_chair_orders_them_and_takes_off_what_was_answered(browse, world, meeting):
    for body in ("一", "二", "三"):
        asks(browse(world.secretary), meeting, body)
    ids = list(db.session.scalars(db.select(HallQuestion.id).order_by(HallQuestion.id)))
    db.session.rollback()
    chair = browse(world.deputy)
    press(chair, ids[2], "move", "1")
    assert bodies() == ["一", "三", "二"]
    press(chair, ids[0], "move", "")
    assert bodies() == ["三", "一", "二"]
    press(chair, ids[2], "off")
    assert bodies() == ["一", "二"]


def test_what_was_taken_off_is_gone(browse, world, meeting):
    asks(browse(world.secretary), meeting)
    question = db.session.scalars(db.select(HallQuestion.id)).one()
    db.session.rollback()
    press(browse(world.organiser), question, "off")
    assert browse(world.organiser).post(f"/hall-questions/{question}/off").status_code in (400, 404)


# ---- looking again ----


@pytest.mark.parametrize("page", ["wall", "now"])
def test_while_nothing_changes_looking_again_costs_two_statements(browse, world, meeting, count_statements, page):
    browser, url = browse(world.organiser), f"/meetings/{meeting.id}/{page}"
    tag = browser.get(url, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    with count_statements() as seen:
        again = browser.get(url, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")
    assert len(seen) <= 2
    asks(browse(world.secretary), meeting)
    assert browser.get(url, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("page", ["wall", "now"])
def test_a_page_costs_three_statements_however_many_ask(browse, world, meeting, count_statements, page):
    browser, url = browse(world.organiser), f"/meetings/{meeting.id}/{page}"
    browser.get(url)
    with count_statements() as empty:
        browser.get(url)
    for body in ("一", "二", "三", "四"):
        asks(browse(world.secretary), meeting, body)
    go_on(browse(world.organiser), meeting)
    with count_statements() as full:
        browser.get(url)
    assert len(empty) == len(full) <= 3


# ---- the door before the application ----


def looks(browser, meeting, tag=""):
    """What a phone is answered that holds the page of this tag, or none: then it looks until its cookies stand."""
    if not tag:
        browser.get(f"/meetings/{meeting.id}/now")
    return browser.get(f"/meetings/{meeting.id}/now", headers={"If-None-Match": tag} if tag else {})


def test_a_phone_that_looked_just_now_is_answered_by_one_statement(browse, world, meeting, count_statements):
    browser = browse(world.secretary)
    tag = looks(browser, meeting).headers["ETag"]
    page = f"/meetings/{meeting.id}/now"
    with count_statements() as seen:
        again = browser.get(page, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len(seen) == 1, seen


def test_a_look_that_finds_something_new_costs_three_statements(browse, world, meeting, count_statements):
    phone, page = browse(world.secretary), f"/meetings/{meeting.id}/now"
    tag = looks(phone, meeting).headers["ETag"]
    asks(browse(world.deputy), meeting, "谁来浇水？")
    with count_statements() as seen:
        again = phone.get(page, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert len(seen) <= 3


def test_the_next_look_after_a_change_shows_it(browse, world, meeting):
    phone = browse(world.secretary)
    tag = looks(phone, meeting).headers["ETag"]
    assert looks(phone, meeting, tag).status_code == 304
    asks(browse(world.deputy), meeting, "谁来浇水？")
    assert "谁来浇水？" in text_of(looks(phone, meeting, tag))
    tag = looks(phone, meeting).headers["ETag"]
    go_on(browse(world.organiser), meeting)
    assert "前柳村讲流转" in text_of(looks(phone, meeting, tag))


def test_the_next_look_after_its_thread_was_hidden_shows_it_no_more(browse, world, meeting):
    thread = make_thread(world.secretary, title="沟渠谁来清", body="三百米的沟渠")
    link(world, meeting, thread)
    phone, wall = browse(world.deputy), browse(world.organiser)
    while "沟渠" not in text_of(looks(phone, meeting)):
        go_on(wall, meeting)
    tag = looks(phone, meeting).headers["ETag"]
    assert looks(phone, meeting, tag).status_code == 304
    opening = db.select(Post).where(Post.thread_id == thread.id, Post.is_opening).options(db.joinedload(Post.thread))
    hide_post(world.organiser, db.session.scalars(opening).one(), "重复")
    db.session.commit()
    again = looks(phone, meeting, tag)
    assert again.status_code == 200
    assert "三百米" not in text_of(again)


def test_a_tag_serves_only_the_phone_that_was_given_it(browse, world, meeting):
    tag = looks(browse(world.secretary), meeting).headers["ETag"]
    assert looks(browse(world.organiser), meeting, tag).status_code == 200
    assert looks(browse(None), meeting, tag).status_code in (302, 303)


def test_after_a_while_a_phone_shows_its_right_again(browse, world, meeting, monkeypatch):
    phone = browse(world.secretary)
    tag = looks(phone, meeting).headers["ETag"]
    db.session.execute(db.delete(UserSession))
    db.session.commit()
    assert looks(phone, meeting, tag).status_code == 304, "it holds the page already, and nothing else is said"
    monkeypatch.setattr(polling, "TRUSTED", 0.0)
    other = browse(world.deputy)
    tag = looks(other, meeting).headers["ETag"]
    db.session.execute(db.delete(UserSession))
    db.session.commit()
    assert looks(other, meeting, tag).status_code in (302, 303)


def test_a_line_about_a_card_shows_who_tells_of_it_and_its_material_but_no_narrow_card_stands_on_the_wall(
    browse, world, meeting
):
    card = published_card(world, title="石榴合作社")
    item = agenda.add_cards(world.organiser, reloaded(meeting), [card])[0]
    item.material = "https://www.example.cn/ke.pdf"
    db.session.commit()
    go_to(meeting.main_sitting.id, meeting.id, item.id)
    db.session.commit()
    page = text_of(browse(world.neighbour_secretary).get(f"/meetings/{meeting.id}/now"))
    assert "前柳村 柳大山" in page
    assert f'href="/library/{card.id}"' in page
    assert 'href="https://www.example.cn/ke.pdf"' in page
    card.reach = Reach.TOWNSHIP
    db.session.commit()
    for reader, shown in ((world.neighbour_secretary, True), (world.far_secretary, False)):
        page = text_of(browse(reader).get(f"/meetings/{meeting.id}/now"))
        assert ("石榴合作社" in page) == ("ke.pdf" in page) == shown
