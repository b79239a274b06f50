"""Keeping the index up with the database: only the worker and the commands come here.

The database is the truth. The index follows its change log a batch at a time and commits, together with the documents, how
far it came; killed at any moment, the next follower goes on from there. Where the log cannot tell what the index lacks, it
is built anew beside the old one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, func, or_, select

from forum.changes import Change
from forum.clock import utcnow
from forum.extensions import db, reading
from forum.logs import log
from forum.search.documents import Doc
from forum.search.generations import IndexUnavailable, WriterBusy
from forum.search.index import Writer, open_reader, open_writer, rebuild
from forum.search.place import index_root
from forum.search.texts import all_documents, documents_of
from forum.search.watermark import LATE, Seen, Watermark

BATCH = 200  # changes followed at once; one may bring a thread's hundred replies
KEPT = timedelta(days=30)  # an index that was away for longer is built anew
BUSY_SECONDS = 0.2

T = TypeVar("T")


def follow() -> bool:
    """Apply the next changes; whether more are waiting. An index that cannot be followed is built anew.

    Raises WriterBusy while somebody else writes, and IndexUnavailable where none can be written, as on a full disk.
    """
    try:
        # A fresh reader each time: it holds no lock, and notices what happened to the files.
        if not _unseen(Watermark.read(open_reader(index_root()).state())):
            return False
        with open_writer(index_root()) as writer:
            return _apply_next(writer)
    except IndexUnavailable as error:
        log.warning("search index is built anew", reason=str(error))
        rebuild_index()
        return False


def follow_changes() -> bool:
    """The worker's job: follow, unless a command is at it."""
    try:
        return follow()
    except WriterBusy:
        return False


def bring_up_to_date() -> None:
    """Have the index hold every change committed before now, waiting for whoever writes it. Raises IndexUnavailable."""
    while when_free(follow):
        pass


def rebuild_index(progress: Callable[[int], None] = lambda done: None) -> int:
    """Build the index anew from the database while the old one answers; returns how many documents it holds.

    Raises WriterBusy and IndexUnavailable.
    """
    done = 0
    with rebuild(index_root()) as writer, _looking():
        mark = _present_mark()  # before the texts: what changes while they are read is followed afterwards
        for documents in all_documents():
            writer.apply(documents)
            done += len(documents)
            progress(done)
        writer.commit(mark.state())
    return done


def when_free(work: Callable[[], T]) -> T:
    """Do something that writes the index, as soon as nobody else does."""
    while True:
        try:
            return work()
        except WriterBusy:
            time.sleep(BUSY_SECONDS)


def forget_old_changes() -> None:
    """Delete changes that every index has followed long ago. The last one stays: by it an index knows its database again."""
    last = select(func.max(Change.id)).scalar_subquery()
    db.session.execute(delete(Change).where(Change.created_at < utcnow() - KEPT, Change.id < last))


def _apply_next(writer: Writer) -> bool:
    mark = Watermark.read(writer.state())  # now, for another follower may just have moved it
    changes = _unseen(mark)
    with _looking():
        documents, gone = _texts(changes)
    writer.apply(documents, gone)
    writer.commit(mark.past([Seen(change.id, change.created_at) for change in changes], utcnow()).state())
    return len(changes) == BATCH


def _unseen(mark: Watermark) -> Sequence[Any]:
    """The next changes that the mark has not seen, by id. Raises IndexUnavailable where the log does not reach back to it."""
    wanted = [Change.id > mark.upto, *(Change.id.between(gap.first, gap.last) for gap in mark.open_gaps(utcnow()))]
    with _looking():
        known = db.session.scalar(select(Change.created_at).where(Change.id == mark.upto))
        changes = db.session.execute(
            select(Change.id, Change.kind, Change.object_id, Change.created_at)
            .where(or_(*wanted))
            .order_by(Change.id)
            .limit(BATCH)
        ).all()
    if (known.isoformat() if known else "") != mark.at or (changes and not mark.upto and changes[0].id > 1):
        # The index was away for too long, or its database was exchanged for another or an older one.
        raise IndexUnavailable("the change log does not reach back to the index")
    return changes


def _texts(changes: Sequence[Any]) -> tuple[list[Doc], list[tuple[str, int]]]:
    """The documents that these changes touch as they are now, and the keys of those that are gone."""
    ids = {kind: {change.object_id for change in changes if change.kind == kind} for kind in ("thread", "post", "card")}
    documents = list(documents_of(threads=ids["thread"], posts=ids["post"], cards=ids["card"]))
    found = {(document.kind, document.id) for document in documents}
    return documents, [(kind, number) for kind in ids for number in ids[kind] if (kind, number) not in found]


def _present_mark() -> Watermark:
    """The mark of an index that is about to read everything, with the gaps in which a transaction may still be open."""
    now = utcnow()
    settled = db.session.scalar(select(func.max(Change.id)).where(Change.created_at < now - LATE)) or 0
    rows = db.session.execute(
        select(Change.id, Change.created_at).where(Change.id >= settled).order_by(Change.id)
    ).all()
    if not rows:
        return Watermark()
    first = rows[0].id if settled else 1
    return Watermark(upto=first - 1).past([Seen(row.id, row.created_at) for row in rows], now)


@contextmanager
def _looking() -> Iterator[None]:
    """Read the database without a lock, and without a snapshot that outlives the block."""
    with reading():
        try:
            yield
        finally:
            db.session.rollback()
