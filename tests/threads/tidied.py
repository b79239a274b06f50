"""Two threads about one matter, and what tests of tidying look at."""

import pytest
from sqlalchemy import select

from forum.extensions import db
from forum.library.actions import make_card
from forum.library.models import Experience
from forum.threads.actions import add_reply, begin_thread
from forum.threads.deeds import accept_answer, follow, react
from forum.threads.models import Post, ReactionKind, Stance, Thread, ThreadKind
from tests.factories import World
from tests.trust.snapshot import Snapshot, all_rows

LEFT_OUT = (
    "audit_entry",
    "audit_seal",
    "change",
    "outbox_message",
    "thread_deed",
    "user_session",
)  # what tells of the deeds themselves


def rows() -> Snapshot:
    db.session.commit()
    return {name: found for name, found in all_rows().items() if name not in LEFT_OUT}


def fresh(thread: Thread) -> Thread:
    return db.session.get_one(Thread, thread.id, populate_existing=True)


def posts_of(thread: Thread) -> list[str]:
    in_order = select(Post.body).where(Post.thread_id == thread.id).order_by(Post.created_at, Post.id)
    return list(db.session.scalars(in_order))


def card_of(world: World, thread: Thread) -> Experience:
    parts = dict.fromkeys(("problem", "practice", "result", "suitable", "caution", "cost"), "种油菜")
    card = make_card(world.secretary, thread, world.village, "种油菜", parts)
    db.session.commit()
    return card


def opening(thread: Thread) -> Post:
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()


@pytest.fixture
def two(world: World) -> tuple[Thread, Thread]:
    """The same matter asked twice: by the neighbour (to be merged), and by the secretary; answered, followed, liked, on a card."""
    first = begin_thread(world.secretary, ThreadKind.QUESTION, "地没人种", "两百亩撂荒").thread
    second = begin_thread(world.neighbour_secretary, ThreadKind.QUESTION, "撂荒地怎么办", "年轻人走了").thread
    add_reply(world.deputy, first, "先找带头户")
    answer = add_reply(world.expert, second, "种油菜")
    below = add_reply(world.far_secretary, second, "油菜费工", parent=answer, stance=Stance.OBJECTION)
    add_reply(world.expert, second, "可以用机器", parent=below)
    accept_answer(world.neighbour_secretary, second, answer)
    follow(world.organiser, first, on=True)
    follow(world.organiser, second, on=True)
    react(world.far_secretary, opening(first), ReactionKind.SAME, on=True)
    react(world.far_secretary, opening(second), ReactionKind.SAME, on=True)
    react(world.secretary, opening(second), ReactionKind.SAME, on=True)
    db.session.commit()
    return second, first
