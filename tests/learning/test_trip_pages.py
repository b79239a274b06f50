"""The pages of a trip, as people click through them."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from sqlalchemy import select

from forum.clock import today
from forum.extensions import db
from forum.learning.trips.models import Stage, StudyTrip, TripAnswer, TripMember, TripStop, UseResult, stage_of
from forum.learning.trips.noting import Answer, answer_use
from forum.library.models import Experience, ExperienceSource
from forum.media.actions import attach, keep_picture
from forum.media.pictures import prepare
from forum.media.store import PICTURES
from forum.threads.models import Post, Reach
from forum.threads.moderation import hide_post
from forum.units.models import Posting
from tests.browsing import forms_of
from tests.factories import actor_of
from tests.learning.makers import line, make_note, make_trip, note_now, now, pass_time, put_down, uses_of
from tests.media.shots import picture

DAY = today() + timedelta(days=20)
PLAN = {
    "title": "去看大棚",
    "destination": "杏花村",
    "starts_on": f"{DAY}",
    "seats": "3",
    "at_0": "9:30",
    "place_0": "大棚",
    "what_0": "看水肥一体",
}
NOTE = {"saw": "一棚一阀。", "what_0": "水肥一体", "plan_0": "先试两个棚", "who_0": "柳大山", "due_0": f"{DAY}"}


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def trip(world):
    """A trip from which one is back since yesterday."""
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary, world.neighbour_secretary)
    return pass_time(trip)


def planned():
    db.session.rollback()
    return db.session.scalars(select(StudyTrip)).one()


# ---- planning ----


def test_planned_opened_and_joined_with_one_tap(browse, world):
    assert browse(world.organiser).submit("/trips/new", PLAN).status_code == 303
    trip = planned()
    assert (trip.ends_on, trip.join_by, stage_of(trip)) == (DAY, DAY - timedelta(days=1), Stage.DRAFT)
    assert browse(world.secretary).get(f"/trips/{trip.id}").status_code == 404
    browse(world.organiser).submit(f"/trips/{trip.id}", action=f"/trips/{trip.id}/open")
    going = browse(world.secretary).submit(f"/trips/{trip.id}", action=f"/trips/{trip.id}/going")
    assert "您报上了。" in text_of(browse(world.secretary).get(going.location))
    assert db.session.scalars(select(TripMember.person_id)).all() == [world.secretary.id]
    browse(world.secretary).submit(f"/trips/{trip.id}", action=f"/trips/{trip.id}/going")  # the button is now 我不去了
    assert db.session.scalars(select(TripMember)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "请写一句去学什么"),
        ("seats", "0", "1 到 200"),
        ("seats", "很多", "名额请填数字"),
        ("ends_on", f"{DAY - timedelta(days=1)}", "去的那天以后"),
        ("join_by", f"{DAY + timedelta(days=1)}", "出发以前"),
        ("starts_on", "明年", "日期没看懂"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browse, world, field, value, words):
    answer = browse(world.organiser).submit("/trips/new", {**PLAN, field: value})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'value="看水肥一体"' in text_of(answer)
    assert db.session.scalars(select(StudyTrip)).all() == []


def test_one_more_row_writes_nothing_and_keeps_the_text(browse, world):
    answer = browse(world.organiser).submit("/trips/new", {**PLAN, "as": "more"})
    assert answer.status_code == 200
    assert 'name="what_3"' in text_of(answer)
    assert 'value="看水肥一体"' in text_of(answer)
    assert db.session.scalars(select(StudyTrip)).all() == []


def test_only_the_district_chooses_townships_and_only_a_township_narrows(browse, world):
    district, township = (text_of(browse(who).get("/trips/new")) for who in (world.district_staff, world.organiser))
    assert ('name="townships"' in district, 'name="reach"' in district) == (True, False)
    assert ('name="townships"' in township, 'name="reach"' in township) == (False, True)


def test_changed_by_two_at_once_the_second_sees_both(browse, world):
    trip = make_trip(world.organiser)
    browser = browse(world.organiser)
    form = next(f for f in forms_of(text_of(browser.get(f"/trips/{trip.id}/edit"))) if "title" in f.fields)
    browse(world.organiser).submit(f"/trips/{trip.id}/edit", {"brief": "还要看冷库。"})
    second = browser.post(f"/trips/{trip.id}/edit", data={**form.fields.to_dict(), "brief": "不看冷库。"})
    assert second.status_code == 409
    assert "还要看冷库。" in text_of(second)
    assert "不看冷库。" in text_of(second)


def test_changing_the_words_keeps_whom_it_is_for(browse, world):
    trip = make_trip(world.district_staff, township_ids=[world.other_town.id])
    browse(world.district_staff).submit(f"/trips/{trip.id}/edit", {"seats": "9"})
    assert now(trip).seats == 9
    page = text_of(browse(world.secretary).get(f"/trips/{trip.id}"))
    assert "河口镇" in page
    assert f'action="/trips/{trip.id}/going"' not in page
    assert len(db.session.scalars(select(TripStop)).all()) == 2


def test_fewer_seats_than_people_is_refused_at_the_field(browse, world):
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary, world.deputy)
    answer = browse(world.organiser).submit(f"/trips/{trip.id}/edit", {"seats": "1"})
    assert answer.status_code == 422
    assert "已经有 2 个人占了名额" in text_of(answer)


def test_too_late_is_said_in_plain_words(browse, world):
    trip = make_trip(world.organiser)
    browser = browse(world.secretary)
    form = next(f for f in forms_of(text_of(browser.get(f"/trips/{trip.id}"))) if f.action.endswith("/going"))
    pass_time(trip, 0)
    answer = browser.post(form.action, data=form.fields)
    assert answer.status_code == 409
    assert "都晚了" in text_of(answer)


def test_an_organiser_puts_people_down_and_takes_them_off(browse, world):
    trip = make_trip(world.organiser)
    browser = browse(world.organiser)
    assert "渡小舟" not in text_of(browser.get(f"/trips/{trip.id}/people"))
    browser.submit(f"/trips/{trip.id}/people", {"people": [str(world.secretary.id), str(world.deputy.id)]})
    assert "林组织代录" in text_of(browser.get(f"/trips/{trip.id}"))
    browser.submit(f"/trips/{trip.id}", action=f"/trips/{trip.id}/people/{world.deputy.id}/off")
    assert db.session.scalars(select(TripMember.person_id)).all() == [world.secretary.id]


def test_a_district_trip_lets_each_organiser_look_after_his_own(browse, world):
    trip = make_trip(world.district_staff)
    put_down(trip, world.secretary, world.far_secretary)
    page = text_of(browse(world.organiser).get(f"/trips/{trip.id}"))
    assert f"/people/{world.secretary.id}/off" in page
    assert f"/people/{world.far_secretary.id}/off" not in page
    off = f"/trips/{trip.id}/people/{world.far_secretary.id}/off"
    form = next(f for f in forms_of(page) if f.action.endswith("/off"))
    assert browse(world.organiser).post(off, data=form.fields).status_code in (400, 403)
    assert len(db.session.scalars(select(TripMember)).all()) == 2


# ---- notes ----


def test_a_note_is_written_in_one_form_and_shown_on_the_trip(browse, world, trip):
    assert browse(world.secretary).submit(f"/trips/{trip.id}/note", NOTE).status_code == 303
    page = text_of(browse(world.far_secretary).get(f"/trips/{trip.id}"))
    for words in ("一棚一阀。", "水肥一体", "先试两个棚", "柳大山"):
        assert words in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("saw", "", "先写几句看到了什么"),
        ("plan_0", "", "打算怎么用。"),
        ("due_0", "", "请选哪天用上"),
        ("due_0", f"{today()}", "明天以后"),
        ("what_0", "", "哪条用得上"),
    ],
)
def test_a_line_half_told_is_not_taken(browse, world, trip, field, value, words):
    answer = browse(world.secretary).submit(f"/trips/{trip.id}/note", {**NOTE, field: value})
    assert answer.status_code == 422
    assert words in text_of(answer)
    kept = [text for name, text in NOTE.items() if name != field]
    assert all(text in text_of(answer) for text in kept)


def test_what_was_only_seen_is_a_note_too(browse, world, trip):
    browse(world.secretary).submit(f"/trips/{trip.id}/note", {"saw": "人家有山，我们没有。"})
    assert "人家有山" in db.session.scalars(select(Post.body).where(~Post.is_opening)).one()


def test_edited_where_it_was_written_also_from_the_thread(browse, world, trip):
    note = make_note(world.secretary, trip)
    answer = browse(world.secretary).get(f"/posts/{note.post_id}/edit")
    assert answer.location == f"/trips/{trip.id}/note"
    browse(world.secretary).submit(f"/trips/{trip.id}/note", {"saw": "看了两个棚。", "what_0": "水肥一体，先试一个"})
    assert [use.what for use in uses_of(note)] == ["水肥一体，先试一个"]
    page = text_of(browse(world.secretary).get(f"/trips/{trip.id}"))
    assert "改过，看原来怎么写的" in page


def test_a_line_whose_day_has_come_can_stand_as_it_is(browse, world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(due=today() - timedelta(days=1)))
    assert browse(world.secretary).submit(f"/trips/{trip.id}/note", {"saw": "看了两个棚。"}).status_code == 303
    assert uses_of(note)[0].due < today()


def test_written_in_two_windows_both_texts_are_shown(browse, world, trip):
    first, second = browse(world.secretary), browse(world.secretary)
    form = next(f for f in forms_of(text_of(second.get(f"/trips/{trip.id}/note"))) if "saw" in f.fields)
    first.submit(f"/trips/{trip.id}/note", NOTE)
    answer = second.post(f"/trips/{trip.id}/note", data={**form.fields.to_dict(), "saw": "另一个窗口写的。"})
    assert answer.status_code == 409
    assert "一棚一阀。" in text_of(answer)
    assert "另一个窗口写的。" in text_of(answer)


def test_out_of_office_one_corrects_ones_own_note_and_nothing_else(browse, world, trip):
    make_note(world.secretary, trip)
    yesterday = today() - timedelta(days=1)
    db.session.execute(db.update(Posting).where(Posting.person_id == world.secretary.id).values(until=yesterday))
    db.session.commit()
    former = browse(actor_of(world.secretary.id))
    assert former.submit(f"/trips/{trip.id}/note", {"saw": "改一个字。"}).location == "/me/writing"
    assert "改一个字。" in db.session.scalars(select(Post.body).where(~Post.is_opening)).one()
    assert former.get(f"/trips/{trip.id}").status_code == 403


def test_the_invitation_is_edited_as_its_trip(browse, world, trip):
    opening = db.session.scalars(select(Post).where(Post.thread_id == trip.thread_id, Post.is_opening)).one()
    assert browse(world.organiser).get(f"/posts/{opening.id}/edit").location == f"/trips/{trip.id}/edit"


# ---- 用上了吗 ----


def test_three_answers_then_a_word(browse, world, trip):
    note = make_note(world.secretary, trip)
    url = f"/trips/uses/{uses_of(note)[0].id}"
    first = text_of(browse(world.secretary).get(url))
    assert all(f"{url}?result={result}" in first for result in ("used", "doing", "unfit"))
    doing = browse(world.secretary).submit(f"{url}?result=doing", {"words": "管子买了", "again": ""}, action=url)
    assert doing.status_code == 422
    assert "请选哪天再问您" in text_of(doing)
    browse(world.secretary).submit(f"{url}?result=doing", {"words": "管子买了", "again": f"{DAY}"}, action=url)
    unfit = browse(world.secretary).submit(f"{url}?result=unfit", {"words": ""}, action=url)
    assert "为什么不合适" in text_of(unfit)
    browse(world.secretary).submit(f"{url}?result=used", {"words": "两个棚都装了"}, action=url)
    assert db.session.scalars(select(TripAnswer.result).order_by(TripAnswer.id)).all() == ["doing", "used"]
    page = text_of(browse(world.far_secretary).get(f"/trips/{trip.id}"))
    home = page.partition("带回来的")[2].partition("看到什么，哪条用得上")[0]
    assert "前柳村" in home
    assert "两个棚都装了" in home


def test_answered_by_two_the_second_sees_what_was_said(browse, world, trip):
    note = make_note(world.secretary, trip)
    url = f"/trips/uses/{uses_of(note)[0].id}"
    browser = browse(world.secretary)
    form = next(f for f in forms_of(text_of(browser.get(f"{url}?result=used"))) if "words" in f.fields)
    answer_use(world.deputy, uses_of(note)[0], Answer(UseResult.UNFIT, "压力不够"))
    db.session.commit()
    answer = browser.post(url, data={**form.fields.to_dict(), "words": "装好了"})
    assert answer.status_code == 409
    assert "压力不够" in text_of(answer)
    assert "装好了" in text_of(answer)


# ---- a card of it ----


def test_from_a_note_one_step_makes_a_card_as_narrow_as_the_trip(browse, world):
    trip = make_trip(world.organiser, reach=Reach.TOWNSHIP)
    put_down(trip, world.secretary)
    note = make_note(world.secretary, pass_time(trip), "一棚一阀。", line(), line("分红榜上墙"))
    answer_use(world.secretary, uses_of(note)[1], Answer(UseResult.USED, "红榜贴出去了"))
    db.session.commit()
    page = text_of(browse(world.secretary).get(f"/trips/{trip.id}"))
    url = f"/threads/{trip.thread_id}/card?note={note.post_id}"
    assert url in page
    shown = text_of(browse(world.secretary).get(url))
    for words in ('value="分红榜上墙"', "一棚一阀。", "红榜贴出去了", "党支部怎么领办合作社"):
        assert words in shown
    assert "水肥一体" not in shown.partition('name="practice"')[2].partition("</textarea>")[0]
    browse(world.secretary).submit(url, action=f"/threads/{trip.thread_id}/card")
    card = db.session.scalars(select(Experience)).one()
    assert (card.reach, card.unit_id) == (Reach.TOWNSHIP, world.village.id)
    assert db.session.scalars(select(ExperienceSource.thread_id)).all() == [trip.thread_id]


def test_another_threads_note_fills_in_nothing(browse, world, trip):
    secret = make_trip(world.far_organiser, reach=Reach.TOWNSHIP)
    put_down(secret, world.far_secretary)
    note = make_note(world.far_secretary, pass_time(secret), "只给河口镇看的。")
    answer = browse(world.secretary).get(f"/threads/{trip.thread_id}/card?note={note.post_id}")
    assert answer.status_code == 200
    assert "只给河口镇看的。" not in text_of(answer)


# ---- lists ----


def test_the_list_shows_what_is_to_come_and_what_was(browse, world, trip):
    make_trip(world.organiser, title="要去的那次")
    page = text_of(browse(world.far_secretary).get("/trips/"))
    assert page.index("要去的那次") < page.index("去过的") < page.index(trip.title)
    assert "组织一次" not in page


def test_an_empty_list_says_what_to_do(browse, world):
    assert 'href="/trips/new"' in text_of(browse(world.organiser).get("/trips/"))
    assert 'href="/trips/new"' not in text_of(browse(world.secretary).get("/trips/"))


# ---- all notes as one paper ----


def words_of(answer):
    assert answer.status_code == 200
    document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_the_report_goes_question_by_question_with_pictures_in_their_places(browse, world, trip):
    note = make_note(world.secretary, trip, "一棚一阀，<b>手机</b>浇水。", line(), line("分红榜上墙"))
    attach(note.post_id, [keep_picture(world.secretary, prepare(picture(size=(640, 480))))])
    db.session.commit()
    make_note(world.neighbour_secretary, trip, "人家有山，我们没有。", line("开个菜园子"))
    answer_use(world.secretary, uses_of(note)[1], Answer(UseResult.USED, "红榜贴出去了"))
    db.session.commit()
    answer = browse(world.far_secretary).get(f"/trips/{trip.id}/report.docx")
    said = words_of(answer)
    wanted = [
        "一、去了哪里",
        "前柳村柳大山、后柳村杨来福，共2人",
        "二、看到什么",
        "（一）前柳村 柳大山",
        "一棚一阀，<b>手机</b>浇水。",
    ]
    wanted += [
        "（二）后柳村 杨来福",
        "三、哪条用得上",
        "1．水肥一体。打算：先在两个棚里试。（柳大山办",
        "四、带回来的",
        "（一）用上了的",
    ]
    wanted += ["前柳村：分红榜上墙。红榜贴出去了。"]
    places = [said.find(words) for words in wanted]
    assert -1 not in places
    assert places == sorted(places)
    with ZipFile(BytesIO(answer.data)) as parts:
        assert len([name for name in parts.namelist() if name.startswith("word/media/")]) == 1


def test_the_report_holds_nothing_hidden_and_misses_no_lost_file(browse, world, trip):
    note = make_note(world.secretary, trip, "说了别人家的事。")
    other = make_note(world.neighbour_secretary, trip, "人家有山。")
    lost = keep_picture(world.neighbour_secretary, prepare(picture()))
    attach(other.post_id, [lost])
    db.session.commit()
    hide_post(world.organiser, note_now(world.organiser, note).post, "写了别人的私事")
    db.session.commit()
    PICTURES.delete(lost.key)
    said = words_of(browse(world.secretary).get(f"/trips/{trip.id}/report.docx"))
    assert "说了别人家的事。" not in said
    assert "人家有山。" in said
