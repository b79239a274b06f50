"""What the database holds, as the documents of the index: the one place that knows both."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select

from forum.clock import local
from forum.consultations.models import Outcome
from forum.extensions import db
from forum.library.models import Experience, ExperienceTag
from forum.media.models import Document
from forum.search.documents import Doc
from forum.threads.models import Post, Thread, ThreadTag
from forum.threads.queries import ANSWERED

Rows = Select[*tuple[Any, ...]]

BATCH = 500  # rows read at once: a long body has 100,000 characters
CARD_PARTS = ("problem", "practice", "result", "suitable", "caution", "cost")


def documents_of(
    *, threads: Collection[int] = (), posts: Collection[int] = (), cards: Collection[int] = ()
) -> Iterator[Doc]:
    """The documents of these threads with all their replies, of these replies, and of these cards; one statement each.

    What is no longer in the database has none.
    """
    if threads:
        yield from map(_thread_doc, db.session.execute(_threads().where(Thread.id.in_(threads))))
    if threads or posts:
        # Only what was asked for: an empty list beside OR makes the database read the whole table.
        wanted = [column.in_(ids) for column, ids in ((Post.thread_id, threads), (Post.id, posts)) if ids]
        yield from map(_reply_doc, db.session.execute(_replies().where(or_(*wanted))))
    if cards:
        yield from map(_card_doc, db.session.execute(_cards().where(Experience.id.in_(cards))))


def documents_at(keys: Collection[tuple[str, int]]) -> list[Doc]:
    """The documents with these kinds and ids, and no others; one statement for each kind."""
    found: list[Doc] = []
    for kind, query, ident, document in (
        ("thread", _threads(), Thread.id, _thread_doc),
        ("post", _replies(), Post.id, _reply_doc),
        ("card", _cards(), Experience.id, _card_doc),
    ):
        if ids := [number for of, number in keys if of == kind]:
            found += map(document, db.session.execute(query.where(ident.in_(ids))))
    return found


def all_documents() -> Iterator[list[Doc]]:
    """Everything that can be found, batch by batch; no transaction stays open while the caller works on a batch."""
    sources: tuple[tuple[Rows, Any, Any], ...] = (
        (_threads(), Thread.id, _thread_doc),
        (_replies(), Post.id, _reply_doc),
        (_cards(), Experience.id, _card_doc),
    )
    for query, ident, document in sources:
        last = 0
        while rows := db.session.execute(query.where(ident > last).order_by(ident).limit(BATCH)).all():
            db.session.rollback()
            yield [document(row) for row in rows]
            last = rows[-1]._mapping[ident]


def card_text(row: Any) -> str:
    """All parts of a card as one text."""
    return "\n".join(text for part in CARD_PARTS if (text := getattr(row, part)))


def _threads() -> Rows:
    opening = and_(Post.thread_id == Thread.id, Post.is_opening)
    in_force = and_(Outcome.thread_id == Thread.id, Outcome.round == Thread.round, Outcome.replaced_at.is_(None))
    conclusion = select(Outcome.statement).where(in_force).correlate(Thread).scalar_subquery().label("conclusion")
    return select(Thread.id, Post.body, _file_names(), conclusion, *_thread_facts(), *_written()).join(Post, opening)


def _replies() -> Rows:
    facts, is_answer = _thread_facts(), Thread.accepted_post_id == Post.id
    return (
        select(Post.id, Post.thread_id, Post.body, _file_names(), is_answer.label("is_answer"), *facts, *_written())
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.is_opening.is_(False))
    )


def _file_names() -> ColumnElement[str | None]:
    names = select(func.aggregate_strings(Document.name, "\n")).where(Document.post_id == Post.id).correlate(Post)
    return names.scalar_subquery().label("file_names")


def _written() -> tuple[Any, ...]:
    return Post.unit_id, Post.author_id, Post.created_at.label("written_at")


def _thread_facts() -> tuple[ColumnElement[Any], ...]:
    tags = _tag_ids(ThreadTag.tag_id, ThreadTag.thread_id == Thread.id).correlate(Thread).scalar_subquery()
    facts: tuple[Any, ...] = (Thread.title, Thread.kind, Thread.township_id, Thread.created_at.label("dated"))
    return (*facts, ANSWERED.label("answered"), tags.label("tag_ids"))


def _cards() -> Rows:
    tags = _tag_ids(ExperienceTag.tag_id, ExperienceTag.experience_id == Experience.id).correlate(Experience)
    parts = (getattr(Experience, part) for part in CARD_PARTS)
    dated = func.coalesce(Experience.published_at, Experience.created_at).label("dated")
    facts = (Experience.title, Experience.township_id, dated, tags.scalar_subquery().label("tag_ids"))
    written = (Experience.unit_id, Experience.author_id, dated.label("written_at"))
    return select(Experience.id, *facts, *written, *parts)


def _tag_ids(column: Any, condition: ColumnElement[bool]) -> Select[Any]:
    return select(func.aggregate_strings(cast(column, String), ",")).where(condition)


def _thread_doc(row: Any) -> Doc:
    facts = {**_facts(row), **_thread_only(row)}
    return Doc(kind="thread", id=row.id, group=row.id, body=_text(row), conclusion=row.conclusion or "", **facts)


def _reply_doc(row: Any) -> Doc:
    facts = {**_facts(row), **_thread_only(row)}
    return Doc(kind="post", id=row.id, group=row.thread_id, body=_text(row), is_answer=bool(row.is_answer), **facts)


def _text(row: Any) -> str:
    """What was written, with the names of its files: a plan is remembered by what it is called."""
    return f"{row.body}\n{row.file_names}" if row.file_names else str(row.body)


def _card_doc(row: Any) -> Doc:
    # A card is an answer: who asks for what is answered wants cards too.
    return Doc(kind="card", id=row.id, group=row.id, body=card_text(row), answered=True, **_facts(row))


def _facts(row: Any) -> dict[str, Any]:
    tags = [int(number) for number in row.tag_ids.split(",")] if row.tag_ids else []
    return {
        "title": row.title,
        "tags": tags,
        "township": row.township_id,
        "year": local(row.dated).year,
        "unit": row.unit_id,
        "author": row.author_id,
        "at": int(row.written_at.timestamp()),
    }


def _thread_only(row: Any) -> dict[str, Any]:
    return {"answered": bool(row.answered), "thread_kind": row.kind.value}
