"""What is done with pictures: kept for their owner, taken by a post, removed when nobody took them."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from sqlalchemy import delete, func, select, update

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.media import store
from forum.media.models import Picture
from forum.media.pictures import Prepared
from forum.units.actors import Actor

MOST_WAITING = 60
WAITING_HOURS = 1
KEPT_UNATTACHED = timedelta(hours=24)


def seconds_until_next(actor: Actor) -> int:
    """How long he must wait before sending another picture: 0, unless 60 of the last hour wait for a post."""
    hour_ago = utcnow() - timedelta(hours=WAITING_HOURS)
    count, oldest = db.session.execute(
        select(func.count(), func.min(Picture.created_at)).where(
            Picture.owner_id == actor.id, Picture.post_id.is_(None), Picture.created_at > hour_ago
        )
    ).one()
    return 0 if count < MOST_WAITING else max(1, int((oldest - hour_ago).total_seconds()) + 1)


def keep_picture(actor: Actor, prepared: Prepared) -> Picture:
    """Store a prepared picture as its owner's, for a post to take within a day.

    The files come before the row: whatever fails in between leaves files that ``remove_stray_files`` finds. Raises OSError.
    """
    picture = Picture(
        key=store.save(prepared.full, prepared.thumb),
        owner_id=actor.id,
        width=prepared.width,
        height=prepared.height,
        size=len(prepared.full),
    )
    db.session.add(picture)
    return picture


def attach(post_id: int, pictures: Iterable[Picture]) -> None:
    """Make these, in this order, the pictures of a post.

    Pictures that it had and that are not among them are nobody's from then on: the next ``remove_unattached`` deletes them for good.
    """
    chosen = list(pictures)
    given_up = Picture.id.not_in([picture.id for picture in chosen])
    db.session.execute(update(Picture).where(Picture.post_id == post_id, given_up).values(post_id=None, position=0))
    for position, picture in enumerate(chosen):
        picture.post_id, picture.position = post_id, position


def remove_unattached(older_than: timedelta = KEPT_UNATTACHED) -> None:
    """Remove the pictures that no post has taken, with their files.

    Commits, unlike other actions: files may go only once their rows are gone for good. Killed in between it leaves files without
    a row, for ``remove_stray_files``.
    """
    before = utcnow() - older_than
    unattached = delete(Picture).where(Picture.post_id.is_(None), Picture.created_at < before)
    keys = db.session.scalars(unattached.returning(Picture.key)).all()
    db.session.commit()
    for key in keys:
        store.delete(key)


def remove_stray_files(older_than: timedelta = KEPT_UNATTACHED) -> None:
    """Remove the files that belong to no picture, left behind by a process killed in the middle.

    Walks through all files (about 5 s for 100,000 pictures), with no transaction open meanwhile.
    """
    known, strange = 0, []
    files = store.files_before(utcnow() - older_than)
    while batch := list(islice(files, 500)):
        keys = {store.key_of(path) for path in batch}
        rows = set(db.session.scalars(select(Picture.key).where(Picture.key.in_(keys))))
        db.session.commit()
        known += len(rows)
        strange += [path for path in batch if store.key_of(path) not in rows]
    if len(strange) > 100 and known < len(strange):
        # So many were never left behind by a killed process: rather, the database is not the one these pictures belong to.
        log.error("picture files unknown to the database were left alone", files=len(strange), known=known)
        return
    for path in strange:
        path.unlink(missing_ok=True)
