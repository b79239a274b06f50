"""Calling a panel: who is asked, who may read, who is still to answer, and who is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.clock import today, utcnow
from forum.consultations.actions import conclude
from forum.consultations.calling import (
    MOST_CALLED,
    AnsweredAlready,
    CalledAlready,
    TooMany,
    call_more,
    call_panel,
    decline,
    take_off,
)
from forum.consultations.members import panels_of, people_to_call
from forum.consultations.models import Consultation, Invitation
from forum.consultations.policies import can_call, can_decline, visible_invitations, visible_panels
from forum.consultations.reminders import remind_next
from forum.extensions import db
from forum.library.actions import make_card
from forum.library.models import Experience
from forum.notices.models import OutboxMessage
from forum.threads.models import Post, Reach, Thread, ThreadAdmission, ThreadKind
from forum.threads.narrowing import narrow_to_panel
from forum.threads.policies import can_narrow_to_panel
from forum.units.models import Role, UnitKind
from tests.factories import make_actor, make_post, make_thread, make_unit

IN_A_WEEK = today() + timedelta(days=7)


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def people(thread, *actors):
    rows = people_to_call(thread, chosen=[actor.id for actor in actors], words="nobody")
    return [row for row in rows if row.id in {actor.id for actor in actors}]


def called(world, thread, *actors, by=None, due=IN_A_WEEK):
    panel = call_panel(by or world.secretary, thread, people(thread, *actors), due)
    db.session.commit()
    return panel


def invitation_of(actor):
    return db.session.scalars(
        visible_invitations(actor)
        .where(Invitation.person_id == actor.id)
        .order_by(Invitation.id.desc())
        .execution_options(populate_existing=True)
    ).first()


def told(kind):
    return set(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def states(thread):
    db.session.rollback()
    [panel] = panels_of(thread.id)
    return {
        "answered": {m.who for m in panel.answered},
        "waited for": {m.who for m in panel.waited_for},
        "declined": {m.who for m in panel.declined},
    }


@pytest.mark.parametrize(
    ("values", "may"),
    [
        ({}, {"secretary", "organiser", "district"}),
        ({"kind": ThreadKind.TOPIC}, {"secretary", "organiser", "district"}),
        ({"reach": Reach.PANEL}, {"secretary", "organiser"}),
        ({"kind": ThreadKind.SHARE}, set()),
        ({"locked_at": utcnow()}, set()),
        ({"concluded_at": utcnow()}, set()),
    ],
)
def test_who_calls_a_panel(world, values, may):
    thread = make_thread(world.secretary, **values)
    assert {name for name, actor in world.everybody.items() if actor and can_call(actor, thread)} == may


def test_whoever_is_called_is_told_and_waited_for(world, thread):
    called(world, thread, world.neighbour_secretary, world.expert)
    assert told("panel.called") == {world.neighbour_secretary.id, world.expert.id}
    assert states(thread) == {
        "answered": set(),
        "waited for": {"后柳村 杨来福", "区农业农村局 农博士"},
        "declined": set(),
    }
    assert db.session.get_one(Thread, thread.id).panel_due == IN_A_WEEK


def test_a_reply_after_the_call_answers_it(world, thread):
    make_post(thread, world.expert, "早先说过一句。", created_at=utcnow() - timedelta(hours=1))
    called(world, thread, world.neighbour_secretary, world.expert)
    assert states(thread)["answered"] == set()
    reply = make_post(thread, world.expert)
    assert states(thread)["answered"] == {"区农业农村局 农博士"}
    db.session.execute(update(Post).where(Post.id == reply.id).values(hidden_at=utcnow()))
    db.session.commit()
    assert states(thread)["answered"] == set()


def test_one_may_decline_with_a_word_and_answer_after_all(world, thread):
    called(world, thread, world.expert)
    decline(world.expert, invitation_of(world.expert), "出差")
    decline(world.expert, invitation_of(world.expert), "下月才回来")
    db.session.commit()
    assert states(thread)["declined"] == {"区农业农村局 农博士"}
    [member] = panels_of(thread.id)[0].members
    assert member.decline_note == "下月才回来"
    assert db.session.scalars(select(OutboxMessage.recipient_id).filter_by(kind="panel.declined")).all() == [
        world.secretary.id
    ]
    make_post(thread, world.expert)
    assert states(thread) == {"answered": {"区农业农村局 农博士"}, "waited for": set(), "declined": set()}
    with pytest.raises(AnsweredAlready):
        decline(world.expert, invitation_of(world.expert), "算了")


def test_only_whoever_was_called_declines(world, thread):
    called(world, thread, world.expert)
    invitation = invitation_of(world.expert)
    assert {name for name, actor in world.everybody.items() if actor and can_decline(actor, invitation)} == {"expert"}


def test_a_thread_has_one_open_panel(world, thread):
    called(world, thread, world.expert)
    with pytest.raises(CalledAlready):
        call_panel(world.organiser, thread, people(thread, world.neighbour_secretary), IN_A_WEEK)
    assert len(panels_of(thread.id)) == 1


def test_two_who_call_at_once_call_one_panel(app, world, thread):
    thread_id = thread.id

    def call(actor):
        with app.app_context():
            mine = db.session.get_one(Thread, thread_id)
            try:
                call_panel(actor, mine, people(mine, world.expert), IN_A_WEEK)
                db.session.commit()
            except CalledAlready:
                db.session.rollback()
                return "told"
            finally:
                db.session.remove()
            return "called"

    db.session.remove()
    with ThreadPoolExecutor() as both:
        results = list(both.map(call, [world.secretary, world.organiser]))
    assert sorted(results) == ["called", "told"]
    assert len(panels_of(thread_id)) == 1


def test_more_people_may_be_called_and_the_day_put_off(world, thread):
    panel = called(world, thread, world.expert)
    later = IN_A_WEEK + timedelta(days=3)
    panel = db.session.scalars(visible_panels(world.organiser).where(Consultation.id == panel.id)).one()
    call_more(world.organiser, panel, people(thread, world.expert, world.far_secretary), later, "看看水源")
    db.session.commit()
    [shown] = panels_of(thread.id)
    assert (len(shown.members), shown.due, shown.note) == (2, later, "看看水源")
    assert len(db.session.scalars(select(OutboxMessage).filter_by(kind="panel.called")).all()) == 2


def test_a_panel_has_its_bound(world, thread):
    place = make_unit(UnitKind.VILLAGE, "大村", world.town)
    many = [make_actor(f"某{n}", Role.DEPUTY, place) for n in range(MOST_CALLED + 1)]
    with pytest.raises(TooMany):
        call_panel(world.secretary, thread, people(thread, *many), IN_A_WEEK)


def test_the_asker_hears_that_his_organiser_called(world, thread):
    called(world, thread, world.expert, by=world.organiser)
    assert told("panel.begun") == {world.secretary.id}


def test_a_call_is_taken_back_until_it_is_answered(world, thread):
    called(world, thread, world.expert, world.far_secretary)
    take_off(world.secretary, invitation_of(world.expert))
    db.session.commit()
    assert states(thread)["waited for"] == {"渡口村 渡小舟"}
    make_post(thread, world.far_secretary)
    with pytest.raises(AnsweredAlready):
        take_off(world.secretary, invitation_of(world.far_secretary))


def reads(actor, thread):
    return db.session.scalar(visible_panels(actor).where(Consultation.thread_id == thread.id)) is not None


def test_who_is_called_reads_what_is_for_the_panel_only_until_taken_off(world):
    thread = make_thread(world.secretary, reach=Reach.PANEL)
    called(world, thread, world.expert, world.far_secretary)
    assert reads(world.expert, thread)
    assert not reads(world.neighbour_secretary, thread)
    take_off(world.secretary, invitation_of(world.expert))
    db.session.commit()
    assert not reads(world.expert, thread)
    assert reads(world.far_secretary, thread)


def test_who_wrote_in_a_thread_for_the_panel_only_reads_on_when_taken_off(world):
    thread = make_thread(world.secretary, reach=Reach.PANEL)
    called(world, thread, world.expert)
    reply = make_post(thread, world.expert)
    db.session.execute(update(Post).where(Post.id == reply.id).values(hidden_at=utcnow()))
    db.session.commit()
    take_off(world.secretary, invitation_of(world.expert))
    db.session.commit()
    assert db.session.get(ThreadAdmission, (thread.id, world.expert.id)) is not None


def test_a_conclusion_ends_the_panel_and_a_further_round_is_another(world, thread):
    called(world, thread, world.expert)
    conclude(world.organiser, thread, "就这么办。")
    db.session.commit()
    assert panels_of(thread.id)[0].closed_at is not None
    make_post(thread, world.expert, "晚了一步。")
    assert panels_of(thread.id)[0].answered == []
    assert not can_call(world.secretary, thread)
    thread.concluded_at, thread.round, thread.reopened_at = None, 2, utcnow()
    db.session.commit()
    called(world, thread, world.expert)
    assert [(p.round, len(p.waited_for)) for p in panels_of(thread.id)] == [(2, 1), (1, 1)]


def test_whom_one_may_call(world, thread):
    def offered(**asked):
        return [row.name for row in people_to_call(thread, **asked)]

    assert sorted(offered()) == ["杨来福", "柳二河"]  # the township's, but not whoever asked
    assert offered(words="渡口") == ["渡小舟"]
    assert offered(words="河口镇 小舟") == ["渡小舟"]
    assert offered(words="农博士") == ["农博士"]
    assert offered(words="199") == []  # nobody is found by his phone number
    assert offered(words="组织") == []  # nor offices above
    assert offered(words="渡口", chosen=[world.expert.id]) == ["农博士", "渡小舟"]
    assert offered(words="老支书") == []  # out of office


def test_of_a_thread_for_the_township_only_nobody_else_is_offered(world):
    thread = make_thread(world.secretary, reach=Reach.TOWNSHIP)
    assert [row.name for row in people_to_call(thread, words="渡", chosen=[world.expert.id])] == []
    assert sorted(row.name for row in people_to_call(thread)) == ["杨来福", "柳二河"]


def test_villages_with_the_same_problem_come_first_and_may_be_taken_alone(browse, world, thread):
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id)).one()
    browse(world.far_secretary).submit(f"/threads/{thread.id}", {"on": "1"}, action=f"/posts/{opening}/same")
    assert next(row.name for row in people_to_call(thread)) == "渡小舟"
    assert [row.name for row in people_to_call(thread, with_same=True)] == ["渡小舟"]


@pytest.mark.parametrize(
    ("reach", "may"),
    [
        (Reach.DISTRICT, {"secretary", "organiser"}),
        (Reach.TOWNSHIP, {"secretary", "organiser"}),
        (Reach.PANEL, set()),
    ],
)
def test_who_narrows_a_question_to_the_panel(world, reach, may):
    thread = make_thread(world.secretary, reach=reach)
    assert {name for name, actor in world.everybody.items() if actor and can_narrow_to_panel(actor, thread)} == may
    assert not can_narrow_to_panel(
        world.expert, make_thread(world.expert)
    )  # of no township: nobody could look after it


def test_narrowed_later_it_stays_open_to_who_wrote_and_who_was_called_and_its_cards_follow(world, thread):
    make_post(thread, world.neighbour_secretary)
    called(world, thread, world.expert)
    card = make_card(world.secretary, thread, world.village, "分家", {})
    narrow_to_panel(world.organiser, thread)
    db.session.commit()
    assert set(db.session.scalars(select(ThreadAdmission.person_id))) == {
        world.neighbour_secretary.id,
        world.expert.id,
    }
    assert db.session.get_one(Experience, card.id, populate_existing=True).reach is Reach.PANEL


def back(invited=3):
    """Let the calls have gone out days ago."""
    db.session.execute(update(Invitation).values(invited_at=utcnow() - timedelta(days=invited)))
    db.session.commit()


def remind():
    """What the worker does until nothing is left."""
    times = 0
    while remind_next():
        db.session.commit()
        times += 1
    return times


TOMORROW = today() + timedelta(days=1)


def test_those_still_to_answer_are_reminded_once_the_day_before(world, thread):
    called(world, thread, world.expert, world.far_secretary, world.neighbour_secretary, due=TOMORROW)
    assert remind() == 0  # called today
    back()
    make_post(thread, world.expert)
    decline(world.far_secretary, invitation_of(world.far_secretary), "不懂这个")
    db.session.commit()
    assert remind() == 1
    assert told("panel.reminded") == {world.neighbour_secretary.id}
    assert remind() == 0


@pytest.mark.parametrize("days", [-1, 2])
def test_nobody_is_reminded_earlier_or_later(world, thread, days):
    called(world, thread, world.expert, due=today() + timedelta(days=days))
    back()
    assert remind() == 0


@pytest.mark.parametrize("state", ["closed", "hidden", "locked"])
def test_nobody_is_reminded_of_what_needs_no_answer(world, thread, state):
    called(world, thread, world.expert, due=TOMORROW)
    back()
    if state == "closed":
        conclude(world.organiser, thread, "就这么办。")
    else:
        setattr(thread, f"{state}_at", utcnow())
    db.session.commit()
    assert remind() == 0


def test_a_worker_killed_before_it_commits_has_reminded_nobody_and_the_next_one_does(world, thread):
    called(world, thread, world.expert, due=TOMORROW)
    back()
    assert remind_next()
    db.session.rollback()
    assert told("panel.reminded") == set()
    assert remind() == 1
    assert told("panel.reminded") == {world.expert.id}


def test_of_two_workers_one_reminds(app, world, thread):
    called(world, thread, world.expert, due=TOMORROW)
    back()
    db.session.remove()
    with ThreadPoolExecutor() as both:
        list(both.map(lambda _: _in_own_session(app), range(2)))
    assert len(db.session.scalars(select(OutboxMessage).filter_by(kind="panel.reminded")).all()) == 1


def _in_own_session(app):
    with app.app_context():
        remind_next()
        db.session.commit()
        db.session.remove()
