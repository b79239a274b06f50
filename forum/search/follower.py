"""Keeping the index up with the database: only the worker and the commands come here.

The database is the truth. The index follows its change log a batch at a time and commits, together with the documents, how
far it came; killed at any moment, the next follower goes on from there. Where the log cannot tell what the index lacks, it
is built anew beside the old one.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import current_app
from sqlalchemy import delete, func, or_, select

from forum.changes import Change
from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.search.documents import Doc
from forum.search.encoder import CURRENT
from forum.search.generations import IndexUnavailable, WriterBusy
from forum.search.index import Writer, open_reader, open_writer, rebuild
from forum.search.matrix import Key, MatrixWriter
from forum.search.meaning import (
    CHANGED,
    Maker,
    all_vectors,
    answering_model,
    former_rows,
    keys_of,
    sort_out,
    throw_away,
)
from forum.search.place import index_root, knows_meaning, looking, vectors
from forum.search.texts import all_documents, documents_at, documents_of
from forum.search.watermark import LATE, Seen, Watermark

BATCH = 200  # changes followed at once; one may bring a thread's hundred replies
KEPT = timedelta(days=30)  # an index that was away for longer is built anew
BUSY_SECONDS = 0.2
TURN_SECONDS = 0.5  # of making vectors, before changes are followed again

T = TypeVar("T")


def follow() -> bool:
    """Apply the next changes; whether more are waiting. An index that cannot be followed is built anew.

    Raises WriterBusy while somebody else writes, and IndexUnavailable where none can be written, as on a full disk.
    """
    try:
        # A fresh reader each time: it holds no lock, and notices what happened to the files.
        index = open_reader(index_root())
        state = index.state()
        if not _unseen(Watermark.read(state)) and _is_sound(MatrixWriter(index.folder()), state):
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
    outdated: list[int] = []
    with rebuild(index_root()) as writer, looking():
        mark = _present_mark()  # before the texts: what changes while they are read is followed afterwards
        matrix = MatrixWriter(writer.folder)
        model = answering_model()
        if knows_meaning():
            matrix.create(model, ())
        for documents in all_documents():
            writer.apply(documents)
            kept = sort_out(documents, (), model)
            outdated += kept.outdated
            if knows_meaning():
                matrix.append(kept.vectors)
            done += len(documents)
            progress(done)
        writer.commit(mark.state() | {"vectors": matrix.mark()})
    _throw_away(outdated)
    return done


def make_vectors(seconds: float = TURN_SECONDS) -> bool:
    """Make vectors that are wanting for about so long; whether more may be. Once none is, the current model answers alone.

    Commits. Raises IndexUnavailable, and whatever the encoder raises.
    """
    if not knows_meaning():
        return False
    if maker().make_some(seconds):
        db.session.commit()
        return True
    if former := former_rows():
        when_free(_answer_by_the_current_model)
        throw_away(former)
        db.session.commit()
    return bool(former)


def _answer_by_the_current_model() -> None:
    with open_writer(index_root()) as writer:
        matrix = MatrixWriter(writer.folder)
        if matrix.mark() and matrix.model != CURRENT:
            mark = matrix.create(CURRENT, all_vectors(CURRENT))
            writer.commit(writer.state() | {"vectors": mark})


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
    with looking():
        documents, gone = _texts(changes)
    try:
        mark_of_vectors = _follow_vectors(MatrixWriter(writer.folder), writer.state(), documents, gone, changes)
    except OSError as error:
        raise IndexUnavailable(str(error)) from error
    writer.apply(documents, gone)
    seen = mark.past([Seen(change.id, change.created_at) for change in changes], utcnow())
    writer.commit(seen.state() | {"vectors": mark_of_vectors})
    return len(changes) == BATCH


def _follow_vectors(
    matrix: MatrixWriter, state: dict[str, Any], documents: Sequence[Doc], gone: Sequence[Key], changes: Sequence[Any]
) -> Sequence[Any] | None:
    """Bring the matrix up to these changes, and throw away vectors of what a text said before. Returns the matrix's mark.

    It is written before the index says how far it came: killed in between, the same is done again.
    """
    if knows_meaning() and not _is_sound(matrix, state):
        matrix.create(answering_model(), all_vectors(answering_model()))
    model = matrix.model if knows_meaning() else ""
    texts = {(document.kind, document.id): document for document in documents}
    with looking():
        told_of = keys_of([change.object_id for change in changes if change.kind == CHANGED])
        texts |= {(document.kind, document.id): document for document in documents_at(set(told_of) - set(texts))}
        touched = {*texts, *told_of, *gone}
        kept = sort_out(list(texts.values()), touched - set(texts), model)
    _throw_away(kept.outdated)
    if not knows_meaning():
        return None
    return matrix.change(kept.vectors, touched - set(kept.vectors)) if touched else matrix.mark()


def _is_sound(matrix: MatrixWriter, state: dict[str, Any]) -> bool:
    """Whether the matrix is the one of which the index knows, whole; without an encoder there is none."""
    known, found = state.get("vectors"), matrix.mark()
    if known is None or found is None or not knows_meaning():
        return known is None and not knows_meaning()
    file, records = known
    return bool(found.file == file and found.records >= records)


def maker() -> Maker:
    """What this process still has to make vectors for."""
    return cast(Maker, current_app.extensions.setdefault("search maker", Maker(vectors())))


def _throw_away(rows: Sequence[int]) -> None:
    if rows:
        throw_away(rows)
        db.session.commit()


def _unseen(mark: Watermark) -> Sequence[Any]:
    """The next changes that the mark has not seen, by id. Raises IndexUnavailable where the log does not reach back to it."""
    wanted = [Change.id > mark.upto, *(Change.id.between(gap.first, gap.last) for gap in mark.open_gaps(utcnow()))]
    with looking():
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
