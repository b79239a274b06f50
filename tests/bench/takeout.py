"""What it costs to put everything that somebody wrote into one file: a busy writer of many years."""

import resource
import time

from sqlalchemy import insert

from forum.clock import utcnow
from forum.extensions import db, reading
from forum.media.models import Picture
from forum.media.store import PICTURES
from forum.takeout.actions import make_takeout
from forum.threads.models import Post
from tests.bench.place import application
from tests.factories import make_thread, make_world

POSTS, PICTURES_SENT = 5000, 200
PICTURE_BYTES = 300_000


def takeout() -> None:
    """Print the seconds, and by how many MB the process grew meanwhile."""
    with application() as (_app, _folder):
        world = make_world()
        writer = world.secretary
        thread = make_thread(writer)
        body = "水费收不抵电费，一方水三块钱，一年亏一万二。" * 20
        row = {"thread_id": thread.id, "author_id": writer.id, "unit_id": writer.unit_id, "created_at": utcnow()}
        row |= {"posting_id": writer.posting.id if writer.posting else 0, "body": body, "body_html": ""}
        db.session.execute(insert(Post), [row] * POSTS)
        for number in range(PICTURES_SENT):
            key = PICTURES.save(number.to_bytes(4) * (PICTURE_BYTES // 4), b"small")
            db.session.add(Picture(key=key, owner_id=writer.id, post_id=None, width=1, height=1, size=PICTURE_BYTES))
        db.session.commit()
        db.session.remove()
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        with reading(), make_takeout(writer) as file:
            size = file.seek(0, 2)
        after, taken = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - began
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{POSTS} posts and {PICTURES_SENT} pictures: {size / 1e6:.0f} MB in {taken:.1f} s, {cpu:.1f} s of CPU,")
        print(f"  the process grew by {(after.ru_maxrss - before.ru_maxrss) / 1024:.0f} MB at most")
