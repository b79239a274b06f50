"""Letting one leaf stand for another, and taking that back. The caller commits; ``moving`` does the rest in the worker.

From the deed on the merged tag is offered no more, its name and words lead to the one that stays, and a filter by either finds the same:
nobody has to wait until everything has moved.
"""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, or_, select, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.tags.actions import NameTaken, learn, make_room
from forum.tags.carriers import CARRIERS
from forum.tags.models import Tag, TagMerge, TagSynonym
from forum.units.actors import Actor


class CannotMerge(Exception):
    """It cannot be done, or not be taken back; the reason is for whoever wanted it."""

    @property
    def reason(self) -> str:
        """Why, in plain words."""
        return str(self.args[0])


def merge_tag(actor: Actor | None, tag: Tag, into: Tag) -> TagMerge:
    """Let one leaf stand for another. Raises CannotMerge with the reason."""
    _hold(tag, into)
    if tag.is_group or into.is_group:
        raise CannotMerge(_("只能把一个小类并到另一个小类里。"))
    if tag.id == into.id:
        raise CannotMerge(_("这就是它自己，请选另一个标签。"))
    if tag.merged_into_id is not None or into.merged_into_id is not None or into.retired_at is not None:
        raise CannotMerge(_("有一个已经停用，或者已经并到别处了。"))
    _refuse_while_moving(tag, into)
    words = [word for word in (tag.name, *_words([tag.id])) if learn(into, word)]
    earlier = list(db.session.scalars(select(Tag.id).where(Tag.merged_into_id == tag.id)))
    # What was merged into this one before follows it, so that one step always leads to the tag in use.
    db.session.execute(update(Tag).where(Tag.id.in_(earlier)).values(merged_into_id=into.id))
    tag.merged_into_id = into.id
    merge = TagMerge(
        tag_id=tag.id,
        into_id=into.id,
        total=count_carrying(tag.id),
        before={"words": words, "tags": earlier},
        done_by_id=actor.id if actor else None,
    )
    db.session.add(merge)
    record(actor, "tag.merge", "tag", tag.id, into=into.id)
    db.session.flush()
    return merge


def undo_merge(actor: Actor | None, merge: TagMerge) -> None:
    """Let a merged tag stand for itself again, with what carried it then. Raises CannotMerge with the reason."""
    tag, into = db.session.get_one(Tag, merge.tag_id), db.session.get_one(Tag, merge.into_id)
    _hold(tag, into)
    db.session.refresh(merge, with_for_update=True)
    if merge.undone_at is not None:
        return
    if not merge.can_be_undone:
        raise CannotMerge(_("过了三十天，撤不回了。"))
    if into.merged_into_id is not None:
        raise CannotMerge(_("后来它又并到别处了，请先撤回后面那一次。"))
    _refuse_while_moving(tag, into, but=merge)
    if tag.retired_at is None:  # it is offered again
        try:
            make_room(tag)
        except NameTaken:
            raise CannotMerge(_("已经有叫这个名字的标签在用，先给其中一个改名。")) from None
    tag.merged_into_id = None
    # Those that came along go back; whether they still stand merged is theirs to say.
    came = (Tag.id.in_(merge.before["tags"]), Tag.merged_into_id == into.id)
    db.session.execute(update(Tag).where(*came).values(merged_into_id=tag.id))
    db.session.flush()
    still = select(Tag.id).where(Tag.merged_into_id == into.id)
    names = db.session.scalars(select(Tag.name).where(Tag.merged_into_id == into.id))
    theirs = {*names, *_words(db.session.scalars(still))}
    gone = [word for word in merge.before["words"] if word not in theirs]
    db.session.execute(delete(TagSynonym).where(TagSynonym.tag_id == into.id, TagSynonym.word.in_(gone)))
    merge.undone_at, merge.undone_by_id = utcnow(), actor.id if actor else None
    in_force = (TagMerge.into_id == into.id, TagMerge.undone_at.is_(None), TagMerge.id != merge.id)
    other = db.session.scalars(select(TagMerge).where(*in_force).order_by(TagMerge.id).limit(1)).first()
    if other is not None:  # what others have taught, too, goes with the last of them
        words = [*other.before["words"], *(word for word in merge.before["words"] if word in theirs)]
        other.before = {**other.before, "words": words}
    record(actor, "tag.undo_merge", "tag", tag.id, into=into.id)


def count_carrying(tag_id: int) -> int:
    """How many threads, cards and other things carry a tag; one statement."""
    counts = [
        select(func.count()).select_from(carrier.table).where(carrier.tag == tag_id).scalar_subquery()
        for carrier in CARRIERS.values()
    ]
    return sum(db.session.execute(select(*counts)).one())


def _hold(*tags: Tag) -> None:
    """Have tags to oneself until the end of the transaction, as they are by now; always in the same order."""
    ids = [tag.id for tag in tags]
    rows = select(Tag).where(Tag.id.in_(ids)).order_by(Tag.id).with_for_update()
    db.session.scalars(rows.execution_options(populate_existing=True)).all()


def _refuse_while_moving(*tags: Tag, but: TagMerge | None = None) -> None:
    ids = [tag.id for tag in tags]
    touching = (TagMerge.is_open, or_(TagMerge.tag_id.in_(ids), TagMerge.into_id.in_(ids)))
    others = TagMerge.id != (but.id if but else 0)
    if db.session.scalar(select(exists().where(*touching, others))):
        raise CannotMerge(_("上一次合并还在搬，等搬完了再来。"))


def _words(tag_ids: Iterable[int]) -> list[str]:
    words = select(TagSynonym.word).where(TagSynonym.tag_id.in_(list(tag_ids))).order_by(TagSynonym.id)
    return list(db.session.scalars(words))
