"""办结: what was marked becomes outcomes and actions exactly once; what is missing is said; all or nothing; and who forgets is reminded."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

import forum.meetings.closing.actions as closing_actions
from forum.clock import today, utcnow
from forum.consultations.actions import Task, Written
from forum.consultations.models import ActionItem, Outcome
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.afterwards import take_attendance
from forum.meetings.closing.actions import Closed, Closing, Conclusion, Unexplained, close
from forum.meetings.closing.reminding import remind_of_next_unclosed
from forum.meetings.minutes.actions import Marked, add_mark, write_part
from forum.meetings.minutes.models import MarkKind, MinutesPart, MinutesVersion
from forum.meetings.models import Meeting, Sitting
from forum.notices.models import OutboxMessage
from forum.threads.models import Thread
from tests.browsing import forms_of
from tests.factories import make_thread
from tests.meetings.makers import link, make_item, make_meeting, reloaded, state_of

LATER = today() + timedelta(days=30)


def text_of(answer):
    return answer.get_data(as_text=True)


def told(kind):
    return sorted(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


@pytest.fixture
def held(world):
    """A meeting that took place, with a question and a case on its agenda; who came is written down."""
    meeting = make_meeting(world, "held")
    thread = make_thread(world.secretary, "地没人种怎么办")
    question, case = link(world, meeting, thread).id, make_item(world, meeting).id
    meeting = reloaded(meeting)
    take_attendance(world.organiser, meeting, [world.secretary.id], version=meeting.version)
    db.session.commit()
    return meeting, thread, question, case


def mark(world, meeting, item_id, kind, text, *who):
    part = write_part(world.organiser, meeting, f"{text}还有别的。", item_id=item_id, version=0)
    add_mark(world.organiser, meeting, part, kind, Marked(text, *who))
    db.session.commit()


def test_what_was_marked_stands_in_the_form_and_one_tap_closes(browse, world, held):
    meeting, thread, question, case = held
    mark(world, meeting, question, MarkKind.CONCLUSION, "三个村合起来流转。")
    mark(world, meeting, case, MarkKind.ACTION, "登记土地", world.neighbour.id, None, LATER)
    page = f"/meetings/{meeting.id}/close"
    browser = browse(world.organiser)
    assert "签到、记录、结论都有了。" in text_of(browser.get(page))
    form = next(f for f in forms_of(text_of(browser.get(page))) if "once" in f.fields)
    answers = [browser.post(page, data=form.fields) for _n in range(2)]
    assert {(a.status_code, a.location) for a in answers} == {(303, f"/meetings/{meeting.id}")}
    outcome = db.session.scalars(select(Outcome)).one()
    assert (outcome.thread_id, outcome.statement) == (thread.id, "三个村合起来流转。")
    action = db.session.scalars(select(ActionItem)).one()
    assert (action.what, action.unit_id, action.due, action.meeting_id) == (
        "登记土地",
        world.neighbour.id,
        LATER,
        meeting.id,
    )
    assert action.outcome_id is None
    assert told("task.given") == [world.neighbour_secretary.id]
    assert told("meeting.closed") == sorted([world.secretary.id, world.neighbour_secretary.id])
    shown = text_of(browser.get(f"/meetings/{meeting.id}"))
    assert "办结了：1 条结论写到帖子里，1 件事进了台账，告诉了 2 人。" in shown


def test_what_is_missing_is_listed_with_its_place(browse, world, held):
    meeting, _thread, question, case = held
    mark(world, meeting, case, MarkKind.ACTION, "登记土地")
    shown = text_of(browse(world.organiser).get(f"/meetings/{meeting.id}/close"))
    for words, where in (
        ("第 1 项还没有记录", f"/meetings/{meeting.id}/minutes/{question}"),
        ("第 1 项还没有结论", f"#statement_{question}"),
        ("还没定谁来办：登记土地", f"/meetings/{meeting.id}/minutes/marks/"),
    ):
        assert words in shown
        assert where in shown
    assert "第 2 项还没有记录" not in shown


def test_what_may_be_missing_needs_a_reason_or_further_study(world, held):
    meeting, thread, question, case = held
    write_part(world.organiser, meeting, "讲得好。", item_id=case, version=0)
    with pytest.raises(Unexplained):
        close(world.organiser, meeting, Closing())
    close(world.organiser, meeting, Closing(continued=[question]))
    db.session.commit()
    assert db.session.scalar(select(MinutesPart.is_continued).where(MinutesPart.item_id == question)) is True
    assert db.session.get_one(Thread, thread.id).concluded_at is None


def test_a_text_for_the_whole_meeting_speaks_for_its_lines_but_not_for_its_questions(world, held):
    meeting, thread, _question, _case = held
    write_part(world.organiser, meeting, "都说了。", version=0)
    with pytest.raises(Unexplained):
        close(world.organiser, meeting, Closing())
    assert close(world.organiser, meeting, Closing([Conclusion(thread, Written("合起来。"))])) == Closed(1, 0, 2)


def test_nothing_is_marked_that_the_closing_did_not_see(browse, world, held):
    meeting, _thread, question, case = held
    mark(world, meeting, question, MarkKind.CONCLUSION, "三个村合起来流转。")
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/close"
    form = next(f for f in forms_of(text_of(browser.get(page))) if "once" in f.fields)
    mark(world, meeting, case, MarkKind.ACTION, "登记土地", world.neighbour.id, None, LATER)
    answer = browser.post(page, data=form.fields)
    assert answer.status_code == 409
    assert "刚才记录里又标了这些，已经添在下面：" in text_of(answer)
    assert "登记土地" in text_of(answer)
    assert state_of(meeting) == "held"
    form = next(f for f in forms_of(text_of(answer)) if "once" in f.fields)
    assert browser.post(page, data=form.fields).status_code == 303
    assert db.session.scalars(select(ActionItem.what)).all() == ["登记土地"]
    assert db.session.scalars(select(Outcome.statement)).all() == ["三个村合起来流转。"]
    with pytest.raises(WrongState):
        write_part(world.organiser, reloaded(meeting), "补一句", item_id=case, version=1)


def test_closing_is_all_or_nothing(world, held, monkeypatch):
    meeting, thread, _question, _case = held
    monkeypatch.setattr(closing_actions, "publish", lambda *args: 1 / 0)
    tasks = [Task("登记", world.village.id, LATER)]
    with pytest.raises(ZeroDivisionError):
        close(
            world.organiser,
            meeting,
            Closing([Conclusion(thread, Written("合起来。", tasks=tasks))], tasks, left_out="没议"),
        )
    db.session.rollback()
    assert state_of(meeting) == "held"
    for table in (Outcome, ActionItem, MinutesVersion, OutboxMessage):
        assert not [row for row in db.session.scalars(select(table)) if getattr(row, "kind", "") != "meeting.announced"]


def test_a_mark_seen_too_late_stops_the_action_itself(world, held):
    meeting, thread, question, _case = held
    mark(world, meeting, question, MarkKind.CONCLUSION, "三个村合起来流转。")
    with pytest.raises(ChangedMeanwhile):
        close(world.organiser, meeting, Closing([Conclusion(thread, Written("合起来。"))], seen=0))


# ---- the reminder ----


def set_back(meeting, **ago):
    moment = utcnow() - timedelta(**ago)
    values = {"starts_at": moment - timedelta(hours=2), "ends_at": moment}
    db.session.execute(update(Sitting).where(Sitting.meeting_id == meeting.id).values(values))
    db.session.commit()


def remind():
    while remind_of_next_unclosed():
        db.session.commit()
    db.session.commit()
    return told("meeting.unclosed")


@pytest.mark.parametrize("state", ["announced", "held"])
def test_who_does_not_close_is_reminded_after_five_days_once_a_week(world, state):
    meeting = make_meeting(world, state)
    set_back(meeting, days=4, hours=23)
    assert remind() == []
    set_back(meeting, days=5)
    changed, version = db.session.execute(select(Meeting.changed_at, Meeting.version)).one()
    assert remind() == [world.organiser.id]
    assert remind() == [world.organiser.id]
    assert tuple(db.session.execute(select(Meeting.changed_at, Meeting.version)).one()) == (changed, version)
    db.session.execute(update(Meeting).values(urged_at=utcnow() - timedelta(days=7)))
    db.session.commit()
    assert remind() == [world.organiser.id] * 2


@pytest.mark.parametrize("state", ["draft", "closed", "postponed", "cancelled"])
def test_no_other_meeting_is_reminded_of(world, state):
    set_back(make_meeting(world, state), days=30)
    assert remind() == []


def test_a_worker_killed_between_has_reminded_nobody(world):
    set_back(make_meeting(world, "held"), days=6)
    assert remind_of_next_unclosed() is True
    db.session.rollback()
    assert remind() == [world.organiser.id]
