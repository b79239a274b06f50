"""What is done with pictures and files: kept for their owner, taken by a post, removed when nobody took them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import delete, func, select, update

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.media.documents import PreparedDocument
from forum.media.models import Document, Picture
from forum.media.pictures import Prepared
from forum.media.store import DOCUMENTS, PICTURES, Store, key_of
from forum.units.actors import Actor

Attached = Picture | Document

MOST_WAITING: dict[type[Attached], int] = {Picture: 60, Document: 20}
STORES: dict[type[Attached], Store] = {Picture: PICTURES, Document: DOCUMENTS}
WAITING_HOURS = 1
KEPT_UNATTACHED = timedelta(hours=24)


def seconds_until_next(actor: Actor, model: type[Attached] = Picture) -> int:
    """How long he must wait before sending another one: 0, unless as many as may of the last hour wait for a post."""
    hour_ago = utcnow() - timedelta(hours=WAITING_HOURS)
    count, oldest = db.session.execute(
        select(func.count(), func.min(model.created_at)).where(
            model.owner_id == actor.id, model.post_id.is_(None), model.created_at > hour_ago
        )
    ).one()
    return 0 if count < MOST_WAITING[model] else max(1, int((oldest - hour_ago).total_seconds()) + 1)


def keep_picture(actor: Actor, prepared: Prepared) -> Picture:
    """Store a prepared picture as its owner's, for a post to take within a day.

    The files come before the row: whatever fails in between leaves files that ``remove_stray_files`` finds. Raises OSError.
    """
    picture = Picture(
        key=PICTURES.save(prepared.full, prepared.thumb),
        owner_id=actor.id,
        width=prepared.width,
        height=prepared.height,
        size=len(prepared.full),
    )
    db.session.add(picture)
    return picture


def keep_document(actor: Actor, prepared: PreparedDocument) -> Document:
    """Store a file that was looked through as its owner's, for a post to take within a day. The files come before the row, as above."""
    page = prepared.page
    document = Document(
        key=DOCUMENTS.save(prepared.data, page.jpeg if page else None),
        owner_id=actor.id,
        kind=prepared.kind,
        name=prepared.name,
        size=len(prepared.data),
        page_width=page.width if page else 0,
        page_height=page.height if page else 0,
    )
    db.session.add(document)
    return document


def attach(post_id: int, pictures: Iterable[Picture], documents: Iterable[Document] = ()) -> None:
    """Make these, in this order, the pictures and files of a post.

    What it had and is not among them is nobody's from then on: the next ``remove_unattached`` deletes it for good.
    """
    _attach(Picture, post_id, list(pictures))
    _attach(Document, post_id, list(documents))


def _attach(model: type[Attached], post_id: int, chosen: Sequence[Attached]) -> None:
    given_up = model.id.not_in([one.id for one in chosen])
    db.session.execute(update(model).where(model.post_id == post_id, given_up).values(post_id=None, position=0))
    for position, one in enumerate(chosen):
        one.post_id, one.position = post_id, position


def remove_unattached(older_than: timedelta = KEPT_UNATTACHED) -> None:
    """Remove the pictures and office files that no post has taken, from the disk as well.

    Commits, unlike other actions: files may go only once their rows are gone for good. Killed in between it leaves files without
    a row, for ``remove_stray_files``.
    """
    before = utcnow() - older_than
    for model, store in STORES.items():
        unattached = delete(model).where(model.post_id.is_(None), model.created_at < before)
        keys = db.session.scalars(unattached.returning(model.key)).all()
        db.session.commit()
        for key in keys:
            store.delete(key)


def remove_stray_files(older_than: timedelta = KEPT_UNATTACHED) -> None:
    """Remove the files that belong to no row, left behind by a process killed in the middle.

    Walks through all files (about 5 s for 100,000 pictures), with no transaction open meanwhile.
    """
    for model, store in STORES.items():
        _remove_strays(model, store.files_before(utcnow() - older_than))


def _remove_strays(model: type[Attached], files: Iterator[Path]) -> None:
    known, strange = 0, []
    while batch := list(islice(files, 500)):
        keys = {key_of(path) for path in batch}
        rows = set(db.session.scalars(select(model.key).where(model.key.in_(keys))))
        db.session.commit()
        known += len(rows)
        strange += [path for path in batch if key_of(path) not in rows]
    if len(strange) > 100 and known < len(strange):
        # So many were never left behind by a killed process: rather, the database is not the one these files belong to.
        log.error(
            "files unknown to the database were left alone", of=model.__tablename__, files=len(strange), known=known
        )
        return
    for path in strange:
        path.unlink(missing_ok=True)
