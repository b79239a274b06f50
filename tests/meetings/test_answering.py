"""代替 and 代录: who comes instead, who said so for him, and that the counts stay true."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.clock import local
from forum.extensions import db
from forum.meetings import actions, afterwards
from forum.meetings.models import Answer
from forum.meetings.queries import attendance_of
from forum.meetings.signing import sign_in
from forum.meetings.sitting_queries import meeting_rows
from forum.notices.models import OutboxMessage
from tests.meetings.makers import attendance, began, make_meeting, plan_of, reloaded


def instead(world, meeting, **who):
    afterwards.answer_invitation(world.secretary, reloaded(meeting), Answer.SUBSTITUTE, **who)
    db.session.commit()


def test_a_colleague_of_the_village_comes_instead_and_is_told(world):
    meeting = make_meeting(world)
    instead(world, meeting, substitute_id=world.deputy.id)
    told = db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "meeting.substitute"))
    assert told.all() == [world.deputy.id]
    row = db.session.execute(meeting_rows(world.deputy)).one()
    assert (row.stands_in_for, row.coming, row.leave) == (world.village.name, 1, 0)
    with pytest.raises(ValueError):
        instead(world, meeting, substitute_id=world.neighbour_secretary.id)
    with pytest.raises(ValueError):
        instead(world, meeting)


def test_by_his_substitute_the_village_is_there(world):
    meeting = make_meeting(world, starts_at=began(10))
    instead(world, meeting, substitute_id=world.deputy.id)
    sitting = reloaded(meeting).main_sitting
    assert sign_in(world.deputy, reloaded(meeting), sitting)
    assert not sign_in(world.deputy, reloaded(meeting), sitting)
    db.session.commit()
    row = attendance(meeting)[world.secretary.id]
    assert (row.came, row.answer) == (True, Answer.SUBSTITUTE)
    assert world.deputy.id not in attendance(meeting)
    counted = db.session.execute(meeting_rows(world.organiser)).one()
    assert (counted.expected, counted.came, counted.leave) == (2, 1, 0)


def test_who_comes_after_all_comes_himself(world):
    meeting = make_meeting(world, starts_at=began(10))
    instead(world, meeting, substitute_name="王会计")
    sign_in(world.secretary, reloaded(meeting), reloaded(meeting).main_sitting)
    db.session.commit()
    row = attendance(meeting)[world.secretary.id]
    assert (row.answer, row.substitute_name, row.came) == (Answer.COMING, "", True)


def test_a_substitute_is_chosen_or_written_on_a_page(browse, world):
    meeting = make_meeting(world)
    browser, page = browse(world.secretary), f"/meetings/{meeting.id}/substitute"
    refused = browser.submit(page)
    assert refused.status_code == 422
    assert "请选一位，或者写上名字。" in refused.get_data(as_text=True)
    assert browser.submit(page, {"person": str(world.neighbour_secretary.id)}).status_code == 422
    assert browser.submit(page, {"name": "王会计"}).status_code == 303
    assert "有人代您来" in browser.get(f"/meetings/{meeting.id}").get_data(as_text=True)
    names = browse(world.organiser).get(f"/meetings/{meeting.id}").get_data(as_text=True)
    assert "王会计代替他来" in names


def test_what_somebody_said_by_telephone_says_who_wrote_it(browse, world):
    meeting = make_meeting(world)
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/answers/{world.secretary.id}"
    assert browser.submit(page, {"answer": "leave"}).status_code == 422
    assert browser.submit(page, {"answer": "substitute"}).status_code == 422
    assert browser.submit(page, {"answer": "leave", "reason": "看病"}).status_code == 303
    db.session.rollback()
    (row,) = (a for a in attendance_of(meeting.id) if a.person_id == world.secretary.id)
    assert (row.answer, row.reason, row.entered_by) == (Answer.LEAVE, "看病", world.organiser.name)
    assert f"{world.organiser.name}代录" in browser.get(f"/meetings/{meeting.id}").get_data(as_text=True)
    afterwards.answer_invitation(world.secretary, reloaded(meeting), Answer.COMING)
    db.session.commit()
    assert attendance(meeting)[world.secretary.id].entered_by_id is None
    assert browser.get(f"/meetings/{meeting.id}/answers/{world.expert.id}").status_code == 404


def test_another_day_asks_anew_and_forgets_the_substitute(world):
    meeting = make_meeting(world)
    instead(world, meeting, substitute_name="王会计")
    starts_at = reloaded(meeting).main_sitting.starts_at
    back = starts_at - timedelta(days=1)  # today: still in the same month, wherever the month ends
    moved = plan_of(meeting, starts_at=back, month=local(back).date().replace(day=1))
    actions.revise(world.organiser, reloaded(meeting), moved, version=reloaded(meeting).version)
    db.session.commit()
    row = attendance(meeting)[world.secretary.id]
    assert (row.answer, row.substitute_name) == (None, "")
