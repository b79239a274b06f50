"""Lectures: who is asked what, that answers are nobody's, and whose contacts are whose to see."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from forum.audit.models import AuditEntry
from forum.clock import today, utcnow
from forum.extensions import db
from forum.learning.lectures.actions import (
    ChangedMeanwhile,
    InTheDirectory,
    Profile,
    add_expert,
    revise_expert,
    revise_lecture,
)
from forum.learning.lectures.models import Expert, Lecture, LectureAnswered, LectureVoices, Manner
from forum.learning.lectures.queries import voices_of
from forum.learning.lectures.voices import Degree, Voice, hear
from forum.meetings.agenda import add_threads
from forum.meetings.models import AgendaItem, AgendaKind, Attendance
from forum.meetings.published import programme_now
from forum.notices.kinds import KINDS, Told, Topic, show_notices
from forum.notices.models import OutboxMessage
from forum.notices.robots.announcements import ANNOUNCEMENTS
from forum.once import SpentToken
from forum.screening.actions import list_words
from forum.screening.models import Degree as Degrees
from forum.threads.models import Post, Thread, ThreadKind
from tests.browsing import forms_of
from tests.factories import save
from tests.learning.lecture_makers import lecture_plan, make_expert, make_lecture
from tests.meetings.makers import make_meeting, reloaded

ANSWER = {"was_there": "y", "understood": "yes", "useful": "partly", "wish": "怎么卖"}


def text_of(answer):
    return answer.get_data(as_text=True)


def send(client, url, data):
    form = forms_of(text_of(client.get(url)))[-1]
    hidden = {name: form.fields[name] for name in ("csrf_token", "once", "version") if name in form.fields}
    return client.post(url, data={**hidden, **data})


def test_a_lecture_is_a_thread_that_says_who_when_and_where(world):
    lecture = make_lecture(world.organiser, make_expert(world.organiser))
    thread = db.session.get_one(Thread, lecture.thread_id)
    assert (thread.kind, thread.title, thread.township_id) == (ThreadKind.LECTURE, lecture.title, world.town.id)
    body = db.session.scalar(select(Post.body).where(Post.thread_id == thread.id))
    assert all(words in body for words in ("孟教授（省农业大学）", "田间学校", "前柳村石榴园", "带上剪子。"))


def test_a_change_stands_in_the_opening_and_of_two_the_second_is_told(world):
    expert = make_expert(world.organiser)
    lecture = make_lecture(world.organiser, expert)
    revise_lecture(world.organiser, lecture, lecture_plan(expert, place="村委会", heads=31), version=1)
    db.session.commit()
    opening = db.session.scalars(select(Post).where(Post.thread_id == lecture.thread_id)).one()
    assert "村委会" in opening.body
    assert (lecture.heads, lecture.version, opening.version) == (31, 2, 2)
    with pytest.raises(ChangedMeanwhile):
        revise_lecture(world.organiser, lecture, lecture_plan(expert), version=1)


def test_somebody_of_the_forum_has_one_page(world):
    person = world.expert.id
    first = make_expert(world.organiser, "农技站", person_id=person)
    with pytest.raises(InTheDirectory):
        add_expert(world.district_staff, Profile(name="农技站", workplace="农业局", person_id=person))
    db.session.rollback()
    again = Profile(name="农技站", workplace="农业局", person_id=person)
    revise_expert(world.district_staff, first, again, version=1)
    with pytest.raises(ChangedMeanwhile):
        revise_expert(world.organiser, first, again, version=1)


def test_an_answer_is_added_up_and_leads_back_to_nobody(world):
    lecture = make_lecture(world.organiser, make_expert(world.organiser), is_over=True)
    before = [db.session.scalar(select(db.func.count()).select_from(table)) for table in (AuditEntry, SpentToken)]
    for person, wish in ((world.secretary, "怎么卖"), (world.deputy, "")):
        assert hear(person, lecture.id, Voice(Degree.YES, Degree.PARTLY, wish))
        db.session.commit()
    assert not hear(world.secretary, lecture.id, Voice(Degree.NO, Degree.NO, "换个话"))
    db.session.commit()
    assert voices_of(lecture.id) is None, "two who answered know each other"
    hear(world.neighbour_secretary, lecture.id, Voice(Degree.NO, Degree.YES, "修剪"))
    db.session.commit()
    voices = voices_of(lecture.id)
    assert (voices.understood_yes, voices.understood_no, voices.useful_partly, voices.useful_yes) == (2, 1, 2, 1)
    assert voices.wishes.splitlines() == sorted(["怎么卖", "修剪"]), "in no order of coming"
    columns = {column.key for model in (LectureVoices, LectureAnswered) for column in inspect(model).columns}
    assert not columns & {"created_at", "answered_at", "posting_id", "unit_id"}
    assert [c.key for c in inspect(LectureVoices).columns if c.foreign_keys] == ["lecture_id"]
    after = [db.session.scalar(select(db.func.count()).select_from(table)) for table in (AuditEntry, SpentToken)]
    assert after == before


def test_the_three_questions_are_asked_once_after_it_of_who_was_there(browse, world):
    expert = make_expert(world.organiser)
    coming, lecture = make_lecture(world.organiser, expert), make_lecture(world.organiser, expert, is_over=True)
    client = browse(world.secretary)
    assert client.get(f"/lectures/{coming.id}/voice").status_code == 403
    url = f"/lectures/{lecture.id}/voice"
    stayed_away = send(client, url, ANSWER | {"was_there": ""})
    assert stayed_away.status_code == 422
    assert "只问去听了的人" in text_of(stayed_away)
    tokens = db.session.scalar(select(db.func.count()).select_from(SpentToken))
    assert send(client, url, ANSWER).status_code == 303
    assert client.get(url).status_code == 303
    assert "答三个问题" not in text_of(client.get(f"/lectures/{lecture.id}"))
    assert db.session.scalar(select(db.func.count()).select_from(SpentToken)) == tokens


def test_wishes_are_for_those_who_look_after_it(browse, world):
    lecture = make_lecture(world.organiser, make_expert(world.organiser), is_over=True)
    for person in (world.secretary, world.deputy, world.neighbour_secretary):
        hear(person, lecture.id, Voice(Degree.YES, Degree.YES, "怎么卖石榴"))
    db.session.commit()
    for reader, is_shown in ((world.secretary, False), (world.far_organiser, False), (world.organiser, True)):
        page = text_of(browse(reader).get(f"/lectures/{lecture.id}"))
        assert "要再看看" in page
        assert ("怎么卖石榴" in page) is is_shown


def test_a_meeting_that_takes_it_up_says_who_was_there(browse, world):
    lecture = make_lecture(world.organiser, make_expert(world.organiser), is_over=True)
    meeting = reloaded(make_meeting(world, "draft"))
    add_threads(world.organiser, meeting, [db.session.get_one(Thread, lecture.thread_id)])
    db.session.commit()
    assert db.session.scalars(select(AgendaItem.kind).where(AgendaItem.thread_id == lecture.thread_id)).all() == [
        AgendaKind.LECTURE
    ]
    url = f"/lectures/{lecture.id}"
    assert f"/meetings/{meeting.id}" in text_of(browse(world.organiser).get(url))
    assert f"/meetings/{meeting.id}" not in text_of(browse(world.secretary).get(url)), "the agenda is not public yet"
    held = reloaded(make_meeting(world, "held", number=9))
    save(AgendaItem(meeting_id=held.id, position=9, kind=AgendaKind.LECTURE, title="讲课", thread_id=lecture.thread_id))
    db.session.execute(
        db.update(Attendance)
        .where(Attendance.meeting_id == held.id)
        .values(came=Attendance.person_id == world.secretary.id)
    )
    db.session.commit()
    assert f"/meetings/{held.id}" in text_of(browse(world.neighbour_secretary).get(url))
    assert browse(world.neighbour_secretary).get(f"{url}/voice").status_code == 403
    assert browse(world.secretary).get(f"{url}/voice").status_code == 200


def test_organisers_keep_the_directory_and_only_they_see_how_to_reach_an_expert(browse, world):
    client = browse(world.organiser)
    data = {"person": "0", "name": "孟教授", "workplace": "省农业大学", "about": "讲果树", "contact": "0632-7654321"}
    refused = send(client, "/experts/new", data | {"name": ""})
    assert refused.status_code == 422
    assert "0632-7654321" in text_of(refused), "what was typed is kept"
    page = client.get(send(client, "/experts/new", data).location)
    assert "0632-7654321" in text_of(page)
    expert = db.session.scalars(select(Expert)).one()
    for reader in (world.secretary, world.expert):
        page = text_of(browse(reader).get(f"/experts/{expert.id}"))
        assert "讲果树" in page
        assert "0632-7654321" not in page
    assert "0632-7654321" in text_of(browse(world.far_organiser).get(f"/experts/{expert.id}"))


def test_a_lecture_is_announced_changed_and_counted_on_its_pages(browse, world):
    expert = make_expert(world.organiser)
    client = browse(world.organiser)
    data = {
        "title": "石榴怎么剪",
        "expert": str(expert.id),
        "manner": "online",
        "day": f"{today() + timedelta(days=3)}",
        "starts": "09:30",
        "place": "",
        "link": "",
        "version": "0",
    }
    nowhere = send(client, "/lectures/new", data)
    assert nowhere.status_code == 422
    assert "石榴怎么剪" in text_of(nowhere)
    assert send(client, "/lectures/new", data | {"link": "javascript:alert(1)"}).status_code == 422
    shown = client.get(send(client, "/lectures/new", data | {"link": "https://ke.example.cn/1"}).location)
    assert "https://ke.example.cn/1" in text_of(shown)
    lecture = db.session.scalars(select(Lecture)).one()
    assert lecture.manner is Manner.ONLINE
    assert lecture.starts_at > utcnow()
    url = f"/lectures/{lecture.id}/edit"
    assert send(client, url, data | {"place": "村委会", "heads": "40", "version": "1"}).status_code == 303
    meanwhile = send(client, url, data | {"place": "别处", "version": "1"})
    assert meanwhile.status_code == 409
    assert "村委会" in text_of(meanwhile)
    assert "别处" in text_of(meanwhile)
    assert "石榴怎么剪" in text_of(client.get(f"/experts/{expert.id}")), "past lectures are derived"
    assert "石榴怎么剪" in text_of(client.get("/lectures/"))
    assert f"/lectures/{lecture.id}" in text_of(client.get(f"/threads/{lecture.thread_id}"))


def told(kind):
    db.session.rollback()
    return sorted(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def test_secretaries_hear_of_a_lecture_to_come_and_of_another_hour_or_place(world):
    expert = make_expert(world.organiser)
    make_lecture(world.organiser, expert, starts_at=utcnow() - timedelta(days=2))
    assert told("lecture.announced") == []
    lecture = make_lecture(world.organiser, expert)
    near = sorted([world.secretary.id, world.neighbour_secretary.id])
    assert told("lecture.announced") == near
    same = {"starts_at": lecture.starts_at}
    revise_lecture(world.organiser, lecture, lecture_plan(expert, **same, brief="带上本子。"), version=1)
    db.session.commit()
    assert told("lecture.changed") == []
    revise_lecture(world.organiser, lecture, lecture_plan(expert, **same, place="村委会"), version=2)
    db.session.commit()
    assert told("lecture.changed") == near
    make_lecture(world.district_staff, expert)
    assert told("lecture.announced") == sorted([*near, *near, world.far_secretary.id])


def test_a_notice_of_a_lecture_says_who_what_when_and_is_of_a_topic_to_be_turned_off(app, world):
    lecture = make_lecture(world.organiser, make_expert(world.organiser))
    one = Told("lecture.announced", lecture.id)
    with app.test_request_context():
        shown = show_notices(world.secretary, [one])[one]
        assert all(words in shown.text for words in ("孟教授（省农业大学）", "石榴冬季怎么剪", "前柳村石榴园"))
        assert KINDS[one.kind].topic is Topic.LEARNING
        db.session.get_one(Thread, lecture.thread_id).hidden_at = utcnow()
        db.session.flush()
        assert show_notices(world.secretary, [one]) == {}
        assert ANNOUNCEMENTS[one.kind].load(world.town.id, [lecture.id]) == {}


def test_a_wish_passes_the_list_of_words(browse, world):
    lecture = make_lecture(world.organiser, make_expert(world.organiser), is_over=True)
    words = [("赌场", Degrees.REFUSE), ("卖假药", Degrees.MASK), ("彩票", Degrees.HOLD)]
    for word, degree in words:
        list_words(world.district_staff, [word], degree)
    db.session.commit()
    client, url = browse(world.secretary), f"/lectures/{lecture.id}/voice"
    refused = send(client, url, ANSWER | {"wish": "讲讲赌场"})
    assert refused.status_code == 422
    assert "讲讲赌场" in text_of(refused)
    assert db.session.get(LectureAnswered, (lecture.id, world.secretary.id)) is None
    assert send(client, url, ANSWER | {"wish": "卖假药和彩票怎么认"}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(LectureVoices, lecture.id).wishes == "＊＊＊和彩票怎么认"


def test_a_line_that_takes_up_a_lecture_shows_its_expert_unless_somebody_else_was_named(world):
    person = world.expert.id
    lecture = make_lecture(world.organiser, make_expert(world.organiser, "农博士", person_id=person))
    meeting = reloaded(make_meeting(world, "draft"))
    add_threads(world.organiser, meeting, [db.session.get_one(Thread, lecture.thread_id)])
    db.session.commit()
    shown = next(e for e in programme_now(meeting.id, "").entries if e.thread_id == lecture.thread_id)
    assert (shown.presenter, shown.person_id) == ("农博士（省农业大学）", person)
    item = db.session.get_one(AgendaItem, shown.id)
    item.presenter, item.presenter_from = "王老师", "县党校"
    db.session.commit()
    shown = next(e for e in programme_now(meeting.id, "").entries if e.thread_id == lecture.thread_id)
    assert (shown.presenter, shown.person_id) == ("王老师（县党校）", None)
