"""The vectors of documents in the database: which are wanting, which are out of date, and making them.

A vector is known to be of its text by the text's digest. Whoever follows the changes throws away what no longer fits; whoever
makes vectors looks for documents that have none, newest first. So both can be killed anywhere and begin again.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select
from sqlalchemy.exc import IntegrityError

from forum.changes import Change, note_change
from forum.extensions import db
from forum.library.models import Experience
from forum.search.documents import Doc
from forum.search.encoder import CURRENT, ENCODERS, Vectors
from forum.search.matrix import Key, Packed
from forum.search.models import Meaning
from forum.search.pieces import digest_of, packed, pieces_of
from forum.search.place import looking
from forum.search.texts import documents_at
from forum.threads.models import Post, Thread

LOOKED_UP = 100  # wanting documents looked up at once
READ = 500  # rows of vectors read at once
CHANGED = "meaning"  # the kind of a change that tells of new vectors


@dataclass
class Sorted:
    """What is kept of some documents: vectors as they are in the database, and rows that no longer fit."""

    vectors: dict[Key, Packed] = field(default_factory=dict)
    outdated: list[int] = field(default_factory=list)


def sort_out(documents: Sequence[Doc], gone: Collection[Key], model: str) -> Sorted:
    """The model's vectors of these documents, and what is kept of them by any model but belongs to another text."""
    wanted = {(doc.kind, doc.id): pieces_of(doc) for doc in documents}
    digests = {key: digest_of(pieces) for key, pieces in wanted.items() if pieces}
    found = Sorted()
    keys = [*wanted, *gone]
    for first in range(0, len(keys), READ):  # a statement takes no more than some thousand numbers
        _sort_out(keys[first : first + READ], digests, model, found)
    return found


def _sort_out(keys: Collection[Key], digests: Mapping[Key, str], model: str, found: Sorted) -> None:
    columns = (Meaning.id, Meaning.model, Meaning.kind, Meaning.object_id, Meaning.digest)
    fits = []
    for row in db.session.execute(select(*columns).where(Meaning.model.in_(ENCODERS), _among(keys))):
        if row.digest != digests.get((row.kind, row.object_id)):
            found.outdated.append(row.id)
        elif row.model == model:
            fits.append(row.id)
    if fits:
        vectors = select(Meaning.kind, Meaning.object_id, Meaning.codes, Meaning.scales).where(Meaning.id.in_(fits))
        for kind, number, codes, scales in db.session.execute(vectors):
            found.vectors[kind, number] = Packed(codes, scales)


def throw_away(rows: Sequence[int]) -> None:
    """Delete vectors whose text is gone."""
    for first in range(0, len(rows), READ):
        db.session.execute(delete(Meaning).where(Meaning.id.in_(rows[first : first + READ])))


def former_rows() -> Sequence[int]:
    """Some rows of models that are not current any more."""
    former = or_(Meaning.model < CURRENT, Meaning.model > CURRENT)
    return db.session.scalars(select(Meaning.id).where(former).limit(READ)).all()


def keys_of(rows: Collection[int]) -> list[Key]:
    """The documents to which these rows belong."""
    found = db.session.execute(select(Meaning.kind, Meaning.object_id).where(Meaning.id.in_(rows)))
    return [(kind, number) for kind, number in found]


def all_vectors(model: str) -> Iterator[tuple[Key, Packed]]:
    """All that is kept of this model, a batch at a time, with no transaction open while the caller works."""
    columns = (Meaning.id, Meaning.kind, Meaning.object_id, Meaning.codes, Meaning.scales)
    last = 0
    while True:
        query = select(*columns).where(Meaning.model == model, Meaning.id > last).order_by(Meaning.id).limit(READ)
        rows = db.session.execute(query).all()
        db.session.rollback()
        if not rows:
            return
        for row in rows:
            yield (row.kind, row.object_id), Packed(row.codes, row.scales)
        last = rows[-1].id


def answering_model() -> str:
    """The model whose vectors are asked: the former one as long as the current one's are not complete."""
    former = select(Meaning.model).where(Meaning.model.in_(ENCODERS), Meaning.model != CURRENT).limit(1)
    found = db.session.scalar(former)
    return found if found and wanting(1) else CURRENT


def wanting(limit: int) -> list[Key]:
    """Documents without vectors of the current model: cards, then what is newest."""
    found: list[Key] = []
    for kind, ident, condition in _sources():
        if len(found) < limit:
            ids = db.session.scalars(
                select(ident).where(condition, ~_has_vectors(kind, ident)).order_by(ident.desc()).limit(limit)
            )
            found += [(kind, number) for number in ids]
    return found[:limit]


def count_wanting() -> int:
    """How many documents have no vectors of the current model."""
    counts = (
        db.session.scalar(select(func.count(ident)).where(condition, ~_has_vectors(kind, ident)))
        for kind, ident, condition in _sources()
    )
    return sum(count or 0 for count in counts)


def _sources() -> tuple[tuple[str, Any, ColumnElement[bool]], ...]:
    is_answer = exists().where(Thread.id == Post.thread_id, Thread.accepted_post_id == Post.id)
    everything = Thread.id.is_not(None)
    return (
        ("card", Experience.id, Experience.id.is_not(None)),
        ("thread", Thread.id, everything),
        ("post", Post.id, is_answer),
    )


def _has_vectors(kind: str, ident: Any) -> ColumnElement[bool]:
    return exists().where(Meaning.model == CURRENT, Meaning.kind == kind, Meaning.object_id == ident)


def _among(keys: Collection[Key]) -> ColumnElement[bool]:
    kinds = {kind for kind, _number in keys}
    ids = {kind: [number for of, number in keys if of == kind] for kind in kinds}
    return or_(false(), *(and_(Meaning.kind == kind, Meaning.object_id.in_(ids[kind])) for kind in kinds))


class Maker:
    """Makes the vectors that are wanting, some at a time. Looks for more only where something changed since nothing was wanting."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._waiting: list[Key] = []
        self._complete_at = -1  # the last change when nothing was wanting

    def make_some(self, seconds: float) -> int:
        """Make vectors for about so long, write them, and return for how many documents; 0 when none is wanting. The caller commits.

        Between two documents the database is left alone. Raises whatever the encoder raises.
        """
        until = time.monotonic() + seconds
        looked_at = 0
        made: list[Meaning] = []
        while (key := self._next(or_look=not looked_at)) is not None:
            looked_at += 1
            with looking():
                digest, pieces = _text_of(key)
            if pieces:
                codes, scales = packed(self._vectors.of_pieces(pieces, CURRENT))
                made.append(
                    Meaning(model=CURRENT, kind=key[0], object_id=key[1], digest=digest, codes=codes, scales=scales)
                )
            if time.monotonic() >= until:
                break
        for row in made:
            _write(row)
        return looked_at

    def _next(self, or_look: bool) -> Key | None:
        if not self._waiting and or_look:  # what was made and is not yet written would be wanting again
            with looking():
                last = db.session.scalar(select(func.max(Change.id))) or 0
                if last == self._complete_at:
                    return None
                self._waiting = wanting(LOOKED_UP)[::-1]
            if not self._waiting:
                self._complete_at = last
        return self._waiting.pop() if self._waiting else None


def _text_of(key: Key) -> tuple[str, list[str]]:
    pieces = [piece for doc in documents_at([key]) for piece in pieces_of(doc)]
    return digest_of(pieces), pieces


def _write(row: Meaning) -> None:
    """Unless the text has changed meanwhile, or another machine was quicker."""
    if _text_of((row.kind, row.object_id))[0] != row.digest:
        return
    with suppress(IntegrityError), db.session.begin_nested():
        db.session.add(row)
        db.session.flush()
        note_change(CHANGED, row.id)
