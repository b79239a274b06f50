"""What members write of a trip, when they are asked what became of it, and what stays to be read."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.clock import today
from forum.extensions import db
from forum.learning.trips.asking import ask_for_next_note, ask_of_next
from forum.learning.trips.models import StudyTrip, TripAnswer, TripMember, TripUse, UseResult
from forum.learning.trips.noting import (
    Answer,
    AnsweredMeanwhile,
    WrittenAlready,
    answer_use,
    edit_note,
    write_note,
)
from forum.learning.trips.policies import (
    can_answer,
    can_edit_note,
    can_write_note,
    visible_notes,
    visible_trips,
    visible_uses,
)
from forum.notices.models import OutboxMessage
from forum.threads.actions import EditedMeanwhile
from forum.threads.models import Post, PostRevision, Reach
from forum.threads.moderation import hide_post
from forum.units.models import Posting, Role
from tests.factories import make_actor
from tests.learning.makers import line, make_note, make_trip, note_now, now, pass_time, put_down, uses_of

LATER = today() + timedelta(days=30)


@pytest.fixture
def trip(world):
    """A trip from which one is back since yesterday."""
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary, world.neighbour_secretary)
    return pass_time(trip)


def told(kind):
    db.session.rollback()
    return sorted(db.session.execute(select(OutboxMessage.recipient_id, OutboxMessage.subject_id).filter_by(kind=kind)))


def all_asked(ask):
    """Run a job to its end, as the worker does."""
    while ask():
        db.session.commit()


def said(actor, use, result, words="", again=None, seen=None):
    answer_use(actor, use, Answer(result, words, again), seen=seen)
    db.session.commit()


# ---- writing ----


def test_a_note_is_a_post_of_the_thread_and_says_all_three(world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(), line("分红榜上墙", who=""))
    post = db.session.get_one(Post, note.post_id)
    assert (post.thread_id, post.author_id) == (trip.thread_id, world.secretary.id)
    for word in ("一棚一阀。", "1. 水肥一体", "先在两个棚里试", "柳大山", "2. 分红榜上墙", f"{LATER.day}日前"):
        assert word in post.body
    assert [use.what for use in uses_of(note)] == ["水肥一体", "分红榜上墙"]
    assert told("thread.replied") == [(world.organiser.id, note.post_id)]


def test_one_note_each(world, trip):
    make_note(world.secretary, trip)
    with pytest.raises(WrittenAlready):
        write_note(world.secretary, now(trip), "又写一遍")


def test_who_sat_writes_once_it_has_set_out_until_it_is_closed(world):
    trip = make_trip(world.organiser)
    assert not can_write_note(world.secretary, trip, has_seat=True)
    assert can_write_note(world.secretary, pass_time(trip, 0), has_seat=True)
    assert can_write_note(world.secretary, pass_time(trip, 1), has_seat=True)
    assert not can_write_note(world.secretary, trip, has_seat=False)
    trip.closed_at = trip.created_at
    assert not can_write_note(world.secretary, trip, has_seat=True)


def test_edited_it_keeps_what_it_said_and_its_lines_follow(world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(), line("分红榜上墙"))
    first, second = uses_of(note)
    changed = line("水肥一体，先试一个棚", use_id=first.id)
    edit_note(
        world.secretary, note_now(world.secretary, note), "看了两个棚。", [changed, line("党员先垫钱")], [], version=1
    )
    db.session.commit()
    assert [(use.id == first.id, use.what) for use in uses_of(note)] == [
        (True, "水肥一体，先试一个棚"),
        (False, "党员先垫钱"),
    ]
    assert second.what in db.session.scalars(select(PostRevision.body)).one()
    assert second.what not in db.session.get_one(Post, note.post_id).body


def test_two_windows_do_not_undo_each_other(world, trip):
    note = make_note(world.secretary, trip)
    edit_note(world.secretary, note_now(world.secretary, note), "看了两个棚。", [], [], version=1)
    db.session.commit()
    with pytest.raises(EditedMeanwhile):
        edit_note(world.secretary, note_now(world.secretary, note), "只看了一个。", [], [], version=1)


def test_what_was_answered_is_not_edited_away(world, trip):
    note = make_note(world.secretary, trip)
    (use,) = uses_of(note)
    said(world.secretary, use, UseResult.USED)
    edit_note(world.secretary, note_now(world.secretary, note), "看了两个棚。", [], [], version=1)
    db.session.commit()
    assert [u.what for u in uses_of(note)] == ["水肥一体"]
    assert "水肥一体" in db.session.get_one(Post, note.post_id).body


def test_nobody_edits_anothers_note_nor_a_hidden_one(world, trip):
    note = make_note(world.secretary, trip)
    facts = type("Facts", (), {"author_id": world.secretary.id, "hidden_at": None})
    assert can_edit_note(world.secretary, facts)
    assert not can_edit_note(world.organiser, facts)
    hide_post(world.organiser, note_now(world.organiser, note).post, "写错地方")
    db.session.commit()
    assert db.session.scalars(visible_notes(world.neighbour_secretary)).unique().all() == []
    assert db.session.scalars(visible_uses(world.neighbour_secretary)).all() == []


# ---- 用上了吗 ----


def test_on_its_day_the_member_is_asked_once(world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(due=today()), line("分红榜上墙"))
    all_asked(ask_of_next)
    all_asked(ask_of_next)
    assert told("tripuse.due") == [(world.secretary.id, uses_of(note)[0].id)]


def test_being_done_it_is_asked_again_on_the_day_named(world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(due=today()))
    all_asked(ask_of_next)
    (use,) = uses_of(note)
    said(world.secretary, use, UseResult.DOING, "管子买了", LATER)
    all_asked(ask_of_next)
    assert len(told("tripuse.due")) == 1
    db.session.execute(update(TripUse).values(due=today()))
    db.session.commit()
    all_asked(ask_of_next)
    assert len(told("tripuse.due")) == 2
    (use,) = uses_of(note)
    said(world.secretary, use, UseResult.USED, "两个棚都装了")
    all_asked(ask_of_next)
    assert len(told("tripuse.due")) == 2
    words = db.session.scalars(select(TripAnswer.words).order_by(TripAnswer.id)).all()
    assert words == ["管子买了", "两个棚都装了"]


def test_answered_before_its_day_nobody_is_asked(world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(due=LATER))
    said(world.secretary, uses_of(note)[0], UseResult.UNFIT, "我们村没有棚")
    db.session.execute(update(TripUse).values(due=today()))
    db.session.commit()
    all_asked(ask_of_next)
    assert told("tripuse.due") == []


def test_unfitting_says_why(world, trip):
    note = make_note(world.secretary, trip)
    with pytest.raises(Exception, match="unfit_says_why"):
        answer_use(world.secretary, uses_of(note)[0], Answer(UseResult.UNFIT))


def test_two_who_answer_at_once_do_not_undo_each_other(world, trip):
    note = make_note(world.secretary, trip)
    said(world.deputy, uses_of(note)[0], UseResult.USED, seen=0)
    with pytest.raises(AnsweredMeanwhile):
        answer_use(world.secretary, uses_of(note)[0], Answer(UseResult.UNFIT, "没用上"), seen=0)


def test_whoever_follows_in_office_is_asked_and_answers(world, trip):
    note = make_note(world.secretary, trip, "一棚一阀。", line(due=today()))
    yesterday = today() - timedelta(days=1)
    db.session.execute(update(Posting).where(Posting.person_id == world.secretary.id).values(until=yesterday))
    db.session.commit()
    all_asked(ask_of_next)
    assert told("tripuse.due") == [(world.deputy.id, uses_of(note)[0].id)]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("secretary", True),
        ("deputy", True),
        ("organiser", True),
        ("district", True),
        ("neighbour", False),
        ("far_organiser", False),
        ("expert", False),
    ],
)
def test_who_says_what_became_of_it(world, role, may):
    place = {"unit_id": world.village.id, "township_id": world.town.id, "district_id": world.district.id}
    use = type("Use", (), {"person_id": world.secretary.id, "hidden_at": None, **place})
    assert can_answer(world.everybody[role], use) == may


def test_an_organiser_writes_it_down_for_the_village_and_that_is_shown(world, trip):
    note = make_note(world.secretary, trip)
    said(world.organiser, uses_of(note)[0], UseResult.USED, "电话里说装好了")
    said_of_it = db.session.scalars(select(TripAnswer)).one()
    assert (said_of_it.person_id, said_of_it.entered_by_id) == (world.secretary.id, world.organiser.id)


# ---- asked for the note ----


def test_who_is_back_and_has_not_written_is_asked_once(world, trip):
    waiting = make_actor("候补", Role.DEPUTY, world.neighbour)
    db.session.add(
        TripMember(
            trip_id=trip.id, person_id=waiting.id, posting_id=waiting.posting.id, unit_id=waiting.posting.unit_id
        )
    )
    make_note(world.secretary, trip)
    all_asked(ask_for_next_note)
    all_asked(ask_for_next_note)
    assert told("trip.write") == [(world.neighbour_secretary.id, trip.id)]


def test_nobody_is_asked_for_a_note_of_a_trip_that_was_called_off(world, trip):
    db.session.execute(update(StudyTrip).values(cancelled_at=trip.created_at, reason="路上结冰"))
    db.session.commit()
    all_asked(ask_for_next_note)
    assert told("trip.write") == []


# ---- for whose eyes ----


def test_a_narrowed_trip_is_its_townships(world):
    trip = make_trip(world.organiser, reach=Reach.TOWNSHIP)
    put_down(trip, world.secretary)
    make_note(world.secretary, pass_time(trip))
    readers = {"secretary", "deputy", "neighbour", "organiser"}
    for role, actor in world.everybody.items():
        if actor is not None:
            for query in (visible_trips(actor), visible_notes(actor), visible_uses(actor)):
                found = db.session.scalars(query).unique().all()
                # One's own words stay one's own, also out of office.
                assert bool(found) == (role in readers), f"{role}: {query}"


def test_a_draft_is_seen_by_those_who_look_after_it(world):
    make_trip(world.organiser, is_open=False)
    make_trip(world.organiser, is_open=False, reach=Reach.TOWNSHIP)
    make_trip(world.district_staff, is_open=False)
    seen = {
        role: len(db.session.scalars(visible_trips(actor)).all()) for role, actor in world.everybody.items() if actor
    }
    assert {role: number for role, number in seen.items() if number} == {"organiser": 2, "district": 2}
