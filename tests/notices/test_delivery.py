"""The outbox: every message becomes one notice of what its recipient may see, whatever happens to the worker."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.delivery import claim_next, deliver, deliver_next
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.leases import INTERRUPTED, LEASES
from forum.notices.models import OutboxMessage
from forum.notices.outbox import enqueue
from forum.threads.models import Reach
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Role
from tests.factories import LONG_AGO, World, make_thread, save
from tests.notices.conftest import KIND, items_of, tell


def only_message() -> OutboxMessage:
    db.session.rollback()
    return db.session.scalars(select(OutboxMessage).execution_options(populate_existing=True)).one()


def test_a_message_becomes_one_notice(world: World) -> None:
    thread = make_thread(world.secretary)
    tell(world.secretary, thread)
    assert deliver_next() is False
    [item] = items_of(world.secretary)
    message = only_message()
    assert (item.kind, item.subject_id, item.thread_id, item.read_at) == (KIND, thread.id, thread.id, None)
    assert item.created_at == message.created_at
    assert (message.sent_at is not None, message.failure) == (True, "")


def test_a_deed_that_was_rolled_back_is_not_told(world: World) -> None:
    thread = make_thread(world.secretary)
    enqueue(world.secretary.id, KIND, thread.id)
    db.session.rollback()
    assert deliver_next() is False


def test_what_may_not_be_seen_by_now_is_not_told(world: World) -> None:
    tell(world.far_secretary, make_thread(world.secretary, reach=Reach.TOWNSHIP))
    assert items_of(world.far_secretary) == []
    assert only_message().sent_at is not None


def test_a_person_hears_what_he_may_see_in_any_of_his_offices(world: World) -> None:
    expert = world.expert
    earlier = LONG_AGO - timedelta(days=1)  # he speaks for his latest posting unless he chooses
    save(Posting(person_id=expert.id, unit_id=world.town.id, role=Role.ORGANISER, since=earlier))
    tell(expert, make_thread(world.secretary, reach=Reach.TOWNSHIP))
    assert len(items_of(expert)) == 1


def test_who_was_disabled_is_not_told(world: World) -> None:
    person = db.session.get_one(Person, world.secretary.id)
    person.disabled_at = utcnow()
    db.session.commit()
    tell(world.secretary, make_thread(world.neighbour_secretary))
    assert items_of(world.secretary) == []
    assert only_message().sent_at is not None


@pytest.mark.parametrize("made", range(len(LEASES)))
def test_a_claimed_message_is_left_alone_until_its_lease_runs_out(world: World, made: int) -> None:
    now = utcnow()
    save(OutboxMessage(recipient_id=world.secretary.id, kind=KIND, subject_id=1, attempts=made, due_at=now))
    claimed = claim_next(now)
    db.session.commit()
    assert claimed is not None
    assert (claimed.attempts, claimed.failure) == (made + 1, INTERRUPTED)
    end = now + timedelta(minutes=LEASES[made])
    assert claim_next(end - timedelta(seconds=1)) is None
    taken_over = claim_next(end) if made + 1 < len(LEASES) else claimed
    assert taken_over is not None
    assert taken_over.id == claimed.id


def test_a_worker_that_was_too_slow_delivers_nothing(world: World) -> None:
    thread = make_thread(world.secretary)
    enqueue(world.secretary.id, KIND, thread.id)
    db.session.commit()
    slow = claim_next(utcnow())
    assert slow is not None
    db.session.commit()
    db.session.expunge(slow)
    quick = claim_next(utcnow() + timedelta(minutes=2))
    assert quick is not None
    db.session.commit()
    deliver(slow)
    db.session.commit()
    assert items_of(world.secretary) == []
    for _again in range(2):
        deliver(quick)
        db.session.commit()
    assert len(items_of(world.secretary)) == 1


def test_a_message_that_fails_keeps_its_reason_and_stops_no_other(world: World) -> None:
    thread = make_thread(world.secretary)
    register_notice("test.broken", broken, topic=Topic.REPLIES)
    with capture_logs() as logs:
        tell(world.secretary, thread, kind="test.broken")
        tell(world.secretary, thread)
        tell(world.secretary, thread, kind="test.unheard_of")
    unsent = db.session.execute(
        select(OutboxMessage.kind, OutboxMessage.attempts, OutboxMessage.failure)
        .where(OutboxMessage.sent_at.is_(None))
        .order_by(OutboxMessage.id)
    ).all()
    assert [tuple(row) for row in unsent] == [
        ("test.broken", 1, "ValueError: no such page"),
        ("test.unheard_of", 1, "UnknownKind: test.unheard_of"),
    ]
    assert [item.kind for item in items_of(world.secretary)] == [KIND]
    assert [line["log_level"] for line in logs if line["event"] == "notice not delivered"] == ["error", "error"]


def test_after_the_last_attempt_a_message_is_given_up_aloud(world: World) -> None:
    register_notice("test.broken", broken, topic=Topic.REPLIES)
    enqueue(world.secretary.id, "test.broken", 1)
    db.session.commit()
    with capture_logs() as logs:
        for _attempt in LEASES:
            assert deliver_next() is True
            only_message().due_at = utcnow()
            db.session.commit()
        assert deliver_next() is False
        assert deliver_next() is False
    message = only_message()
    assert (message.sent_at, message.failure) == (None, "ValueError: no such page")
    assert [line["reason"] for line in logs if line["event"] == "notice given up"] == ["ValueError: no such page"]


def broken(actor: Actor, ids: Collection[int]) -> dict[int, Shown]:
    raise ValueError("no such page")
