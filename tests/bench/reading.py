"""How long it takes to find what is new for somebody who has read a hundred thousand threads."""

from datetime import timedelta
from time import perf_counter

from sqlalchemy import insert, select

from forum.clock import utcnow
from forum.extensions import db
from forum.paging import keyset_page
from forum.threads.lists import Filters
from forum.threads.models import Post, Reach, Thread, ThreadKind, ThreadRead
from forum.threads.queries import thread_rows
from forum.threads.reading import new_for, read_up_to
from tests.bench.place import application, median
from tests.factories import World, make_world

THREADS = 100_000


def reading() -> None:
    """Print the time for the list of what is new, for the list of all with its marks, and for marking a thread as read."""
    with application():
        world = make_world()
        write_threads(world)
        for behind in (0, 200, 5000):
            mark_behind(world, behind)
            measure(world, behind)


def write_threads(world: World) -> None:
    """A hundred thousand threads with an answer each, all of them read by the secretary."""
    actor, start = world.secretary, utcnow() - timedelta(days=700)
    assert actor.posting is not None
    place = {"posting_id": actor.posting.id, "unit_id": actor.unit_id}
    numbers, text = range(1, THREADS + 1), {"body": "路不通。", "body_html": "<p>路不通。</p>"}
    at = {n: start + timedelta(minutes=n * 10) for n in numbers}
    common = place | {"township_id": actor.township_id, "district_id": actor.district_id, "reach": Reach.DISTRICT}
    of_thread = common | {"kind": ThreadKind.QUESTION, "author_id": world.expert.id, "reply_count": 1}
    db.session.execute(
        insert(Thread),
        [of_thread | {"id": n, "title": f"第{n}件", "created_at": at[n], "last_post_at": at[n]} for n in numbers],
    )
    of_post = place | text | {"author_id": world.expert.id}
    db.session.execute(
        insert(Post),
        [of_post | {"thread_id": n, "is_opening": o, "created_at": at[n]} for n in numbers for o in (True, False)],
    )
    mine = {"person_id": actor.id, "new_at": None}
    db.session.execute(insert(ThreadRead), [mine | {"thread_id": n, "read_to": at[n]} for n in numbers])
    db.session.commit()
    db.session.execute(db.text("ANALYZE"))
    db.session.commit()


def mark_behind(world: World, number: int) -> None:
    """Something new in that many of the threads, spread over all of them."""
    step = THREADS // number if number else THREADS + 1
    db.session.execute(db.update(ThreadRead).where(ThreadRead.thread_id % step == 0).values(new_at=utcnow()))
    db.session.commit()


def measure(world: World, behind: int) -> None:
    """Each twenty times."""
    actor = world.secretary
    listed = thread_rows(actor).add_columns(new_for(actor.id))
    post = db.session.scalars(select(Post).where(Post.thread_id == THREADS // 2).limit(1)).one()
    ways = {
        "list of what is new": lambda: keyset_page(
            Filters(state="unread").narrow(listed, actor), Filters(state="unread").column, Thread.id, None
        ),
        "list of all": lambda: keyset_page(listed, Thread.last_post_at, Thread.id, None),
        "marking as read": lambda: (read_up_to(actor, post), db.session.rollback()),
    }
    for name, way in ways.items():
        times = []
        for _turn in range(20):
            began = perf_counter()
            way()
            times.append((perf_counter() - began) * 1000)
        print(f"  {behind} new, {name}: median {median(times):.1f} ms, worst {max(times):.1f} ms", flush=True)
