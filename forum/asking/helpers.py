"""Whom to ask: people whose answers, cards and adoptions under the same tags went well.

People of the reader's own township come first, then those whose latest success is the most recent. Nothing is counted up or
weighed: who helped once last month stands before who helped ten times last year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from forum.clock import today
from forum.extensions import db
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.models import CardState, Experience, ExperienceTag
from forum.library.policies import readable_cards
from forum.tags.queries import suggest
from forum.threads.models import Post, Thread, ThreadTag
from forum.threads.policies import readable_threads, shown_to
from forum.threads.queries import Rows
from forum.units.actors import Actor, anyone, in_force
from forum.units.models import Person, Posting, Role, Unit

SHOWN = 5  # people
REASONS = 2  # of each
MOST_TAGS = 3
HELPERS = (Role.SECRETARY, Role.DEPUTY, Role.EXPERT)


@dataclass(frozen=True)
class Helper:
    """Somebody who could help, and why: what he did, in words, with where it is told."""

    person_id: int
    name: str
    unit_id: int
    unit_name: str
    reasons: tuple[tuple[str, str], ...]


def helpers_for_text(actor: Actor, text: str) -> list[Helper]:
    """Who could help with what a text is about; two statements."""
    tags = suggest(text, MOST_TAGS)
    return _helpers(actor, False, {"tags": tags, "but": actor.id}) if tags else []


def helpers_for_thread(actor: Actor, thread: Any) -> list[Helper]:
    """Who could help with a thread, by its tags; one statement."""
    return _helpers(actor, True, {"thread_id": thread.id, "but": thread.author_id})


def _helpers(actor: Actor, by_thread: bool, values: dict[str, Any]) -> list[Helper]:
    rows = db.session.execute(
        _statement(actor.role, by_thread), {**actor.as_parameters(), "today": today(), **values}
    ).all()
    people: dict[int, list[Any]] = {}
    for row in rows:
        people.setdefault(row.person_id, []).append(row)
    return [_helper(reasons) for reasons in list(people.values())[:SHOWN]]


def _helper(rows: Sequence[Any]) -> Helper:
    # Who holds two offices has each reason twice.
    reasons = dict.fromkeys((_words(row), _address(row)) for row in rows)
    return Helper(rows[0].person_id, rows[0].name, rows[0].unit_id, rows[0].unit_name, tuple(reasons))


def _words(row: Any) -> str:
    if row.kind == "answer":
        return _("答过“%(title)s”，提问的人说管用", title=row.title)
    if row.kind == "adoption":
        return _("%(village)s借鉴“%(title)s”，成了", village=row.village, title=row.title)
    if not row.worked:
        return _("%(village)s做过“%(title)s”", village=row.village, title=row.title)
    return ngettext(
        "%(village)s做过“%(title)s”，%(num)s 个村借鉴成功",
        "%(village)s做过“%(title)s”，%(num)s 个村借鉴成功",
        row.worked,
        village=row.village,
        title=row.title,
    )


def _address(row: Any) -> str:
    if row.kind == "answer":
        return url_for("threads.post", post_id=row.object_id)
    return url_for("library.show", card_id=row.object_id)


@cache
def _statement(role: Role | None, by_thread: bool) -> Rows:
    actor = anyone(role)
    reasons = union_all(*(kind(actor, by_thread) for kind in (_answers, _cards, _adoptions))).subquery()
    of_one = reasons.c.person_id
    order = (reasons.c.dated.desc(), reasons.c.kind, reasons.c.object_id)
    ranked = select(
        *reasons.c,
        func.row_number().over(partition_by=of_one, order_by=order).label("place"),
        func.max(reasons.c.dated).over(partition_by=of_one).label("latest"),
    ).subquery()
    office = and_(Posting.person_id == Person.id, in_force(_day()), Posting.role.in_(HELPERS))
    return (
        select(*ranked.c, Person.name, Unit.id.label("unit_id"), Unit.name.label("unit_name"))
        .join(Person, Person.id == ranked.c.person_id)
        .join(Posting, office)
        .join(Unit, and_(Unit.id == Posting.unit_id, Unit.district_id == actor.district_id))
        .where(
            ranked.c.place <= REASONS,
            Person.may_be_suggested,
            Person.disabled_at.is_(None),
            Person.id.not_in((actor.id, bindparam("but", type_=Integer()))),
        )
        .order_by(
            case((Unit.township_id == actor.township_id, 0), else_=1),
            ranked.c.latest.desc(),
            ranked.c.person_id,
            ranked.c.place,
        )
        .limit(SHOWN * REASONS)
    )


def _answers(actor: Actor, by_thread: bool) -> Rows:
    """Replies that whoever asked found to help."""
    tagged = select(ThreadTag.thread_id).where(_has_the_tags(ThreadTag.tag_id, by_thread))
    return (
        select(
            Post.author_id.label("person_id"),
            literal("answer").label("kind"),
            Post.id.label("object_id"),
            Thread.title.label("title"),
            cast(null(), String).label("village"),
            literal(0).label("worked"),
            Thread.accepted_at.label("dated"),
        )
        .join(Post, Post.id == Thread.accepted_post_id)
        .where(Thread.id.in_(tagged), _last(readable_threads(actor)), _last(shown_to(actor, Post)))
    )


def _cards(actor: Actor, by_thread: bool) -> Rows:
    """Cards of the library that hold good, told by the secretary of the village they are of."""
    worked = (
        select(func.count(func.distinct(Adoption.unit_id)))
        .where(Adoption.experience_id == Experience.id, Adoption.result == AdoptionResult.WORKED)
        .correlate(Experience)
        .scalar_subquery()
    )
    columns = _of_card("card", Unit.name, worked, Experience.published_at)
    return _told_by_its_secretary(columns.join(Unit, Unit.id == Experience.unit_id), actor, by_thread)


def _adoptions(actor: Actor, by_thread: bool) -> Rows:
    """Cards that a village tried with success, told by its secretary."""
    columns = _of_card("adoption", Unit.name, literal(0), Adoption.result_at)
    tried = and_(Adoption.experience_id == Experience.id, Adoption.result == AdoptionResult.WORKED)
    return _told_by_its_secretary(
        columns.join(Adoption, tried).join(Unit, Unit.id == Adoption.unit_id), actor, by_thread
    )


def _of_card(kind: str, village: Any, worked: Any, dated: Any) -> Rows:
    return select(
        Posting.person_id.label("person_id"),
        literal(kind).label("kind"),
        Experience.id.label("object_id"),
        Experience.title.label("title"),
        village.label("village"),
        worked.label("worked"),
        dated.label("dated"),
    ).select_from(Experience)


def _told_by_its_secretary(cards: Rows, actor: Actor, by_thread: bool) -> Rows:
    tagged = select(ExperienceTag.experience_id).where(_has_the_tags(ExperienceTag.tag_id, by_thread))
    secretary = and_(Posting.unit_id == Unit.id, Posting.role == Role.SECRETARY, in_force(_day()))
    return cards.join(Posting, secretary).where(
        Experience.id.in_(tagged),
        Experience.state == CardState.PUBLISHED,
        Experience.retired_at.is_(None),
        _last(readable_cards(actor)),
    )


def _has_the_tags(column: Any, by_thread: bool) -> ColumnElement[bool]:
    if by_thread:
        of_thread = select(ThreadTag.tag_id).where(ThreadTag.thread_id == bindparam("thread_id", type_=Integer()))
        return column.in_(of_thread)
    return column.in_(bindparam("tags", expanding=True))


def _day() -> ColumnElement[date]:
    return bindparam("today", type_=Date())


def _last(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that is asked of each row found by its tags; as it stands SQLite would begin with it, and read the district."""
    return case((condition, 1), else_=0) == 1
