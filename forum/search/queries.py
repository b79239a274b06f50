"""What somebody may see of what the index finds.

The index knows no permissions. Candidates are asked of it, best first, and each is kept only if the database says that it
may be read; where too many fall away the next ones are asked for. Only then are the replies of a thread grouped under it:
a thread that was found by a hidden reply alone would betray what the reply says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.library.queries import card_rows
from forum.search.documents import KINDS, Facts, Filters, Hit
from forum.search.encoder import PATIENCE, Vector
from forum.search.index import grouped
from forum.search.matrix import Nearest
from forum.search.place import knows_meaning, matrix, reader, vectors
from forum.search.ranking import NEAREST, ranked
from forum.search.terms import query_terms
from forum.search.texts import CARD_PARTS
from forum.threads.models import Post, Reach, Thread
from forum.threads.policies import readable_posts, readable_threads
from forum.threads.queries import ANSWERED, Rows, thread_rows_among
from forum.units.actors import Actor, anyone
from forum.units.models import Person, Role, Unit
from forum.units.village_facts import likeness_to_mine

FIRST_LOOK = 200  # candidates; a page needs 21, and most may be read by most
NEXT_LOOK = 2000  # also the most ids in one statement
LAST_LOOK = 20_000  # candidates after which nothing more is hoped for
BODY_SHOWN = 20_000  # characters of a body in which words are looked for; nobody types more


@dataclass(frozen=True)
class Sight:
    """What may be read: a statement that says it of each of the ids in `thread`, `post` and `card`, and its other parameters."""

    statement: CompoundSelect[Any]
    parameters: dict[str, Any]

    def readable(self, hits: Sequence[Hit]) -> dict[tuple[str, int], Facts]:
        """Kind and id of those hits that may be read, with what is known of them; one statement."""
        if not hits:
            return {}
        ids = {kind: [hit.id for hit in hits if hit.kind == kind] for kind in KINDS}
        rows = db.session.execute(self.statement, {**self.parameters, **ids})
        return {
            (row.kind, row.id): Facts(
                is_answered=bool(row.is_answered),
                has_worked=bool(row.has_worked),
                likeness=row.likeness or 0,
                at=int(row.at.timestamp()),
            )
            for row in rows
            if row.may_be_read
        }


@cache
def _sight_statement(role: Role | None) -> CompoundSelect[Any]:
    actor = anyone(role)
    threads = readable_threads(actor)
    # His own reply in a thread that is closed to him is no result: a result opens the thread.
    return _asked_of_each(threads, and_(threads, readable_posts(actor)), readable_cards(actor))


@cache
def _open_statement() -> CompoundSelect[Any]:
    threads = and_(Thread.hidden_at.is_(None), Thread.reach == Reach.DISTRICT)
    cards = and_(Experience.state == CardState.PUBLISHED, Experience.reach == Reach.DISTRICT)
    return _asked_of_each(threads, and_(threads, Post.hidden_at.is_(None)), cards)


def _asked_of_each(
    threads: ColumnElement[bool], posts: ColumnElement[bool], cards: ColumnElement[bool]
) -> CompoundSelect[Any]:
    """The conditions are columns and no WHERE: beside “in this district” SQLite takes two hundred ids for the wider net, and reads the district."""

    def row(kind: str, column: Any, may_be_read: Any, answered: Any, worked: Any, at: Any, unit: Any) -> Select[Any]:
        return select(
            literal(kind).label("kind"),
            column.label("id"),
            may_be_read.label("may_be_read"),
            answered.label("is_answered"),
            worked.label("has_worked"),
            at.label("at"),
            likeness_to_mine(unit).label("likeness"),
        ).where(column.in_(bindparam(kind, expanding=True)))

    worked = exists().where(Adoption.experience_id == Experience.id, Adoption.result == AdoptionResult.WORKED)
    published = func.coalesce(Experience.published_at, Experience.created_at)
    return union_all(
        row("thread", Thread.id, threads, ANSWERED, false(), Thread.created_at, Thread.unit_id),
        row("post", Post.id, posts, ANSWERED, false(), Thread.created_at, Thread.unit_id).join(
            Thread, Thread.id == Post.thread_id
        ),
        row("card", Experience.id, cards, false(), worked, published, Experience.unit_id),
    )


def sight_of(actor: Actor) -> Sight:
    """What a person may read."""
    return Sight(_sight_statement(actor.role), actor.as_parameters())


def open_sight(unit_id: int | None = None) -> Sight:
    """All that is not hidden or narrowed, for the commands; asked from a village, where one is named."""
    return Sight(_open_statement(), {"my_unit": unit_id})


def find(
    sight: Sight,
    query: str,
    filters: Filters,
    wanted: int,
    patience: float | None = PATIENCE,
    *,
    by_words: bool = False,
) -> list[Hit]:
    """The best results among what may be read, one for each thread or card, by words and by meaning.

    Where the encoder does not answer within the patience (None: any), by words alone. What the first look offers is ranked by both and
    never moves, however many results are wanted; what is found further down comes behind it by words.
    With `by_words` meaning is not asked: for half-typed words. One statement, rarely more. Raises IndexUnavailable.
    """
    vector = None if by_words else _asked(query, patience)
    hits = reader().matches(query, filters, FIRST_LOOK)  # while the vector is made
    nearest = _nearest(vector(), hits) if vector else None
    near = reader().among(_besides(nearest, hits), query, filters) if nearest else []
    may_be_read = sight.readable([*hits, *near])
    kept = [hit for hit in (*hits, *near) if (hit.kind, hit.id) in may_be_read]
    results = ranked(kept, may_be_read, nearest) if query_terms(query) else grouped(kept)
    looked, size = len(hits), FIRST_LOOK
    while len(results) < wanted and len(hits) == size and looked < LAST_LOOK:
        size = NEXT_LOOK
        hits = reader().matches(query, filters, size, looked)
        may_be_read = sight.readable(hits)
        results = grouped([*results, *(hit for hit in hits if (hit.kind, hit.id) in may_be_read)])
        looked += len(hits)
    return results[:wanted]


def _asked(query: str, patience: float | None) -> Callable[[], Vector | None] | None:
    """Have the question's vector made; None where there is nothing to compare it with."""
    if not query_terms(query) or not knows_meaning():
        return None
    model = matrix().model_in(reader().folder())
    return vectors().ask(query, model, patience) if model else None


def _nearest(vector: Vector | None, hits: Sequence[Hit]) -> Nearest | None:
    """What is near to a question in meaning, and how near these hits are; None where nobody can tell."""
    if vector is None:
        return None
    return matrix().nearest(reader().folder(), vector, NEAREST, [(hit.kind, hit.id) for hit in hits])


def _besides(nearest: Nearest, hits: Sequence[Hit]) -> list[tuple[str, int]]:
    known = {(hit.kind, hit.id) for hit in hits}
    return [key for key in nearest.cosines if key not in known]


@cache
def _thread_results_statement(role: Role | None) -> Rows:
    opening, reply = aliased(Post), aliased(Post)
    answerer, village = aliased(Person), aliased(Unit)
    return (
        thread_rows_among(anyone(role))
        .add_columns(
            func.substr(opening.body, 1, BODY_SHOWN).label("opening_body"),
            reply.id.label("reply_id"),
            func.substr(reply.body, 1, BODY_SHOWN).label("reply_body"),
            answerer.name.label("answerer_name"),
            village.name.label("answerer_unit"),
        )
        .join(opening, and_(opening.thread_id == Thread.id, opening.is_opening))
        .outerjoin(reply, and_(reply.thread_id == Thread.id, reply.id.in_(bindparam("reply_ids", expanding=True))))
        .outerjoin(answerer, answerer.id == reply.author_id)
        .outerjoin(village, village.id == reply.unit_id)
    )


def thread_results(actor: Actor, hits: Sequence[Hit]) -> dict[int, Any]:
    """Rows of the threads that were hit, each with its opening's text and, where a reply was hit, with that reply; by thread."""
    values = {
        **actor.as_parameters(),
        "thread_ids": [hit.group for hit in hits if hit.kind != "card"],
        "reply_ids": [hit.id for hit in hits if hit.kind == "post"],
    }
    rows = db.session.execute(_thread_results_statement(actor.role), values)
    return {row.id: row for row in rows if row.may_be_read}


@cache
def _card_results_statement(role: Role | None) -> Rows:
    parts = [getattr(Experience, part) for part in CARD_PARTS if part != "problem"]
    return card_rows(anyone(role)).add_columns(*parts).where(Experience.id.in_(bindparam("card_ids", expanding=True)))


def card_results(actor: Actor, hits: Sequence[Hit]) -> dict[int, Any]:
    """Rows of the cards that were hit, with all their parts; by card."""
    values = {**actor.as_parameters(), "card_ids": [hit.id for hit in hits if hit.kind == "card"]}
    return {row.id: row for row in db.session.execute(_card_results_statement(actor.role), values)}


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
