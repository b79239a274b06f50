"""Tags of the scene: one that everything carries, one that was merged, and others to merge with."""

from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import Experience, ExperienceTag
from forum.tags.merging import merge_tag
from forum.tags.models import Tag, TagSynonym
from forum.threads.models import Thread, ThreadTag
from tests.trust.stage import Scene


def set_tags(scene: Scene) -> None:
    """Every thread and card carries the tag, so that its page would show whatever a reader may not see."""
    group = _tag("trees", "果树")
    tags = {word: _tag(word, name, group) for word, name in (("tag", "石榴"), ("merged", "安石榴"), ("third", "桃"))}
    other = _tag("other", "海石榴", group)
    word = TagSynonym(tag_id=tags["tag"].id, word="榴")
    db.session.add(word)
    merge = merge_tag(scene.world.district_staff, tags["merged"], other)
    tag_everything(scene)
    db.session.flush()
    scene.ids["code", "group"] = group.code
    scene.ids |= {("code", code): tag.code for code, tag in tags.items()}
    scene.ids["tag_id", "third"] = tags["third"].id
    scene.ids["word_id", "tag"] = word.id
    scene.ids["merge_id", "merged"] = merge.id
    db.session.commit()


def tag_everything(scene: Scene) -> None:
    """Let all threads and cards that do not carry the tag yet carry it."""
    tag_id = db.session.scalars(select(Tag.id).where(Tag.code == "tag")).one()
    threads = select(Thread.id).where(Thread.id.not_in(select(ThreadTag.thread_id).where(ThreadTag.tag_id == tag_id)))
    db.session.add_all(ThreadTag(thread_id=ident, tag_id=tag_id) for ident in db.session.scalars(threads).all())
    tagged = select(ExperienceTag.experience_id).where(ExperienceTag.tag_id == tag_id)
    cards = db.session.scalars(select(Experience.id).where(Experience.id.not_in(tagged))).all()
    db.session.add_all(ExperienceTag(experience_id=ident, tag_id=tag_id) for ident in cards)


def add_tags(scene: Scene, times: int) -> None:
    """So many more leaves, words and merges around the tag, and everything there is under it."""
    group, tag = (db.session.scalars(select(Tag).where(Tag.code == code)).one() for code in ("trees", "tag"))
    for n in range(times):
        db.session.add(TagSynonym(tag_id=tag.id, word=f"第{n}个叫法"))
        _tag(f"tree-{n}", f"第{n}种果树", group)
        _tag(f"gone-{n}", f"第{n}种砍了的", group).retired_at = utcnow()
        merge_tag(None, _tag(f"merged-{n}", f"第{n}种石榴", group), tag).moved_at = utcnow()
        db.session.flush()
    tag_everything(scene)
    db.session.commit()


def _tag(code: str, name: str, group: Tag | None = None) -> Tag:
    tag = Tag(code=code, name=name, parent_id=group.id if group else None)
    db.session.add(tag)
    db.session.flush()
    return tag
