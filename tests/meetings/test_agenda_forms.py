"""Writing a line of an agenda: who presents is found by what was typed, an address leads somewhere, and two at once see both."""

import pytest
from sqlalchemy import select

from forum.clock import today
from forum.extensions import db
from forum.meetings.agenda import Line, change_item
from forum.meetings.models import AgendaItem, AgendaKind
from forum.units.models import Posting, Role
from tests.browsing import forms_of
from tests.factories import make_actor
from tests.library.adopting import published_card
from tests.meetings.makers import make_item, make_meeting, place, reloaded
from tests.meetings.test_agenda import text_of

NEW = {"kind": "case", "title": "讲流转"}


@pytest.fixture
def page(world):
    """Where a line is added to a draft."""
    return f"/meetings/{make_meeting(world, 'draft').id}/agenda/new"


def written():
    db.session.rollback()
    return db.session.scalars(select(AgendaItem).execution_options(populate_existing=True)).all()


@pytest.mark.parametrize("typed", ["柳大山", "前柳村 柳大山", "前柳村柳大山", "大山", "前柳 大山"])
def test_who_presents_is_found_by_name_and_village(browse, world, page, typed):
    assert browse(world.organiser).submit(page, NEW | {"who": typed}).status_code == 303
    assert [item.presenter_posting_id for item in written()] == [world.secretary.posting.id]
    assert written()[0].presenter == ""


def test_where_it_could_be_several_one_is_chosen(browse, world, page):
    browser = browse(world.organiser)
    answer = browser.submit(page, NEW | {"who": "前柳村"})
    assert answer.status_code == 422
    assert "请在下面点一下是哪一位" in text_of(answer)
    assert written() == []
    form = next(f for f in forms_of(text_of(answer)) if "once" in f.fields)
    chosen = form.fields.to_dict() | {"person": world.deputy.posting.id}
    assert browser.post(page, data=chosen).status_code == 303
    assert [item.presenter_posting_id for item in written()] == [world.deputy.posting.id]


def test_the_only_one_of_exactly_this_name_is_meant(browse, world, page):
    make_actor("柳大山子", Role.DEPUTY, world.neighbour)
    assert browse(world.organiser).submit(page, NEW | {"who": "柳大山"}).status_code == 303
    assert written()[0].presenter_posting_id == world.secretary.posting.id


def test_an_outside_expert_has_a_name_and_a_bureau(browse, world, page):
    browser = browse(world.organiser)
    answer = browser.submit(page, NEW | {"who": "王教授"})
    assert answer.status_code == 422
    assert "没找到在任的“王教授”" in text_of(answer)
    assert "讲流转" in text_of(answer)
    browser.submit(page, NEW | {"who": "王教授", "presenter_from": "农业大学"})
    item = written()[0]
    assert (item.presenter, item.presenter_from, item.presenter_posting_id) == ("王教授", "农业大学", None)
    assert "王教授（农业大学）" in text_of(browser.get(page.removesuffix("/new")))


def test_a_namesake_from_outside_is_not_taken_for_somebody_of_the_forum(browse, world, page):
    browse(world.organiser).submit(page, NEW | {"who": "柳大山", "presenter_from": "农业大学"})
    assert (written()[0].presenter, written()[0].presenter_posting_id) == ("柳大山", None)


@pytest.mark.parametrize("who", ["柳大山", "老支书"])
def test_whoever_has_left_office_is_refused_at_the_field(browse, world, page, who):
    query = db.update(Posting).where(Posting.person_id == world.secretary.id)
    db.session.execute(query.values(until=today().replace(year=2020), since=today().replace(year=2019)))
    db.session.commit()
    answer = browse(world.organiser).submit(page, NEW | {"who": who})
    assert answer.status_code == 422
    assert "已经不在任了，请换一位。" in text_of(answer)
    assert written() == []


def test_a_line_shows_its_presenter_again_and_he_who_left_since_must_be_changed(browse, world, page):
    browser = browse(world.organiser)
    browser.submit(page, NEW | {"who": "柳大山"})
    line = page.replace("new", str(written()[0].id))
    assert 'value="前柳村 柳大山"' in text_of(browser.get(line))
    db.session.execute(
        db.update(Posting).where(Posting.person_id == world.secretary.id).values(until=today().replace(year=2020))
    )
    db.session.commit()
    assert "已经不在任了，请换一位。" in text_of(browser.get(page.removesuffix("/new")))
    assert browser.submit(line, {"title": "改题目"}).status_code == 422


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.example.cn/ke.pdf", "https://www.example.cn/ke.pdf"),
        ("www.example.cn/ke.pdf?a=1#b", "https://www.example.cn/ke.pdf?a=1#b"),
        ("http://localhost/threads/5#post-9", "/threads/5#post-9"),
        ("localhost/threads/5", "/threads/5"),
        ("/pictures/abc", "/pictures/abc"),
        ("", ""),
    ],
)
def test_material_is_an_address_and_of_the_forum_only_a_path(browse, world, page, typed, kept):
    assert browse(world.organiser).submit(page, NEW | {"material": typed}).status_code == 303
    assert written()[0].material == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.cn/x",
        "/\\evil.cn",
        "ftp://a.cn/x",
        "见附件",
        "https://",
        "https://u:p@a.cn",
        "https://a.cn/x y",
        "https://[::1",
        "/a b",
        "http://localhost//evil.cn",
        "http://localhost/\\evil.cn",
        "长" * 501,
    ],
)
def test_what_leads_nowhere_is_no_material(browse, world, page, typed):
    answer = browse(world.organiser).submit(page, NEW | {"material": typed})
    assert answer.status_code == 422
    assert "不像一个网址" in text_of(answer) or "500 字以内" in text_of(answer)
    assert written() == []


def test_of_several_sittings_a_line_belongs_to_one_or_to_all(browse, world):
    starts_at = place_of(world)
    meeting = make_meeting(
        world, "draft", sittings=(place(starts_at, name="东片"), place(starts_at, name="西片", place="后柳村"))
    )
    west = reloaded(meeting).sittings[1].id
    page = f"/meetings/{meeting.id}/agenda/new"
    browser = browse(world.organiser)
    browser.submit(page, NEW | {"sitting": "0"})
    browser.submit(page, NEW | {"sitting": west})
    assert [item.sitting_id for item in written()] == [None, west]
    assert browser.submit(page, NEW | {"sitting": "99999"}).status_code == 422
    assert "西片" in text_of(browser.get(page.removesuffix("/new")))


def place_of(world):
    meeting = make_meeting(world, "cancelled", number=9)
    return reloaded(meeting).starts_at


def test_the_second_of_two_who_write_a_line_sees_both_and_may_replace_it(browse, world):
    meeting = make_meeting(world, "draft")
    item = make_item(world, meeting, "原来的")
    page, browser = f"/meetings/{meeting.id}/agenda/{item.id}", browse(world.organiser)
    form = next(f for f in forms_of(text_of(browser.get(page))) if "once" in f.fields)
    change_item(
        world.district_staff,
        reloaded(meeting),
        db.session.get_one(AgendaItem, item.id),
        Line(AgendaKind.VISIT, "先改的"),
        version=1,
    )
    db.session.commit()
    answer = browser.post(page, data=form.fields.to_dict() | {"title": "后改的"})
    assert answer.status_code == 409
    assert "先改的" in text_of(answer)
    assert 'value="后改的"' in text_of(answer)
    again = next(f for f in forms_of(text_of(answer)) if "once" in f.fields)
    assert browser.post(page, data=again.fields).status_code == 303
    assert [(i.kind, i.title) for i in written()] == [("case", "后改的")]


def test_the_second_of_two_who_put_lines_in_order_sees_both_and_may_replace_it(browse, world):
    meeting = make_meeting(world, "draft")
    items = [make_item(world, meeting, title) for title in ("甲", "乙")]
    page, browser = f"/meetings/{meeting.id}/agenda", browse(world.organiser)
    form = next(f for f in forms_of(text_of(browser.get(page))) if f.ident == "order")
    make_item(world, meeting, "丙")
    sent = form.fields.to_dict(flat=False) | {"item": [items[1].id, items[0].id], f"minutes_{items[0].id}": "25"}
    answer = browser.post(page, data=sent)
    assert answer.status_code == 409
    assert "刚才有人改过议程" in text_of(answer)
    again = next(f for f in forms_of(text_of(answer)) if f.ident == "order")
    assert browser.post(page, data=again.fields).status_code == 303
    order = db.session.execute(select(AgendaItem.title, AgendaItem.minutes_planned).order_by(AgendaItem.position))
    assert [tuple(row) for row in order] == [("乙", None), ("甲", 25), ("丙", None)]


@pytest.mark.parametrize("minutes", ["0", "601", "-5", "半", "1.5", "²", "9" * 30])
def test_minutes_that_cannot_be_are_said_at_their_field_and_the_order_is_kept(browse, world, minutes):
    meeting = make_meeting(world, "draft")
    items = [make_item(world, meeting, title) for title in ("甲", "乙")]
    page = f"/meetings/{meeting.id}/agenda"
    sent = {"item": [items[1].id, items[0].id], f"minutes_{items[0].id}": minutes}
    answer = browse(world.organiser).submit(page, sent)
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "请填 1 到 600 分钟。" in shown
    assert f'value="{minutes[:10]}"' in shown
    assert shown.index("乙") < shown.index("甲")


def test_cards_of_the_township_are_told_of_by_their_secretary(browse, world):
    meeting, card = make_meeting(world, "draft"), published_card(world)
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda/threads"
    assert browser.submit(page, {"cards": [card.id]}).status_code == 303
    item = written()[0]
    assert (item.kind, item.experience_id, item.presenter_posting_id) == ("case", card.id, world.secretary.posting.id)
    assert "党员先建两个棚" not in text_of(browser.get(page))
    assert f'href="/library/{card.id}"' in text_of(browser.get(f"/meetings/{meeting.id}/agenda"))


def test_threads_and_cards_are_found_by_their_titles(browse, world):
    meeting = make_meeting(world, "draft")
    published_card(world)
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/agenda/threads"
    assert "党员先建两个棚" in text_of(browser.get(f"{page}?q=建 棚"))
    assert "标题里没有“石榴”的帖子" in text_of(browser.get(f"{page}?q=石榴"))
    assert browser.get(f"{page}?q=%25_\\&q=x").status_code == 200
