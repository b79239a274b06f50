"""Loading the taxonomy that the project ships, and changing it afterwards. Merging is in ``merging``. The caller commits."""

import json
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.tags.models import Tag, TagSynonym
from forum.units.actors import Actor

TAXONOMY = Path(__file__).with_name("taxonomy.json")


class NameTaken(Exception):
    """Another tag in use is called so: two of one name could not be told apart."""


class StillInUse(Exception):
    """A group has leaves that are in use."""


def load_taxonomy() -> int:
    """Fill an empty tag table with the shipped groups, leaves and synonyms; returns how many tags were made.

    Once there are tags they belong to the organisers: nothing is loaded over them. The caller commits.
    """
    if db.session.scalar(select(func.count(Tag.id))):
        return 0
    made = 0
    for at, group in enumerate(json.loads(TAXONOMY.read_text(encoding="utf-8"))["groups"]):
        parent = Tag(code=group["code"], name=group["name"], name_en=group["name_en"], position=at)
        db.session.add(parent)
        db.session.flush()
        for place, leaf in enumerate(group["tags"]):
            words = [TagSynonym(word=word) for word in leaf["synonyms"]]
            db.session.add(
                Tag(
                    code=leaf["code"],
                    name=leaf["name"],
                    name_en=leaf["name_en"],
                    parent_id=parent.id,
                    position=place,
                    synonyms=words,
                )
            )
            made += 1
        made += 1
    return made


def rename_tag(actor: Actor | None, tag: Tag, name: str, name_en: str | None = None) -> None:
    """Call a tag something else; its code and what carries it stay, and whoever types the old name still finds it.

    Without ``name_en`` the English name stays. Raises NameTaken.
    """
    name, name_en = _plain(name), tag.name_en if name_en is None else _plain(name_en)
    if (name, name_en) == (tag.name, tag.name_en):
        return
    in_use = (Tag.retired_at.is_(None), Tag.merged_into_id.is_(None))
    if db.session.scalar(select(Tag.id).where(Tag.name == name, Tag.id != tag.id, *in_use).limit(1)):
        raise NameTaken
    before, tag.name, tag.name_en = tag.name, name, name_en
    if name != before:
        db.session.execute(delete(TagSynonym).where(TagSynonym.tag_id == tag.id, TagSynonym.word == name))
        learn(tag, before)
    record(actor, "tag.rename", "tag", tag.id, before=before, after=name)


def add_synonym(actor: Actor | None, tag: Tag, word: str) -> bool:
    """Teach a tag a word that people type; false when it knows the word already."""
    if not learn(tag, word):
        return False
    record(actor, "tag.synonym", "tag", tag.id, word=word)
    return True


def drop_synonym(actor: Actor | None, synonym: TagSynonym) -> None:
    """Let a word lead to its tag no more."""
    db.session.execute(delete(TagSynonym).where(TagSynonym.id == synonym.id))
    record(actor, "tag.drop_synonym", "tag", synonym.tag_id, word=synonym.word)


def retire_tag(actor: Actor | None, tag: Tag, is_retired: bool = True) -> None:
    """Offer a tag no more, or again; what carries it stays findable by it. Raises StillInUse, and NameTaken where another has its name by now."""
    if is_retired == (tag.retired_at is not None):
        return
    leaf = aliased(Tag)
    in_use = (leaf.retired_at.is_(None), leaf.merged_into_id.is_(None))
    if is_retired and db.session.scalar(select(exists().where(leaf.parent_id == tag.id, *in_use))):
        raise StillInUse
    if not is_retired:
        make_room(tag)
    tag.retired_at = utcnow() if is_retired else None
    record(actor, "tag.retire" if is_retired else "tag.reinstate", "tag", tag.id)


def make_room(tag: Tag) -> None:
    """Before a tag is offered again: its group is, too, and nothing else is called like one of them. Raises NameTaken."""
    back = [tag.id] if tag.parent_id is None else [tag.id, tag.parent_id]
    other = aliased(Tag)
    in_use = (other.retired_at.is_(None), other.merged_into_id.is_(None), other.id.not_in(back))
    names = select(Tag.name).where(Tag.id.in_(back))
    if db.session.scalar(select(exists().where(other.name.in_(names), *in_use))):
        raise NameTaken
    db.session.execute(update(Tag).where(Tag.id == tag.parent_id).values(retired_at=None))


def learn(tag: Tag, word: str) -> bool:
    """Let a word lead to a tag; false when it does already. Leaves no trace of its own."""
    known = select(TagSynonym.id).where(TagSynonym.tag_id == tag.id, TagSynonym.word == word)
    if word == tag.name or db.session.scalar(known):
        return False
    with suppress(IntegrityError), db.session.begin_nested():  # somebody else was the first
        db.session.add(TagSynonym(tag_id=tag.id, word=word))
        return True
    return False


def _plain(name: str) -> str:
    """A name without the sign that parts names in ``tag_lines``."""
    return name.replace(":", "：")
