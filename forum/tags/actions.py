"""Loading the taxonomy that the project ships, and changing it afterwards. The caller commits."""

import json
from pathlib import Path

from sqlalchemy import func, select, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.tags.models import Tag, TagSynonym
from forum.units.actors import Actor

TAXONOMY = Path(__file__).with_name("taxonomy.json")


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


def rename_tag(actor: Actor | None, tag: Tag, name: str) -> None:
    """Call a tag something else; its code, threads and synonyms stay."""
    before, tag.name = tag.name, name
    record(actor, "tag.rename", "tag", tag.id, before=before, after=name)


def add_synonym(actor: Actor | None, tag: Tag, word: str) -> bool:
    """Teach a tag a word that people type; false when it knows the word already."""
    if db.session.scalar(select(TagSynonym.id).where(TagSynonym.tag_id == tag.id, TagSynonym.word == word)):
        return False
    db.session.add(TagSynonym(tag_id=tag.id, word=word))
    record(actor, "tag.synonym", "tag", tag.id, word=word)
    return True


def retire_tag(actor: Actor | None, tag: Tag) -> None:
    """Offer a tag no more; what carries it stays findable by it."""
    tag.retired_at = tag.retired_at or utcnow()
    record(actor, "tag.retire", "tag", tag.id)


def merge_tag(actor: Actor | None, tag: Tag, into: Tag) -> None:
    """Let one leaf stand for another: what carries the merged tag is found under the one that stays.

    Raises ValueError for a group, for a tag into itself, and for one that has been merged away.
    """
    if tag.parent_id is None or into.parent_id is None:
        raise ValueError("only leaves can be merged")
    if tag.id == into.id or into.merged_into_id is not None:
        raise ValueError("a tag is merged into another one that is in use")
    # What was merged into this one before follows it, so that one step always leads to the tag in use.
    db.session.execute(update(Tag).where(Tag.merged_into_id == tag.id).values(merged_into_id=into.id))
    tag.merged_into_id = into.id
    record(actor, "tag.merge", "tag", tag.id, into=into.id)
