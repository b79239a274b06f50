"""The tags as pages need them: in groups, by code, and suggested from a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.extensions import db
from forum.language import is_english
from forum.tags.models import UNDO_KEPT, Tag, TagMerge, TagMove, TagSynonym
from forum.units.models import Person

SUGGESTED = 5
MOST_MERGES = 20


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
            tuple(_shown(t) for t in rows if t.parent_id == g.id),
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


@dataclass(frozen=True)
class TagPage:
    """A tag with what its page says of it: its group or its leaves, the other words for it, and every id that a filter by it takes in."""

    tag: Any
    name: str
    group: TagGroup | None
    leaves: Sequence[TagGroup]
    words: Sequence[str]
    ids: Sequence[int]
    successor: str | None  # the code of the tag that it was merged into


def tag_page(code: str) -> TagPage | None:
    """A tag and what stands around it; None when there is no such code. One statement."""
    near, member = aliased(Tag), aliased(Tag)
    named = select(near.id).where(near.code == code).scalar_subquery()
    above = select(func.coalesce(near.merged_into_id, near.parent_id)).where(near.code == code).scalar_subquery()
    in_group = select(member.id).where(member.parent_id == named)
    words = select(func.aggregate_strings(TagSynonym.word, "\n")).where(TagSynonym.tag_id == Tag.id)
    rows = db.session.execute(
        select(
            *(Tag.id, Tag.code, Tag.name, Tag.name_en, Tag.parent_id, Tag.retired_at, Tag.merged_into_id),
            words.correlate(Tag).scalar_subquery().label("words"),
        )
        .where(
            or_(
                *(Tag.id == named, Tag.id == above, Tag.parent_id == named, Tag.merged_into_id == named),
                Tag.merged_into_id.in_(in_group),
            )
        )
        .order_by(Tag.position, Tag.id)
    ).all()
    tag = next((row for row in rows if row.code == code), None)
    if tag is None:
        return None
    of_group = [row for row in rows if row.parent_id == tag.id and row.merged_into_id is None]
    own = [tag.id, *(row.id for row in of_group)]
    group = next((row for row in rows if row.id == tag.parent_id), None)
    return TagPage(
        tag,
        shown_name(tag),
        _shown(group) if group else None,
        [_shown(row) for row in of_group if row.retired_at is None],
        sorted((tag.words or "").split("\n")) if tag.words else [],
        own + [row.id for row in rows if row.merged_into_id in own],
        next((row.code for row in rows if row.id == tag.merged_into_id), None),
    )


def retired_tags() -> list[TagGroup]:
    """The tags that are offered no more, and were not merged into others."""
    retired = (Tag.retired_at.is_not(None), Tag.merged_into_id.is_(None))
    columns = (Tag.id, Tag.code, Tag.name, Tag.name_en)
    return [_shown(row) for row in db.session.execute(select(*columns).where(*retired).order_by(Tag.name))]


def synonyms_of(tag_id: int) -> Sequence[TagSynonym]:
    """The other words for a tag, as they came."""
    words = select(TagSynonym).where(TagSynonym.tag_id == tag_id).order_by(TagSynonym.id)
    return db.session.scalars(words).all()


def merge_rows(tag_id: int | None = None) -> Sequence[Any]:
    """The merges that can be taken back or are not through, of one tag or of all, the latest first: who, what, and how far."""
    tag, into = aliased(Tag), aliased(Tag)
    moved = select(func.count()).select_from(TagMove).where(TagMove.merge_id == TagMerge.id).correlate(TagMerge)
    query = (
        select(
            TagMerge,
            *(tag.code, tag.name, tag.name_en),
            *(into.code.label("into_code"), into.name.label("into_name"), into.name_en.label("into_name_en")),
            Person.name.label("doer"),
            moved.scalar_subquery().label("moved"),
        )
        .join(tag, tag.id == TagMerge.tag_id)
        .join(into, into.id == TagMerge.into_id)
        .outerjoin(Person, Person.id == TagMerge.done_by_id)
        .where(or_(TagMerge.done_at > utcnow() - UNDO_KEPT, TagMerge.is_open))
        .order_by(TagMerge.id.desc())
        .limit(MOST_MERGES)
    )
    if tag_id is not None:
        query = query.where(or_(TagMerge.tag_id == tag_id, TagMerge.into_id == tag_id))
    return db.session.execute(query).all()


def _shown(row: Any) -> TagGroup:
    return TagGroup(row.id, row.code, shown_name(row))


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
