"""Answering the invitation, and who sees the answers; what home shows; how notices read."""

from datetime import timedelta

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings import actions
from forum.meetings.models import Answer
from forum.meetings.queries import home_meeting
from forum.notices.kinds import Told, show_notices
from tests.browsing import forms_of
from tests.meetings.makers import attendance, began, make_meeting, plan_of, reloaded


def text_of(answer):
    return answer.get_data(as_text=True)


def tap_coming(browser, meeting):
    token = forms_of(text_of(browser.get("/threads/")))[0].fields["csrf_token"]
    return browser.post(f"/meetings/{meeting.id}/coming", data={"csrf_token": token})


def answer_of(meeting, actor):
    db.session.rollback()
    row = attendance(meeting)[actor.id]
    return row.answer, row.reason


@pytest.mark.parametrize("page", ["/", "/meetings/{0}"])
def test_one_tap_says_that_one_comes_from_home_and_from_the_meetings_page(browse, world, page):
    meeting = make_meeting(world)
    browser = browse(world.secretary)
    answer = browser.submit(page.format(meeting.id), action=f"/meetings/{meeting.id}/coming")
    assert answer.status_code == 303
    assert answer_of(meeting, world.secretary) == (Answer.COMING, "")
    assert "您回的是：来。" in text_of(browser.get(page.format(meeting.id)))


def test_leave_wants_a_reason_and_may_be_taken_back(browse, world):
    meeting = make_meeting(world)
    browser, page = browse(world.secretary), f"/meetings/{meeting.id}/leave"
    refused = browser.submit(page, {"reason": ""})
    assert refused.status_code == 422
    assert "写一句为什么来不了。" in text_of(refused)
    assert browser.submit(page, {"reason": "长" * 201}).status_code == 422
    assert browser.submit(page, {"reason": "陪老人看病"}).status_code == 303
    assert answer_of(meeting, world.secretary) == (Answer.LEAVE, "陪老人看病")
    assert tap_coming(browser, meeting).status_code == 303
    assert answer_of(meeting, world.secretary) == (Answer.COMING, "")


@pytest.mark.parametrize("who", ["deputy", "far_secretary", "organiser", "district", "expert"])
def test_who_was_not_asked_does_not_answer(browse, world, who):
    meeting = make_meeting(world)
    browser = browse(world.everybody[who])
    assert tap_coming(browser, meeting).status_code == 403
    assert browser.get(f"/meetings/{meeting.id}/leave").status_code == 403
    assert "/coming" not in text_of(browser.get(f"/meetings/{meeting.id}"))
    assert {a.answer for a in attendance(meeting).values()} == {None}


@pytest.mark.parametrize("state", ["held", "closed", "postponed", "cancelled"])
def test_nobody_answers_once_it_was_held_or_called_off(browse, world, state):
    meeting = make_meeting(world, state)
    assert tap_coming(browse(world.secretary), meeting).status_code == 409
    assert answer_of(meeting, world.secretary)[0] is None


def test_the_organiser_sees_names_by_village_and_others_only_counts(browse, world):
    meeting = make_meeting(world)
    browse(world.secretary).submit(f"/meetings/{meeting.id}/leave", {"reason": "陪老人看病"})
    page = f"/meetings/{meeting.id}"
    counts = "应到 2 人 · 来 0 人 · 请假 1 人 · 没回 1 人"
    for who, sees in (("organiser", True), ("district", True), ("neighbour", False), ("far_organiser", False)):
        shown = text_of(browse(world.everybody[who]).get(page))
        assert counts in shown
        assert ("柳大山" in shown.split('id="content"')[1]) == sees
        assert ("陪老人看病" in shown) == sees


def test_home_shows_the_next_meeting_of_ones_own_township(app, world):
    assert home_meeting(world.secretary) is None
    over = make_meeting(world, "closed", starts_at=began(), number=55)
    assert home_meeting(world.secretary).id == over.id
    draft = make_meeting(world, "draft", starts_at=utcnow() + timedelta(minutes=2), number=56)
    assert home_meeting(world.secretary).id == over.id
    assert home_meeting(world.organiser).id == draft.id
    coming = make_meeting(world, starts_at=utcnow() + timedelta(days=50), number=57)
    assert home_meeting(world.secretary).id == coming.id
    for stranger in (world.far_secretary, world.district_staff, world.expert, world.admin):
        assert home_meeting(stranger) is None


def test_home_asks_for_its_meeting_in_one_statement(app, world, count_statements):
    make_meeting(world)
    with count_statements() as seen:
        row = home_meeting(world.secretary)
    assert len(seen) == 1
    assert (row.expected, row.coming, row.leave, row.my_answer, row.is_expected) == (2, 0, 0, None, True)


def shown_notice(app, actor, kind, meeting, locale=None):
    headers = {"Cookie": f"language={locale}"} if locale else {}
    with app.test_request_context(headers=headers):
        shown = show_notices(actor, [Told(kind, meeting.id)])
    return next(iter(shown.values())) if shown else None


def test_notices_say_what_there_is_and_how_it_stands_now(app, world):
    meeting = make_meeting(world)
    shown = shown_notice(app, world.secretary, "meeting.announced", meeting)
    assert shown.url == f"/meetings/{meeting.id}"
    assert "的论坛定了：地没人种怎么办。" in shown.text
    assert "前柳村大棚，请回一声来不来。" in shown.text
    actions.revise(world.organiser, reloaded(meeting), plan_of(meeting, place="后柳村"), version=meeting.version)
    db.session.commit()
    assert "后柳村" in shown_notice(app, world.secretary, "meeting.changed", meeting).text
    actions.postpone(world.organiser, reloaded(meeting), "防汛")
    db.session.commit()
    assert shown_notice(app, world.secretary, "meeting.changed", meeting).text.endswith("的论坛推迟了：防汛")
    actions.cancel(world.organiser, reloaded(meeting), "汛期长")
    db.session.commit()
    assert shown_notice(app, world.secretary, "meeting.changed", meeting).text.endswith("的论坛取消了：汛期长")


def test_nobody_is_shown_a_notice_of_a_meeting_he_may_not_open(app, world):
    draft = make_meeting(world, "draft")
    assert shown_notice(app, world.secretary, "meeting.announced", draft) is None
    assert shown_notice(app, world.admin, "meeting.announced", make_meeting(world, number=57)) is None
