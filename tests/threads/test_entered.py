"""代录: an organiser or a deputy writes for somebody who cannot type. The words are that person's, and he has the last word on them."""

import pytest
from sqlalchemy.exc import IntegrityError

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.threads.actions import EditedMeanwhile, add_reply, begin_thread, confirm_post, edit_post
from forum.threads.models import Post, PostRevision, Thread, ThreadFollow, ThreadKind
from forum.threads.policies import (
    can_accept,
    can_accept_post,
    can_confirm,
    can_edit,
    can_write_for_others,
    may_be_written_for,
)
from forum.units.models import Posting, Role, Unit
from tests.factories import LONG_AGO, World, actor_of, make_actor, make_thread, save


@pytest.fixture
def entered(world: World) -> Post:
    """The neighbour's answer to the secretary's question, written down by the organiser."""
    post = add_reply(world.neighbour_secretary, make_thread(world.secretary), "先打井。", scribe=world.organiser)
    db.session.commit()
    return post


def told(kind: str) -> list[int]:
    return sorted(db.session.scalars(db.select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


def test_who_may_write_for_whom(world: World) -> None:
    may = {
        role: sorted(
            db.session.scalars(
                db.select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id).where(may_be_written_for(actor))
            )
        )
        for role, actor in world.everybody.items()
        if actor and can_write_for_others(actor)
    }
    assert may == {
        "organiser": sorted([world.secretary.id, world.deputy.id, world.neighbour_secretary.id]),
        "far_organiser": [world.far_secretary.id],
        "deputy": [world.secretary.id],
    }


def test_the_words_are_his_for_whom_they_were_written(world: World, entered: Post) -> None:
    author = world.neighbour_secretary
    assert (entered.author_id, entered.unit_id, entered.entered_by_id) == (
        author.id,
        author.unit_id,
        world.organiser.id,
    )
    assert told("post.entered") == [author.id]
    followers = set(db.session.scalars(db.select(ThreadFollow.person_id)))
    assert {author.id, world.organiser.id} <= followers, "he hears of answers, and so does who reads them to him"
    assert db.session.scalars(db.select(AuditEntry.action)).all() == ["post.enter"]
    thread = begin_thread(world.secretary, ThreadKind.QUESTION, "浇地", "没水。", scribe=world.deputy).thread
    assert thread.author_id == world.secretary.id
    assert can_accept(world.secretary, thread)
    assert not can_accept(world.deputy, thread)


def test_nobody_accepts_what_he_wrote_down_for_another(world: World, entered: Post) -> None:
    thread = db.session.get_one(Thread, entered.thread_id)
    assert can_accept(world.organiser, thread)
    assert not can_accept_post(world.organiser, thread, entered)
    assert can_accept_post(world.secretary, thread, entered)
    confirm_post(entered, version=entered.version)
    assert not can_accept_post(world.organiser, thread, entered)


def test_who_wrote_it_down_corrects_it_in_his_office_until_it_is_confirmed(world: World, entered: Post) -> None:
    author, scribe = world.neighbour_secretary, world.organiser
    assert {actor.id for actor in world.everybody.values() if actor and can_edit(actor, entered)} == {
        author.id,
        scribe.id,
    }
    edit_post(scribe, entered, "先打深井。", version=entered.version)
    db.session.flush()
    assert told("post.entered") == [author.id, author.id], "he is told of what now stands there in his name"
    other = save(Posting(person_id=scribe.id, unit_id=world.other_town.id, role=Role.ORGANISER, since=LONG_AGO))
    assert not can_edit(actor_of(scribe.id, other.id), entered)
    with pytest.raises(EditedMeanwhile):
        confirm_post(entered, version=1)
    confirm_post(entered, version=entered.version)
    db.session.commit()
    assert {actor.id for actor in world.everybody.values() if actor and can_edit(actor, entered)} == {author.id}
    assert db.session.scalars(db.select(PostRevision.changed_by_id)).all() == [scribe.id]


def test_a_correction_by_himself_is_his_word(world: World, entered: Post) -> None:
    assert can_confirm(world.neighbour_secretary, entered)
    assert not any(can_confirm(a, entered) for a in (world.organiser, world.secretary, world.deputy))
    edit_post(world.neighbour_secretary, entered, "不打井，修渠。", version=entered.version)
    db.session.commit()
    assert entered.confirmed_at is not None
    [revision] = db.session.scalars(db.select(PostRevision))
    assert (revision.body, revision.changed_by_id) == ("先打井。", None)
    assert told("post.entered") == [world.neighbour_secretary.id], "not of what he does himself"


def test_what_the_database_does_not_take(world: World, entered: Post) -> None:
    posts = Post.__table__
    for values in (
        {"entered_by_id": world.neighbour_secretary.id},
        {"entered_posting_id": None},
        {"entered_by_id": None, "entered_posting_id": None, "confirmed_at": entered.created_at},
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(db.update(posts).where(posts.c.id == entered.id).values(values))


def test_two_of_one_village_write_for_no_third(world: World) -> None:
    other = make_actor("柳三水", Role.DEPUTY, world.village)
    may = db.select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id)
    found = sorted(db.session.scalars(may.where(may_be_written_for(other))))
    assert found == sorted([world.secretary.id, world.deputy.id]), "never for himself"
