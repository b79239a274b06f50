"""Emptying the outbox: each message becomes one inbox item, exactly once, however often the worker dies.

A worker owns a message by raising ``attempts`` with a conditional update, until ``due_at``. If it dies, the lease runs out and the
next worker takes the message over; item and ``sent_at`` are written in one transaction, fenced by ``attempts``.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, select, update

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.notices.kinds import KINDS, Shown, Told, show_notices
from forum.notices.models import InboxItem, OutboxMessage
from forum.text import clean
from forum.units.actors import load_actor

# Minutes until a message is tried again, by the number of attempts made. When the last has run out it is given up, aloud.
LEASES = (1, 5, 30, 120, 360, 720, 1440, 1)
INTERRUPTED = "the worker stopped before it was delivered"


class UnknownKind(Exception):
    """No room has said how notices of this kind are shown."""


def deliver_next() -> bool:
    """Take and deliver one message; whether there was one. Commits by itself: a lease must stand before the work begins."""
    message = claim_next(utcnow())
    db.session.commit()
    if message is None:
        return False
    ident, kind, attempts = message.id, message.kind, message.attempts
    try:
        deliver(message)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        log.exception("notice not delivered", message=ident, kind=kind, attempts=attempts)
        reason = clean(f"{type(error).__name__}: {error}")[:200]
        _update_owned(ident, attempts, failure=reason)
        db.session.commit()
    return True


def claim_next(now: datetime) -> OutboxMessage | None:
    """Lease the message that is due longest, or None. The caller commits before delivering it.

    A message whose last lease ran out is given up here: it stays unsent with the reason kept, and the log says so.
    """
    due = (
        select(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.due_at <= now, OutboxMessage.attempts <= len(LEASES))
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    while message := db.session.scalars(due).first():
        made = message.attempts
        if made == len(LEASES):
            if _update_owned(message.id, made, attempts=made + 1):
                log.error("notice given up", message=message.id, kind=message.kind, reason=message.failure)
        elif _update_owned(
            message.id, made, attempts=made + 1, due_at=now + timedelta(minutes=LEASES[made]), failure=INTERRUPTED
        ):
            return message
    return None


def deliver(message: OutboxMessage) -> None:
    """Write the inbox item of a claimed message and mark it sent; the caller commits.

    What its recipient may not see by now is marked sent without an item. Nothing happens when the message was sent already or
    somebody else has taken it over. Raises UnknownKind.
    """
    if message.kind not in KINDS:
        raise UnknownKind(message.kind)
    shown = _shown_to(message.recipient_id, Told(message.kind, message.subject_id))
    if not _update_owned(message.id, message.attempts, sent_at=utcnow(), failure=""):
        return
    if shown is not None:
        item = InboxItem(
            message_id=message.id,
            person_id=message.recipient_id,
            kind=message.kind,
            subject_id=message.subject_id,
            thread_id=shown.thread_id,
            created_at=message.created_at,
        )
        db.session.add(item)
        db.session.flush()


def _shown_to(person_id: int, told: Told) -> Shown | None:
    """The notice as the person sees it by any of his postings: he may be speaking for another one tomorrow."""
    actor = load_actor(person_id)
    if actor is None:
        return None
    # The rooms word notices and make addresses as for a page; POST, because this transaction is going to write.
    with current_app.test_request_context(base_url=current_app.extensions["settings"].public_url, method="POST"):
        for posting in actor.postings or (None,):
            if shown := show_notices(replace(actor, posting=posting), [told]).get(told):
                return shown
    return None


def _update_owned(ident: int, made: int, **values: Any) -> bool:
    """Change an unsent message as long as just so many attempts were made, for then nobody took it over; whether it was so."""
    changed = db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == ident, OutboxMessage.attempts == made, OutboxMessage.sent_at.is_(None))
        .values(**values)
    )
    return cast("CursorResult[Any]", changed).rowcount == 1
