"""What somebody may see of what the index finds.

The index knows no permissions. Candidates are asked of it, best first, and each is kept only if the database says that it
may be read; where too many fall away the next ones are asked for. Only then are the replies of a thread grouped under it:
a thread that was found by a hidden reply alone would betray what the reply says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, union_all
from sqlalchemy.orm import aliased

from forum.clock import local
from forum.extensions import db
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.library.queries import card_rows
from forum.search.documents import KINDS, Filters, Hit
from forum.search.index import grouped
from forum.search.place import reader
from forum.search.texts import CARD_PARTS
from forum.threads.models import Post, Reach, Thread
from forum.threads.policies import readable_posts, readable_threads
from forum.threads.queries import thread_rows
from forum.units.actors import Actor
from forum.units.models import Person, Unit, UnitKind

FIRST_LOOK = 200  # candidates; a page needs 21, and most may be read by most
NEXT_LOOK = 2000  # also the most ids in one statement
LAST_LOOK = 20_000  # candidates after which nothing more is hoped for
BODY_SHOWN = 20_000  # characters of a body in which words are looked for; nobody types more


@dataclass(frozen=True)
class Sight:
    """What may be read: conditions on threads, on replies joined to their threads, and on cards."""

    threads: ColumnElement[bool]
    replies: ColumnElement[bool]
    cards: ColumnElement[bool]


def sight_of(actor: Actor) -> Sight:
    """What a person may read. His own reply in a thread that is closed to him is no result: a result opens the thread."""
    threads = readable_threads(actor)
    return Sight(threads, and_(threads, readable_posts(actor)), readable_cards(actor))


def open_sight() -> Sight:
    """All that is not hidden or narrowed, for the commands."""
    threads = and_(Thread.hidden_at.is_(None), Thread.reach == Reach.DISTRICT)
    cards = and_(Experience.state == CardState.PUBLISHED, Experience.reach == Reach.DISTRICT)
    return Sight(threads, and_(threads, Post.hidden_at.is_(None)), cards)


def find(sight: Sight, query: str, filters: Filters, wanted: int) -> list[Hit]:
    """The best results among what may be read, one for each thread or card: the member that matched best.

    One statement, rarely more. Raises IndexUnavailable.
    """
    kept: list[Hit] = []
    looked, size = 0, max(FIRST_LOOK, min(4 * wanted, NEXT_LOOK))
    while True:
        hits = reader().matches(query, filters, size, looked)
        may_be_read = _readable(sight, hits)
        kept += [hit for hit in hits if (hit.kind, hit.id) in may_be_read]
        results = grouped(kept)
        looked += len(hits)
        if len(results) >= wanted or len(hits) < size or looked >= LAST_LOOK:
            return results[:wanted]
        size = NEXT_LOOK


def thread_results(actor: Actor, hits: Sequence[Hit]) -> dict[int, Any]:
    """Rows of the threads that were hit, each with its opening's text and, where a reply was hit, with that reply; by thread."""
    opening, reply = aliased(Post), aliased(Post)
    answerer, village = aliased(Person), aliased(Unit)
    hit_replies = [hit.id for hit in hits if hit.kind == "post"]
    query = (
        thread_rows(actor)
        .add_columns(
            func.substr(opening.body, 1, BODY_SHOWN).label("opening_body"),
            reply.id.label("reply_id"),
            func.substr(reply.body, 1, BODY_SHOWN).label("reply_body"),
            answerer.name.label("answerer_name"),
            village.name.label("answerer_unit"),
        )
        .join(opening, and_(opening.thread_id == Thread.id, opening.is_opening))
        .outerjoin(reply, and_(reply.thread_id == Thread.id, reply.id.in_(hit_replies)))
        .outerjoin(answerer, answerer.id == reply.author_id)
        .outerjoin(village, village.id == reply.unit_id)
        .where(Thread.id.in_([hit.group for hit in hits if hit.kind != "card"]))
    )
    return {row.id: row for row in db.session.execute(query)}


def card_results(actor: Actor, hits: Sequence[Hit]) -> dict[int, Any]:
    """Rows of the cards that were hit, with all their parts; by card."""
    parts = [getattr(Experience, part) for part in CARD_PARTS if part != "problem"]
    ids = [hit.id for hit in hits if hit.kind == "card"]
    return {
        row.id: row for row in db.session.execute(card_rows(actor).add_columns(*parts).where(Experience.id.in_(ids)))
    }


def townships(actor: Actor) -> tuple[list[tuple[int, str]], int | None]:
    """The townships of the actor's district, and the year of its oldest thread; one statement."""
    oldest = select(func.min(Thread.created_at)).where(Thread.district_id == actor.district_id).scalar_subquery()
    rows = db.session.execute(
        select(Unit.id, Unit.name, oldest.label("oldest"))
        .where(Unit.district_id == actor.district_id, Unit.kind == UnitKind.TOWNSHIP, Unit.closed_at.is_(None))
        .order_by(Unit.position, Unit.name)
    ).all()
    return [(row.id, row.name) for row in rows], local(rows[0].oldest).year if rows and rows[0].oldest else None


def names_outside(hits: Sequence[Hit]) -> dict[tuple[str, int], str]:
    """What the threads that were hit were called where they were imported from; by the result's kind and id."""
    ids = {hit.group for hit in hits if hit.kind != "card"}
    rows = db.session.execute(
        select(Thread.id, Thread.external_id).where(Thread.id.in_(ids), Thread.external_id.is_not(None))
    )
    return {("thread", row.id): row.external_id for row in rows}


def titles_of(hits: Sequence[Hit]) -> list[str]:
    """The titles of results, one for each hit."""
    threads = select(literal("thread").label("kind"), Thread.id, Thread.title)
    cards = select(literal("card"), Experience.id, Experience.title)
    rows = db.session.execute(
        union_all(
            threads.where(Thread.id.in_([hit.group for hit in hits if hit.kind != "card"])),
            cards.where(Experience.id.in_([hit.group for hit in hits if hit.kind == "card"])),
        )
    )
    titles = {(kind, number): title for kind, number, title in rows}
    return [titles.get((KINDS[hit.kind].result, hit.group), "") for hit in hits]


def _readable(sight: Sight, hits: Sequence[Hit]) -> set[tuple[str, int]]:
    ids: dict[str, list[int]] = {"thread": [], "post": [], "card": []}
    for hit in hits:
        ids[hit.kind].append(hit.id)
    queries = {
        "thread": select(literal("thread").label("kind"), Thread.id).where(sight.threads, Thread.id.in_(ids["thread"])),
        "post": select(literal("post"), Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(sight.replies, Post.id.in_(ids["post"])),
        "card": select(literal("card"), Experience.id).where(sight.cards, Experience.id.in_(ids["card"])),
    }
    asked = [query for kind, query in queries.items() if ids[kind]]
    return {(kind, number) for kind, number in db.session.execute(union_all(*asked))} if asked else set()
