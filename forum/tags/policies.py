"""Who keeps the tags: the district the tags themselves, organisers too the words that lead to them."""

from sqlalchemy import Select, false, select, true

from forum.tags.models import Tag, TagMerge
from forum.units.actors import Actor


def can_teach_words(actor: Actor) -> bool:
    """Say by which other words a tag is meant: who reads what villages ask knows them."""
    return actor.is_organiser or actor.is_district


def can_keep_tags(actor: Actor) -> bool:
    """Rename, merge and retire: the tags are one set for everybody."""
    return actor.is_district


def visible_tags(actor: Actor) -> Select[Tag]:
    """All tags: a tag's name says nothing of what carries it."""
    return select(Tag)


def visible_merges(actor: Actor) -> Select[TagMerge]:
    """What the actor may take back."""
    return select(TagMerge).where(true() if can_keep_tags(actor) else false())
