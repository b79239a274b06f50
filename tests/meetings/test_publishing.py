"""What is published of a meeting: numbered versions, readers who see the last one, and only those told whom a change touches."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings import actions, agenda
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.agenda import Line, NothingNew, PresenterLeft, publish_agenda
from forum.meetings.agenda_lines import agenda_of
from forum.meetings.models import AgendaItem, AgendaKind, AgendaVersion, MeetingState
from forum.meetings.queries import meeting_head
from forum.notices.models import OutboxMessage
from tests.factories import make_thread
from tests.meetings.makers import began, make_item, make_meeting, plan, plan_of, reloaded
from tests.meetings.test_states import told


def add(world, meeting, title="新的一项", **values):
    """A line that is not published yet."""
    item = agenda.add_item(world.organiser, reloaded(meeting), Line(AgendaKind.CASE, title, **values))
    db.session.commit()
    return item


def publish(world, meeting):
    meeting = reloaded(meeting)
    publish_agenda(world.organiser, meeting, version=meeting.version)
    db.session.commit()


def numbers(meeting):
    query = select(AgendaVersion.number).where(AgendaVersion.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(AgendaVersion.number)))


def read_by(reader, meeting):
    return [line.title for line in agenda_of(reader, meeting_head(reader, meeting.id))]


def presents(actor, **values):
    return {"presenter_posting_id": actor.posting.id, **values}


def forget():
    db.session.execute(db.delete(OutboxMessage))
    db.session.commit()


def test_announcing_makes_version_one_and_a_draft_has_none(world):
    draft = make_meeting(world, "draft")
    add(world, draft, "讲流转")
    assert numbers(draft) == []
    assert read_by(world.organiser, draft) == ["讲流转"]
    actions.announce(world.organiser, reloaded(draft))
    db.session.commit()
    assert numbers(draft) == [1]


def test_what_is_changed_later_is_read_once_it_is_published(world):
    meeting = make_meeting(world)
    make_item(world, meeting, "讲流转")
    add(world, meeting, "讲石榴")
    assert read_by(world.secretary, meeting) == ["讲流转"]
    publish(world, meeting)
    assert read_by(world.secretary, meeting) == ["讲流转", "讲石榴"]
    assert numbers(meeting) == [1, 2, 3]


def test_from_its_beginning_on_a_meeting_goes_by_what_stands(world):
    meeting = make_meeting(world, starts_at=began(1))
    add(world, meeting, "临时加一项")
    assert read_by(world.secretary, meeting) == ["临时加一项"]


@pytest.mark.parametrize("step", ["postpone", "cancel"])
def test_a_meeting_called_off_is_read_as_it_was_published(world, step):
    meeting = make_meeting(world)
    add(world, meeting, "没发布的")
    getattr(actions, step)(world.organiser, reloaded(meeting), "防汛")
    db.session.commit()
    assert read_by(world.secretary, meeting) == []


def test_nothing_new_is_no_version(world):
    meeting = make_meeting(world)
    with pytest.raises(NothingNew):
        publish(world, meeting)
    db.session.rollback()
    item = add(world, meeting)
    agenda.remove_item(world.organiser, reloaded(meeting), db.session.get_one(AgendaItem, item.id))
    db.session.commit()
    with pytest.raises(NothingNew):
        publish(world, meeting)


@pytest.mark.parametrize("state", ["draft", "held", "closed", "postponed", "cancelled"])
def test_only_what_was_announced_is_published_anew(world, state):
    with pytest.raises(WrongState):
        publish(world, make_meeting(world, state))


def test_what_was_not_seen_does_not_go_out(world):
    meeting = make_meeting(world)
    seen = reloaded(meeting).version
    add(world, meeting)
    with pytest.raises(ChangedMeanwhile):
        publish_agenda(world.organiser, reloaded(meeting), version=seen)


def test_a_new_hour_is_published_at_once_and_leaves_the_agenda_as_it_was_published(world):
    meeting = make_meeting(world)
    make_item(world, meeting, "讲流转")
    add(world, meeting, "没发布的")
    standing = reloaded(meeting)
    starts_at = standing.starts_at + timedelta(hours=1)
    actions.revise(world.organiser, standing, plan_of(meeting, starts_at=starts_at), version=standing.version)
    db.session.commit()
    assert read_by(world.secretary, meeting) == ["讲流转"]
    kept = db.session.scalars(select(AgendaVersion.programme).order_by(AgendaVersion.number.desc())).first()
    assert kept["places"][0]["starts_at"] == starts_at.isoformat()


def test_another_brief_or_chair_is_no_version(world):
    meeting = make_meeting(world)
    standing = reloaded(meeting)
    changed = plan_of(meeting, brief="带上账本", chair_id=world.deputy.id)
    actions.revise(world.organiser, standing, changed, version=standing.version)
    db.session.commit()
    assert numbers(meeting) == [1]


def test_a_presenter_is_told_when_he_is_put_on_changed_and_taken_off_and_nobody_else(world):
    meeting = make_meeting(world)
    forget()
    item = add(world, meeting, **presents(world.expert, minutes_planned=20))
    add(world, meeting, **presents(world.far_secretary))
    publish(world, meeting)
    assert told("meeting.presents") == sorted([(world.expert.id, meeting.id), (world.far_secretary.id, meeting.id)])
    assert told("meeting.changed") == []
    forget()
    standing = db.session.get_one(AgendaItem, item.id)
    line = Line(AgendaKind.CASE, "改了题目", **presents(world.expert, minutes_planned=20))
    agenda.change_item(world.organiser, reloaded(meeting), standing, line, version=standing.version)
    publish(world, meeting)
    assert told("meeting.presents") == [(world.expert.id, meeting.id)]
    forget()
    agenda.remove_item(world.organiser, reloaded(meeting), db.session.get_one(AgendaItem, item.id))
    publish(world, meeting)
    assert (world.expert.id, meeting.id) in told("meeting.presents")


def test_whoever_asked_is_told_when_his_question_is_taken_up_once(world):
    meeting = make_meeting(world)
    thread = make_thread(world.far_secretary)
    item = make_item(world, meeting, thread.title, thread_id=thread.id)
    assert told("meeting.takes_up") == [(world.far_secretary.id, item.id)]
    add(world, meeting)
    publish(world, meeting)
    assert len(told("meeting.takes_up")) == 1


def test_whoever_publishes_is_not_told_by_himself(world):
    meeting = make_meeting(world)
    thread = make_thread(world.organiser)
    make_item(world, meeting, thread.title, thread_id=thread.id)
    make_item(world, meeting, **presents(world.organiser))
    assert told("meeting.takes_up") == told("meeting.presents") == []


@pytest.mark.parametrize("step", ["postpone", "cancel", "move"])
def test_who_presents_without_being_expected_learns_of_another_hour_and_of_calling_off(world, step):
    meeting = make_meeting(world)
    make_item(world, meeting, **presents(world.expert))
    forget()
    standing = reloaded(meeting)
    if step == "move":
        later = plan_of(meeting, starts_at=standing.starts_at + timedelta(hours=1))
        actions.revise(world.organiser, standing, later, version=standing.version)
    else:
        getattr(actions, step)(world.organiser, standing, "防汛")
    db.session.commit()
    expected = [world.secretary.id, world.neighbour_secretary.id]
    changed = [person for person, _meeting in told("meeting.changed")]
    if step == "move":  # he reads his own new hour
        assert changed == sorted(expected)
        assert told("meeting.presents") == [(world.expert.id, meeting.id)]
    else:
        assert changed == sorted([*expected, world.expert.id])
        assert told("meeting.presents") == []


def test_nobody_presents_in_an_office_that_he_has_left(world):
    meeting = make_meeting(world, "draft")
    posting = db.session.scalars(select(agenda.Posting.id).where(agenda.Posting.person_id == world.former.id)).one()
    with pytest.raises(PresenterLeft):
        add(world, meeting, presenter_posting_id=posting)


def test_a_line_has_one_presenter_and_one_source(world):
    meeting = make_meeting(world, "draft")
    with pytest.raises(IntegrityError):
        add(world, meeting, **presents(world.expert, presenter="王教授"))


def test_of_two_organisers_the_second_does_not_overwrite_a_line_or_the_order(world):
    meeting = make_meeting(world, "draft")
    items = [add(world, meeting, title) for title in ("甲", "乙")]
    seen = reloaded(meeting).version
    agenda.change_item(
        world.organiser, reloaded(meeting), reloaded_item(items[0]), Line(AgendaKind.CASE, "先改的"), version=1
    )
    db.session.commit()
    with pytest.raises(ChangedMeanwhile):
        agenda.change_item(
            world.district_staff, reloaded(meeting), reloaded_item(items[0]), Line(AgendaKind.CASE, "后改的"), version=1
        )
    order = [(item.id, None) for item in reversed(items)]
    with pytest.raises(ChangedMeanwhile):
        agenda.arrange_items(world.district_staff, reloaded(meeting), order, version=seen)
    standing = reloaded(meeting)
    with pytest.raises(ChangedMeanwhile):
        agenda.arrange_items(world.organiser, standing, order[:1], version=standing.version)
    agenda.arrange_items(world.organiser, standing, [(i, 15) for i, _none in order], version=standing.version)
    assert [
        (i.title, i.minutes_planned) for i in db.session.scalars(select(AgendaItem).order_by(AgendaItem.position))
    ] == [
        ("乙", 15),
        ("先改的", 15),
    ]


def reloaded_item(item):
    return db.session.scalars(
        select(AgendaItem).where(AgendaItem.id == item.id).execution_options(populate_existing=True)
    ).one()


def test_a_line_that_only_moves_may_still_be_rewritten(world):
    meeting = make_meeting(world, "draft")
    items = [add(world, meeting, title) for title in ("甲", "乙")]
    standing = reloaded(meeting)
    order = [(item.id, None) for item in reversed(items)]
    agenda.arrange_items(world.organiser, standing, order, version=standing.version)
    agenda.change_item(world.organiser, standing, reloaded_item(items[0]), Line(AgendaKind.CASE, "改了"), version=1)
    db.session.flush()
    assert [i.title for i in db.session.scalars(select(AgendaItem).order_by(AgendaItem.position))] == ["乙", "改了"]


def test_a_township_that_has_met_begins_with_what_became_of_it(world):
    assert db.session.scalars(select(AgendaItem)).all() == []
    make_meeting(world, "closed")
    assert db.session.scalars(select(AgendaItem)).all() == []
    make_meeting(world, "draft", number=57)
    assert [item.kind for item in db.session.scalars(select(AgendaItem))] == [AgendaKind.REVIEW]


def test_a_meeting_put_off_and_announced_anew_has_another_version(world):
    meeting = make_meeting(world)
    actions.postpone(world.organiser, reloaded(meeting), "防汛")
    standing = reloaded(meeting)
    actions.announce_anew(world.organiser, standing, plan(utcnow() + timedelta(days=40)), version=standing.version)
    db.session.commit()
    assert reloaded(meeting).state is MeetingState.ANNOUNCED
    assert numbers(meeting) == [1, 2]
