"""The worker's part of a merge: what carried the merged tag goes over to the one that stays, or comes back.

Each piece is one short transaction that leaves everything in order: what has moved is remembered in it, what has not still carries the
merged tag, and a filter finds both. Killed in between, the next piece simply goes on.
"""

import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select, update

from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db, reading
from forum.notices.worker import register_job
from forum.tags.carriers import CARRIERS, Carrier
from forum.tags.models import UNDO_KEPT, TagMerge, TagMove

BATCH = 250
BREATH_SECONDS = 0.1  # SQLite lets nobody in by turns: whoever waits to write looks again that often
LOOKED_AFTER = timedelta(minutes=5)  # a form that was checked before a merge may be written after it


def move_gently() -> bool:
    """The worker's job: one batch, then a moment in which others write. Commits."""
    if not move_next():
        return False
    db.session.commit()
    time.sleep(BREATH_SECONDS)
    return True


def move_next() -> bool:
    """Move or put back one batch of a merge; whether there was something to do. The caller commits."""
    with reading():
        merge_id = db.session.scalar(_with_work())
        db.session.rollback()
    if merge_id is None:
        return False
    held = select(TagMerge).where(TagMerge.id == merge_id).with_for_update()
    merge = db.session.scalars(held.execution_options(populate_existing=True)).one()
    if merge.undone_at is None:
        _move_some(merge)
    elif merge.put_back_at is None:
        _put_back_some(merge)
    return True


def forget_old_moves() -> bool:
    """Delete a batch of what was moved by merges that can no longer be taken back; whether there may be more. The caller commits."""
    old = and_(TagMerge.done_at < utcnow() - UNDO_KEPT, TagMerge.undone_at.is_(None), TagMerge.moved_at.is_not(None))
    kept = select(TagMove.merge_id).join(TagMerge, TagMerge.id == TagMove.merge_id).where(old).limit(1)
    merge_id = db.session.scalar(kept)
    if merge_id is None:
        return False
    some = select(TagMove.carrier, TagMove.owner_id).where(TagMove.merge_id == merge_id).limit(BATCH)
    for carrier, owner_id in db.session.execute(some).all():
        which = (TagMove.merge_id == merge_id, TagMove.carrier == carrier, TagMove.owner_id == owner_id)
        db.session.execute(delete(TagMove).where(*which))
    return True


def _with_work() -> Select[int]:
    left = or_(*(exists().where(carrier.tag == TagMerge.tag_id) for carrier in CARRIERS.values()))
    recent = and_(TagMerge.undone_at.is_(None), TagMerge.moved_at > utcnow() - LOOKED_AFTER, left)
    return select(TagMerge.id).where(or_(TagMerge.is_open, recent)).order_by(TagMerge.id).limit(1)


def _move_some(merge: TagMerge) -> None:
    for name, carrier in CARRIERS.items():
        carrying = select(carrier.owner).where(carrier.tag == merge.tag_id).limit(BATCH)
        if owners := list(db.session.scalars(carrying)):
            _move(merge, name, carrier, owners)
            return
    merge.moved_at = merge.moved_at or utcnow()


def _move(merge: TagMerge, name: str, carrier: Carrier, owners: Sequence[int]) -> None:
    """The search need not hear of it: a filter by the tag that stays takes in what is indexed under the merged one."""
    both = _carrying(carrier, merge.into_id, owners) if carrier.is_pair else set()
    mine = (TagMove.merge_id == merge.id, TagMove.carrier == name, TagMove.owner_id.in_(owners))
    known = set(db.session.scalars(select(TagMove.owner_id).where(*mine)))
    if new := [owner for owner in owners if owner not in known]:
        rows = [{"merge_id": merge.id, "carrier": name, "owner_id": owner, "had_both": owner in both} for owner in new]
        db.session.execute(insert(TagMove), rows)
    _exchange(carrier, owners, both, merge.tag_id, merge.into_id)


def _put_back_some(merge: TagMerge) -> None:
    moves = db.session.execute(
        select(TagMove.carrier, TagMove.owner_id, TagMove.had_both).where(TagMove.merge_id == merge.id).limit(BATCH)
    ).all()
    for name, carrier in CARRIERS.items():
        if owners := [move.owner_id for move in moves if move.carrier == name]:
            had_both = {move.owner_id for move in moves if move.carrier == name and move.had_both}
            _put_back(merge, carrier, owners, had_both)
            mine = (TagMove.merge_id == merge.id, TagMove.carrier == name, TagMove.owner_id.in_(owners))
            db.session.execute(delete(TagMove).where(*mine))
    if len(moves) < BATCH:
        merge.put_back_at = utcnow()


def _put_back(merge: TagMerge, carrier: Carrier, owners: Sequence[int], had_both: set[int]) -> None:
    """What lost the tag that stays since then was sorted otherwise by somebody: it is left as it is."""
    still = _carrying(carrier, merge.into_id, owners)
    there = _carrying(carrier, merge.tag_id, owners) if carrier.is_pair else set()
    needed = _needed_by_later(merge, carrier, still - had_both) if carrier.is_pair else set()
    if again := sorted((still & had_both | needed) - there):
        pairs = [{carrier.owner.name: owner, carrier.tag.name: merge.tag_id} for owner in again]
        db.session.execute(insert(carrier.table), pairs)
    _exchange(carrier, sorted(still - had_both - needed), there, merge.into_id, merge.tag_id)
    for owner in owners if carrier.change else ():
        note_change(str(carrier.change), owner)


def _needed_by_later(merge: TagMerge, carrier: Carrier, owners: set[int]) -> set[int]:
    """Of these owners those that a later merge found with the tag that stays, which they had by this one: from now on they have it by that one."""
    moves = (
        select(TagMove.owner_id, func.min(TagMove.merge_id))
        .join(TagMerge, TagMerge.id == TagMove.merge_id)
        .where(TagMerge.into_id == merge.into_id, TagMerge.id > merge.id, TagMerge.undone_at.is_(None))
        .where(TagMove.carrier == carrier.table.name, TagMove.owner_id.in_(owners), TagMove.had_both)
        .group_by(TagMove.owner_id)
    )
    found = db.session.execute(moves).tuples().all()
    for owner, merge_id in found:
        its = (TagMove.merge_id == merge_id, TagMove.carrier == carrier.table.name, TagMove.owner_id == owner)
        db.session.execute(update(TagMove).where(*its).values(had_both=False))
    return {owner for owner, _merge_id in found}


def _carrying(carrier: Carrier, tag_id: int, owners: Sequence[int]) -> set[int]:
    return set(db.session.scalars(select(carrier.owner).where(carrier.tag == tag_id, carrier.owner.in_(owners))))


def _exchange(carrier: Carrier, owners: Sequence[int], have_new: set[int], old: int, new: int) -> None:
    """Let owners carry one tag instead of another; those that have the new one already lose the old one."""
    if doubled := [owner for owner in owners if owner in have_new]:
        db.session.execute(delete(carrier.table).where(carrier.tag == old, carrier.owner.in_(doubled)))
    if rest := [owner for owner in owners if owner not in have_new]:
        db.session.execute(
            update(carrier.table).where(carrier.tag == old, carrier.owner.in_(rest)).values({carrier.tag.name: new})
        )


register_job("merged tags", 1, move_gently)
register_job("merges past their day", 3600, forget_old_moves)
