"""The tags as pages need them: in groups, by code, and suggested from a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.language import is_english
from forum.tags.models import Tag, TagSynonym

SUGGESTED = 5


@dataclass(frozen=True)
class TagGroup:
    """A group with its leaves that are in use."""

    id: int
    code: str
    name: str
    tags: tuple["TagGroup", ...] = ()


def tag_groups() -> list[TagGroup]:
    """All groups with their leaves, in order, in the reader's language; one statement."""
    rows = db.session.execute(
        select(Tag.id, Tag.code, Tag.name, Tag.name_en, Tag.parent_id)
        .where(Tag.retired_at.is_(None), Tag.merged_into_id.is_(None))
        .order_by(Tag.position, Tag.id)
    ).all()
    return [
        TagGroup(
            g.id,
            g.code,
            shown_name(g),
            tuple(TagGroup(t.id, t.code, shown_name(t)) for t in rows if t.parent_id == g.id),
        )
        for g in rows
        if g.parent_id is None
    ]


def tag_choices(groups: Sequence[TagGroup]) -> dict[str, list[tuple[int, str]]]:
    """The leaves as grouped choices of a form field."""
    return {group.name: [(tag.id, tag.name) for tag in group.tags] for group in groups}


def shown_name(tag: Any) -> str:
    """A tag's name in the reader's language; ``tag`` has ``name`` and ``name_en``."""
    return tag.name_en if is_english() and tag.name_en else tag.name


def tag_lines(tag_id: Any, condition: ColumnElement[bool], of: Any) -> ColumnElement[str]:
    """All tags of something in one column, ``code:name:English name`` a line: a list of rows needs no second statement.

    ``tag_id`` is the column that points to the tags, ``condition`` ties it to the row of the model ``of``.
    """
    line = Tag.code + ":" + Tag.name + ":" + Tag.name_en
    lines = select(func.aggregate_strings(line, "\n")).where(Tag.id == tag_id, condition)
    return lines.correlate(of).scalar_subquery().label("tag_lines")


def ids_under(code: str) -> list[int]:
    """The ids that a filter by this code (group or leaf) takes in, merged tags included; empty when there is no such code.

    The code of a merged tag stands for the one that it was merged into.
    """
    member = aliased(Tag)
    named = select(func.coalesce(Tag.merged_into_id, Tag.id)).where(Tag.code == code).scalar_subquery()
    in_group = select(member.id).where(member.parent_id == named, member.merged_into_id.is_(None))
    own = and_(Tag.parent_id == named, Tag.merged_into_id.is_(None))
    merged = or_(Tag.merged_into_id == named, Tag.merged_into_id.in_(in_group))
    return list(db.session.scalars(select(Tag.id).where(or_(Tag.id == named, own, merged))))


def successors(ids: Iterable[int]) -> dict[int, int]:
    """Of these tags those that were merged into another one, with that one."""
    rows = select(Tag.id, Tag.merged_into_id).where(Tag.id.in_(list(ids)), Tag.merged_into_id.is_not(None))
    return {row.id: row.merged_into_id for row in db.session.execute(rows)}


def existing_leaves(ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition for leaves among these ids."""
    return Tag.id.in_(list(ids)) & Tag.parent_id.is_not(None)


def suggest(text: str, limit: int = SUGGESTED) -> list[int]:
    """Ids of the tags whose name or synonyms stand in a text, those with the longest and most words first."""
    rows = db.session.execute(
        select(Tag.id, Tag.name, TagSynonym.word)
        .outerjoin(TagSynonym, TagSynonym.tag_id == Tag.id)
        .where(Tag.parent_id.is_not(None), Tag.retired_at.is_(None), Tag.merged_into_id.is_(None))
        .order_by(Tag.position, Tag.id)
    )
    found: dict[int, set[str]] = {}
    for tag_id, name, word in rows:
        found.setdefault(tag_id, set()).update(w for w in (name, word) if w and w in text)
    best = sorted(
        (tag_id for tag_id, words in found.items() if words), key=lambda t: -sum(len(w) ** 2 for w in found[t])
    )
    return best[:limit]
