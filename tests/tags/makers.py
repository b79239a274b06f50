"""A few tags, and what carries them."""

from typing import Any

from sqlalchemy import select

from forum.extensions import db
from forum.tags.models import Tag, TagMerge, TagSynonym
from forum.tags.moving import move_next
from forum.threads.models import ThreadTag
from tests.factories import make_thread, save


def make_tags() -> dict[str, Tag]:
    """产业 with 种植 (大棚), 养殖 (养猪) and 销售, and 民生 with 养老, by code."""
    tags: dict[str, Tag] = {}
    for group, name, leaves in (
        ("industry", "产业", {"crops": ("种植", "大棚"), "livestock": ("养殖", "养猪"), "marketing": ("销售", "电商")}),
        ("welfare", "民生", {"elderly": ("养老", "食堂")}),
    ):
        tags[group] = save(Tag(code=group, name=name, position=len(tags)))
        for code, (leaf, word) in leaves.items():
            tags[code] = save(
                Tag(
                    code=code,
                    name=leaf,
                    parent_id=tags[group].id,
                    position=len(tags),
                    synonyms=[TagSynonym(word=word)],
                )
            )
    return tags


def tagged_thread(author: Any, title: str, *tags: Tag) -> int:
    """A thread that carries tags; its id."""
    thread = make_thread(author, title)
    db.session.add_all(ThreadTag(thread_id=thread.id, tag_id=tag.id) for tag in tags)
    db.session.commit()
    return thread.id


def move_all() -> int:
    """What the worker does until nothing is left; how many pieces it took."""
    db.session.commit()
    pieces = 0
    while move_next():
        db.session.commit()
        pieces += 1
    return pieces


def tags_of(thread_id: int) -> set[str]:
    """The codes of a thread's tags."""
    carried = select(Tag.code).join(ThreadTag, ThreadTag.tag_id == Tag.id).where(ThreadTag.thread_id == thread_id)
    return set(db.session.scalars(carried))


def words_of(tag: Tag) -> set[str]:
    return set(db.session.scalars(select(TagSynonym.word).where(TagSynonym.tag_id == tag.id)))


def reload(merge: TagMerge) -> TagMerge:
    return db.session.get_one(TagMerge, merge.id, populate_existing=True)
