"""Random walks through a panel: whoever does what in whichever order, what the panel says is what a plain list of it says."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from forum.clock import today, utcnow
from forum.consultations.actions import conclude
from forum.consultations.calling import AnsweredAlready, CalledAlready, call_more, call_panel, decline, take_off
from forum.consultations.members import panel_in, panels_of, people_to_call
from forum.consultations.models import Consultation, Invitation
from forum.consultations.policies import can_call, can_decline, visible_invitations
from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.threads.actions import add_reply
from forum.threads.models import Reach, Thread, ThreadAdmission
from forum.threads.policies import visible_threads
from tests.factories import make_thread

TOMORROW = today() + timedelta(days=1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["call", "decline", "answer", "take off", "conclude"]),
        st.sampled_from(["neighbour", "far_secretary", "expert"]),
    ),
    max_size=14,
)


@dataclass
class Expected:
    """What ought to be so."""

    called: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    wrote: set[str] = field(default_factory=set)
    is_over: bool = False


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_people_do_the_panel_says_what_they_did(world, steps):
    _forget_former_walks()
    thread = make_thread(world.secretary, reach=Reach.PANEL)
    expected = Expected()
    for step, who in steps:
        _take(step, who, world, thread, expected)
        db.session.commit()
        _compare(world, thread, expected)


def _forget_former_walks():
    for table in (OutboxMessage, Invitation, Consultation, ThreadAdmission):
        db.session.execute(delete(table))
    db.session.execute(update(Thread).values(hidden_at=utcnow()))
    db.session.commit()


def _take(step, who, world, thread, expected):
    actor = world.everybody[who]
    may_read = db.session.scalar(visible_threads(actor).where(Thread.id == thread.id)) is not None
    invitation = db.session.scalars(
        visible_invitations(world.organiser)
        .where(Invitation.person_id == actor.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if step == "call":
        _call(who, actor, world, thread, expected)
    elif step == "answer" and may_read:
        add_reply(actor, thread, "先算账，再说屋。")
        expected.wrote.add(who)
        if who in expected.called and not expected.is_over:
            expected.answered.add(who)
    elif step == "conclude" and not expected.is_over:
        conclude(world.organiser, thread, "就这么办。")
        expected.is_over = True
    elif step == "decline" and invitation is not None:
        assert can_decline(actor, invitation) == (not expected.is_over)
        if not expected.is_over:
            _decline(who, actor, invitation, expected)
    elif step == "take off" and invitation is not None and not expected.is_over:
        _take_off(who, world, invitation, expected)


def _call(who, actor, world, thread, expected):
    assert can_call(world.secretary, thread) == (not expected.is_over)
    if expected.is_over:
        return
    rows = [row for row in people_to_call(thread, chosen=[actor.id], words="nobody") if row.id == actor.id]
    panel = panel_in(thread)
    if panel is None:
        call_panel(world.secretary, thread, rows, TOMORROW)
    else:
        with pytest.raises(CalledAlready):
            call_panel(world.secretary, thread, rows, TOMORROW)
        call_more(world.secretary, panel, rows, TOMORROW)
    expected.called.add(who)


def _decline(who, actor, invitation, expected):
    if who in expected.answered:
        with pytest.raises(AnsweredAlready):
            decline(actor, invitation, "出差")
    else:
        decline(actor, invitation, "出差")
        expected.declined.add(who)


def _take_off(who, world, invitation, expected):
    if who in expected.answered:
        with pytest.raises(AnsweredAlready):
            take_off(world.secretary, invitation)
    else:
        take_off(world.secretary, invitation)
        expected.called.discard(who)
        expected.declined.discard(who)


def _compare(world, thread, expected):
    panels = panels_of(thread.id)
    members = {m.person_id: m for panel in panels for m in panel.members}
    ids = {who: world.everybody[who].id for who in ("neighbour", "far_secretary", "expert")}
    assert set(members) == {ids[who] for who in expected.called}
    for who in expected.called:
        member = members[ids[who]]
        assert (member.answer_id is not None) == (who in expected.answered)
        assert (member.declined_at is not None) == (who in expected.declined)
    readers = {
        who for who in ids if db.session.scalar(visible_threads(world.everybody[who]).where(Thread.id == thread.id))
    }
    assert readers == expected.called | expected.wrote
    assert all(panel.closed_at is not None for panel in panels) or not expected.is_over
