"""The places, people and tags that a question names: one statement says which there are."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from forum.extensions import db
from forum.search.language import Said
from forum.tags.models import Tag, TagSynonym
from forum.tags.queries import shown_name
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit, UnitKind

LONGEST_NAMED = (
    60  # characters of a question in which names are looked for: in a pasted letter they are part of the story
)
SUFFIXES = ("镇", "乡", "村", "街道", "社区", "管区")
SEPARATE = 3  # characters from which on a person's name is one wherever it stands; 文明 and 平安 are also words
_OFFICE = "书记|主任|支书|委员|村长"
_EDGE = re.compile(r"[\s，。；、,;：:（）()“”\"]+")


@dataclass(frozen=True)
class Named:
    """Something that bears a name: `what` is unit, person or tag. Of a unit its kind and its township."""

    what: str
    id: int
    name: str
    kind: str = ""  # of a tag its code
    township_id: int | None = None

    @property
    def is_township(self) -> bool:
        return self.kind == UnitKind.TOWNSHIP


def named_in(
    actor: Actor,
    text: str,
    said: Said,
    *,
    units: Sequence[int | None] = (),
    person: int | None = None,
    tag: str = "",
) -> list[Named]:
    """Whatever of the actor's district a text names, in plain words or beside a key, and what these ids and this code are; one statement."""
    values = [piece.value for piece in said.pieces if piece.what in ("tag", "place", "person")]
    rows = db.session.execute(
        _statement(),
        {
            "district": actor.district_id,
            "text": text if len(text) <= LONGEST_NAMED else "",
            "values": "\n".join(["", *values, ""]),
            "units": [unit for unit in units if unit],
            "persons": [person] if person else [],
            "tag": tag,
        },
    )
    return [
        Named(row.what, row.id, shown_name(row) if row.what == "tag" else row.name, row.kind, row.township_id)
        for row in rows
    ]


def is_called(name: str, value: str) -> bool:
    """Whether a place is meant: 六户 is 六户镇."""
    return name == value or (name.startswith(value) and name[len(value) :] in SUFFIXES)


def places_in(text: str, named: Collection[Named]) -> list[Named]:
    """The townships and villages whose names stand in a text: of 大王村 and 王村 in “大王村的路” only the first.

    A bureau's name is mostly what a question is about.
    """
    places = [one for one in named if one.what == "unit" and one.kind in (UnitKind.TOWNSHIP, UnitKind.VILLAGE)]
    return _standing_in(text, [one for one in places if one.name in text])


def people_in(text: str, named: Collection[Named]) -> list[Named]:
    """The people whose names stand in a text; two characters only where they stand alone or before an office."""
    words = set(_EDGE.split(text))
    people = [
        one
        for one in named
        if one.what == "person"
        and one.name in text
        and (len(one.name) >= SEPARATE or one.name in words or re.search(f"{re.escape(one.name)}(?:{_OFFICE})", text))
    ]
    return _standing_in(text, people)


def cut_out(text: str, names: Collection[str]) -> str:
    """A text without these names."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return " ".join(text.split())


def _standing_in(text: str, named: Sequence[Named]) -> list[Named]:
    kept = []
    for name in sorted({one.name for one in named}, key=lambda name: (-len(name), name)):
        if name in text:
            kept += [one for one in named if one.name == name]
            text = text.replace(name, "\n")
    return kept


@cache
def _statement() -> CompoundSelect[Any]:
    text: BindParameter[str] = bindparam("text", type_=String())
    values: BindParameter[str] = bindparam("values", type_=String())

    def is_said(name: Any) -> ColumnElement[bool]:
        return values.contains(literal("\n") + name + literal("\n"))

    def is_meant(name: Any) -> ColumnElement[bool]:
        shorter = [func.substr(name, 1, func.length(name) - dropped) for dropped in (1, 2)]
        return or_(text.contains(name), *map(is_said, (name, *shorter)))

    in_district = exists(
        select(Posting.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Unit.district_id == bindparam("district"))
        .where(Posting.person_id == Person.id)
        .correlate(Person)
    )
    words = exists(select(TagSynonym.id).where(TagSynonym.tag_id == Tag.id, is_said(TagSynonym.word)))
    return union_all(
        select(
            literal("unit").label("what"),
            Unit.id,
            Unit.name,
            literal("").label("name_en"),
            cast(Unit.kind, String).label("kind"),
            Unit.township_id,
        ).where(
            Unit.district_id == bindparam("district"),
            or_(Unit.id.in_(bindparam("units", expanding=True)), is_meant(Unit.name)),
        ),
        select(literal("person"), Person.id, Person.name, literal(""), literal(""), cast(null(), Integer)).where(
            or_(Person.id.in_(bindparam("persons", expanding=True)), text.contains(Person.name), is_said(Person.name)),
            in_district,
        ),
        select(literal("tag"), Tag.id, Tag.name, Tag.name_en, Tag.code, cast(null(), Integer)).where(
            or_(Tag.code == bindparam("tag"), and_(Tag.merged_into_id.is_(None), or_(is_said(Tag.name), words)))
        ),
    )
