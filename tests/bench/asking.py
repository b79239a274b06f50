"""What is shown while one types a question, over a hundred thousand answered threads and a library, through the page."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta

from flask import Flask
from sqlalchemy import insert, select, update

from forum.asking.helpers import helpers_for_text
from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceTag
from forum.search.follower import rebuild_index
from forum.tags.actions import load_taxonomy
from forum.tags.models import Tag, TagSynonym
from forum.threads.importing import import_threads
from forum.threads.models import Post, Thread, ThreadTag
from forum.units.actors import Actor
from forum.units.models import Role, UnitKind
from tests.bench.place import application, median, percentile, sentences, text_of
from tests.bench.search_place import lines
from tests.browsing import Browser, forms_of
from tests.factories import make_actor, make_unit, make_world

QUESTIONS = 300
VILLAGES = 200
CARDS = 1000
BATCH = 10_000


def asking() -> None:
    """Print what the suggestions beside a question, and whom to ask alone, cost: CPU and wall time (p50, p95) of the server."""
    parts = sentences()
    with application() as (app, _folder):
        reader = make_place(parts)
        measure(app, reader, parts)


def make_place(parts: list[str]) -> Actor:
    """Threads with tags, every third with an answer that helped by one of two hundred secretaries, and cards of their villages."""
    world, choose = make_world(), random.Random(4)
    secretaries = [_secretary(world.town if n % 4 == 0 else world.other_town, n) for n in range(VILLAGES)]
    load_taxonomy()
    db.session.commit()
    import_threads(lines(parts), batch=2000)
    tags = list(db.session.scalars(select(Tag.id).where(Tag.parent_id.is_not(None))))
    threads = list(db.session.scalars(select(Thread.id)))
    for first in range(0, len(threads), BATCH):
        _answer(threads[first : first + BATCH], tags, secretaries, choose)
    for number in range(CARDS):
        _card(secretaries[number % VILLAGES], text_of(choose, parts), choose.choice(tags), number)
    db.session.commit()
    rebuild_index()
    return world.secretary


def measure(app: Flask, reader: Actor, parts: list[str]) -> None:
    """Ask by sentences from the texts with a tag's word before them, so that each call finds threads and people."""
    choose = random.Random(5)
    words = list(db.session.scalars(select(TagSynonym.word)))
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in_as(reader)
    csrf_token = forms_of(browser.get("/threads/").get_data(as_text=True))[0].fields["csrf_token"]

    def suggest(text: str) -> bool:
        answer = browser.post("/asking/similar", data={"text": text, "csrf_token": csrf_token})
        assert answer.status_code == 200
        return "asking=1" in answer.get_data(as_text=True)

    def whom(text: str) -> bool:
        with app.test_request_context():
            found = helpers_for_text(reader, text)
            db.session.remove()
        return bool(found)

    for name, ask in (("beside a question", suggest), ("whom to ask", whom)):
        texts = [choose.choice(words) + choose.choice(parts)[:60] for _ in range(QUESTIONS)]
        ask(texts[0])
        found, cpu, wall = 0, [], []
        for text in texts:
            began, on_clock = time.process_time(), time.perf_counter()
            found += ask(text)
            cpu.append(1000 * (time.process_time() - began))
            wall.append(1000 * (time.perf_counter() - on_clock))
        print(f"{name}: {found}/{QUESTIONS} found something")
        for what, taken in (("CPU", cpu), ("wall clock", wall)):
            print(f"  {what}: p50 {median(taken):.1f} ms, p95 {percentile(taken, 0.95):.1f} ms", flush=True)


def _secretary(township: object, number: int) -> Actor:
    village = make_unit(UnitKind.VILLAGE, f"第{number}村", township)  # type: ignore[arg-type]
    return make_actor(f"书记{number}", Role.SECRETARY, village)


def _answer(threads: list[int], tags: list[int], secretaries: list[Actor], choose: random.Random) -> None:
    db.session.execute(insert(ThreadTag), list(_tagged(threads, tags, choose)))
    now = utcnow()
    answers = []
    for thread_id in threads[::3]:
        by = choose.choice(secretaries)
        assert by.posting is not None
        answers.append(
            {
                "thread_id": thread_id,
                "author_id": by.id,
                "posting_id": by.posting.id,
                "unit_id": by.posting.unit_id,
                "body": "先找村里的老把式看看。",
                "body_html": "<p>先找村里的老把式看看。</p>",
                "is_opening": False,
                "created_at": now - timedelta(days=choose.randrange(900)),
            }
        )
    ids = db.session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), answers)
    accepted = [
        {"id": answer["thread_id"], "accepted_post_id": post_id, "accepted_at": answer["created_at"], "reply_count": 1}
        for post_id, answer in zip(ids, answers, strict=True)
    ]
    db.session.execute(update(Thread), accepted)
    db.session.commit()


def _tagged(threads: list[int], tags: list[int], choose: random.Random) -> Iterator[dict[str, int]]:
    for thread_id in threads:
        for tag_id in choose.sample(tags, choose.choice((1, 2))):
            yield {"thread_id": thread_id, "tag_id": tag_id}


def _card(author: Actor, text: str, tag_id: int, number: int) -> None:
    assert author.posting is not None
    now = utcnow()
    card = Experience(
        title=text[:20],
        unit_id=author.posting.unit_id,
        township_id=author.posting.township_id,
        district_id=author.posting.district_id,
        author_id=author.id,
        posting_id=author.posting.id,
        state=CardState.PUBLISHED,
        confirmed_at=now,
        published_at=now - timedelta(days=number % 900),
        problem=text,
        practice=text,
    )
    db.session.add(card)
    db.session.flush()
    db.session.add(ExperienceTag(experience_id=card.id, tag_id=tag_id))
