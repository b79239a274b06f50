"""The chain over the trail: each deed is sealed with a digest of itself and of the seal before.

Whoever changes, removes, inserts or reorders a deed breaks the chain there. Whoever cuts its end off, or makes it anew from some
deed on, is found by a head that was kept elsewhere: the worker logs it, and every backup holds it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, event, exists, insert, select, type_coerce
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.types import NullType

from forum.audit.models import AuditEntry, AuditSeal
from forum.extensions import db, one_at_a_time

BEGINNING = "0" * 64  # what the first deed is chained to
_LOCK = 7_300_051  # any number that nobody else takes
_BATCH = 5000
_UNSEALED = "deeds without a seal"


def _as_kept(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Moment and detail unread: reading them costs more than all the rest, and what was made unreadable is to be found, too."""
    if column.name == "at":
        return type_coerce(column, NullType())
    return cast(column, Text) if column.name == "detail" else column


ENTRIES, SEALS = AuditEntry.metadata.tables["audit_entry"], AuditSeal.metadata.tables["audit_seal"]
# All of a deed that counts, in this order.
DEED = tuple(_as_kept(column) for column in ENTRIES.columns)


@dataclass(frozen=True)
class Head:
    """The last place of the chain: who keeps it elsewhere knows later whether everything up to it is still there."""

    id: int
    digest: str

    def __str__(self) -> str:
        return f"{self.id}:{self.digest}"


class Wrong(StrEnum):
    """What is wrong with the chain at a place."""

    CHANGED = "changed"  # the deed, its place or a digest is not what was sealed
    ABSENT = "absent"  # there is no such deed any more
    CUT = "cut"  # the chain ends before the head that was kept
    REMADE = "remade"  # sound in itself, but not the chain whose head was kept
    UNSEALED = "unsealed"  # a deed that went past the chain


@dataclass(frozen=True)
class Fault:
    """The first place that is not as it was: its number in the chain (none for what is not in it), and the deed's id if known."""

    wrong: Wrong
    place: int | None
    entry_id: int | None


def digest_of(previous: str, place: int, deed: Sequence[Any]) -> str:
    """The seal of a deed, given as the values of ``DEED``, at a place of the chain."""
    ident, at, *rest = deed
    moment = at if isinstance(at, str) else at.isoformat(" ", "microseconds")  # as SQLite keeps it
    return hashlib.sha256(ascii((previous, place, ident, moment, *rest)).encode()).hexdigest()


def head() -> Head:
    """Where the chain ends."""
    last = db.session.execute(select(AuditSeal.id, AuditSeal.digest).order_by(AuditSeal.id.desc()).limit(1)).first()
    return Head(*last) if last else Head(0, BEGINNING)


def first_fault(kept: Iterable[Head] = ()) -> tuple[int, Fault | None]:
    """Walk along the whole chain, in bounded memory: how many deeds are sound, and the first fault if there is one."""
    chain = (
        select(*SEALS.columns, *DEED)
        .select_from(SEALS.outerjoin(ENTRIES, ENTRIES.c.id == SEALS.c.entry_id))
        .order_by(SEALS.c.id)
        .execution_options(yield_per=_BATCH)
    )
    with closing(db.session.execute(chain)) as rows:
        place, fault = _walk(rows, {one.id: one.digest for one in kept if one.id})
    if fault is None:
        unsealed = ~exists().where(AuditSeal.entry_id == AuditEntry.id)
        stranger = db.session.scalar(select(AuditEntry.id).where(unsealed).order_by(AuditEntry.id).limit(1))
        fault = Fault(Wrong.UNSEALED, None, stranger) if stranger else None
    return place, fault


def _walk(rows: Iterable[Any], heads: dict[int, str]) -> tuple[int, Fault | None]:
    place, previous = 0, BEGINNING
    for seal_id, entry_id, digest, *deed in rows:
        if seal_id != place + 1:
            return place, Fault(Wrong.ABSENT, place + 1, None)
        if deed[0] is None:
            return place, Fault(Wrong.ABSENT, seal_id, entry_id)
        if digest != digest_of(previous, seal_id, deed):
            return place, Fault(Wrong.CHANGED, seal_id, entry_id)
        if heads.pop(seal_id, digest) != digest:
            return place, Fault(Wrong.REMADE, seal_id, entry_id)
        place, previous = seal_id, digest
    return place, Fault(Wrong.CUT, place + 1, None) if heads else None


@event.listens_for(AuditEntry, "after_insert")
def _await_seal(_mapper: Any, _connection: Any, entry: AuditEntry) -> None:
    session = Session.object_session(entry)
    assert session is not None
    session.info.setdefault(_UNSEALED, set()).add(entry.id)


@event.listens_for(db.session, "before_commit")
def seal(session: Session) -> None:
    """Give the transaction's deeds their places in the chain, as the last thing before it commits.

    Between parallel writers on PostgreSQL this is the only place where one waits for another. Whoever waits here has done all that
    could make others wait for him, foreign keys included, so nobody waits in a circle.
    """
    if session.in_nested_transaction():
        return
    session.flush()
    idents = session.info.get(_UNSEALED)
    if not idents:
        return
    # Of a savepoint that was rolled back nothing is found here. Read, not remembered: what is sealed is what is kept.
    deeds = session.execute(select(*DEED).where(ENTRIES.c.id.in_(idents)).order_by(ENTRIES.c.id)).all()
    if not deeds:
        return
    one_at_a_time(_LOCK)
    before = head()
    place, digest, seals = before.id, before.digest, []
    for deed in deeds:
        place += 1
        digest = digest_of(digest, place, deed)
        seals.append({"id": place, "entry_id": deed[0], "digest": digest})
    session.execute(insert(AuditSeal), seals)


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_UNSEALED, None)
