"""A tag that ten thousand of a hundred thousand threads carry: merged, taken back, and its page beside that of a rare one."""

import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import insert, select

from forum.clock import utcnow
from forum.extensions import db
from forum.tags.merging import merge_tag, undo_merge
from forum.tags.models import Tag
from forum.tags.moving import move_next
from forum.threads.models import Thread, ThreadKind, ThreadTag
from tests.bench.place import application, median, percentile
from tests.factories import World, make_world

THREADS = 100_000
TENTH = range(1, THREADS + 1, 10)
ROUNDS = 20


def tags() -> None:
    """Print how long moving ten thousand threads and putting them back takes, how long each piece locks, and what pages cost."""
    with application() as (app, _folder):
        world = make_world()
        group = _tag("group", None)
        old, new, rare = (_tag(code, group) for code in ("old", "new", "rare"))
        _fill(world, old, new, rare)
        for code in ("old", "rare", "group"):
            _page(app, world, code)
        before = _carried()
        merge = merge_tag(None, old, new)
        db.session.commit()
        _pieces(f"moving {len(TENTH)} threads", move_next)
        undo_merge(None, merge)
        db.session.commit()
        _pieces("putting them back", move_next)
        print(f"  as before: {_carried() == before}", flush=True)


def _pieces(what: str, piece: Callable[[], bool]) -> None:
    taken = []
    while True:
        began = time.perf_counter()
        more = piece()
        db.session.commit()
        taken.append(1000 * (time.perf_counter() - began))
        if not more:
            break
    print(
        f"  {what}: {len(taken)} pieces, {sum(taken) / 1000:.1f} s, one p50 {median(taken):.0f} ms, at most {max(taken):.0f} ms"
    )


def _page(app: Flask, world: World, code: str) -> None:
    browser = app.test_client()
    browser.sign_in_as(world.secretary)
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        assert browser.get(f"/tags/{code}").status_code == 200
        taken.append(1000 * (time.process_time() - began))
    print(f"  page of {code}: p50 {median(taken):.1f} ms, p95 {percentile(taken, 0.95):.1f} ms CPU", flush=True)


def _tag(code: str, group: Tag | None) -> Tag:
    tag = Tag(code=code, name=code, parent_id=group.id if group else None)
    db.session.add(tag)
    db.session.commit()
    return tag


def _carried() -> set[tuple[int, int]]:
    return {
        (thread_id, tag_id) for thread_id, tag_id in db.session.execute(select(ThreadTag.thread_id, ThreadTag.tag_id))
    }


def _fill(world: World, old: Tag, new: Tag, rare: Tag) -> None:
    """Every tenth thread carries the old tag, every hundredth the new one beside it, and three carry the rare one."""
    author, now = world.secretary, utcnow()
    threads = [
        {
            "id": ident,
            "kind": ThreadKind.QUESTION,
            "title": f"第{ident}件事",
            "author_id": author.id,
            "unit_id": author.unit_id,
            "township_id": author.township_id,
            "district_id": author.district_id,
            "created_at": now - timedelta(minutes=ident),
            "last_post_at": now - timedelta(minutes=ident),
            "reply_count": ident % 20,
        }
        for ident in range(1, THREADS + 1)
    ]
    carried = [(ident, old.id) for ident in TENTH] + [(ident, new.id) for ident in TENTH[::10]]
    carried += [(ident, rare.id) for ident in (60_000, 60_001, 60_002)]
    db.session.execute(insert(Thread), threads)
    db.session.execute(insert(ThreadTag), [{"thread_id": thread, "tag_id": tag} for thread, tag in carried])
    db.session.commit()
