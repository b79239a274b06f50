"""What the villages asked lately, counted among a hundred thousand threads."""

import random
import time
from datetime import timedelta

from sqlalchemy import insert, select, text

from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.asked import asked_lately
from forum.tags.actions import load_taxonomy
from forum.tags.models import Tag
from forum.threads.models import Post, Reaction, ReactionKind, Thread, ThreadKind, ThreadTag
from tests.bench.place import application, median, percentile
from tests.factories import World, make_world

THREADS = 100_000
YEARS = timedelta(days=3 * 365)
ROUNDS = 60


def themes() -> None:
    """Print the CPU time (p50, p95) of counting and of the whole page, and how many questions were counted."""
    with application() as (app, _folder):
        world, choose = make_world(), random.Random(4)
        load_taxonomy()
        tags = list(db.session.scalars(select(Tag.id).where(Tag.parent_id.is_not(None))))
        _fill(world, choose, tags)
        browser = app.test_client()
        browser.sign_in_as(world.organiser)
        counting: list[float] = []
        pages: list[float] = []
        questions = 0
        for _ in range(ROUNDS):
            began = time.process_time()
            with app.test_request_context():
                groups = asked_lately(world.organiser, world.town.id)
                questions = sum(about.questions for group in groups for about in group.abouts)
                db.session.remove()
            counting.append(1000 * (time.process_time() - began))
            began = time.process_time()
            page = browser.get("/meetings/asked")
            pages.append(1000 * (time.process_time() - began))
            assert page.status_code == 200
        print(f"{THREADS} threads, {questions} counted")
        for what, taken in (("counting", counting), ("the whole page", pages)):
            print(f"  {what}: p50 {median(taken):.1f} ms, p95 {percentile(taken, 0.95):.1f} ms CPU", flush=True)


def _fill(world: World, choose: random.Random, tags: list[int]) -> None:
    """Threads of three years in ten townships' worth of villages, a tenth of them in the one that is looked at."""
    now = utcnow()
    threads, posts, of_tags, reactions = [], [], [], []
    near, far = world.secretary, world.far_secretary
    for ident in range(1, THREADS + 1):
        who = near if choose.random() < 0.1 else far
        at = now - YEARS * choose.random()
        same = choose.choice((0, 0, 0, 1, 2))
        threads.append(
            {
                "id": ident,
                "kind": choose.choice((ThreadKind.QUESTION, ThreadKind.QUESTION, ThreadKind.SHARE)),
                "title": f"第{ident}件事",
                "author_id": who.id,
                "unit_id": who.unit_id,
                "township_id": who.township_id,
                "district_id": who.district_id,
                "created_at": at,
                "last_post_at": at,
                "reply_count": choose.choice((0, 1, 3)),
                "same_count": same,
            }
        )
        posts.append(
            {
                "id": ident,
                "thread_id": ident,
                "author_id": who.id,
                "unit_id": who.unit_id,
                "body": "怎么办？",
                "body_html": "<p>怎么办？</p>",
                "is_opening": True,
                "created_at": at,
            }
        )
        of_tags += [{"thread_id": ident, "tag_id": tag} for tag in choose.sample(tags, 2)]
        if same:
            reactions.append(
                {"post_id": ident, "person_id": near.id, "kind": ReactionKind.SAME, "unit_id": near.unit_id}
            )
    for model, rows in ((Thread, threads), (Post, posts), (ThreadTag, of_tags), (Reaction, reactions)):
        db.session.execute(insert(model), rows)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
