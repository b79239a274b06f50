"""A meeting's way from draft to closed: which steps lead where, who is told, what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from forum.audit.models import AuditEntry
from forum.clock import today, utcnow
from forum.extensions import db
from forum.meetings import actions, afterwards
from forum.meetings.actions import (
    ChangedMeanwhile,
    DayPassed,
    NobodyExpected,
    NumberTaken,
    SameTime,
    TooEarly,
    WrongState,
)
from forum.meetings.closing.actions import Closing, close
from forum.meetings.minutes.actions import write_part
from forum.meetings.models import Answer, Meeting
from forum.notices.models import OutboxMessage
from forum.units.models import Posting, Role
from tests.factories import make_actor
from tests.meetings.makers import attendance, began, make_meeting, plan, plan_of, reloaded, state_of

NEW_TIME = timedelta(days=40)

STEPS = {
    "announce": lambda actor, meeting: actions.announce(actor, meeting),
    "announce anew": lambda actor, meeting: actions.announce_anew(
        actor, meeting, plan_of(meeting, starts_at=utcnow() + NEW_TIME), version=meeting.version
    ),
    "revise": lambda actor, meeting: actions.revise(
        actor, meeting, plan_of(meeting, theme="换个题"), version=meeting.version
    ),
    "postpone": lambda actor, meeting: actions.postpone(actor, meeting, "防汛"),
    "cancel": lambda actor, meeting: actions.cancel(actor, meeting, "防汛"),
    "hold": lambda actor, meeting: actions.hold(actor, meeting),
    "attendance": lambda actor, meeting: afterwards.take_attendance(actor, meeting, [], version=meeting.version),
    "close": lambda actor, meeting: close(actor, meeting, Closing()),
}
LEADS_TO = {
    "draft": {"announce": "announced", "revise": "draft", "postpone": "postponed", "cancel": "cancelled"},
    "announced": {
        "hold": "held",
        "attendance": "announced",
        "revise": "announced",
        "postpone": "postponed",
        "cancel": "cancelled",
    },
    "held": {"attendance": "held", "close": "closed"},
    "postponed": {"announce anew": "announced", "cancel": "cancelled"},
    "closed": {},
    "cancelled": {},
}


def told(kind):
    rows = db.session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.subject_id).where(OutboxMessage.kind == kind)
    )
    return sorted((row.recipient_id, row.subject_id) for row in rows)


@pytest.mark.parametrize("state", LEADS_TO)
def test_every_step_from_every_state(world, state):
    meeting = make_meeting(world, state, began(5) if state in ("draft", "announced") else None)
    if state == "held":
        afterwards.take_attendance(world.organiser, meeting, [world.secretary.id], version=meeting.version)
        write_part(world.organiser, meeting, "说了三件事。", version=0)
        db.session.commit()
    for step, take in STEPS.items():
        meeting = reloaded(meeting)
        if step in LEADS_TO[state]:
            take(world.organiser, meeting)
            db.session.flush()
            assert meeting.state == LEADS_TO[state][step]
        else:
            with pytest.raises(WrongState):
                take(world.organiser, meeting)
            assert meeting.state == state
        db.session.rollback()


def test_announcing_asks_the_secretaries_in_office_and_nobody_else(world):
    make_actor("前任书记", Role.SECRETARY, world.village, until=today() - timedelta(days=1))
    meeting = make_meeting(world)
    expected = sorted([world.secretary.id, world.neighbour_secretary.id])
    assert sorted(attendance(meeting)) == expected
    assert told("meeting.announced") == [(person_id, meeting.id) for person_id in expected]
    assert {a.unit_id for a in attendance(meeting).values()} == {world.village.id, world.neighbour.id}


def test_whoever_leads_two_villages_is_expected_once(world):
    db.session.execute(delete(Posting).where(Posting.person_id == world.neighbour_secretary.id))
    db.session.add(
        Posting(person_id=world.secretary.id, unit_id=world.neighbour.id, role=Role.SECRETARY, since=today())
    )
    db.session.commit()
    assert list(attendance(make_meeting(world))) == [world.secretary.id]


def test_a_meeting_is_not_announced_to_nobody(world):
    db.session.execute(delete(Posting).where(Posting.role == Role.SECRETARY))
    with pytest.raises(NobodyExpected):
        make_meeting(world)


def test_a_day_that_has_passed_is_not_announced_but_this_morning_is(world):
    with pytest.raises(DayPassed):
        make_meeting(world, starts_at=utcnow() - timedelta(days=1))
    db.session.rollback()
    assert state_of(make_meeting(world, starts_at=began(1))) == "announced"


def test_a_meeting_is_not_held_before_it_began(world):
    meeting = make_meeting(world, starts_at=utcnow() + timedelta(minutes=5))
    with pytest.raises(TooEarly):
        actions.hold(world.organiser, meeting)


def test_a_postponed_meeting_is_announced_anew_with_a_new_time_and_everybody_is_asked_again(world):
    meeting = make_meeting(world)
    afterwards.answer_invitation(world.secretary, meeting, Answer.COMING)
    actions.postpone(world.organiser, meeting, "防汛")
    db.session.commit()
    assert len(told("meeting.changed")) == 2
    with pytest.raises(SameTime):
        actions.announce_anew(world.organiser, meeting, plan_of(meeting), version=meeting.version)
    with pytest.raises(DayPassed):
        actions.announce_anew(
            world.organiser, meeting, plan_of(meeting, starts_at=utcnow() - timedelta(days=1)), version=meeting.version
        )
    actions.announce_anew(
        world.organiser, meeting, plan_of(meeting, starts_at=utcnow() + NEW_TIME), version=meeting.version
    )
    db.session.commit()
    assert state_of(meeting) == "announced"
    assert reloaded(meeting).reason == ""
    assert {a.answer for a in attendance(meeting).values()} == {None}
    assert len(told("meeting.announced")) == 4


@pytest.mark.parametrize(
    ("change", "is_told", "answer"),
    [
        ({"theme": "换个题"}, True, "coming"),
        ({"brief": "带上账本"}, False, "coming"),
        ({"place": "后柳村"}, True, "coming"),
        ({"hours": 1}, True, "coming"),
        ({"hours": 24 * 3}, True, None),
    ],
)
def test_another_theme_time_or_place_is_told_to_those_expected(world, change, is_told, answer):
    meeting = make_meeting(world, starts_at=plan().sittings[0].starts_at.replace(hour=1) + timedelta(days=1))
    afterwards.answer_invitation(world.secretary, meeting, Answer.COMING)
    starts_at = meeting.main_sitting.starts_at + timedelta(hours=change.pop("hours", 0))
    actions.revise(world.organiser, meeting, plan_of(meeting, starts_at=starts_at, **change), version=meeting.version)
    db.session.commit()
    assert len(told("meeting.changed")) == (2 if is_told else 0)
    assert attendance(meeting)[world.secretary.id].answer == answer


def test_an_issue_number_is_used_once_in_a_township_unless_cancelled(world):
    first = make_meeting(world)
    assert actions.next_number(world.town.id) == 57
    with pytest.raises(NumberTaken):
        make_meeting(world)
    db.session.rollback()
    assert actions.schedule(world.far_organiser, world.other_town, plan()).number == 56
    actions.cancel(world.organiser, reloaded(first), "防汛")
    assert actions.next_number(world.town.id) == 1
    assert make_meeting(world).number == 56


def test_two_at_once_take_the_same_number_only_once(world, monkeypatch):
    make_meeting(world)
    monkeypatch.setattr(actions, "_refuse_taken", lambda *args, **kwargs: None)
    with pytest.raises(NumberTaken):
        make_meeting(world)


def test_the_second_of_two_organisers_does_not_overwrite_the_first(world):
    meeting = make_meeting(world, "draft")
    before = meeting.version
    actions.revise(world.organiser, meeting, plan_of(meeting, theme="先改的"), version=before)
    db.session.commit()
    with pytest.raises(ChangedMeanwhile):
        actions.revise(world.district_staff, meeting, plan_of(meeting, theme="后改的"), version=before)
    assert reloaded(meeting).theme == "先改的"


def test_two_steps_at_once_are_one_step(world):
    meeting = make_meeting(world, starts_at=began())
    db.session.execute(db.update(Meeting.__table__).where(Meeting.id == meeting.id).values(version=Meeting.version + 1))
    db.session.commit()
    actions.hold(world.organiser, meeting)
    with pytest.raises(StaleDataError):
        db.session.flush()


@pytest.mark.parametrize("wrong", [{"ends_at": began(600)}, {"month": today().replace(year=2020, day=1)}])
def test_no_plan_ends_before_it_begins_or_leaves_its_month(wrong):
    with pytest.raises(ValueError):
        plan(**wrong)


def test_every_step_leaves_an_audit_row(world):
    meeting = make_meeting(world, "closed")
    deeds = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "meeting", AuditEntry.subject_id == meeting.id)
    ).all()
    assert list(deeds) == [
        "meeting.schedule",
        "meeting.announce",
        "meeting.hold",
        "meeting.attendance",
        "meeting.minutes",
        "meeting.close",
    ]
