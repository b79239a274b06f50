"""后来怎样了: when who is asked, what an answer does to the thread, and what stays to be read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.clock import today, utcnow
from forum.consultations.actions import ConcludedMeanwhile, Task, conclude, open_follow_up
from forum.consultations.finishing import finish_action
from forum.consultations.followups import (
    AnsweredMeanwhile,
    Report,
    UrgedBefore,
    answer_follow_up,
    ask_about,
    remind_of,
    urge_action,
    urge_answer,
)
from forum.consultations.models import ActionItem, FollowUp, FollowUpResult, Outcome
from forum.consultations.whom import people_of, people_to_ask
from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.threads.deeds import accept_answer
from forum.threads.models import Post, Reach, Thread, ThreadAdmission
from forum.units.models import Posting, Role
from tests.factories import make_actor, make_post, make_thread

LATER = today() + timedelta(days=90)
SOLVED, BETTER, UNSOLVED = FollowUpResult.SOLVED, FollowUpResult.BETTER, FollowUpResult.UNSOLVED


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def concluded(world, thread, statement="三个村合起来流转。", due=LATER, **values):
    outcome = conclude(world.organiser, thread, statement, follow_up=due, **values)
    db.session.commit()
    return outcome


def answered(actor, thread, result, again=None, **values):
    found = answer_follow_up(actor, thread, Report(result, "照着办了，还行。", again), **values)
    db.session.commit()
    return found


def now(thread):
    """The thread as it is stored."""
    db.session.rollback()
    return db.session.get_one(Thread, thread.id, populate_existing=True)


def told(kind):
    db.session.rollback()
    return sorted(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def test_a_conclusion_sets_the_day_on_which_to_ask(world, thread):
    outcome = concluded(world, thread)
    asked = open_follow_up(thread.id)
    assert (asked.outcome_id, asked.due, now(thread).followup_due) == (outcome.id, LATER, LATER)


def test_without_a_day_nobody_is_asked(world, thread):
    concluded(world, thread, due=None)
    assert (open_follow_up(thread.id), now(thread).followup_due) == (None, None)


def test_solved_it_is_done(world, thread):
    concluded(world, thread)
    found = answered(world.secretary, thread, SOLVED)
    assert (now(thread).solved_at, now(thread).followup_due, now(thread).round) == (found.answered_at, None, 1)
    assert (found.answered_by_id, found.entered_by_id) == (world.secretary.id, None)
    assert db.session.get_one(Post, found.post_id).body == "照着办了，还行。"


def test_better_it_is_asked_again_on_another_day(world, thread):
    concluded(world, thread)
    first = answered(world.secretary, thread, BETTER, again=LATER)
    assert (now(thread).solved_at, now(thread).followup_due, now(thread).concluded_at is None) == (None, LATER, False)
    assert open_follow_up(thread.id).id != first.id


def test_unsolved_it_goes_into_another_round_and_the_first_stays_to_be_read(world, thread):
    reply = make_post(thread, world.far_secretary)
    accept_answer(world.secretary, thread, reply)
    outcome = concluded(world, thread, tasks=[Task("量地", world.village.id)])
    found = answered(world.secretary, thread, UNSOLVED)
    again = now(thread)
    assert (again.round, again.reopened_at) == (2, found.answered_at)
    assert (again.concluded_at, again.accepted_post_id, again.accepted_at, again.open_actions) == (None,) * 3 + (0,)
    assert (found.accepted_post_id, found.outcome_id) == (reply.id, outcome.id)
    assert told("thread.reopened") == [world.far_secretary.id]
    second = concluded(world, thread, "换个法子。")
    assert (second.round, outcome.replaced_at) == (2, None)


def test_what_was_solved_may_come_back(world, thread):
    concluded(world, thread)
    answered(world.secretary, thread, SOLVED)
    answered(world.secretary, thread, UNSOLVED)
    assert (now(thread).round, now(thread).solved_at) == (2, None)


def test_the_organiser_writes_it_down_for_whoever_asked(world, thread):
    concluded(world, thread)
    found = answered(world.organiser, thread, SOLVED)
    assert (found.answered_by_id, found.posting_id) == (world.secretary.id, world.secretary.posting.id)
    assert found.entered_by_id == world.organiser.id
    assert db.session.get_one(Post, found.post_id).author_id == world.organiser.id


def test_of_two_who_answer_at_once_one_is_told(world, thread):
    concluded(world, thread)
    seen = open_follow_up(thread.id).id
    answered(world.secretary, thread, BETTER, again=LATER, seen=seen)
    with pytest.raises(AnsweredMeanwhile):
        answer_follow_up(world.organiser, thread, Report(UNSOLVED, "没办成。"), seen=seen)
    assert now(thread).round == 1


def test_what_is_not_concluded_has_no_afterwards(world, thread):
    with pytest.raises(AnsweredMeanwhile):
        answer_follow_up(world.secretary, thread, Report(SOLVED, "好了。"))


def test_of_two_who_conclude_at_once_one_is_told(world, thread):
    concluded(world, thread, seen=0)
    with pytest.raises(ConcludedMeanwhile):
        conclude(world.secretary, thread, "另一个结论。", seen=0)
    assert len(db.session.scalars(select(Outcome)).all()) == 1


def test_correcting_keeps_what_stood_and_takes_over_what_is_to_be_done(world, thread):
    first = concluded(world, thread, tasks=[Task("量地", world.village.id)])
    second = concluded(
        world,
        thread,
        "改成两个村。",
        due=LATER + timedelta(days=1),
        tasks=[Task("签合同", world.village.id)],
        seen=first.id,
    )
    assert first.replaced_at is not None
    assert first.statement == "三个村合起来流转。"
    assert set(db.session.scalars(select(ActionItem.outcome_id))) == {second.id}
    assert (open_follow_up(thread.id).outcome_id, now(thread).open_actions) == (second.id, 2)


def test_open_actions_are_counted(world, thread):
    concluded(world, thread, tasks=[Task("量地", world.village.id), Task("签合同", world.village.id)])
    assert now(thread).open_actions == 2
    action = db.session.scalars(select(ActionItem).options(db.joinedload(ActionItem.unit))).first()
    finish_action(world.secretary, action, "量了。")
    db.session.commit()
    assert now(thread).open_actions == 1


def test_it_is_asked_once(world, thread):
    concluded(world, thread, due=today())
    asked = open_follow_up(thread.id)
    assert [ask_about(asked, utcnow()), ask_about(asked, utcnow())] == [True, False]
    db.session.commit()
    assert told("followup.due") == [world.secretary.id]


def test_who_has_left_is_not_asked_but_who_leads_his_village_now(world, thread):
    office = db.session.get_one(Posting, world.secretary.posting.id)
    office.until = today() - timedelta(days=1)
    db.session.commit()
    new = make_actor("柳新任", Role.SECRETARY, world.village)
    assert people_to_ask(thread) == sorted([world.deputy.id, new.id])
    for posting in db.session.scalars(select(Posting).where(Posting.unit_id == world.village.id)):
        posting.until = today() - timedelta(days=1)
    db.session.commit()
    assert people_to_ask(thread) == [world.organiser.id]


def leave(actor):
    db.session.get_one(Posting, actor.posting.id).until = today() - timedelta(days=1)
    db.session.commit()


def test_what_was_confided_to_a_panel_is_not_asked_of_whoever_follows_in_office(world):
    thread = make_thread(world.secretary, reach=Reach.PANEL, admitted=[world.expert])
    assert people_to_ask(thread) == [world.secretary.id]
    leave(world.secretary)
    make_actor("柳新任", Role.SECRETARY, world.village)
    assert people_to_ask(thread) == [world.organiser.id]
    db.session.add(ThreadAdmission(thread_id=thread.id, person_id=world.deputy.id))
    db.session.commit()
    assert people_to_ask(thread) == [world.deputy.id]


def test_whoever_left_office_is_not_reminded_of_an_action_but_who_leads_the_village_now(world, thread):
    named = world.neighbour_secretary
    concluded(world, thread, tasks=[Task("量地", world.neighbour.id, today(), named.id)])
    action = db.session.scalars(select(ActionItem)).one()
    assert people_of(action) == [named.id]
    leave(named)
    new = make_actor("杨新任", Role.SECRETARY, world.neighbour)
    assert people_of(action) == [new.id]


def test_an_action_is_reminded_of_once_and_urged_once_a_week(world, thread):
    concluded(
        world,
        thread,
        tasks=[Task("量地", world.village.id, today()), Task("看地", world.village.id, today(), world.expert.id)],
    )
    first, second = db.session.scalars(
        select(ActionItem).options(db.joinedload(ActionItem.unit)).order_by(ActionItem.id)
    ).all()
    assert [remind_of(first, utcnow()), remind_of(first, utcnow()), remind_of(second, utcnow())] == [True, False, True]
    db.session.commit()
    assert told("action.due") == sorted([world.secretary.id, world.deputy.id, world.expert.id])
    urge_action(world.organiser, first)
    with pytest.raises(UrgedBefore):
        urge_action(world.organiser, first)


def test_an_answer_is_urged_once_a_week(world, thread):
    concluded(world, thread, due=today() - timedelta(days=8))
    asked = open_follow_up(thread.id)
    urge_answer(world.organiser, asked, thread)
    with pytest.raises(UrgedBefore):
        urge_answer(world.organiser, asked, thread)
    db.session.rollback()
    asked = db.session.scalars(select(FollowUp)).one()
    asked.urged_at = utcnow() - timedelta(days=7, seconds=1)
    db.session.commit()
    urge_answer(world.organiser, asked, thread)
