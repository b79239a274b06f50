"""A trip from plan to return: who is invited, who gets a seat, who waits, and who is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from forum.clock import today, utcnow
from forum.extensions import db
from forum.learning.trips.actions import (
    ChangedMeanwhile,
    DayPassed,
    SeatsTaken,
    WrongStage,
    cancel_trip,
    close_trip,
    members_of,
    open_trip,
    revise_trip,
)
from forum.learning.trips.joining import TooLate, add_member, join, leave
from forum.learning.trips.models import Stage, StudyTrip, TripMember, stage_of
from forum.notices.models import OutboxMessage
from forum.notices.robots.actions import add_robot
from forum.notices.robots.announcements import ANNOUNCEMENTS
from forum.notices.robots.models import Hears, Robot, RobotKind, RobotMessage
from forum.threads.models import Post, PostRevision, Reach, Thread, ThreadKind
from forum.units.models import Role, UnitKind
from tests.factories import make_actor, make_unit
from tests.learning.makers import make_trip, now, pass_time, plan, put_down


def told(kind):
    db.session.rollback()
    return sorted(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def seated(trip):
    db.session.rollback()
    query = select(TripMember.person_id).where(TripMember.trip_id == trip.id, TripMember.seated_at.is_not(None))
    return set(db.session.scalars(query))


def villagers(world, number, town=None):
    villages = [make_unit(UnitKind.VILLAGE, f"第{n}村", town or world.town) for n in range(number)]
    return [make_actor(f"书记{n}", Role.SECRETARY, village) for n, village in enumerate(villages)]


# ---- inviting ----


def test_a_draft_has_no_thread_and_invites_nobody(world):
    trip = make_trip(world.organiser, is_open=False)
    assert (stage_of(trip), trip.thread_id, told("trip.opened")) == (Stage.DRAFT, None, [])


def test_opening_begins_the_thread_and_tells_the_secretaries_of_the_township(world):
    trip = make_trip(world.organiser)
    thread = db.session.get_one(Thread, trip.thread_id)
    assert (thread.kind, thread.title, thread.township_id) == (ThreadKind.TRIP, trip.title, world.town.id)
    body = db.session.scalars(select(Post.body).where(Post.thread_id == thread.id)).one()
    assert all(word in body for word in ("南山县杏花村", "合作社", "9:30 大棚 看水肥一体"))
    assert told("trip.opened") == sorted([world.secretary.id, world.neighbour_secretary.id])


def test_the_district_invites_all_townships_or_some(world):
    make_trip(world.district_staff)
    assert told("trip.opened") == sorted([world.secretary.id, world.neighbour_secretary.id, world.far_secretary.id])
    db.session.execute(db.delete(OutboxMessage))
    trip = make_trip(world.district_staff, township_ids=[world.other_town.id])
    assert told("trip.opened") == [world.far_secretary.id]
    assert db.session.get_one(Thread, trip.thread_id).township_id is None


def test_a_district_opens_what_a_township_planned_for_that_township(world):
    trip = make_trip(world.organiser, is_open=False)
    open_trip(world.district_staff, trip)
    db.session.commit()
    assert db.session.get_one(Thread, trip.thread_id).township_id == world.town.id


def test_nobody_is_invited_to_what_nobody_can_join_any_more(world):
    trip = make_trip(world.organiser, is_open=False, join_by=today() - timedelta(days=1))
    with pytest.raises(DayPassed):
        open_trip(world.organiser, trip)


@pytest.mark.parametrize(
    ("day", "taken", "stage"),
    [
        (7, 0, "open"),
        (7, 2, "full"),
        (8, 0, "shut"),
        (9, 2, "shut"),
        (10, 1, "under_way"),
        (12, 1, "under_way"),
        (13, 2, "back"),
    ],
)
def test_the_stage_follows_from_days_and_seats(day, taken, stage):
    first = date(2026, 3, 1)
    trip = StudyTrip(
        thread_id=1, seats=2, taken=taken, starts_on=first + timedelta(days=10), ends_on=first + timedelta(days=12)
    )
    trip.join_by = first + timedelta(days=7)
    assert stage_of(trip, first + timedelta(days=day)) == stage


# ---- seats ----


def test_whoever_comes_first_sits_the_others_wait_and_move_up_in_turn(world):
    trip = make_trip(world.organiser)
    people = villagers(world, 5)
    put_down(trip, *people)
    assert (seated(trip), now(trip).taken) == ({people[0].id, people[1].id}, 2)
    leave(people[3], trip, people[3].id)  # who waits gives up no seat
    leave(people[0], trip, people[0].id)
    db.session.commit()
    assert (seated(trip), now(trip).taken) == ({people[1].id, people[2].id}, 2)
    assert told("trip.moved_up") == [people[2].id]
    leave(people[1], trip, people[1].id)
    leave(people[2], trip, people[2].id)
    db.session.commit()
    assert (seated(trip), now(trip).taken) == ({people[4].id}, 1)


def test_joining_or_leaving_twice_changes_nothing(world):
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary, world.secretary)
    assert now(trip).taken == 1
    for _ in range(2):
        leave(world.secretary, trip, world.secretary.id)
    db.session.commit()
    assert now(trip).taken == 0


def test_more_seats_are_given_to_those_who_wait(world):
    trip = make_trip(world.organiser)
    people = villagers(world, 4)
    put_down(trip, *people)
    revise_trip(world.organiser, now(trip), plan(seats=3), version=1)
    db.session.commit()
    assert (now(trip).taken, told("trip.moved_up")) == (3, [people[2].id])
    with pytest.raises(SeatsTaken):
        revise_trip(world.organiser, now(trip), plan(seats=2), version=2)


def test_nobody_joins_after_the_day_and_nobody_leaves_once_it_has_set_out(world):
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary)
    db.session.execute(update(StudyTrip).values(join_by=today() - timedelta(days=1)))
    db.session.commit()
    with pytest.raises(TooLate):
        join(world.neighbour_secretary, now(trip))
    pass_time(trip, 0)
    with pytest.raises(TooLate):
        leave(world.secretary, now(trip), world.secretary.id)


def test_the_database_itself_knows_no_seat_too_many(world):
    trip = make_trip(world.organiser)
    with pytest.raises(Exception, match="no_more_than_its_seats"):
        db.session.execute(update(StudyTrip).where(StudyTrip.id == trip.id).values(taken=3))


def test_fifty_at_once_for_the_last_seat_and_exactly_one_gets_it(app, world):
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary)
    people, trip_id = villagers(world, 50), now(trip).id
    db.session.rollback()

    def tap(actor):
        with app.app_context():
            join(actor, db.session.get_one(StudyTrip, trip_id))
            db.session.commit()

    with ThreadPoolExecutor(50) as crowd:
        list(crowd.map(tap, people))
    assert (now(trip).taken, len(seated(trip)), len(members_of(trip))) == (2, 2, 51)
    assert len(seated(trip) & {actor.id for actor in people}) == 1


def test_as_many_leave_at_once_as_wait_and_all_seats_are_somebodys(app, world):
    trip = make_trip(world.organiser, seats=8)
    people = villagers(world, 16)
    put_down(trip, *people)
    trip_id = now(trip).id
    db.session.rollback()

    def tap(actor):
        with app.app_context():
            leave(actor, db.session.get_one(StudyTrip, trip_id), actor.id)
            db.session.commit()

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(tap, people[:8]))
    assert seated(trip) == {actor.id for actor in people[8:]}
    assert (now(trip).taken, len(told("trip.moved_up"))) == (8, 8)


# ---- for others ----


def row_of(actor):
    return type("Row", (), {"id": actor.id, "posting_id": actor.posting.id, "unit_id": actor.posting.unit_id})


def test_an_organiser_puts_somebody_down_and_takes_him_off_and_he_is_told(world):
    trip = make_trip(world.organiser)
    add_member(world.organiser, trip, row_of(world.secretary))
    db.session.commit()
    member = db.session.scalars(select(TripMember)).one()
    assert (member.person_id, member.entered_by_id) == (world.secretary.id, world.organiser.id)
    leave(world.organiser, trip, world.secretary.id)
    db.session.commit()
    assert (told("trip.added"), told("trip.taken_off")) == ([world.secretary.id], [world.secretary.id])
    assert now(trip).taken == 0


# ---- changing, calling off, closing ----


def test_another_day_is_told_other_words_are_not(world):
    trip = make_trip(world.organiser)
    put_down(trip, world.secretary)
    revise_trip(world.organiser, now(trip), plan(brief="还要看冷库。"), version=1)
    db.session.commit()
    assert told("trip.changed") == []
    day = today() + timedelta(days=12)
    revise_trip(world.organiser, now(trip), plan(starts_on=day, ends_on=day), version=2)
    db.session.commit()
    assert told("trip.changed") == [world.secretary.id]
    assert len(db.session.scalars(select(PostRevision)).all()) == 2  # what the invitation said is kept


def test_two_who_change_the_plan_at_once_do_not_undo_each_other(world):
    trip = make_trip(world.organiser)
    revise_trip(world.organiser, now(trip), plan(brief="还要看冷库。"), version=1)
    with pytest.raises(ChangedMeanwhile):
        revise_trip(world.organiser, trip, plan(brief="不看冷库。"), version=1)


def test_opened_it_stays_as_wide_as_it_was(world):
    trip = make_trip(world.organiser)
    revise_trip(world.organiser, now(trip), plan(reach=Reach.TOWNSHIP), version=1)
    assert (trip.reach, db.session.get_one(Thread, trip.thread_id).reach) == (Reach.DISTRICT, Reach.DISTRICT)


def test_called_off_everybody_hears_why(world):
    trip = make_trip(world.organiser)
    people = villagers(world, 3)
    put_down(trip, *people)
    cancel_trip(world.organiser, now(trip), "路上结冰")
    db.session.commit()
    assert stage_of(now(trip)) is Stage.CANCELLED
    assert told("trip.cancelled") == sorted(actor.id for actor in people)
    with pytest.raises(WrongStage):
        cancel_trip(world.organiser, now(trip), "再说一遍")


def test_it_is_closed_once_all_are_back_and_can_be_opened_again(world):
    trip = make_trip(world.organiser)
    with pytest.raises(WrongStage):
        close_trip(world.organiser, trip, True)
    pass_time(trip)
    close_trip(world.organiser, now(trip), True)
    db.session.commit()
    assert stage_of(now(trip)) is Stage.CLOSED
    close_trip(world.organiser, now(trip), False)
    db.session.commit()
    assert stage_of(now(trip)) is Stage.BACK
    assert db.session.scalar(select(func.count()).select_from(TripMember)) == 0


# ---- groups ----


def test_the_groups_of_the_townships_invited_hear_of_a_trip(app, world):
    for organiser in (world.organiser, world.far_organiser):
        add_robot(organiser, RobotKind.WECOM, "书记群", "k" * 36, "", {Hears.LEARNING})
    deaf = add_robot(world.organiser, RobotKind.WECOM, "别的群", "j" * 36, "", {Hears.MEETINGS})
    db.session.commit()

    def heard():
        rows = select(RobotMessage.kind, Robot.township_id, Robot.id).join(Robot, Robot.id == RobotMessage.robot_id)
        return [(row.kind, row.township_id) for row in db.session.execute(rows.order_by(RobotMessage.id))]

    make_trip(world.organiser, is_open=False)
    assert heard() == []
    trip = make_trip(world.organiser)
    assert heard() == [("trip.opened", world.town.id)]
    cancel_trip(world.organiser, now(trip), "路上结冰")
    db.session.commit()
    assert heard()[1:] == [("trip.cancelled", world.town.id)]
    make_trip(world.district_staff)
    assert heard()[2:] == [("trip.opened", world.town.id), ("trip.opened", world.other_town.id)]
    assert deaf.id not in db.session.scalars(select(RobotMessage.robot_id)).all()


def test_a_group_reads_of_trips_that_its_whole_township_may_read_of(app, world):
    near = make_trip(world.organiser, reach=Reach.TOWNSHIP)
    for_all = make_trip(world.district_staff)
    for_some = make_trip(world.district_staff, township_ids=[world.other_town.id])
    hidden = make_trip(world.organiser)
    db.session.get_one(Thread, hidden.thread_id).hidden_at = utcnow()
    db.session.commit()
    load, show = ANNOUNCEMENTS["trip.opened"]
    ids = [trip.id for trip in (near, for_all, for_some, hidden)]
    assert set(load(world.town.id, ids)) == {near.id, for_all.id}
    assert set(load(world.other_town.id, ids)) == {for_all.id, for_some.id}
    with app.test_request_context():
        assert "南山县杏花村" in show(load(world.town.id, [near.id])[near.id]).text
