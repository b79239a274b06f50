"""Loading the taxonomy that the project ships."""

import json
from pathlib import Path

from sqlalchemy import func, select

from forum.extensions import db
from forum.tags.models import Tag, TagSynonym

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
