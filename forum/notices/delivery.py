"""Emptying the outbox: each message becomes one inbox item, exactly once, however often the worker dies.

Item, letter and ``sent_at`` are written in one transaction, fenced by the lease.
"""

from datetime import datetime

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.notices.kinds import KINDS, Told
from forum.notices.leases import claim, update_owned
from forum.notices.mail.letters import plan_letter
from forum.notices.models import InboxItem, OutboxMessage
from forum.notices.readers import shown_to
from forum.notices.wishes import wish_of
from forum.text import clean


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
        update_owned(OutboxMessage, ident, attempts, failure=reason)
        db.session.commit()
    return True


def claim_next(now: datetime) -> OutboxMessage | None:
    """Lease the message that is due longest, or None. The caller commits it before delivering."""
    return claim(OutboxMessage, "notice", now)


def deliver(message: OutboxMessage) -> None:
    """Tell the recipient of a claimed message in the ways he wants, and mark it sent; the caller commits.

    What he may not see by now is marked sent and not told. Nothing happens when the message was sent already or
    somebody else has taken it over. Raises UnknownKind.
    """
    if message.kind not in KINDS:
        raise UnknownKind(message.kind)
    told = Told(message.kind, message.subject_id)
    shown = shown_to(message.recipient_id, [told]).get(told)
    if not update_owned(OutboxMessage, message.id, message.attempts, sent_at=utcnow(), failure="") or shown is None:
        return
    wish = wish_of(message.recipient_id, KINDS[message.kind].topic)
    if wish.in_inbox:
        item = InboxItem(
            message_id=message.id,
            person_id=message.recipient_id,
            kind=message.kind,
            subject_id=message.subject_id,
            thread_id=shown.thread_id,
            created_at=message.created_at,
        )
        db.session.add(item)
    plan_letter(message, wish.mail)
    db.session.flush()
