"""A district of a hundred thousand threads with a million posts, their index, and vectors at random: made once, and kept on request.

``BENCH_PLACE`` names a folder that keeps it, ``BENCH_DATABASE_URL`` an empty PostgreSQL database; without the latter it is SQLite.
"""

import json
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.extensions import db
from forum.search.encoder import CURRENT, DIMENSIONS
from forum.search.follower import rebuild_index
from forum.search.index import open_writer
from forum.search.matrix import MatrixWriter, Packed
from forum.search.pieces import packed
from forum.search.place import index_root, knows_meaning
from forum.threads.importing import import_threads
from forum.threads.models import Post, Thread
from forum.units.actors import Actor
from forum.units.models import Person
from tests.bench.place import application, sentences, text_of
from tests.factories import actor_of, make_world

THREADS = int(os.environ.get("BENCH_THREADS", 100_000))
REPLIES = int(os.environ.get("BENCH_REPLIES", 9))  # of each thread
PIECES = 3  # vectors of a thread
BATCH = 2000  # threads


@contextmanager
def district() -> Iterator[tuple[Flask, Actor, list[str]]]:
    """The application, a secretary of it, and the sentences of which its texts are made."""
    os.environ["SEARCH_VECTORS"] = "true"
    parts = sentences()
    with application(os.environ.get("BENCH_PLACE"), os.environ.get("BENCH_DATABASE_URL")) as (app, _folder):
        if db.session.scalar(select(func.count(Thread.id))) != THREADS:
            _make(parts)
        reader = actor_of(db.session.scalars(select(Person.id).where(Person.name == "柳大山")).one())
        db.session.remove()
        yield app, reader, parts


def lines(parts: list[str]) -> Iterator[str]:
    """A hundred thousand threads to import."""
    choose = random.Random(3)
    for number in range(THREADS):
        yield json.dumps({"external_id": f"bench-{number}", "body": text_of(choose, parts)}, ensure_ascii=False)


def _make(parts: list[str]) -> None:
    world = make_world()
    began = time.perf_counter()
    import_threads(lines(parts), batch=BATCH)
    _reply(parts, [world.secretary, world.neighbour_secretary, world.far_secretary])
    written = time.perf_counter()
    rebuild_index()
    built = time.perf_counter()
    if knows_meaning():
        fill_matrix()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    print(
        f"{THREADS} threads with {THREADS * (REPLIES + 1)} posts written in {written - began:.0f} s, their words indexed in "
        f"{built - written:.0f} s, {PIECES * THREADS} vectors at random in {time.perf_counter() - built:.0f} s",
        flush=True,
    )


def _reply(parts: list[str], authors: list[Actor]) -> None:
    """Replies to every thread; of every third one helped."""
    choose, now = random.Random(4), utcnow()
    threads = db.session.scalars(select(Thread.id).order_by(Thread.id)).all()
    for first in range(0, len(threads), BATCH):
        some = threads[first : first + BATCH]
        rows = [
            _reply_row(thread_id, authors[n % len(authors)], text_of(choose, parts), now - timedelta(minutes=n))
            for thread_id in some
            for n in range(REPLIES)
        ]
        db.session.execute(insert(Post), rows)
        db.session.commit()
    answer = aliased(Post)
    first_reply = select(func.min(answer.id)).where(answer.thread_id == Thread.id, answer.is_opening.is_(False))
    helped = {"accepted_post_id": first_reply.scalar_subquery(), "accepted_at": now}
    db.session.execute(update(Thread).values(reply_count=REPLIES))
    db.session.execute(update(Thread).where(Thread.id % 3 == 0).values(helped))
    db.session.commit()


def _reply_row(thread_id: int, by: Actor, body: str, at: Any) -> dict[str, Any]:
    assert by.posting is not None
    return {
        "thread_id": thread_id,
        "author_id": by.id,
        "posting_id": by.posting.id,
        "unit_id": by.posting.unit_id,
        "body": body,
        "body_html": f"<p>{body}</p>",
        "is_opening": False,
        "created_at": at,
    }


def fill_matrix() -> None:
    """Vectors as the follower would have written them: embedding so many texts takes a night."""
    import numpy as np

    choose = np.random.default_rng(1)
    documents = (
        (("thread", number), Packed(*packed(_unit_rows(choose.normal(0.1, 1, (PIECES, DIMENSIONS))))))
        for number in range(1, THREADS + 1)
    )
    with open_writer(index_root()) as writer:
        mark = MatrixWriter(writer.folder).create(CURRENT, documents)
        writer.commit(writer.state() | {"vectors": mark})


def _unit_rows(rows: Any) -> Any:
    import numpy as np

    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
