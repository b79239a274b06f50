"""What fits while somebody types: cards first, then tags, villages and people, these also by how they sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from forum.clock import today
from forum.extensions import db
from forum.library.models import Experience
from forum.search.asked import CARDS
from forum.search.documents import Filters
from forum.search.generations import IndexUnavailable
from forum.search.queries import find, sight_of
from forum.search.terms import query_terms
from forum.search.traditional import simplified
from forum.tags.models import Tag, TagSynonym
from forum.tags.queries import shown_name
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind

LONGEST = 60
EACH = 3
NEAR = 0.6  # of the best card's score: less is about something else
NAMED_UNITS = (UnitKind.TOWNSHIP, UnitKind.VILLAGE, UnitKind.BUREAU)


@dataclass(frozen=True)
class Suggestion:
    """One thing to go to at once."""

    label: str
    url: str
    note: str = ""


def suggestions(actor: Actor, typed: str) -> list[tuple[str, list[Suggestion]]]:
    """What fits what was typed so far, in groups with their headings; at most two statements.

    Names are looked for by the last word, what stands before it stays in the box: then a village or person narrows the search, and alone
    leads to its page.
    """
    text = simplified(typed[:LONGEST].strip())
    if not text or (len(text) == 1 and text.isascii()):
        return []
    before, _blank, word = text.rpartition(" ")
    cards = _cards(actor, text)
    sound = "".join(word.split("'")).lower()
    rows = db.session.execute(
        _statement(),
        {
            "district": actor.district_id,
            "today": today(),
            "cards": cards,
            "part": f"%{_plain(word.lower())}%",
            "sound": f"% {sound}%" if sound.isascii() and sound.isalpha() and len(sound) > 1 else "-",
        },
    ).all()
    place = {card: number for number, card in enumerate(cards)}
    found = {kind: [row for row in rows if row.what == kind] for kind in (CARDS, "tag", "unit", "person")}
    ordered = sorted(found[CARDS], key=lambda row: place[row.id])
    earlier = before or None
    groups = [
        (_("经验卡"), [Suggestion(row.name, url_for("library.show", card_id=row.id), row.note) for row in ordered]),
        (
            _("标签"),
            [Suggestion(shown_name(row), url_for(".index", q=earlier, tag=row.note)) for row in found["tag"]],
        ),
        (_("村和单位"), [_unit(row, earlier) for row in found["unit"]]),
        (_("人"), [_person(row, earlier) for row in found["person"]]),
    ]
    return [(heading, group) for heading, group in groups if group]


def _cards(actor: Actor, text: str) -> Sequence[int]:
    if not query_terms(text):
        return []
    try:
        hits = find(sight_of(actor), text, Filters(kinds=(CARDS,)), EACH, by_words=True)
        return [hit.id for hit in hits if hit.score >= NEAR * hits[0].score]
    except IndexUnavailable:
        return []


def _person(row: Any, earlier: str | None) -> Suggestion:
    if earlier is None:
        return Suggestion(row.name, url_for("people.person", person_id=row.id), row.note)
    return Suggestion(row.name, url_for(".index", q=earlier, author=row.id), row.note)


def _unit(row: Any, earlier: str | None) -> Suggestion:
    if earlier is None:
        return Suggestion(row.name, url_for("people.place", place_id=row.id), row.note)
    column = "township" if row.kind == UnitKind.TOWNSHIP else "unit"
    return Suggestion(row.name, url_for(".index", q=earlier, **{column: row.id}), row.note)


def _plain(word: str) -> str:
    """A word in which no sign means anything to LIKE."""
    return "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in word)


@cache
def _statement() -> CompoundSelect[Any]:
    part: BindParameter[str] = bindparam("part", type_=String())
    sound: BindParameter[str] = bindparam("sound", type_=String())
    district = bindparam("district", type_=Integer())

    def says(name: Any) -> ColumnElement[bool]:
        return func.lower(name).like(part, escape="\\")

    def is_named(model: type[Unit] | type[Person]) -> ColumnElement[bool]:
        return or_(says(model.name), model.sounds.like(sound))

    def rows(what: str, source: Any, name: Any, *, english: Any = "", note: Any = "", kind: Any = "") -> Select[Any]:
        columns = (literal(what).label("what"), source.id, name.label("name"))
        more = {"name_en": english, "note": note, "kind": kind}
        return select(*columns, *((literal("") if value == "" else value).label(key) for key, value in more.items()))

    town = Unit.__table__.alias("town")
    cards = (
        rows(CARDS, Experience, Experience.title, note=Unit.name)
        .join(Unit, Unit.id == Experience.unit_id)
        .where(Experience.id.in_(bindparam("cards", expanding=True)))
    )
    words = exists(select(TagSynonym.id).where(TagSynonym.tag_id == Tag.id, says(TagSynonym.word)))
    tags = (
        rows("tag", Tag, Tag.name, english=Tag.name_en, note=Tag.code)
        .where(Tag.retired_at.is_(None), Tag.merged_into_id.is_(None), or_(says(Tag.name), says(Tag.name_en), words))
        .order_by(func.length(Tag.name), Tag.id)
    )
    units = (
        rows("unit", Unit, Unit.name, note=func.coalesce(town.c.name, ""), kind=Unit.kind)
        .outerjoin(town, (town.c.id == Unit.township_id) & (town.c.id != Unit.id))
        .where(Unit.district_id == district, Unit.closed_at.is_(None), Unit.kind.in_(NAMED_UNITS), is_named(Unit))
        .order_by(func.length(Unit.name), Unit.id)
    )
    people = (
        rows("person", Person, Person.name, note=func.min(Unit.name))
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            Unit.district_id == district,
            in_force(bindparam("today", type_=Date())),
            Posting.role != Role.ADMIN,
            Person.disabled_at.is_(None),
            is_named(Person),
        )
        .group_by(Person.id, Person.name)
        .order_by(func.length(Person.name), Person.id)
    )
    return union_all(*(select(query.limit(EACH).subquery()) for query in (cards, tags, units, people)))
