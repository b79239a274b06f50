"""One meeting at several places: who is expected where, what moves with a village, who runs what."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from forum.clock import from_local, local, today, utcnow
from forum.extensions import db
from forum.meetings import actions, afterwards
from forum.meetings.closing.actions import AttendanceMissing, Closing, close
from forum.meetings.minutes.actions import write_part
from forum.meetings.models import Answer, Attendance, Meeting, Sitting, SittingKind
from forum.meetings.policies import can_run, can_run_sitting, can_write_minutes
from forum.meetings.signing import OtherSitting, sign_in
from forum.meetings.sitting_queries import meeting_rows
from forum.meetings.sittings import SittingInUse, sitting_by_village, sitting_plans
from forum.notices.models import OutboxMessage
from tests.browsing import forms_of
from tests.meetings.makers import attendance, began, make_meeting, place, plan, plan_of, reloaded

NINE = plan().sittings[0].starts_at
TYPED = {"theme": "撂荒地怎么办", "month": f"{local(NINE):%Y-%m}", "number": "56", "place": "镇上", "brief": "都来。"}
TYPED |= {"day": f"{local(NINE):%Y-%m-%d}", "starts": "09:00", "ends": "11:00"}
SECOND = {"place_1": "后柳村", "day_1": TYPED["day"], "starts_1": "09:00", "ends_1": "11:00", "kind_1": "hall"}


def in_two_places(world, starts_at=NINE, state="announced", **values):
    """A meeting at two places at once: the neighbour's secretary is expected at the second, which the deputy chairs."""
    second = place(
        starts_at,
        place="后柳村",
        name="西片",
        chair_id=world.deputy.id,
        villages=frozenset({world.neighbour.id}),
        **values,
    )
    return make_meeting(world, state, starts_at, sittings=(place(starts_at, name="东片"), second))


def seats(meeting):
    """Persons by the position of their sitting."""
    db.session.rollback()
    rows = db.session.execute(
        select(Attendance.person_id, Sitting.position)
        .join(Sitting, Sitting.id == Attendance.sitting_id)
        .where(Attendance.meeting_id == meeting.id)
    )
    return {row.person_id: row.position for row in rows}


def told(kind="meeting.changed"):
    return sorted(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def swap(world, meeting, **second):
    """The plan by which the neighbour goes to the first sitting and the village to the second."""
    first, other = sitting_plans(reloaded(meeting))
    other = place(
        second.pop("starts_at", other.starts_at),
        **{"place": other.place, "villages": frozenset({world.village.id}), "sitting_id": other.sitting_id} | second,
    )
    return plan_of(meeting, sittings=(first, other))


def test_each_village_is_expected_at_one_sitting_the_others_at_the_first(world):
    meeting = in_two_places(world)
    assert seats(meeting) == {world.secretary.id: 1, world.neighbour_secretary.id: 2}
    for who, where in (
        (world.secretary, "前柳村大棚"),
        (world.neighbour_secretary, "后柳村"),
        (world.deputy, "后柳村"),
    ):
        assert db.session.execute(meeting_rows(who)).one().place == where
    assert db.session.execute(meeting_rows(world.organiser)).one().expected == 2


def test_a_village_that_moves_takes_its_answer_along_and_is_told(world):
    meeting = in_two_places(world)
    afterwards.answer_invitation(world.secretary, reloaded(meeting), Answer.COMING)
    actions.revise(world.organiser, reloaded(meeting), swap(world, meeting), version=reloaded(meeting).version)
    db.session.commit()
    assert seats(meeting) == {world.secretary.id: 2, world.neighbour_secretary.id: 1}
    assert attendance(meeting)[world.secretary.id].answer is Answer.COMING
    assert told() == sorted([world.secretary.id, world.neighbour_secretary.id])


def test_on_another_day_those_of_that_sitting_are_asked_anew_and_only_they(world):
    starts_at = NINE.replace(hour=1) + timedelta(days=1)
    meeting = in_two_places(world, starts_at)
    for who in (world.secretary, world.neighbour_secretary):
        afterwards.answer_invitation(who, reloaded(meeting), Answer.COMING)
    first, second = sitting_plans(reloaded(meeting))
    later = place(
        starts_at - timedelta(days=1), place=second.place, villages=second.villages, sitting_id=second.sitting_id
    )
    moved = plan_of(meeting, sittings=(first, later))
    actions.revise(world.organiser, reloaded(meeting), moved, version=reloaded(meeting).version)
    db.session.commit()
    answers = {person_id: row.answer for person_id, row in attendance(meeting).items()}
    assert answers == {world.secretary.id: Answer.COMING, world.neighbour_secretary.id: None}
    assert told() == [world.neighbour_secretary.id]


def test_a_sitting_is_taken_away_only_while_nobody_answered_there(world):
    meeting = in_two_places(world)
    only = plan_of(meeting, sittings=tuple(sitting_plans(reloaded(meeting))[:1]))
    afterwards.answer_invitation(world.neighbour_secretary, reloaded(meeting), Answer.LEAVE, "看病")
    db.session.commit()
    with pytest.raises(SittingInUse):
        actions.revise(world.organiser, reloaded(meeting), only, version=reloaded(meeting).version)
    db.session.rollback()
    assert seats(meeting)[world.neighbour_secretary.id] == 2
    afterwards.answer_invitation(world.secretary, reloaded(meeting), Answer.COMING)
    emptied = swap(world, meeting, villages=frozenset())
    actions.revise(world.organiser, reloaded(meeting), emptied, version=reloaded(meeting).version)
    actions.revise(world.organiser, reloaded(meeting), only, version=reloaded(meeting).version)
    db.session.commit()
    assert set(seats(meeting).values()) == {1}
    assert len(reloaded(meeting).sittings) == 1
    assert attendance(meeting)[world.neighbour_secretary.id].reason == "看病"


def test_a_chair_runs_his_own_sitting_and_not_the_whole_meeting(world):
    meeting = in_two_places(world)
    first, second = reloaded(meeting).sittings
    assert can_run_sitting(world.deputy, meeting, second)
    assert not can_run_sitting(world.deputy, meeting, first)
    row = db.session.execute(meeting_rows(world.deputy)).one()
    for facts in (reloaded(meeting), row):
        assert not can_run(world.deputy, facts)
        assert can_write_minutes(world.deputy, facts)
    assert not can_write_minutes(world.secretary, reloaded(meeting))
    assert can_run(world.organiser, reloaded(meeting))


def test_the_chairs_pages_are_those_of_his_sitting(browse, world):
    meeting = in_two_places(world, began(30))
    first, second = (sitting.id for sitting in reloaded(meeting).sittings)
    browser = browse(world.deputy)
    for page in ("sign-in", "attendance", "wall"):
        assert browser.get(f"/meetings/{meeting.id}/{page}?sitting={second}").status_code == 200
        assert browser.get(f"/meetings/{meeting.id}/{page}?sitting={first}").status_code == 403
    assert browser.get(f"/meetings/{meeting.id}/attendance?sitting=99999").status_code == 404
    names = browser.get(f"/meetings/{meeting.id}").get_data(as_text=True)
    assert world.neighbour_secretary.name in names
    assert world.secretary.name not in names.split('id="content"')[1]


def test_each_list_is_taken_by_itself_and_all_before_closing(world):
    meeting = in_two_places(world, began())
    actions.hold(world.organiser, reloaded(meeting))
    first, second = reloaded(meeting).sittings
    take = {"version": reloaded(meeting).version, "sitting": second}
    afterwards.take_attendance(world.deputy, reloaded(meeting), [world.neighbour_secretary.id], **take)
    write_part(world.organiser, reloaded(meeting), "说了三件事。", version=0)
    db.session.commit()
    assert attendance(meeting)[world.secretary.id].came is None
    with pytest.raises(AttendanceMissing):
        close(world.organiser, reloaded(meeting), Closing(()))
    take = {"version": reloaded(meeting).version, "sitting": first}
    afterwards.take_attendance(world.organiser, reloaded(meeting), [], **take)
    close(world.organiser, reloaded(meeting), Closing(()))
    assert attendance(meeting)[world.neighbour_secretary.id].came is True


def test_who_went_to_the_other_place_is_told_so_and_counted_once_where_he_was(world):
    meeting = in_two_places(world, began(30))
    second = reloaded(meeting).sittings[1]
    with pytest.raises(OtherSitting):
        sign_in(world.secretary, reloaded(meeting), second)
    take = {"version": reloaded(meeting).version, "sitting": second}
    afterwards.take_attendance(world.deputy, reloaded(meeting), [world.secretary.id], **take)
    db.session.commit()
    assert seats(meeting)[world.secretary.id] == 2
    row = attendance(meeting)[world.secretary.id]
    assert (row.came, row.is_walk_in) == (True, False)


def test_it_is_held_once_it_has_begun_everywhere(world):
    meeting = in_two_places(world, began(30))
    later = swap(world, meeting, starts_at=utcnow() + timedelta(hours=2))
    actions.revise(world.organiser, reloaded(meeting), later, version=reloaded(meeting).version)
    db.session.commit()
    with pytest.raises(actions.TooEarly):
        actions.hold(world.organiser, reloaded(meeting))


@pytest.mark.parametrize(
    ("begins", "length", "fits"),
    [
        (datetime(2027, 12, 31, 22), timedelta(hours=4), True),  # past midnight into another month and year
        (datetime(2028, 2, 29, 9), timedelta(hours=2), True),
        (datetime(2027, 12, 1, 0, 30), timedelta(hours=1), True),  # in UTC still November
    ],
)
def test_a_month_is_one_of_beijing_time(world, begins, length, fits):
    at = from_local(begins)
    made = plan(at, sittings=(place(at, ends_at=at + length),), month=begins.date().replace(day=1))
    meeting = actions.schedule(world.organiser, world.town, made)
    db.session.commit()
    assert local(reloaded(meeting).main_sitting.starts_at).replace(tzinfo=None) == begins


def test_nobody_is_on_two_lists(world):
    meeting = in_two_places(world)
    second = reloaded(meeting).sittings[1]
    again = Attendance(
        sitting_id=second.id, meeting_id=meeting.id, person_id=world.secretary.id, unit_id=world.village.id
    )
    db.session.add(again)
    with pytest.raises(db.exc.IntegrityError):
        db.session.flush()


def test_a_form_grows_by_a_sitting_and_keeps_what_was_typed(browse, world):
    browser = browse(world.organiser)
    grown = browser.submit("/meetings/new", TYPED | {"more": "1"})
    assert grown.status_code == 200
    page = grown.get_data(as_text=True)
    assert 'name="place_1"' in page
    assert "都来。" in page
    sent = TYPED | SECOND | {"villages_1": [str(world.neighbour.id)], "chair_1": str(world.deputy.id), "name_1": "西片"}
    assert browser.submit("/meetings/new", sent).status_code == 303
    meeting = reloaded(db.session.scalars(select(Meeting)).one())
    assert [s.place for s in meeting.sittings] == ["镇上", "后柳村"]
    assert sitting_by_village(meeting) == {world.neighbour.id: meeting.sittings[1].id}
    edit = browser.get(f"/meetings/{meeting.id}/edit").get_data(as_text=True)
    assert 'value="后柳村"' in edit
    gone = browser.submit(f"/meetings/{meeting.id}/edit", {"gone_1": "y", "place_1": ""})
    assert gone.status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count(Sitting.id))) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ends_1": "08:00"}, "结束要在开始之后"),
        ({"ends_1": "10:00", "next_day_1": "y"}, "一场会开不了一整天"),
        ({"day_1": f"{(today() + timedelta(days=70)):%Y-%m-%d}"}, "这一天不在"),
        ({"chair": "deputy", "chair_1": "deputy"}, "第 1 个会场同一时间也是他"),
        ({"kind_1": "online"}, "线上开的，请填链接"),
        ({"kind_1": "online", "link_1": "javascript:alert(1)"}, "链接没看懂"),
        ({"kind_1": "月球"}, "名单里没有这一项"),
        ({"place_1": ""}, "请写在哪里开。"),
    ],
)
def test_what_cannot_be_of_a_further_sitting_is_said_at_its_field(browse, world, wrong, message):
    wrong = {k: str(world.everybody[v].id) if v == "deputy" else v for k, v in wrong.items()}
    browser = browse(world.organiser)
    answer = browser.submit("/meetings/new", TYPED | {"more": "1"})
    assert answer.status_code == 200, "asking for more room says nothing yet"
    answer = browser.post("/meetings/new", data=sent_again(answer) | TYPED | SECOND | wrong)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert "都来。" in answer.get_data(as_text=True)


def sent_again(answer):
    form = next(f for f in forms_of(answer.get_data(as_text=True)) if "theme" in f.fields)
    return {k: v for k, v in form.fields.to_dict().items() if k in ("csrf_token", "once", "version")}


def test_a_village_is_chosen_for_one_further_sitting_only(browse, world):
    browser = browse(world.organiser)
    village = {"villages_1": [str(world.neighbour.id)], "villages_2": [str(world.neighbour.id)]}
    third = {k.replace("_1", "_2"): v for k, v in SECOND.items()} | {"starts_2": "14:00", "ends_2": "15:00"}
    page = browser.submit("/meetings/new", TYPED | SECOND | {"more": "1"})
    answer = browser.post("/meetings/new", data=sent_again(page) | TYPED | SECOND | third | village)
    assert answer.status_code == 422
    assert f"{world.neighbour.name}已经在第 2 个会场了。" in answer.get_data(as_text=True)


def test_a_chair_who_left_office_is_named_and_another_asked_for(browse, world):
    meeting = make_meeting(world, "draft", chair_id=world.former.id)
    browser = browse(world.organiser)
    page = browser.get(f"/meetings/{meeting.id}/edit").get_data(as_text=True)
    assert f"{world.former.name}（已不在任）" in page
    answer = browser.submit(f"/meetings/{meeting.id}/edit")
    assert answer.status_code == 422
    assert f"{world.former.name}已经不在任了，请另选一位。" in answer.get_data(as_text=True)


def test_a_place_online_is_entered_from_the_page(browse, world):
    link = "https://meeting.example.cn/j/123"
    meeting = make_meeting(world, place="腾讯会议 123", kind=SittingKind.ONLINE, link=link)
    assert f'href="{link}"' in browse(world.secretary).get(f"/meetings/{meeting.id}").get_data(as_text=True)
    assert link in browse(world.secretary).get(f"/meetings/{meeting.id}.ics").get_data(as_text=True).replace(
        "\r\n ", ""
    )


def test_pages_cost_the_same_for_one_sitting_and_for_ten(browse, world, count_statements):
    def cost(page):
        browser = browse(world.organiser)
        with count_statements() as seen:
            assert browser.get(page).status_code == 200
        return len(seen)

    two = in_two_places(world)
    many = make_meeting(world, number=57, sittings=tuple(place(NINE, name=f"{n}") for n in range(10)))
    for page in ("", "/edit"):
        assert cost(f"/meetings/{two.id}{page}") == cost(f"/meetings/{many.id}{page}") <= 8
